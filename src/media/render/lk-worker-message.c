/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker-message.h"

#include <gio/gunixfdmessage.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lk-json.h"

/**
 * lk_worker_message_new:
 *
 * Returns: (transfer full): a message that says nothing yet
 */
LkWorkerMessage *
lk_worker_message_new (void)
{
  LkWorkerMessage *self = g_new0 (LkWorkerMessage, 1);

  self->object = json_object_new ();

  return self;
}

/**
 * lk_worker_message_take_fd:
 * @fd: (transfer full): goes with it, behind those that do already
 */
void
lk_worker_message_take_fd (LkWorkerMessage *self, int fd)
{
  self->fds = g_renew (int, self->fds, self->n_fds + 1);
  self->fds[self->n_fds++] = fd;
}

/**
 * lk_worker_message_send:
 *
 * Blocks while the other end is behind.
 *
 * Returns: TRUE, or FALSE with a GIOError where the other end is gone
 */
gboolean
lk_worker_message_send (GSocket *socket, const LkWorkerMessage *self, GError **error)
{
  g_autoptr (GBytes) text = lk_json_object_to_bytes (self->object);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GSocketControlMessage) control = NULL;
  gsize length = 0;
  const void *data = g_bytes_get_data (text, &length);
  GOutputVector vector = { .buffer = data, .size = length };

  for (guint i = 0; i < self->n_fds; i++)
    if (g_unix_fd_list_append (list, self->fds[i], error) < 0)
      return FALSE;

  control = self->n_fds > 0 ? g_unix_fd_message_new_with_fd_list (list) : NULL;

  return g_socket_send_message (socket, NULL, &vector, 1, &control, control != NULL ? 1 : 0, 0,
                                NULL, error)
         >= 0;
}

static int *
take_fds (GSocketControlMessage **controls, int n_controls, guint *n_fds)
{
  int *fds = NULL;

  for (int i = 0; i < n_controls; i++)
    {
      if (fds == NULL && G_IS_UNIX_FD_MESSAGE (controls[i]))
        {
          int n = 0;

          fds = g_unix_fd_message_steal_fds (G_UNIX_FD_MESSAGE (controls[i]), &n);
          *n_fds = (guint)n;
        }
      /* closes what was not taken */
      g_object_unref (controls[i]);
    }
  g_free (controls);

  return fds;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, message);
  return FALSE;
}

/**
 * lk_worker_message_receive:
 *
 * Blocks until there is one.
 *
 * Returns: (transfer full) (nullable): the message, or NULL with G_IO_ERROR_CLOSED where the other
 * end is gone, _INVALID_DATA where it is none, or LK_ERROR_INVALID_JSON
 */
LkWorkerMessage *
lk_worker_message_receive (GSocket *socket, GError **error)
{
  g_autoptr (LkWorkerMessage) self = g_new0 (LkWorkerMessage, 1);
  g_autofree char *buffer = g_malloc (LK_WORKER_MAX_MESSAGE);
  g_autoptr (GBytes) text = NULL;
  GInputVector vector = { .buffer = buffer, .size = LK_WORKER_MAX_MESSAGE };
  GSocketControlMessage **controls = NULL;
  int n_controls = 0;
  int flags = 0;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, &controls, &n_controls, &flags,
                                       NULL, error);

  if (n < 0)
    return NULL;

  self->fds = take_fds (controls, n_controls, &self->n_fds);
  if (n == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The other end is gone");
      return NULL;
    }
  if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || self->n_fds > LK_WORKER_MAX_FDS)
    {
      refuse (error, "The message is too large");
      return NULL;
    }

  text = g_bytes_new_static (buffer, (gsize)n);
  self->object = lk_json_parse_object (text, LK_WORKER_MAX_MESSAGE, error);

  return self->object != NULL ? g_steal_pointer (&self) : NULL;
}

void
lk_worker_message_free (LkWorkerMessage *self)
{
  for (guint i = 0; i < self->n_fds; i++)
    close (self->fds[i]);
  g_free (self->fds);
  g_clear_pointer (&self->object, json_object_unref);
  g_free (self);
}
