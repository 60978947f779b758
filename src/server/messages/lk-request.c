/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-request.h"

#include <string.h>

#include "lk-problem.h"

LkRequest *
lk_request_new (void)
{
  return g_new0 (LkRequest, 1);
}

void
lk_request_free (LkRequest *self)
{
  for (gsize i = 0; i < LK_ROUTE_MAX_PARAMETERS; i++)
    g_free (self->parameters[i]);
  g_free (self->query);
  g_clear_pointer (&self->body, g_bytes_unref);
  if (self->token != NULL)
    explicit_bzero (self->token, strlen (self->token));
  g_free (self->token);
  g_clear_object (&self->client);
  g_free (self->content_type);
  g_free (self->accept_language);
  g_free (self->if_match);
  g_free (self->if_none_match);
  g_free (self->if_range);
  g_free (self->range);
  g_free (self->idempotency_key);
  g_free (self);
}

/**
 * lk_request_get_query_member:
 * @self: a request
 * @name: the only member that the query may have
 * @value: (out) (nullable) (transfer full): its value, or NULL where it is absent
 * @error: LK_PROBLEM_BAD_REQUEST for another member, one that comes twice, or a broken encoding
 *
 * Returns: whether the query could be read
 */
gboolean
lk_request_get_query_member (const LkRequest *self, const char *name, char **value, GError **error)
{
  g_autofree char *found = NULL;
  GUriParamsIter iter;
  char *key;
  char *text;

  g_uri_params_iter_init (&iter, self->query != NULL ? self->query : "", -1, "&",
                          G_URI_PARAMS_WWW_FORM);
  while (TRUE)
    {
      g_autoptr (GError) broken = NULL;
      g_autofree char *owned_key = NULL;
      g_autofree char *owned_text = NULL;

      if (!g_uri_params_iter_next (&iter, &key, &text, &broken))
        {
          if (broken == NULL)
            break;
          g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_BAD_REQUEST,
                               "the query is not encoded as it should be");
          return FALSE;
        }
      owned_key = key;
      owned_text = text;
      if (!g_str_equal (key, name) || found != NULL)
        {
          g_set_error (error, LK_PROBLEM, LK_PROBLEM_BAD_REQUEST,
                       "the query may hold %s, once, and nothing else", name);
          return FALSE;
        }
      found = g_steal_pointer (&owned_text);
    }
  *value = g_steal_pointer (&found);
  return TRUE;
}
