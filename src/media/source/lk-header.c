/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-header.h"

#include <string.h>
#include "lk-gif-reader.h"
#include "lk-heif-header.h"
#include "lk-jpeg-reader.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-pixbuf-reader.h"
#include "lk-png-header.h"
#include "lk-tiff-header.h"
#include "lk-video-decoder.h"
#include "lk-video-header.h"
#include "lk-webp-header.h"

LkHeader *
lk_header_new (LkFormat format, const char *type)
{
  LkHeader *self = g_new0 (LkHeader, 1);

  self->format = format;
  self->type = g_strdup (type);
  self->kind = LK_PICTURE_STILL;
  self->frames = 1;
  self->loops = 1;
  self->orientation = LK_ORIENTATION_UPRIGHT;

  return self;
}

void
lk_header_free (LkHeader *self)
{
  g_free (self->type);
  g_clear_pointer (&self->profile, g_bytes_unref);
  g_free (self);
}

/**
 * lk_header_sniff:
 * @start: the first LK_HEADER_SNIFF_BYTES of a file, or all that it has
 *
 * Returns: whose reader is asked for its header
 */
LkFormat
lk_header_sniff (const guint8 *start, gsize length)
{
  if (length >= 3 && memcmp (start, "\xff\xd8\xff", 3) == 0)
    return LK_FORMAT_JPEG;
  if (length >= 8 && memcmp (start, "\x89PNG\r\n\x1a\n", 8) == 0)
    return LK_FORMAT_PNG;
  if (length >= 12 && memcmp (start, "RIFF", 4) == 0 && memcmp (start + 8, "WEBP", 4) == 0)
    return LK_FORMAT_WEBP;
  if (length >= 6 && (memcmp (start, "GIF87a", 6) == 0 || memcmp (start, "GIF89a", 6) == 0))
    return LK_FORMAT_GIF;
  if (length >= 4 && (memcmp (start, "II*\0", 4) == 0 || memcmp (start, "MM\0*", 4) == 0))
    return LK_FORMAT_TIFF;
  if (length >= 12 && memcmp (start + 4, "ftyp", 4) == 0 && lk_heif_sniff (start, length))
    return LK_FORMAT_HEIF;
  if (lk_video_sniff (start, length) != NULL)
    return LK_FORMAT_VIDEO;

  return LK_FORMAT_OTHER;
}

/* Of a video only a part is read; everything else is read whole. */
static gboolean
check_bytes (LkSource *source, GError **error)
{
  if (lk_source_get_size (source) <= LK_STILL_MAX_BYTES)
    return TRUE;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_BYTES,
               "The file is larger than %" G_GUINT64_FORMAT " MB", LK_STILL_MAX_BYTES / 1000000);
  return FALSE;
}

/**
 * lk_header_check_size:
 *
 * Returns: whether a still may be that large; if not, with LK_MEDIA_ERROR_TOO_MANY_PIXELS or
 * _MALFORMED
 */
gboolean
lk_header_check_size (guint64 width, guint64 height, GError **error)
{
  if (width == 0 || height == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The picture has no size");
      return FALSE;
    }

  if (width > LK_STILL_MAX_PIXELS || height > LK_STILL_MAX_PIXELS
      || width * height > LK_STILL_MAX_PIXELS)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                   "%" G_GUINT64_FORMAT "×%" G_GUINT64_FORMAT " px are more than %" G_GUINT64_FORMAT
                   " megapixels",
                   width, height, LK_STILL_MAX_PIXELS / 1000000);
      return FALSE;
    }

  return TRUE;
}

/**
 * lk_header_read:
 * @source: the open file
 *
 * Blocks. Reads what the start of the file (or its table of boxes or directories) says, of an
 * animation what each frame says, and checks it against the limits.
 *
 * Returns: (transfer full) (nullable): the header, or NULL with LK_MEDIA_ERROR_UNSUPPORTED,
 * _MALFORMED, _TOO_MANY_PIXELS, _TOO_MANY_FRAMES, _TOO_MANY_BYTES, _NO_VIDEO, _HDR_UNSUPPORTED,
 * _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_header_read (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = NULL;
  guint8 start[LK_HEADER_SNIFF_BYTES];
  gssize n = lk_source_read (source, 0, start, sizeof start, cancellable, error);
  LkFormat format;

  if (n < 0)
    return NULL;

  format = lk_header_sniff (start, (gsize)n);
  if (format != LK_FORMAT_VIDEO && !check_bytes (source, error))
    return NULL;

  switch (format)
    {
    case LK_FORMAT_JPEG:
      self = lk_jpeg_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_PNG:
      self = lk_png_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_WEBP:
      self = lk_webp_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_GIF:
      self = lk_gif_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_TIFF:
      self = lk_tiff_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_HEIF:
      self = lk_heif_read_header (source, cancellable, error);
      break;
    case LK_FORMAT_VIDEO:
      self = lk_video_read_header (source, lk_video_sniff (start, (gsize)n), cancellable, error);
      break;
    case LK_FORMAT_OTHER:
      self = lk_pixbuf_read_header (source, cancellable, error);
      break;
    }

  if (self == NULL || !lk_header_check_size (self->width, self->height, error))
    return NULL;

  return g_steal_pointer (&self);
}
