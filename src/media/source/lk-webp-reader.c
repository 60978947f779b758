/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-reader.h"

#include <string.h>

/* WebP container specification (RFC 9649, 2.7.1): RIFF chunks of type, length and data, padded to
 * even lengths; ANIM says how often to run, each ANMF is a frame. The frames are looked up here, so
 * that one at a time is in memory and a file that was cut off gives those that it has: libwebpdemux
 * wants all of the file, and all of it right. */

/* More than that are not looked at; an animation has one for each frame. */
#define MAX_CHUNKS 4096

#define ANIM_LENGTH 6
#define ANMF_HEAD 16
#define FLAG_DISPOSE 1
#define FLAG_DO_NOT_BLEND 2

guint
lk_webp_get_24 (const guint8 *data)
{
  return (guint)data[0] | (guint)data[1] << 8 | (guint)data[2] << 16;
}

/**
 * lk_webp_read_chunk:
 * @offset: where a chunk starts
 * @chunk: (out caller-allocates): what it is
 *
 * Returns: LK_STEP_PATCH, or LK_STEP_END where the file ends there, or LK_STEP_FAILED with
 * LK_MEDIA_ERROR_UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkStep
lk_webp_read_chunk (LkSource *source,
                    guint64 offset,
                    LkWebpChunk *chunk,
                    GCancellable *cancellable,
                    GError **error)
{
  guint8 head[LK_WEBP_CHUNK_HEAD];
  gssize n = lk_source_read (source, offset, head, sizeof head, cancellable, error);

  if (n < 0)
    return LK_STEP_FAILED;
  if ((gsize)n < sizeof head)
    return LK_STEP_END;

  memcpy (chunk->type, head, 4);
  chunk->type[4] = '\0';
  chunk->offset = offset + LK_WEBP_CHUNK_HEAD;
  chunk->length = lk_webp_get_24 (head + 4) | (guint32)head[7] << 24;
  chunk->next = chunk->offset + chunk->length + (chunk->length & 1);
  chunk->whole = chunk->offset + chunk->length <= lk_source_get_size (source);

  return LK_STEP_PATCH;
}

/**
 * lk_webp_init:
 * @self: (out caller-allocates): nothing in it has to be freed
 * @source: (transfer none): a WebP file; outlives @self
 * @width: of its canvas in px
 * @height: in px
 */
void
lk_webp_init (LkWebp *self, LkSource *source, guint width, guint height)
{
  *self = (LkWebp){ .source = source, .width = width, .height = height, .loops = 1 };
  lk_webp_rewind (self);
}

/**
 * lk_webp_rewind:
 *
 * Goes back in front of the first patch.
 */
void
lk_webp_rewind (LkWebp *self)
{
  self->offset = LK_WEBP_RIFF_LENGTH;
  self->chunks = 0;
}

static LkStep
read_anim (LkWebp *self, const LkWebpChunk *chunk, GCancellable *cancellable, GError **error)
{
  guint8 data[ANIM_LENGTH];

  if (!chunk->whole || chunk->length < ANIM_LENGTH)
    return LK_STEP_END;
  if (!lk_source_read_exactly (self->source, chunk->offset, data, sizeof data, cancellable, error))
    return LK_STEP_FAILED;

  self->loops = data[4] | (guint)data[5] << 8;
  return LK_STEP_PATCH;
}

static LkStep
read_anmf (LkWebp *self,
           const LkWebpChunk *chunk,
           LkPatch *patch,
           GCancellable *cancellable,
           GError **error)
{
  guint8 data[ANMF_HEAD];

  if (!chunk->whole || chunk->length < ANMF_HEAD)
    return LK_STEP_END;
  if (!lk_source_read_exactly (self->source, chunk->offset, data, sizeof data, cancellable, error))
    return LK_STEP_FAILED;

  patch->x = lk_webp_get_24 (data) * 2;
  patch->y = lk_webp_get_24 (data + 3) * 2;
  patch->width = lk_webp_get_24 (data + 6) + 1;
  patch->height = lk_webp_get_24 (data + 9) + 1;
  patch->duration = lk_patch_shown_for ((gint64)lk_webp_get_24 (data + 12) * 1000);
  patch->dispose = (data[15] & FLAG_DISPOSE) != 0 ? LK_DISPOSE_BACKGROUND : LK_DISPOSE_NONE;
  patch->over = (data[15] & FLAG_DO_NOT_BLEND) == 0;
  self->data = chunk->offset + ANMF_HEAD;
  self->data_length = chunk->length - ANMF_HEAD;

  return patch->x + patch->width <= self->width && patch->y + patch->height <= self->height
             ? LK_STEP_PATCH
             : LK_STEP_END;
}

/**
 * lk_webp_next:
 * @patch: (out caller-allocates): the next one that is in the file to its end; one that does not
 * lie on the canvas ends the animation
 *
 * Returns: whether there is one, as LkStep says; LK_STEP_FAILED with LK_MEDIA_ERROR_UNREADABLE or
 * G_IO_ERROR_CANCELLED
 */
LkStep
lk_webp_next (LkWebp *self, LkPatch *patch, GCancellable *cancellable, GError **error)
{
  LkWebpChunk chunk;

  while (self->chunks++ < MAX_CHUNKS)
    {
      LkStep step = lk_webp_read_chunk (self->source, self->offset, &chunk, cancellable, error);

      if (step != LK_STEP_PATCH)
        return step;

      self->offset = chunk.next;
      if (g_str_equal (chunk.type, "ANMF"))
        return read_anmf (self, &chunk, patch, cancellable, error);
      if (g_str_equal (chunk.type, "ANIM"))
        step = read_anim (self, &chunk, cancellable, error);
      if (step != LK_STEP_PATCH)
        return step;
    }

  return LK_STEP_END;
}
