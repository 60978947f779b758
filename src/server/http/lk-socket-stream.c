/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-socket-stream.h"

#include "lk-socket-input.h"

/**
 * LkSocketStream:
 *
 * A connection as libsoup sees it: GIO's, but read through LkSocketInput.
 */
struct _LkSocketStream
{
  GSocketConnection parent_instance;

  GInputStream *input;
};

G_DEFINE_FINAL_TYPE (LkSocketStream, lk_socket_stream, G_TYPE_SOCKET_CONNECTION)

static void
lk_socket_stream_finalize (GObject *object)
{
  g_object_unref (LK_SOCKET_STREAM (object)->input);
  G_OBJECT_CLASS (lk_socket_stream_parent_class)->finalize (object);
}

static GInputStream *
lk_socket_stream_get_input_stream (GIOStream *stream)
{
  return LK_SOCKET_STREAM (stream)->input;
}

static void
lk_socket_stream_class_init (LkSocketStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_socket_stream_finalize;
  G_IO_STREAM_CLASS (klass)->get_input_stream = lk_socket_stream_get_input_stream;
}

static void
lk_socket_stream_init (LkSocketStream *self)
{
}

/**
 * lk_socket_stream_new:
 * @socket: a socket without TLS
 * @connection: its connection
 *
 * Returns: (transfer full): a stream, for the main context only
 */
GIOStream *
lk_socket_stream_new (GSocket *socket, LkConnection *connection)
{
  LkSocketStream *self = g_object_new (LK_TYPE_SOCKET_STREAM, "socket", socket, NULL);

  self->input = lk_socket_input_new (socket, connection);
  return G_IO_STREAM (self);
}
