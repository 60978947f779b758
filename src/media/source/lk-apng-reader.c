/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-apng-reader.h"

#include <string.h>

/* PNG (W3C, third edition), 4.9 and 11.3.6: acTL comes before the first IDAT; each frame is an fcTL
 * and the chunks of its pixels, which are IDAT or fdAT. fcTL and fdAT are numbered through. */

#define ACTL_LENGTH 8
#define FCTL_LENGTH 26

#define DISPOSE_OP_BACKGROUND 1
#define DISPOSE_OP_PREVIOUS 2
#define BLEND_OP_OVER 1
/* What a denominator of 0 stands for: hundredths of a second. */
#define DELAY_DENOMINATOR 100

guint32
lk_png_get_32 (const guint8 *data)
{
  return (guint32)data[0] << 24 | (guint32)data[1] << 16 | (guint32)data[2] << 8 | data[3];
}

static guint
get_16 (const guint8 *data)
{
  return (guint)data[0] << 8 | data[1];
}

static gboolean
is (const LkPngChunk *chunk, const char *type)
{
  return g_str_equal (chunk->type, type);
}

/**
 * lk_png_read_chunk:
 * @offset: where a chunk starts
 * @chunk: (out caller-allocates): what it is
 *
 * Returns: LK_STEP_PATCH, or LK_STEP_END where the file ends before the chunk does, or even before
 * its type, which is empty then; or LK_STEP_FAILED with LK_MEDIA_ERROR_UNREADABLE or
 * G_IO_ERROR_CANCELLED
 */
LkStep
lk_png_read_chunk (LkSource *source,
                   guint64 offset,
                   LkPngChunk *chunk,
                   GCancellable *cancellable,
                   GError **error)
{
  guint8 head[LK_PNG_CHUNK_HEAD + LK_PNG_SEQUENCE_LENGTH];
  gssize n = lk_source_read (source, offset, head, sizeof head, cancellable, error);

  chunk->type[0] = '\0';
  if (n < 0)
    return LK_STEP_FAILED;
  if (n < LK_PNG_CHUNK_HEAD)
    return LK_STEP_END;

  memcpy (chunk->type, head + 4, 4);
  chunk->type[4] = '\0';
  chunk->offset = offset + LK_PNG_CHUNK_HEAD;
  chunk->length = lk_png_get_32 (head);
  chunk->number = (gsize)n == sizeof head ? lk_png_get_32 (head + LK_PNG_CHUNK_HEAD) : 0;
  chunk->next = chunk->offset + chunk->length + LK_PNG_CHUNK_TAIL;

  /* Nobody misses the CRC of nothing. */
  return chunk->next <= lk_source_get_size (source) || is (chunk, "IEND") ? LK_STEP_PATCH
                                                                          : LK_STEP_END;
}

static gboolean
read_actl (LkApng *self, const LkPngChunk *chunk, GCancellable *cancellable, GError **error)
{
  guint8 data[ACTL_LENGTH];

  if (chunk->length != ACTL_LENGTH)
    return TRUE;

  if (!lk_source_read_exactly (self->source, chunk->offset, data, sizeof data, cancellable, error))
    return FALSE;

  self->declared = lk_png_get_32 (data);
  self->loops = lk_png_get_32 (data + 4);
  return TRUE;
}

/**
 * lk_apng_open:
 * @self: (out caller-allocates): nothing in it has to be freed
 * @source: (transfer none): a PNG file; outlives @self
 *
 * Reads up to the first IDAT.
 *
 * Returns: TRUE, in front of the first patch; FALSE with LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or
 * G_IO_ERROR_CANCELLED
 */
gboolean
lk_apng_open (LkApng *self, LkSource *source, GCancellable *cancellable, GError **error)
{
  guint64 offset = LK_PNG_SIGNATURE_LENGTH;
  guint8 size[8];
  LkPngChunk chunk;

  *self = (LkApng){ .source = source, .loops = 1 };
  lk_apng_rewind (self);
  if (!lk_source_read_exactly (source, offset + LK_PNG_CHUNK_HEAD, size, sizeof size, cancellable,
                               error))
    return FALSE;

  self->width = lk_png_get_32 (size);
  self->height = lk_png_get_32 (size + 4);
  for (guint i = 0; i < LK_PNG_MAX_CHUNKS; i++)
    {
      LkStep step = lk_png_read_chunk (source, offset, &chunk, cancellable, error);

      if (step == LK_STEP_FAILED)
        return FALSE;
      if (step == LK_STEP_END || is (&chunk, "IDAT"))
        break;
      if (is (&chunk, "acTL") && self->declared == 0
          && !read_actl (self, &chunk, cancellable, error))
        return FALSE;
      offset = chunk.next;
    }

  return TRUE;
}

/**
 * lk_apng_rewind:
 *
 * Goes back in front of the first patch.
 */
