/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lk-async.h"
#include "lk-limits.h"
#include "lk-media-error.h"

static G_DEFINE_QUARK (lk - source - fd - quark, fd)

struct _LkSource
{
  int fd;
  guint64 size;
  gpointer kept;
  GDestroyNotify free_kept;
  gboolean feeds_encoder;
};

static gboolean
unreadable (GError **error, const char *what, int code)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE, "%s: %s", what, g_strerror (code));
  return FALSE;
}

static gboolean
too_many_bytes (GError **error)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_BYTES,
               "The file is larger than %" G_GUINT64_FORMAT " MB", LK_STILL_MAX_BYTES / 1000000);
  return FALSE;
}

/* Cancelled stays what it is; any other failure to read is the file's. */
static void
propagate (GError **error, GError *cause)
{
  if (lk_error_is_cancelled (cause))
    {
      g_propagate_error (error, cause);
      return;
    }

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE, cause->message);
  g_error_free (cause);
}

/* That is not the file's fault. */
static gboolean
cannot_put_aside (GError **error, int code)
{
  g_set_error (error, LK_MEDIA_ERROR,
               code == ENOSPC || code == EDQUOT ? LK_MEDIA_ERROR_DISK_FULL
                                                : LK_MEDIA_ERROR_WRITE_FAILED,
               "Cannot put a copy aside: %s", g_strerror (code));
  return FALSE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return cannot_put_aside (error, errno);
      data += n;
      length -= (gsize)n;
    }

  return TRUE;
}

/* Copies a file that is not on this machine (a camera, a share) aside, since loaders want to jump
 * in it. */
static int
spool (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) input = NULL;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "likeness-XXXXXX", NULL);
  g_autofree guint8 *buffer = g_malloc (64 * 1024);
  guint64 total = 0;
  GError *cause = NULL;
  gssize n;
  int fd;

  input = g_file_read (file, cancellable, &cause);
  if (input == NULL)
    {
      propagate (error, cause);
      return -1;
    }

  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      cannot_put_aside (error, errno);
      return -1;
    }

  g_unlink (path);
  while ((n = g_input_stream_read (G_INPUT_STREAM (input), buffer, 64 * 1024, cancellable, &cause))
         > 0)
    {
      total += (guint64)n;
      if ((total > LK_STILL_MAX_BYTES && !too_many_bytes (error))
          || !write_all (fd, buffer, (gsize)n, error))
        {
          close (fd);
          return -1;
        }
    }

  if (cause != NULL)
    {
      propagate (error, cause);
      close (fd);
      return -1;
    }

  return fd;
}

/* O_NONBLOCK: opening a FIFO that nobody writes to would hang; a regular file does not mind. */
static int
open_path (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    unreadable (error, "Cannot open the file", errno);

  return fd;
}

/* One more than the descriptor of a file that is open already, so that 0 stands for none. */
static int
open_file (GFile *file, GCancellable *cancellable, GError **error)
{
  int open_fd = GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (file), fd_quark ())) - 1;
  const char *path = g_file_peek_path (file);
  int fd;

  if (open_fd < 0)
    return path != NULL ? open_path (path, error) : spool (file, cancellable, error);

  fd = fcntl (open_fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    unreadable (error, "Cannot use the open file", errno);

  return fd;
}

static gboolean
check (int fd, guint64 *size, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    return unreadable (error, "Cannot look at the file", errno);

  if (!S_ISREG (status.st_mode))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE, "Not a regular file");
      return FALSE;
    }

  if (status.st_size == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, "The file is empty");
      return FALSE;
    }

  *size = (guint64)status.st_size;
  return TRUE;
}

/**
 * lk_source_open:
 * @file: the file
 *
 * Blocks. The size is fixed here: what is appended while the file is read is not seen.
 *
 * Returns: (transfer full) (nullable): the open file, or NULL with LK_MEDIA_ERROR_UNREADABLE (not
 * there, no permission, not a regular file), _TOO_MANY_BYTES (not on this machine, and larger than
 * a still may be), _DISK_FULL or _WRITE_FAILED (not on this machine, and no room for a copy),
 * _MALFORMED (empty) or G_IO_ERROR_CANCELLED
 */
