/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-header.h"

#include <string.h>
#include "lk-color.h"
#include "lk-media-error.h"
#include "lk-signature.h"
#include "lk-tiff-header.h"

/* WebP container specification (RFC 9649, 2): RIFF chunks of type, length and data, padded to even
 * lengths. */

#define RIFF_LENGTH 12
#define MAX_EXIF_BYTES (64 * 1024)
/* An animation has a chunk for each frame. */
#define MAX_CHUNKS 4096

static guint32
get_32 (const guint8 *data)
{
  return (guint32)data[0] | (guint32)data[1] << 8 | (guint32)data[2] << 16 | (guint32)data[3] << 24;
}

/* (nullable): NULL without an error where it is larger than it may be. */
static GBytes *
read_chunk (LkSource *source,
            guint64 offset,
            guint32 length,
            guint32 limit,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint8 *data = NULL;

  if (length == 0 || length > limit)
    return NULL;

  data = g_malloc (length);
  if (!lk_source_read_exactly (source, offset, data, length, cancellable, error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), length);
}

static void
find_orientation (LkHeader *self, GBytes *exif)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (exif, &length);

  /* Some writers put JPEG's prefix before the TIFF header. */
  if (length > 6 && memcmp (data, "Exif\0\0", 6) == 0)
    {
      data += 6;
      length -= 6;
    }

  self->orientation = lk_tiff_find_orientation (data, length);
}

static gboolean
read_first (LkHeader *self, LkSource *source, GCancellable *cancellable, GError **error)
{
  guint8 riff[RIFF_LENGTH];
  guint8 chunk[LK_SIGNATURE_WEBP_CHUNK];

  if (!lk_source_read_exactly (source, 0, riff, sizeof riff, cancellable, error)
      || !lk_source_read_exactly (source, RIFF_LENGTH, chunk, sizeof chunk, cancellable, error))
    return FALSE;

  /* A loader that decodes as bytes come does not miss those that never do. */
  if ((guint64)get_32 (riff + 4) + 8 > lk_source_get_size (source))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The WebP file ends too early");
      return FALSE;
    }

  if (!lk_signature_read_webp_chunk (chunk, &self->width, &self->height, &self->has_alpha))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The WebP file does not start with a picture");
      return FALSE;
    }

  return TRUE;
}

/**
 * lk_webp_read_header:
 *
 * Returns: (transfer full) (nullable): size, orientation and profile, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_webp_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_WEBP, "image/webp");
  guint64 offset = RIFF_LENGTH;

  if (!read_first (self, source, cancellable, error))
    return NULL;

  for (guint i = 0; i < MAX_CHUNKS && offset + 8 <= lk_source_get_size (source); i++)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (GBytes) data = NULL;
      guint8 start[8];
      guint32 length;

      if (!lk_source_read_exactly (source, offset, start, sizeof start, cancellable, error))
        return NULL;

      length = get_32 (start + 4);
      offset += sizeof start;
      if (memcmp (start, "EXIF", 4) == 0)
        {
          data = read_chunk (source, offset, length, MAX_EXIF_BYTES, cancellable, &cause);
          if (data != NULL)
            find_orientation (self, data);
        }
      else if (memcmp (start, "ICCP", 4) == 0)
        {
          data = read_chunk (source, offset, length, LK_COLOR_MAX_PROFILE_BYTES, cancellable,
                             &cause);
          if (data != NULL && self->profile == NULL)
            self->profile = g_bytes_ref (data);
        }
      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return NULL;
        }

      offset += (guint64)length + (length & 1);
    }

  self->has_profile = self->profile != NULL;

  return g_steal_pointer (&self);
}
