/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-private.h"
#include "lk-async.h"
#include "lk-error.h"
#include "lk-json.h"

/* How often the version is asked for and put against before another device is found to be busier.
 */
#define MAX_TRIES 2

/* One replacement of the shared address book: where the version is not known it is asked for, then
 * the book is put against it; where another device was faster, both once more. */
typedef struct
{
  GBytes *body;
  SoupMessage *message;
  guint tries;
} Put;

static void
put_free (Put *put)
{
  g_clear_object (&put->message);
  g_clear_pointer (&put->body, g_bytes_unref);
  g_free (put);
}

static void ask_version (GTask *task);

static gboolean
keep_etag (LkClient *self, SoupMessage *message, GError **error)
{
  const char *etag
      = soup_message_headers_get_one (soup_message_get_response_headers (message), "ETag");

  if (etag == NULL)
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                           "The shared address book without its version");
      return FALSE;
    }

  lk_client_set_contacts_etag (self, etag);
  return TRUE;
}

static void
on_put_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  LkClient *self = LK_CLIENT (object);
  g_autoptr (GTask) task = data;
  Put *put = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = lk_client_exchange_finish (self, result, &error);

  if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_PRECONDITION_FAILED))
    {
      lk_client_set_contacts_etag (self, NULL);
      if (++put->tries < MAX_TRIES)
        {
          ask_version (g_steal_pointer (&task));
          return;
        }
    }
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  keep_etag (self, put->message, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  g_task_return_boolean (task, TRUE);
}

/* Takes over @task. */
static void
send_book (GTask *task)
{
  LkClient *self = g_task_get_source_object (task);
  Put *put = g_task_get_task_data (task);

  g_clear_object (&put->message);
  put->message = lk_client_new_message (self, SOUP_METHOD_PUT, "contacts");
  soup_message_headers_append (soup_message_get_request_headers (put->message), "If-Match",
                               lk_client_get_contacts_etag (self));
  soup_message_set_request_body_from_bytes (put->message, "application/json", put->body);
  lk_client_exchange_async (self, put->message, LK_JSON_BODY_MAX_BYTES,
                            g_task_get_cancellable (task), on_put_ready, task);
}

static void
on_version_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  LkClient *self = LK_CLIENT (object);
  g_autoptr (GTask) task = data;
  Put *put = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = lk_client_exchange_finish (self, result, &error);

  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  keep_etag (self, put->message, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  send_book (g_steal_pointer (&task));
}

/* Takes over @task. */
static void
ask_version (GTask *task)
{
  LkClient *self = g_task_get_source_object (task);
  Put *put = g_task_get_task_data (task);

  g_clear_object (&put->message);
  put->message = lk_client_new_message (self, SOUP_METHOD_GET, "contacts");
  lk_client_exchange_async (self, put->message, LK_JSON_BODY_MAX_BYTES,
                            g_task_get_cancellable (task), on_version_ready, task);
}

/**
 * lk_client_put_contacts_async:
 * @self: a client
 * @contacts: (element-type LkSharedContact): the whole address book as it is to be shared,
 * LK_MAX_CONTACTS at most
 * @cancellable: (nullable): ends it
 * @callback: called when it is replaced
 * @data: for @callback
 *
 * Replaces the shared address book. Asks for its version first where that is not known, and tries
 * once more where another device of the account was faster.
 */
void
lk_client_put_contacts_async (LkClient *self,
                              GPtrArray *contacts,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonObject) object = NULL;
  Put *put;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (contacts != NULL);

  object = lk_shared_contacts_to_json (contacts);
  put = g_new0 (Put, 1);
  put->body = lk_json_object_to_bytes (object);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_put_contacts_async);
  g_task_set_task_data (task, put, (GDestroyNotify)put_free);
  if (contacts->len > LK_MAX_CONTACTS || g_bytes_get_size (put->body) > LK_CONTACTS_MAX_BYTES)
    {
      g_task_return_new_error (task, LK_ERROR, LK_ERROR_TOO_LARGE,
                               "An address book larger than can be shared");
      return;
    }

  if (lk_client_get_contacts_etag (self) != NULL)
    send_book (g_steal_pointer (&task));
  else
    ask_version (g_steal_pointer (&task));
}

/**
 * lk_client_put_contacts_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient; LK_ERROR_TOO_LARGE for more than can be shared,
 * LK_PROBLEM_PRECONDITION_FAILED where another device was faster twice
 *
 * Returns: whether the server has that address book; FALSE with @error set
 */
gboolean
lk_client_put_contacts_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
