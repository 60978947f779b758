/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-png-header.h"

#include <string.h>
#include "lk-apng-reader.h"
#include "lk-media-error.h"
#include "lk-tiff-header.h"

/* PNG (W3C, third edition), 5.3 and 11: a signature, then chunks of length, type, data and CRC. */

#define MAX_EXIF_BYTES (64 * 1024)

#define COLOR_TYPE_GRAY_ALPHA 4
#define COLOR_TYPE_RGB_ALPHA 6

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

  self->width = lk_png_get_32 (data);
  self->height = lk_png_get_32 (data + 4);
  self->has_alpha = data[9] == COLOR_TYPE_GRAY_ALPHA || data[9] == COLOR_TYPE_RGB_ALPHA;
  return TRUE;
}

/* Walks over all chunks: eXIf may come last, and a file that was cut off lacks IEND, which
 * GdkPixbuf does not always notice. LK_STEP_END: some of it is missing, or not in order. */
static LkStep
read_chunks (LkHeader *self, LkSource *source, GCancellable *cancellable, GError **error)
{
  guint64 offset = LK_PNG_SIGNATURE_LENGTH;

  for (guint i = 0; i < LK_PNG_MAX_CHUNKS; i++)
    {
      LkPngChunk chunk;
      LkStep step = lk_png_read_chunk (source, offset, &chunk, cancellable, error);

      if (step != LK_STEP_PATCH)
        return step;

      if ((i == 0) != g_str_equal (chunk.type, "IHDR"))
        return LK_STEP_END;
      if (g_str_equal (chunk.type, "IEND"))
        return LK_STEP_PATCH;

      if (i == 0 && !read_ihdr (self, source, chunk.offset, cancellable, error))
        return LK_STEP_FAILED;
      if (g_str_equal (chunk.type, "eXIf")
          && !read_exif (self, source, chunk.offset, chunk.length, cancellable, error))
        return LK_STEP_FAILED;
      if (g_str_equal (chunk.type, "iCCP"))
        self->has_profile = TRUE;
      if (g_str_equal (chunk.type, "tRNS"))
        self->has_alpha = TRUE;

      offset = chunk.next;
    }

  return LK_STEP_END;
}

/* Makes @self the header of an animation where the file is one: where it has more frames than one,
 * or was to have and was cut off behind the first. */
static LkStep
read_animation (LkHeader *self,
                LkSource *source,
                gboolean cut,
                GCancellable *cancellable,
                GError **error)
{
  LkTally tally = { 0 };
  LkApng apng;
  LkPatch patch;
  LkStep step;

  if (!lk_apng_open (&apng, source, cancellable, error))
    return LK_STEP_FAILED;
  if (apng.declared < 2)
    return LK_STEP_END;

  while ((step = lk_apng_next (&apng, &patch, cancellable, error)) == LK_STEP_PATCH)
    {
      if (!lk_tally_begin (&tally, &patch, error))
        return LK_STEP_FAILED;
      lk_tally_add (&tally, &patch, self, self->has_alpha);
    }
  if (step == LK_STEP_FAILED)
    return step;
  if (tally.whole < 2 && !(cut && tally.whole > 0))
    return LK_STEP_END;

  return lk_tally_finish (&tally, apng.loops, self, error) ? LK_STEP_PATCH : LK_STEP_FAILED;
}

/**
 * lk_png_read_header:
 *
 * Returns: (transfer full) (nullable): the header of a still or an animation, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _TOO_MANY_PIXELS, _TOO_MANY_FRAMES, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_png_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_PNG, "image/png");
  LkStep chunks = read_chunks (self, source, cancellable, error);
  LkStep animation = LK_STEP_END;

  if (chunks != LK_STEP_FAILED && self->width > 0)
    animation = read_animation (self, source, chunks == LK_STEP_END, cancellable, error);
  if (chunks == LK_STEP_FAILED || animation == LK_STEP_FAILED)
    return NULL;

  if (chunks == LK_STEP_END && animation == LK_STEP_END)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The chunks of the PNG file are not all there, or not in order");
      return NULL;
    }

  return g_steal_pointer (&self);
}
