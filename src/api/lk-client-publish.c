/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-private.h"
#include "lk-async.h"
#include "lk-error.h"

#define BUNDLE_MEDIA_TYPE "application/vnd.likeness.bundle+zip"

/* How often a bundle is sent before the connection is given up, and the waits between in ms:
 * doubled each time. */
#define MAX_TRIES 4
#define FIRST_WAIT 500
/* The longest that a busy server may ask to wait for here, in seconds; past that the caller is
 * told. */
#define MAX_RETRY_AFTER 30

/* One publish: the same bundle under the same key until there is an answer, so that an answer which
 * got lost does not make a second picture. */
typedef struct
{
  GBytes *bundle;
  char *key;
  LkUploadProgress progress;
  gpointer progress_data;

  SoupMessage *message;
  gint64 sent;
  guint tries;
} Publish;

static void
publish_free (Publish *publish)
{
  g_clear_object (&publish->message);
  g_clear_pointer (&publish->bundle, g_bytes_unref);
  g_free (publish->key);
  g_free (publish);
}

static void try_once (GTask *task);

static gpointer
parse_picture (JsonObject *object, GError **error)
{
  return lk_picture_from_json (object, error);
}

static void
report (Publish *publish)
{
  if (publish->progress != NULL)
    publish->progress (publish->sent, (gint64)g_bytes_get_size (publish->bundle),
                       publish->progress_data);
}

/* How many ms to wait before the next try, or -1 where @error is not one that passes. */
static gint64
get_wait (Publish *publish, const GError *error)
{
  gint64 wait = (gint64)FIRST_WAIT << (publish->tries - 1);

  if (publish->tries >= MAX_TRIES)
    return -1;
  if (g_error_matches (error, LK_API_ERROR, LK_API_ERROR_OFFLINE)
      || g_error_matches (error, LK_API_ERROR, LK_API_ERROR_TIMEOUT))
    return wait;
  if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAVAILABLE))
    {
      int seconds = lk_api_error_get_retry_after (error);

      if (seconds > MAX_RETRY_AFTER)
        return -1;
      return MAX (wait, (gint64)seconds * 1000);
    }

  return -1;
}

static void
on_wrote_body_data (SoupMessage *message, guint bytes, gpointer data)
{
  Publish *publish = data;

  publish->sent += bytes;
  report (publish);
}

/* libsoup itself sends a request again where a connection that it had kept turns out to be closed.
 */
static void
on_restarted (SoupMessage *message, gpointer data)
{
  Publish *publish = data;

  publish->sent = 0;
  report (publish);
}

/* The wait is over: its time has come, or somebody cancelled. */
static gboolean
on_waited (gpointer data)
{
  GTask *task = data;
  LkClient *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  g_cancellable_set_error_if_cancelled (lk_client_get_lifetime (self), &error);
  if (g_task_return_error_if_cancelled (task) || lk_task_failed (task, g_steal_pointer (&error)))
    return G_SOURCE_REMOVE;

  try_once (g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static void
add_cancellable (GSource *source, GCancellable *cancellable)
{
  g_autoptr (GSource) child = NULL;

  if (cancellable == NULL)
    return;

  child = g_cancellable_source_new (cancellable);
  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);
}

static void
wait_and_try (GTask *task, gint64 wait)
{
  LkClient *self = g_task_get_source_object (task);
  g_autoptr (GSource) source = g_timeout_source_new ((guint)wait);

  add_cancellable (source, g_task_get_cancellable (task));
  add_cancellable (source, lk_client_get_lifetime (self));
  g_source_set_callback (source, on_waited, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
on_try_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Publish *publish = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  LkPicture *picture;

  body = lk_client_exchange_finish (LK_CLIENT (object), result, &error);
  g_signal_handlers_disconnect_by_data (publish->message, publish);
  if (error != NULL)
    {
      gint64 wait = get_wait (publish, error);

      if (wait >= 0)
        wait_and_try (task, wait);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  picture = lk_client_parse_answer (publish->message, body, LK_JSON_BODY_MAX_BYTES, parse_picture,
                                    &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  g_task_return_pointer (task, picture, (GDestroyNotify)lk_picture_unref);
}

/* Takes over @task. */
static void
try_once (GTask *task)
{
  LkClient *self = g_task_get_source_object (task);
  Publish *publish = g_task_get_task_data (task);

  publish->tries++;
  publish->sent = 0;
  g_clear_object (&publish->message);
  publish->message = lk_client_new_message (self, SOUP_METHOD_POST, "pictures");
  soup_message_headers_append (soup_message_get_request_headers (publish->message),
                               "Idempotency-Key", publish->key);
  soup_message_set_request_body_from_bytes (publish->message, BUNDLE_MEDIA_TYPE, publish->bundle);
  /* The key makes it so: libsoup may send it again by itself. */
  soup_message_add_flags (publish->message, SOUP_MESSAGE_IDEMPOTENT);
  g_signal_connect (publish->message, "wrote-body-data", G_CALLBACK (on_wrote_body_data), publish);
  g_signal_connect (publish->message, "restarted", G_CALLBACK (on_restarted), publish);

  report (publish);
  lk_client_exchange_async (self, publish->message, LK_JSON_BODY_MAX_BYTES,
                            g_task_get_cancellable (task), on_try_ready, task);
}

/**
 * lk_client_publish_async:
 * @self: a client
 * @bundle: the compressed package, LK_BUNDLE_MAX_BYTES at most
 * @key: the Idempotency-Key, from g_uuid_string_random(): the same for each try of the same bundle,
 * by whoever
 * @progress: (nullable) (scope notified): told of the bytes that went out
 * @progress_data: for @progress
 * @cancellable: (nullable): ends it; whether it was published then is for
 * lk_client_list_pictures_async() to say
 * @callback: called with the picture
 * @data: for @callback
 *
 * Publishes a picture. A connection that breaks, a server that is not there or not free is tried
 * again by itself a few times, for some seconds, with the same key.
 */
void
lk_client_publish_async (LkClient *self,
                         GBytes *bundle,
                         const char *key,
                         LkUploadProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Publish *publish;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (bundle != NULL && key != NULL);

  publish = g_new0 (Publish, 1);
  publish->bundle = g_bytes_ref (bundle);
  publish->key = g_strdup (key);
  publish->progress = progress;
  publish->progress_data = progress_data;

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_publish_async);
  g_task_set_task_data (task, publish, (GDestroyNotify)publish_free);
  if (g_bytes_get_size (bundle) > LK_BUNDLE_MAX_BYTES)
    {
      g_task_return_new_error (task, LK_ERROR, LK_ERROR_TOO_LARGE,
                               "A bundle larger than the server takes");
      return;
    }

  try_once (g_steal_pointer (&task));
}

/**
 * lk_client_publish_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient; LK_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the picture as the server has it, or NULL with @error set
 */
LkPicture *
lk_client_publish_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
