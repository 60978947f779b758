/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fetch.h"
#include <gio/gio.h>
#include "lk-api-error.h"
#include "lk-async.h"
#include "lk-json.h"
#include "lk-problem.h"
#include "lk-wire.h"

/* How much is asked of the stream at once, in bytes. */
#define READ_SIZE (64 * 1024)

typedef struct
{
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  gsize max_bytes;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_clear_object (&fetch->message);
  g_clear_object (&fetch->stream);
  g_clear_pointer (&fetch->body, g_byte_array_unref);
  g_free (fetch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static LkApiError
transport_code (const GError *error)
{
  if (error->domain == G_TLS_ERROR)
    return error->code == G_TLS_ERROR_EOF ? LK_API_ERROR_OFFLINE : LK_API_ERROR_TLS;
  if (error->domain == G_RESOLVER_ERROR)
    return LK_API_ERROR_OFFLINE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return LK_API_ERROR_TIMEOUT;
  /* What a decoder says of a compressed body that is none. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    return LK_API_ERROR_BAD_ANSWER;
  if (error->domain == G_IO_ERROR)
    return LK_API_ERROR_OFFLINE;

  return LK_API_ERROR_BAD_ANSWER;
}

/* Gives an error of GIO's or libsoup's a code of ours; cancelled stays cancelled. */
static GError *
translate (GError *error)
{
  g_autoptr (GError) original = error;

  if (lk_error_is_cancelled (original))
    return g_steal_pointer (&original);

  return g_error_new_literal (LK_API_ERROR, transport_code (original), original->message);
}

static GError *
bad_answer (const char *text)
{
  return g_error_new_literal (LK_API_ERROR, LK_API_ERROR_BAD_ANSWER, text);
}

/* Seconds in Retry-After (RFC 9110, 10.2.3), or -1; its other form, a date, would depend on both
 * clocks being right. */
static int
get_retry_after (SoupMessage *message)
{
  const char *text
      = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &seconds, NULL))
    return -1;

  return (int)seconds;
}

/* What a reverse proxy answers by itself, without a body of the contract's. */
static GError *
error_of_proxy (SoupMessage *message)
{
  g_autoptr (LkProblemDetails) details = NULL;
  g_autofree char *text = NULL;

  switch (soup_message_get_status (message))
    {
    case SOUP_STATUS_BAD_GATEWAY:
    case SOUP_STATUS_SERVICE_UNAVAILABLE:
    case SOUP_STATUS_GATEWAY_TIMEOUT:
      details = lk_problem_details_new (LK_PROBLEM_UNAVAILABLE, "The server is not there");
      break;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      details = lk_problem_details_new (LK_PROBLEM_TOO_LARGE, "The request is too large");
      break;
    default:
      text = g_strdup_printf ("An answer with status %u that is no problem document",
                              soup_message_get_status (message));
      return bad_answer (text);
    }

  details->retry_after = get_retry_after (message);
  return lk_problem_details_to_error (details);
}

static GError *
error_of_answer (SoupMessage *message, GBytes *body)
{
  const char *type
      = soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (LkProblemDetails) details = NULL;
  g_autoptr (GError) error = NULL;

  if (type == NULL || g_ascii_strcasecmp (type, LK_PROBLEM_MEDIA_TYPE) != 0)
    return error_of_proxy (message);

  object = lk_json_parse_object (body, LK_JSON_BODY_MAX_BYTES, &error);
  if (object != NULL)
    details = lk_problem_details_from_json (object, &error);
  if (details == NULL)
    return bad_answer (error->message);

  if (details->retry_after < 0)
    details->retry_after = get_retry_after (message);

  return lk_problem_details_to_error (details);
}

static void
finish (GTask *task)
{
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GBytes) body = g_byte_array_free_to_bytes (g_steal_pointer (&fetch->body));

  g_debug ("%s %s: status %u, %" G_GSIZE_FORMAT " bytes", soup_message_get_method (fetch->message),
           g_uri_get_path (soup_message_get_uri (fetch->message)),
           soup_message_get_status (fetch->message), g_bytes_get_size (body));

  if (SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (fetch->message)))
    g_task_return_pointer (task, g_steal_pointer (&body), (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error_of_answer (fetch->message, body));
}

static void
on_read_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, translate (g_steal_pointer (&error)));
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      finish (task);
      return;
    }
  if (g_bytes_get_size (bytes) > fetch->max_bytes - fetch->body->len)
    {
      g_task_return_error (task, bad_answer ("An answer larger than its limit"));
      return;
    }

  g_byte_array_append (fetch->body, g_bytes_get_data (bytes, NULL),
                       (guint)g_bytes_get_size (bytes));
  g_input_stream_read_bytes_async (fetch->stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read_ready, task);
  g_steal_pointer (&task);
}

static void
on_send_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Fetch *fetch = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);
  g_autoptr (GError) error = NULL;

  fetch->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (fetch->stream == NULL)
    {
      g_task_return_error (task, translate (g_steal_pointer (&error)));
      return;
    }

  if (!SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (fetch->message)))
    fetch->max_bytes = LK_JSON_BODY_MAX_BYTES;
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) > (goffset)fetch->max_bytes)
    {
      g_task_return_error (task, bad_answer ("An answer larger than its limit"));
      return;
    }

  fetch->body = g_byte_array_new ();
  g_input_stream_read_bytes_async (fetch->stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read_ready, task);
  g_steal_pointer (&task);
}

/**
 * lk_fetch_async:
 * @session: where to send it
 * @message: the request; its answer's status and headers are to be read there afterwards
 * @max_bytes: the most bytes of the body of a good answer, below 4 GB
 * @cancellable: (nullable): ends it
 * @callback: called when the answer is whole
 * @data: for @callback
 *
 * One request and its answer. No more than @max_bytes are ever held, whatever the headers say, and
 * redirects are not followed: the contract knows none, and a token must not travel. Thread of
 * @session.
 */
void
lk_fetch_async (SoupSession *session,
                SoupMessage *message,
                gsize max_bytes,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (Fetch) fetch = NULL;

  g_return_if_fail (SOUP_IS_SESSION (session));
  g_return_if_fail (SOUP_IS_MESSAGE (message));
  g_return_if_fail (max_bytes <= G_MAXUINT);

  fetch = g_new0 (Fetch, 1);
  fetch->message = g_object_ref (message);
  fetch->max_bytes = max_bytes;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);

  task = g_task_new (session, cancellable, callback, data);
  g_task_set_source_tag (task, lk_fetch_async);
  g_task_set_task_data (task, g_steal_pointer (&fetch), (GDestroyNotify)fetch_free);

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, on_send_ready, task);
  g_steal_pointer (&task);
}

/**
 * lk_fetch_finish:
 * @session: as given to lk_fetch_async()
 * @result: as given to the callback
 * @error: LK_PROBLEM where the server answered so, LK_API_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the body of an answer of the 2xx kind, maybe empty; or NULL
 * with @error set
 */
GBytes *
lk_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
