/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-route.h"

#include <string.h>

#include "lk-handlers.h"
#include "lk-wire.h"

/* The longest variable part of a path that is looked at; ids have 32 bytes. */
#define MAX_PARAMETER_LENGTH 64

#define JSON "application/json"
#define BUNDLE "application/vnd.likeness.bundle+zip"

/* data/api/openapi.yaml says the same, and a test holds the two together. */
static const LkRoute routes[] = {
  { "GET", "/v1/pictures/{}/{}", "rendition", NULL, 0, LK_ROUTE_BYTES, lk_handle_get_rendition },
  { "HEAD", "/v1/pictures/{}/{}", "rendition", NULL, 0, LK_ROUTE_BYTES, lk_handle_get_rendition },
  { "GET", "/v1/feed", "feed", NULL, 0, 0, lk_handle_get_feed },
  { "PUT", "/v1/receipts/{}", "receipts", JSON, LK_JSON_BODY_MAX_BYTES, 0, lk_handle_put_receipt },
  { "POST", "/v1/verifications", "verifications", JSON, LK_JSON_BODY_MAX_BYTES,
    LK_ROUTE_PUBLIC | LK_ROUTE_SENDS, lk_handle_send_code },
  { "POST", "/v1/verifications/{}/check", "check", JSON, LK_JSON_BODY_MAX_BYTES, LK_ROUTE_PUBLIC,
    lk_handle_check_code },
  { "GET", "/v1/account", "account", NULL, 0, 0, lk_handle_get_account },
  { "DELETE", "/v1/account", "account", NULL, 0, 0, lk_handle_delete_account },
  { "POST", "/v1/account/identifiers", "identifiers", JSON, LK_JSON_BODY_MAX_BYTES, 0,
    lk_handle_add_identifier },
  { "GET", "/v1/sessions", "sessions", NULL, 0, 0, lk_handle_list_sessions },
  { "DELETE", "/v1/sessions/{}", "session", NULL, 0, 0, lk_handle_delete_session },
  { "GET", "/v1/contacts", "contacts", NULL, 0, 0, lk_handle_get_contacts },
  { "PUT", "/v1/contacts", "contacts", JSON, LK_CONTACTS_MAX_BYTES, 0, lk_handle_put_contacts },
  { "GET", "/v1/pictures", "pictures", NULL, 0, 0, lk_handle_list_pictures },
  { "POST", "/v1/pictures", "pictures", BUNDLE, LK_BUNDLE_MAX_BYTES, 0, lk_handle_publish },
  { "PATCH", "/v1/pictures/{}", "picture", JSON, LK_JSON_BODY_MAX_BYTES, 0,
    lk_handle_change_picture },
  { "DELETE", "/v1/pictures/{}", "picture", NULL, 0, 0, lk_handle_withdraw_picture },
  { "GET", "/v1/pictures/{}/deliveries", "deliveries", NULL, 0, 0, lk_handle_list_deliveries },
  { "GET", "/healthz", "health", NULL, 0, LK_ROUTE_PUBLIC, lk_handle_get_health },
  { "GET", "/metrics", "metrics", NULL, 0, LK_ROUTE_PUBLIC, lk_handle_get_metrics },
};

static gboolean
is_parameter (const char *text, gsize length)
{
  if (length == 0 || length > MAX_PARAMETER_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '_')
      return FALSE;
  return TRUE;
}

/* Finds where the variable parts of @path begin and how long they are; FALSE where it is another
 * path. */
static gboolean
match (const LkRoute *route, const char *path, const char **starts, gsize *lengths)
{
  const char *pattern = route->path;
  guint n = 0;

  memset (starts, 0, LK_ROUTE_MAX_PARAMETERS * sizeof *starts);
  while (*pattern != '\0')
    {
      if (*pattern == '{')
        {
          gsize length = strcspn (path, "/");

          g_assert (n < LK_ROUTE_MAX_PARAMETERS);
          if (!is_parameter (path, length))
            return FALSE;
          starts[n] = path;
          lengths[n++] = length;
          path += length;
          pattern += strlen ("{}");
        }
      else if (*pattern++ != *path++)
        return FALSE;
    }
  /* "deliveries" stands where a rendition's name does and is none. */
  return *path == '\0'
         && ((route->flags & LK_ROUTE_BYTES) == 0 || !g_str_equal (starts[1], "deliveries"));
}

const LkRoute *
lk_route_get_all (gsize *n_routes)
{
  *n_routes = G_N_ELEMENTS (routes);
  return routes;
}

/**
 * lk_route_find:
 * @method: the request's method
 * @path: the request's path, still encoded: ids need no encoding
 * @parameters: (out caller-allocates) (array fixed-size=2): gets the variable parts
 * @allowed: (out) (optional) (transfer full) (nullable): the methods that the path knows, for
 * Allow, where it does not know this one; NULL where there is no such path
 *
 * Returns: (nullable): the route
 */
const LkRoute *
lk_route_find (const char *method, const char *path, char **parameters, char **allowed)
{
  const char *starts[LK_ROUTE_MAX_PARAMETERS];
  gsize lengths[LK_ROUTE_MAX_PARAMETERS];
  g_autoptr (GString) others = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!match (&routes[i], path, starts, lengths))
        continue;
      if (g_str_equal (routes[i].method, method))
        {
          for (gsize j = 0; j < LK_ROUTE_MAX_PARAMETERS; j++)
            parameters[j] = starts[j] != NULL ? g_strndup (starts[j], lengths[j]) : NULL;
          return &routes[i];
        }
      if (others == NULL)
        others = g_string_new (routes[i].method);
      else
        g_string_append_printf (others, ", %s", routes[i].method);
    }
  if (allowed != NULL)
    *allowed = others != NULL ? g_strdup (others->str) : NULL;
  return NULL;
}
