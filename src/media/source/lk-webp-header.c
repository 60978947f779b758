/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-header.h"

#include <string.h>
#include "lk-color.h"
#include "lk-media-error.h"
#include "lk-signature.h"
#include "lk-tiff-header.h"
#include "lk-webp-reader.h"

/* WebP container specification (RFC 9649, 2): RIFF chunks of type, length and data, padded to even
 * lengths. */

#define FLAG_ANIMATION 2
#define MAX_EXIF_BYTES (64 * 1024)
/* An animation has a chunk for each frame. */
#define MAX_CHUNKS 4096

/* (nullable): NULL without an error where it is larger than it may be. */
static GBytes *
read_chunk (LkSource *source,
            const LkWebpChunk *chunk,
            guint32 limit,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint8 *data = NULL;

  if (chunk->length == 0 || chunk->length > limit)
    return NULL;

  data = g_malloc (chunk->length);
  if (!lk_source_read_exactly (source, chunk->offset, data, chunk->length, cancellable, error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), chunk->length);
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

/* @animated: (out): says that it is an animation
 * @cut: (out): ends before it says that it does */
static gboolean
read_first (LkHeader *self,
            LkSource *source,
            gboolean *animated,
            gboolean *cut,
            GCancellable *cancellable,
            GError **error)
{
  guint8 chunk[LK_SIGNATURE_WEBP_CHUNK];
  LkWebpChunk riff;

  if (lk_webp_read_chunk (source, 0, &riff, cancellable, error) == LK_STEP_FAILED
      || !lk_source_read_exactly (source, LK_WEBP_RIFF_LENGTH, chunk, sizeof chunk, cancellable,
                                  error))
    return FALSE;

  if (!lk_signature_read_webp_chunk (chunk, &self->width, &self->height, &self->has_alpha))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The WebP file does not start with a picture");
      return FALSE;
    }

  *animated = memcmp (chunk, "VP8X", 4) == 0 && (chunk[LK_WEBP_CHUNK_HEAD] & FLAG_ANIMATION) != 0;
  *cut = !riff.whole;
  return TRUE;
}

/* EXIF and the profile; what is too large, or missing from a file that was cut off, is left aside.
 */
static gboolean
read_metadata (LkHeader *self, LkSource *source, GCancellable *cancellable, GError **error)
{
  guint64 offset = LK_WEBP_RIFF_LENGTH;

  for (guint i = 0; i < MAX_CHUNKS; i++)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (GBytes) data = NULL;
      LkWebpChunk chunk;
      LkStep step = lk_webp_read_chunk (source, offset, &chunk, cancellable, error);

      if (step != LK_STEP_PATCH)
        return step == LK_STEP_END;
      if (!chunk.whole)
        return TRUE;

      if (g_str_equal (chunk.type, "EXIF"))
        {
          data = read_chunk (source, &chunk, MAX_EXIF_BYTES, cancellable, &cause);
          if (data != NULL)
            find_orientation (self, data);
        }
      else if (g_str_equal (chunk.type, "ICCP") && self->profile == NULL)
        {
          self->profile
              = read_chunk (source, &chunk, LK_COLOR_MAX_PROFILE_BYTES, cancellable, &cause);
        }
      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }

      offset = chunk.next;
    }

  return TRUE;
}

/* Makes @self the header of an animation, or of a still where it has one frame and was not cut off
 * behind that. */
static gboolean
read_animation (LkHeader *self,
                LkSource *source,
                gboolean cut,
                GCancellable *cancellable,
                GError **error)
{
  LkTally tally = { 0 };
  LkWebp webp;
  LkPatch patch;
  LkStep step;

  lk_webp_init (&webp, source, self->width, self->height);
  while ((step = lk_webp_next (&webp, &patch, cancellable, error)) == LK_STEP_PATCH)
    {
      if (!lk_tally_begin (&tally, &patch, error))
        return FALSE;
      lk_tally_add (&tally, &patch, self, self->has_alpha);
    }
  if (step == LK_STEP_FAILED || !lk_tally_finish (&tally, webp.loops, self, error))
    return FALSE;

  if (tally.whole == 1 && !cut)
    lk_tally_make_still (self);
  return TRUE;
}

/**
 * lk_webp_read_header:
 *
 * Returns: (transfer full) (nullable): size, orientation, profile and what moves, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _TOO_MANY_PIXELS, _TOO_MANY_FRAMES, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_webp_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_WEBP, "image/webp");
  gboolean animated = FALSE;
  gboolean cut = FALSE;

  if (!read_first (self, source, &animated, &cut, cancellable, error)
      || !read_metadata (self, source, cancellable, error))
    return NULL;

  self->has_profile = self->profile != NULL;
  if (animated && !read_animation (self, source, cut, cancellable, error))
    return NULL;

  /* A loader that decodes as bytes come does not miss those that never do. */
  if (!animated && cut)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The WebP file ends too early");
      return NULL;
    }

  return g_steal_pointer (&self);
}
