/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lk-media-error.h"

/* Without the first, a reader of the map would be killed where the file ends; without the others,
 * what was checked would not be what is used. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

typedef struct
{
  void *start;
  gsize length;
} Map;

static void
map_free (Map *self)
{
  munmap (self->start, self->length);
  g_free (self);
}

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = write (fd, data + done, length - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += (gsize)n;
    }

  return TRUE;
}

/**
 * lk_sealed_new:
 * @bytes: what to hand over
 *
 * Returns: a descriptor of a sealed file with these bytes, which the caller closes, or -1 with
 * LK_MEDIA_ERROR_NO_MEMORY
 */
int
lk_sealed_new (GBytes *bytes, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  int fd = memfd_create ("likeness", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd >= 0 && write_all (fd, data, length) && fcntl (fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0)
    return fd;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory to hand over: %s",
               g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return -1;
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, message);
  return FALSE;
}

static gboolean
check (int fd, gsize most, gsize *length, GError **error)
{
  int seals = fcntl (fd, F_GET_SEALS);
  struct stat status;

  if (seals < 0 || (seals & SEALS) != SEALS)
    return refuse (error, "What was handed over can still be changed");

  if (fstat (fd, &status) != 0 || status.st_size <= 0 || (guint64)status.st_size > most)
    return refuse (error, "What was handed over is empty or too large");

  *length = (gsize)status.st_size;
  return TRUE;
}

/**
 * lk_sealed_map:
 * @fd: what somebody else handed over; stays the caller's
 * @most: bytes that it may have
 *
 * Returns: (transfer full) (nullable): its bytes, mapped and not copied, or NULL with
 * LK_MEDIA_ERROR_CRASHED where it is not sealed, empty or too large, or _NO_MEMORY
 */
GBytes *
lk_sealed_map (int fd, gsize most, GError **error)
{
  gsize length = 0;
  void *start;
  Map *map;

  if (!check (fd, most, &length, error))
    return NULL;

  start = mmap (NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory to take over: %s",
                   g_strerror (errno));
      return NULL;
    }

  map = g_new (Map, 1);
  map->start = start;
  map->length = length;

  return g_bytes_new_with_free_func (start, length, (GDestroyNotify)map_free, map);
}
