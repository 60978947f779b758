/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-png-header.h"

#include <string.h>
#include "lk-media-error.h"
#include "lk-tiff-header.h"

/* PNG (W3C, third edition), 5.3 and 11: a signature, then chunks of length, type, data and CRC. */

#define SIGNATURE_LENGTH 8
#define MAX_EXIF_BYTES (64 * 1024)
/* An IDAT is 8 KB in what careful encoders write: 512 MB of them, and some more. */
#define MAX_CHUNKS (128 * 1024)

#define COLOR_TYPE_GRAY_ALPHA 4
#define COLOR_TYPE_RGB_ALPHA 6

static guint32
get_32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static gboolean
read_exif (LkHeader *self,
           LkSource *source,
           guint64 offset,
           guint32 length,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree guint8 *data = NULL;

  if (length > MAX_EXIF_BYTES)
    return TRUE;

  data = g_malloc (MAX (length, 1));
  if (!lk_source_read_exactly (source, offset, data, length, cancellable, error))
    return FALSE;

  self->orientation = lk_tiff_find_orientation (data, length);
  return TRUE;
}

static gboolean
read_ihdr (LkHeader *self,
           LkSource *source,
           guint64 offset,
           GCancellable *cancellable,
           GError **error)
{
  guint8 data[10];

  if (!lk_source_read_exactly (source, offset, data, sizeof data, cancellable, error))
    return FALSE;

  self->width = get_32 (data);
  self->height = get_32 (data + 4);
  self->has_alpha = data[9] == COLOR_TYPE_GRAY_ALPHA || data[9] == COLOR_TYPE_RGB_ALPHA;
  return TRUE;
}

/**
 * lk_png_read_header:
 *
 * Walks over all chunks: eXIf may come last, and a file that was cut off lacks IEND, which
 * GdkPixbuf does not always notice.
 *
 * Returns: (transfer full) (nullable): the header, or NULL with LK_MEDIA_ERROR_MALFORMED,
 * _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_png_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_PNG, "image/png");
  guint64 offset = SIGNATURE_LENGTH;

  for (guint i = 0; i < MAX_CHUNKS; i++)
    {
      guint8 start[8];
      guint32 length;

      if (!lk_source_read_exactly (source, offset, start, sizeof start, cancellable, error))
        return NULL;

      length = get_32 (start);
      offset += sizeof start;
      if ((i == 0) != (memcmp (start + 4, "IHDR", 4) == 0))
        break;
      if (memcmp (start + 4, "IEND", 4) == 0)
        return g_steal_pointer (&self);

      if (i == 0 && !read_ihdr (self, source, offset, cancellable, error))
        return NULL;
      if (memcmp (start + 4, "eXIf", 4) == 0
          && !read_exif (self, source, offset, length, cancellable, error))
        return NULL;
      if (memcmp (start + 4, "iCCP", 4) == 0)
        self->has_profile = TRUE;
      if (memcmp (start + 4, "tRNS", 4) == 0)
        self->has_alpha = TRUE;

      offset += (guint64)length + 4;
    }

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                       "The chunks of the PNG file are not in order");
  return NULL;
}
