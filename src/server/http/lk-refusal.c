/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-refusal.h"

/* What is still read, and for how long, of somebody who goes on sending: a socket that is closed
 * with bytes unread is reset, and the answer that is on its way would be lost with it. */
#define LINGER_BYTES (1024 * 1024)
#define LINGER_SECONDS 2
#define SKIP_BYTES 65536

typedef struct
{
  GIOStream *stream;
  GSocket *socket;
  GBytes *answer;
  GCancellable *cancellable;
  guint timeout_id;
  gsize skipped;
} Refusal;

static void
refusal_free (Refusal *self)
{
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_object_unref (self->cancellable);
  g_bytes_unref (self->answer);
  g_object_unref (self->socket);
  g_object_unref (self->stream);
  g_free (self);
}

static void
finish (Refusal *self)
{
  g_autoptr (GError) error = NULL;

  /* The socket itself, so that TLS does not wait for the other side's farewell. */
  if (!g_socket_close (self->socket, &error))
    g_debug ("A refused connection: %s", error->message);
  refusal_free (self);
}

static gboolean
on_timeout (gpointer data)
{
  Refusal *self = data;

  self->timeout_id = 0;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_skip_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Refusal *self = data;
  gssize n = g_input_stream_skip_finish (G_INPUT_STREAM (source), result, NULL);

  /* An error is the end as well: there is nobody to tell. */
  if (n > 0)
    self->skipped += (gsize)n;
  if (n <= 0 || self->skipped >= LINGER_BYTES)
    finish (self);
  else
    g_input_stream_skip_async (G_INPUT_STREAM (source), SKIP_BYTES, G_PRIORITY_DEFAULT,
                               self->cancellable, on_skip_ready, self);
}

static void
on_write_all_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Refusal *self = data;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL)
      || !g_socket_shutdown (self->socket, FALSE, TRUE, NULL))
    {
      finish (self);
      return;
    }
  g_input_stream_skip_async (g_io_stream_get_input_stream (self->stream), SKIP_BYTES,
                             G_PRIORITY_DEFAULT, self->cancellable, on_skip_ready, self);
}

static GBytes *
to_wire (const LkResponse *response)
{
  GString *text = g_string_new (NULL);
  gsize length;
  const char *body = g_bytes_get_data (response->body, &length);

  g_string_append_printf (text, "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: %s\r\n",
                          response->status, soup_status_get_phrase (response->status),
                          response->content_type);
  g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", length);
  for (guint i = 0; response->headers != NULL && i + 1 < response->headers->len; i += 2)
    g_string_append_printf (text, "%s: %s\r\n",
                            (const char *)g_ptr_array_index (response->headers, i),
                            (const char *)g_ptr_array_index (response->headers, i + 1));
  g_string_append (text, "\r\n");
  g_string_append_len (text, body, (gssize)length);
  return g_string_free_to_bytes (text);
}

/**
 * lk_refusal_send:
 * @message: a request whose body is not read any further
 * @socket: (nullable): its socket
 * @response: a problem
 *
 * Answers a request without its body and closes the connection. libsoup would read the body to its
 * end first, so the connection is taken from it. Not to be called within a signal of @message.
 */
void
lk_refusal_send (SoupServerMessage *message, GSocket *socket, const LkResponse *response)
{
  Refusal *self;

  /* The client may be gone by now. */
  if (socket == NULL || g_socket_is_closed (socket))
    return;
  self = g_new0 (Refusal, 1);
  self->socket = g_object_ref (socket);
  self->stream = soup_server_message_steal_connection (message);
  self->answer = to_wire (response);
  self->cancellable = g_cancellable_new ();
  self->timeout_id = g_timeout_add_seconds (LINGER_SECONDS, on_timeout, self);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream),
                                   g_bytes_get_data (self->answer, NULL),
                                   g_bytes_get_size (self->answer), G_PRIORITY_DEFAULT,
                                   self->cancellable, on_write_all_ready, self);
}
