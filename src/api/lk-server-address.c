/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-server-address.h"
#include <gio/gio.h>
#include "lk-api-error.h"

/* "localhost" is loopback by name: GResolver answers it without asking anybody (RFC 6761, 6.3). Any
 * other name would be resolved, and so could point anywhere. */
static gboolean
host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (g_str_equal (host, "localhost"))
    return TRUE;

  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* The host as it is asked for: an IP address, or a name in ASCII (RFC 5890) and lower case; NULL
 * where it is neither. */
static char *
dup_host (const char *text)
{
  g_autofree char *ascii = NULL;
  g_autofree char *host = NULL;

  if (g_hostname_is_ip_address (text))
    return g_strdup (text);

  ascii = g_hostname_to_ascii (text);
  if (ascii == NULL || *ascii == '\0')
    return NULL;

  host = g_ascii_strdown (ascii, -1);
  if (host[strspn (host, "abcdefghijklmnopqrstuvwxyz0123456789.-_")] != '\0')
    return NULL;

  return g_steal_pointer (&host);
}

static void
strip_trailing_slashes (char *text)
{
  for (gsize length = strlen (text); length > 0 && text[length - 1] == '/'; length--)
    text[length - 1] = '\0';
}

/**
 * lk_server_address_normalize:
 * @text: what a person typed or a settings file holds: a URI, or a bare host which is taken as
 * HTTPS
 * @secure: (out) (optional): whether it is HTTPS
 * @error: LK_API_ERROR_INSECURE
 *
 * One form for each server, to compare and to keep a token by: scheme, host in lower case, port
 * unless it is the scheme's own, path without a slash at its end. Plain HTTP is taken for a
 * loopback address only. Any thread.
 *
 * Returns: (transfer full) (nullable): the address, or NULL with @error set
 */
char *
lk_server_address_normalize (const char *text, gboolean *secure, GError **error)
{
  g_autofree char *typed = NULL;
  g_autofree char *path = NULL;
  g_autofree char *host = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GUri) canonical = NULL;
  gboolean https;
  int port;

  g_return_val_if_fail (text != NULL, NULL);

  typed = g_strstrip (g_strdup (text));
  if (strstr (typed, "://") == NULL)
    {
      g_autofree char *bare = g_steal_pointer (&typed);

      typed = g_strconcat ("https://", bare, NULL);
    }

  uri = g_uri_parse (typed, G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  if (uri != NULL && g_uri_get_host (uri) != NULL)
    host = dup_host (g_uri_get_host (uri));
  if (host == NULL || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL
      || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_INSECURE, "Not a server's address");
      return NULL;
    }

  https = g_str_equal (g_uri_get_scheme (uri), "https");
  if (!https && !g_str_equal (g_uri_get_scheme (uri), "http"))
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_INSECURE, "Not an HTTPS address");
      return NULL;
    }
  if (!https && !host_is_loopback (host))
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_INSECURE,
                           "Plain HTTP is for this computer's own addresses only");
      return NULL;
    }

  port = g_uri_get_port (uri);
  if (port == (https ? 443 : 80))
    port = -1;
  path = g_strdup (g_uri_get_path (uri));
  strip_trailing_slashes (path);
  canonical = g_uri_build (G_URI_FLAGS_ENCODED_PATH, g_uri_get_scheme (uri), NULL, host, port, path,
                           NULL, NULL);
  if (secure != NULL)
    *secure = https;

  return g_uri_to_string (canonical);
}
