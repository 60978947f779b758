/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-socket-input.h"

/**
 * LkSocketInput:
 *
 * What comes in on a connection. Unlike GIO's stream of a socket it waits with the connection's own
 * watch: GLib wakes its main loop each time that a descriptor is added, removed, or blocked while
 * its source is dispatched, which are eight system calls for each request.
 */
struct _LkSocketInput
{
  GInputStream parent_instance;

  GSocket *socket;
  LkConnection *connection;
};

static void lk_socket_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkSocketInput,
                               lk_socket_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      lk_socket_input_pollable_init))

static void
lk_socket_input_finalize (GObject *object)
{
  LkSocketInput *self = LK_SOCKET_INPUT (object);

  lk_connection_unref (self->connection);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (lk_socket_input_parent_class)->finalize (object);
}

static gssize
lk_socket_input_read (GInputStream *stream,
                      void *buffer,
                      gsize count,
                      GCancellable *cancellable,
                      GError **error)
{
  LkSocketInput *self = LK_SOCKET_INPUT (stream);

  return g_socket_receive_with_blocking (self->socket, buffer, count, TRUE, cancellable, error);
}

static gssize
lk_socket_input_read_nonblocking (GPollableInputStream *stream,
                                  void *buffer,
                                  gsize count,
                                  GError **error)
{
  LkSocketInput *self = LK_SOCKET_INPUT (stream);

  return g_socket_receive_with_blocking (self->socket, buffer, count, FALSE, NULL, error);
}

static gboolean
lk_socket_input_is_readable (GPollableInputStream *stream)
{
  return (g_socket_condition_check (LK_SOCKET_INPUT (stream)->socket, G_IO_IN) & G_IO_IN) != 0;
}

static GSource *
lk_socket_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  LkSocketInput *self = LK_SOCKET_INPUT (stream);
  g_autoptr (GSource) reader = lk_connection_create_reader (self->connection);

  return g_pollable_source_new_full (stream, reader, cancellable);
}

static void
lk_socket_input_class_init (LkSocketInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_socket_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = lk_socket_input_read;
}

static void
lk_socket_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = lk_socket_input_is_readable;
  iface->read_nonblocking = lk_socket_input_read_nonblocking;
  iface->create_source = lk_socket_input_create_source;
}

static void
lk_socket_input_init (LkSocketInput *self)
{
}

/**
 * lk_socket_input_new:
 * @socket: a socket without TLS
 * @connection: its connection
 *
 * Returns: (transfer full): a stream, for the main context only
 */
GInputStream *
lk_socket_input_new (GSocket *socket, LkConnection *connection)
{
  LkSocketInput *self = g_object_new (LK_TYPE_SOCKET_INPUT, NULL);

  self->socket = g_object_ref (socket);
  self->connection = lk_connection_ref (connection);
  return G_INPUT_STREAM (self);
}