LkSource *
lk_source_open (GFile *file, GCancellable *cancellable, GError **error)
{
  LkSource *self;
  guint64 size = 0;
  int fd;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  fd = open_file (file, cancellable, error);
  if (fd < 0)
    return NULL;

  if (!check (fd, &size, error))
    {
      close (fd);
      return NULL;
    }

  self = g_new0 (LkSource, 1);
  self->fd = fd;
  self->size = size;

  return self;
}

/**
 * lk_source_file_new_for_fd:
 * @fd: an open file; stays open for as long as the result is used
 *
 * For whoever was given a file and may not open any by its path: a confined process.
 * lk_source_open() reads this one through @fd and nothing else; for other purposes the result is no
 * file. Reading by position, several may do so at once.
 *
 * Returns: (transfer full): what the functions that take a file can be given
 */
GFile *
lk_source_file_new_for_fd (int fd)
{
  GFile *file = g_file_new_for_path ("/dev/null");

  g_object_set_qdata (G_OBJECT (file), fd_quark (), GINT_TO_POINTER (fd + 1));

  return file;
}

/**
 * lk_source_get_fd:
 *
 * Returns: the descriptor, which stays @self's
 */
int
lk_source_get_fd (LkSource *self)
{
  return self->fd;
}

void
lk_source_close (LkSource *self)
{
  lk_source_keep (self, NULL, NULL);
  close (self->fd);
  g_free (self);
}

/**
 * lk_source_keep:
 * @kept: (transfer full) (nullable): what reads @self and stands at its start
 * @free_kept: (nullable): what frees it
 *
 * What a header cost to find out, a decoder that has started, need not be done again by whoever
 * opens the source next. It is freed with the source, before that is closed.
 */
void
lk_source_keep (LkSource *self, gpointer kept, GDestroyNotify free_kept)
{
  if (self->kept != NULL)
    self->free_kept (self->kept);
  self->kept = kept;
  self->free_kept = free_kept;
}

/**
 * lk_source_steal_kept:
 *
 * Returns: (transfer full) (nullable): what lk_source_keep() was given
 */
gpointer
lk_source_steal_kept (LkSource *self)
{
  return g_steal_pointer (&self->kept);
}

/**
 * lk_source_set_feeds_encoder:
 * @feeds_encoder: whether what is decoded is encoded at the same time, so that a decoder is to
 * leave that its half of the processors
 *
 * Holds for decoders that are opened from here on.
 */
void
lk_source_set_feeds_encoder (LkSource *self, gboolean feeds_encoder)
{
  self->feeds_encoder = feeds_encoder;
}

gboolean
lk_source_get_feeds_encoder (LkSource *self)
{
  return self->feeds_encoder;
}

guint64
lk_source_get_size (LkSource *self)
{
  return self->size;
}

/**
 * lk_source_read:
 * @offset: from the start, in bytes
 * @buffer: room for @length bytes
 *
 * Returns: how many bytes were read, fewer than @length only at the end, 0 past it; -1 with
 * LK_MEDIA_ERROR_UNREADABLE or G_IO_ERROR_CANCELLED
 */
gssize
lk_source_read (LkSource *self,
                guint64 offset,
                void *buffer,
                gsize length,
                GCancellable *cancellable,
                GError **error)
{
  guint8 *to = buffer;
  gsize done = 0;

  if (offset >= self->size)
    return 0;

  length = MIN (length, self->size - offset);
  while (done < length)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;

      n = pread (self->fd, to + done, length - done, (off_t)(offset + done));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          unreadable (error, "Cannot read the file", errno);
          return -1;
        }
      if (n == 0) /* was cut short since it was opened */
        break;
      done += (gsize)n;
    }

  return (gssize)done;
}

/**
 * lk_source_read_exactly:
 *
 * Like lk_source_read(), but fails with LK_MEDIA_ERROR_MALFORMED where the file ends before @length
 * bytes.
 */
gboolean
lk_source_read_exactly (LkSource *self,
                        guint64 offset,
                        void *buffer,
                        gsize length,
                        GCancellable *cancellable,
                        GError **error)
{
  gssize n = lk_source_read (self, offset, buffer, length, cancellable, error);

  if (n < 0)
    return FALSE;

  if ((gsize)n < length)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The file ends too early");
      return FALSE;
    }

  return TRUE;
}
