/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-data-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#include "lk-server-error.h"

#define LOCK_NAME "lock"

struct _LkDataLock
{
  int fd;
};

/**
 * lk_data_lock_take:
 * @data_dir: a folder that exists
 * @error: LK_SERVER_ERROR_IN_USE where another server has it, LK_SERVER_ERROR_CONFIG where there
 * can be no lock
 *
 * Takes the folder for this process. The lock is the kernel's (flock) on a file that stays: what a
 * crash leaves behind locks nobody out.
 *
 * Returns: (transfer full): the lock
 */
LkDataLock *
lk_data_lock_take (const char *data_dir, GError **error)
{
  g_autoptr (LkDataLock) self = g_new0 (LkDataLock, 1);
  g_autofree char *path = g_build_filename (data_dir, LOCK_NAME, NULL);
  int saved;

  self->fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd >= 0 && flock (self->fd, LOCK_EX | LOCK_NB) == 0)
    return g_steal_pointer (&self);
  saved = errno;
  if (self->fd >= 0 && saved == EWOULDBLOCK)
    g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_IN_USE,
                 "[server] data-dir: %s: another likeness-server is using it", data_dir);
  else
    g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_CONFIG, "[server] data-dir: %s: %s", path,
                 g_strerror (saved));
  return NULL;
}

void
lk_data_lock_free (LkDataLock *self)
{
  g_autoptr (GError) error = NULL;

  if (self->fd >= 0 && !g_close (self->fd, &error))
    g_warning ("The lock of the data folder: %s", error->message);
  g_free (self);
}
