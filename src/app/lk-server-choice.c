/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-server-choice.h"

#include "lk-config.h"

static LkClient *
open_default (void)
{
  g_autoptr (GError) error = NULL;
  LkClient *client = lk_client_new (LK_DEFAULT_SERVER, &error);

  if (client == NULL)
    g_error ("The built-in server’s address is of no use: %s", error->message);
  return client;
}

/**
 * lk_server_choice_open:
 * @settings: of the schema app.likeness.Likeness
 *
 * The server is LIKENESS_SERVER of the environment, else that of the settings, else the built-in
 * one, which also stands in for an address that may not be used.
 *
 * Returns: (transfer full): a client of it
 */
LkClient *
lk_server_choice_open (GSettings *settings)
{
  const char *forced = g_getenv ("LIKENESS_SERVER");
  g_autofree char *chosen = g_settings_get_string (settings, "server");
  const char *address = forced != NULL && *forced != '\0' ? forced : chosen;
  g_autoptr (GError) error = NULL;
  LkClient *client = NULL;

  if (*address == '\0')
    return open_default ();
  client = lk_client_new (address, &error);
  if (client != NULL)
    return client;
  g_message ("The server’s address “%s” is of no use: %s", address, error->message);
  return open_default ();
}

/**
 * lk_server_choice_set:
 * @server: an address; "" for the built-in one
 *
 * Keeps another server in the settings.
 *
 * Returns: (transfer full): a client of it, or NULL with LK_API_ERROR_INSECURE
 */
LkClient *
lk_server_choice_set (GSettings *settings, const char *server, GError **error)
{
  LkClient *client = *server != '\0' ? lk_client_new (server, error) : open_default ();

  if (client != NULL)
    g_settings_set_string (settings, "server", server);
  return client;
}