void
lk_apng_rewind (LkApng *self)
{
  self->offset = LK_PNG_SIGNATURE_LENGTH;
  self->sequence = 0;
  self->chunks = 0;
}

/* What the fcTL at @chunk says; LK_STEP_END where that makes no sense. */
static LkStep
read_fctl (LkApng *self,
           const LkPngChunk *chunk,
           LkPatch *patch,
           GCancellable *cancellable,
           GError **error)
{
  guint8 data[FCTL_LENGTH];
  guint denominator;

  if (chunk->length != FCTL_LENGTH)
    return LK_STEP_END;
  if (!lk_source_read_exactly (self->source, chunk->offset, data, sizeof data, cancellable, error))
    return LK_STEP_FAILED;

  patch->width = lk_png_get_32 (data + 4);
  patch->height = lk_png_get_32 (data + 8);
  patch->x = lk_png_get_32 (data + 12);
  patch->y = lk_png_get_32 (data + 16);
  denominator = get_16 (data + 22);
  if (denominator == 0)
    denominator = DELAY_DENOMINATOR;
  patch->duration
      = lk_patch_shown_for ((gint64)get_16 (data + 20) * G_USEC_PER_SEC / (gint64)denominator);
  patch->dispose = data[24] == DISPOSE_OP_BACKGROUND ? LK_DISPOSE_BACKGROUND
                   : data[24] == DISPOSE_OP_PREVIOUS ? LK_DISPOSE_PREVIOUS
                                                     : LK_DISPOSE_NONE;
  patch->over = data[25] == BLEND_OP_OVER;

  if (patch->width == 0 || patch->height == 0 || (guint64)patch->x + patch->width > self->width
      || (guint64)patch->y + patch->height > self->height)
    return LK_STEP_END;

  return LK_STEP_PATCH;
}

/* The chunk at the offset. */
static LkStep
look (LkApng *self, LkPngChunk *chunk, GCancellable *cancellable, GError **error)
{
  chunk->type[0] = '\0';
  if (self->chunks++ == LK_PNG_MAX_CHUNKS)
    return LK_STEP_END;

  return lk_png_read_chunk (self->source, self->offset, chunk, cancellable, error);
}

/* Goes on to the next fcTL; what comes before is no part of the animation. */
static LkStep
find_fctl (LkApng *self, LkPngChunk *chunk, GCancellable *cancellable, GError **error)
{
  LkStep step;

  while ((step = look (self, chunk, cancellable, error)) == LK_STEP_PATCH)
    {
      if (is (chunk, "IEND"))
        return LK_STEP_END;
      self->offset = chunk->next;
      if (is (chunk, "fcTL"))
        return chunk->number == self->sequence++ ? LK_STEP_PATCH : LK_STEP_END;
    }

  return step;
}

static gboolean
is_pixels (const LkPngChunk *chunk)
{
  return is (chunk, "IDAT") || is (chunk, "fdAT");
}

/* Goes over the chunks of pixels. Where the file ends behind them, it is for their decoder to find
 * out whether they are all. */
static LkStep
find_data (LkApng *self, GCancellable *cancellable, GError **error)
{
  LkPngChunk chunk;
  LkStep step;

  self->data = 0;
  while ((step = look (self, &chunk, cancellable, error)) == LK_STEP_PATCH)
    {
      if (is (&chunk, "fcTL") || is (&chunk, "IEND"))
        break;

      if (is (&chunk, "fdAT")
          && (chunk.length < LK_PNG_SEQUENCE_LENGTH || chunk.number != self->sequence++))
        return LK_STEP_END;
      if (is_pixels (&chunk))
        {
          if (self->data == 0)
            self->data = self->offset;
          self->data_end = chunk.next;
        }
      self->offset = chunk.next;
    }

  if (step == LK_STEP_FAILED)
    return LK_STEP_FAILED;
  if (self->data == 0 || (step == LK_STEP_END && is_pixels (&chunk)))
    return LK_STEP_END;

  return LK_STEP_PATCH;
}

/**
 * lk_apng_next:
 * @patch: (out caller-allocates): the next one whose chunks are all in the file
 *
 * Holds numbers and rectangles against the standard; what breaks it ends the animation.
 *
 * Returns: whether there is one, as LkStep says; LK_STEP_FAILED with LK_MEDIA_ERROR_UNREADABLE or
 * G_IO_ERROR_CANCELLED
 */
LkStep
lk_apng_next (LkApng *self, LkPatch *patch, GCancellable *cancellable, GError **error)
{
  LkPngChunk chunk;
  LkStep step = find_fctl (self, &chunk, cancellable, error);

  if (step == LK_STEP_PATCH)
    step = read_fctl (self, &chunk, patch, cancellable, error);
  if (step == LK_STEP_PATCH)
    step = find_data (self, cancellable, error);

  return step;
}
