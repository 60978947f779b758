/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-png-frames.h"

#include <png.h>
#include <string.h>
#include <zlib.h>
#include "lk-color.h"
#include "lk-media-error.h"

/* libpng reads a stream that is made up as it asks for more: the signature, an IHDR with the size
 * of the frame, the palette and the transparent colour of the file; then the chunks of the frame's
 * pixels, of which each fdAT becomes an IDAT. */

#define CHUNK (32 * 1024)
#define MAX_PALETTE_BYTES 768
#define IHDR_SIZE (LK_PNG_CHUNK_HEAD + LK_PNG_IHDR_LENGTH + LK_PNG_CHUNK_TAIL)
#define INTERLACE 12 /* in an IHDR */

static const guint8 iend[] = { 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82 };

struct _LkPngFrames
{
  LkSource *source;
  GByteArray *head;    /* signature, IHDR and what goes for all frames */
  GByteArray *profile; /* the iCCP chunk, empty where there is none */
  gboolean interlaced;

  /* of the frame that is being read */
  GCancellable *cancellable;
  GError *error;
  png_structp png;
  png_infop info;
  guint64 at; /* of the chunk to read next */
  guint64 end;
  const guint8 *ready; /* what libpng has not taken of what is ready for it */
  gsize n_ready;
  guint64 offset; /* of the chunk's data that is not read */
  guint32 n_left;
  gboolean has_tail; /* its CRC is not read */
  gboolean in_fdat;
  uLong fdat_crc; /* so far: what the file has to hold */
  uLong idat_crc; /* so far: what libpng has to see */
  gboolean done;
  guint8 buffer[CHUNK];
  guint8 *pixels; /* all rows of an interlaced frame, or one */
  png_bytep *rows;
};

static void
put_32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (to, &value, sizeof value);
}

static G_NORETURN void
fail (LkPngFrames *self, const char *message)
{
  png_error (self->png, message);
}

static void
read_source (LkPngFrames *self, guint64 offset, guint8 *to, gsize length)
{
  gssize n = lk_source_read (self->source, offset, to, length, self->cancellable, &self->error);

  if (n < 0 || (gsize)n < length)
    fail (self, "The file ends too early");
}

static void
make_ready (LkPngFrames *self, const guint8 *data, gsize length)
{
  self->ready = data;
  self->n_ready = length;
}

/* The head of the next chunk of pixels, as an IDAT. */
static void
start_chunk (LkPngFrames *self)
{
  LkPngChunk chunk;

  do
    {
      if (self->at >= self->end)
        {
          self->done = TRUE;
          make_ready (self, iend, sizeof iend);
          return;
        }
      if (lk_png_read_chunk (self->source, self->at, &chunk, self->cancellable, &self->error)
          != LK_STEP_PATCH)
        fail (self, "The file ends too early");
      self->at = chunk.next;
    }
  while (!g_str_equal (chunk.type, "IDAT") && !g_str_equal (chunk.type, "fdAT"));

  self->in_fdat = g_str_equal (chunk.type, "fdAT");
  self->offset = chunk.offset;
  self->n_left = chunk.length;
  if (self->in_fdat)
    {
      guint8 start[LK_PNG_SEQUENCE_LENGTH];

      if (chunk.length < sizeof start)
        fail (self, "A chunk without a number");
      put_32 (start, chunk.number);
      self->fdat_crc = crc32 (crc32 (0, (const Bytef *)"fdAT", 4), start, sizeof start);
      self->idat_crc = crc32 (0, (const Bytef *)"IDAT", 4);
      self->offset += sizeof start;
      self->n_left -= sizeof start;
    }

  put_32 (self->buffer, self->n_left);
  memcpy (self->buffer + 4, "IDAT", 4);
  make_ready (self, self->buffer, LK_PNG_CHUNK_HEAD);
  self->has_tail = TRUE;
}

static void
continue_data (LkPngFrames *self)
{
  gsize length = MIN (self->n_left, CHUNK);

  read_source (self, self->offset, self->buffer, length);
  if (self->in_fdat)
    {
      self->fdat_crc = crc32 (self->fdat_crc, self->buffer, (uInt)length);
      self->idat_crc = crc32 (self->idat_crc, self->buffer, (uInt)length);
    }
  self->offset += length;
  self->n_left -= (guint32)length;
  make_ready (self, self->buffer, length);
}

/* libpng checks the CRC of an IDAT; that of an fdAT is checked here, and replaced. */
static void
end_chunk (LkPngFrames *self)
{
  read_source (self, self->offset, self->buffer, LK_PNG_CHUNK_TAIL);
  if (self->in_fdat)
    {
      if (lk_png_get_32 (self->buffer) != (guint32)self->fdat_crc)
        fail (self, "The checksum of a chunk is wrong");
      put_32 (self->buffer, (guint32)self->idat_crc);
    }
  self->has_tail = FALSE;
  make_ready (self, self->buffer, LK_PNG_CHUNK_TAIL);
}

static void
on_read (png_structp png, png_bytep to, size_t length)
{
  LkPngFrames *self = png_get_io_ptr (png);

  while (length > 0)
    {
      gsize n = MIN (length, self->n_ready);

      memcpy (to, self->ready, n);
      self->ready += n;
      self->n_ready -= n;
      to += n;
      length -= n;
      if (length == 0)
        return;

      if (self->done)
        fail (self, "The frame ends too early");
      if (self->n_left > 0)
        continue_data (self);
      else if (self->has_tail)
        end_chunk (self);
      else
        start_chunk (self);
    }
}

static G_NORETURN void
on_error (png_structp png, png_const_charp message)
{
  LkPngFrames *self = png_get_error_ptr (png);

  if (self->error == NULL)
    g_set_error_literal (&self->error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, message);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static gboolean
append_chunk (LkPngFrames *self,
              GByteArray *to,
              const LkPngChunk *chunk,
              guint32 limit,
              GCancellable *cancellable,
              GError **error)
{
  gsize length = LK_PNG_CHUNK_HEAD + (gsize)chunk->length + LK_PNG_CHUNK_TAIL;
  guint old = to->len;

  if (chunk->length > limit)
    return TRUE;

  g_byte_array_set_size (to, (guint)(old + length));
  return lk_source_read_exactly (self->source, chunk->offset - LK_PNG_CHUNK_HEAD, to->data + old,
                                 length, cancellable, error);
}

/* What comes before the pixels and matters to them. */
static gboolean
read_head (LkPngFrames *self, GCancellable *cancellable, GError **error)
{
  guint64 offset = LK_PNG_SIGNATURE_LENGTH;

  g_byte_array_append (self->head, (const guint8 *)"\x89PNG\r\n\x1a\n", LK_PNG_SIGNATURE_LENGTH);
  for (guint i = 0; i < LK_PNG_MAX_CHUNKS; i++)
    {
      gboolean fits = TRUE;
      LkPngChunk chunk;
      LkStep step = lk_png_read_chunk (self->source, offset, &chunk, cancellable, error);

      if (step == LK_STEP_FAILED)
        return FALSE;
      if (step == LK_STEP_END || g_str_equal (chunk.type, "IDAT"))
        break;

      if (g_str_equal (chunk.type, "IHDR"))
        fits = append_chunk (self, self->head, &chunk, i == 0 ? LK_PNG_IHDR_LENGTH : 0, cancellable,
                             error);
      else if (g_str_equal (chunk.type, "PLTE") || g_str_equal (chunk.type, "tRNS"))
        fits = append_chunk (self, self->head, &chunk, MAX_PALETTE_BYTES, cancellable, error);
      else if (g_str_equal (chunk.type, "iCCP") && self->profile->len == 0)
        fits = append_chunk (self, self->profile, &chunk, LK_COLOR_MAX_PROFILE_BYTES, cancellable,
                             error);
      if (!fits)
        return FALSE;

      offset = chunk.next;
    }

  if (self->head->len >= LK_PNG_SIGNATURE_LENGTH + IHDR_SIZE)
    return TRUE;

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                       "The PNG file does not start with a size");
  return FALSE;
}

/**
 * lk_png_frames_new:
 * @source: (transfer none): an animated PNG; outlives the result
 *
 * Returns: (transfer full) (nullable): a reader of its frames, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkPngFrames *
lk_png_frames_new (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkPngFrames) self = g_new0 (LkPngFrames, 1);

  self->source = source;
  self->head = g_byte_array_new ();
  self->profile = g_byte_array_new ();
  if (!read_head (self, cancellable, error))
    return NULL;

  self->interlaced = self->head->data[LK_PNG_SIGNATURE_LENGTH + LK_PNG_CHUNK_HEAD + INTERLACE] != 0;
  return g_steal_pointer (&self);
}

static void
end_frame (LkPngFrames *self)
{
  if (self->png != NULL)
    png_destroy_read_struct (&self->png, &self->info, NULL);
  g_clear_pointer (&self->pixels, g_free);
  g_clear_pointer (&self->rows, g_free);
}

void
lk_png_frames_free (LkPngFrames *self)
{
  end_frame (self);
  g_clear_error (&self->error);
  g_byte_array_unref (self->head);
  g_byte_array_unref (self->profile);
  g_free (self);
}

/* @data: where the stream goes on from: chunks from there to @end */
static gboolean
begin_frame (LkPngFrames *self, guint64 data, guint64 end)
{
  self->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  if (self->png == NULL)
    return FALSE;

  self->info = png_create_info_struct (self->png);
  if (self->info == NULL)
    return FALSE;

  png_set_read_fn (self->png, self, on_read);
  self->at = data;
  self->end = end;
  self->n_left = 0;
  self->has_tail = FALSE;
  self->done = FALSE;
  make_ready (self, self->head->data, self->head->len);

  return TRUE;
}

/* Runs @step until it is through or libpng gives up, which comes back here by longjmp(). */
static gboolean
run (LkPngFrames *self, void (*step) (LkPngFrames *self, gpointer data), gpointer data)
{
  if (setjmp (png_jmpbuf (self->png)) != 0)
    return FALSE;

  step (self, data);
  return TRUE;
}

static void
read_info (LkPngFrames *self, gpointer data)
{
  GBytes **profile = data;
  png_charp name;
  png_bytep bytes;
  png_uint_32 length;
  int compression;

  png_read_info (self->png, self->info);
  if (png_get_iCCP (self->png, self->info, &name, &compression, &bytes, &length) != 0)
    *profile = g_bytes_new (bytes, length);
}

/**
 * lk_png_frames_read_profile:
 *
 * Returns: (transfer full) (nullable): the ICC profile; NULL where there is none that libpng can
 * make sense of
 */
GBytes *
lk_png_frames_read_profile (LkPngFrames *self)
{
  g_autoptr (GByteArray) head = NULL;
  GBytes *profile = NULL;
  guint start = LK_PNG_SIGNATURE_LENGTH + IHDR_SIZE;

  if (self->profile->len == 0)
    return NULL;

  /* What is known of the file, up to where an IDAT starts. */
  head = g_byte_array_new ();
  g_byte_array_append (head, self->head->data, start);
  g_byte_array_append (head, self->profile->data, self->profile->len);
  g_byte_array_append (head, self->head->data + start, self->head->len - start);
  g_byte_array_append (head, (const guint8 *)"\0\0\0\0IDAT", LK_PNG_CHUNK_HEAD);

  if (begin_frame (self, 0, 0))
    {
      make_ready (self, head->data, head->len);
      run (self, read_info, &profile);
    }
  end_frame (self);
  g_clear_error (&self->error);

  return profile;
}

typedef struct
{
  const LkPatch *patch;
  LkPngRowFunc func;
  gpointer data;
} Rows;

/* Four channels of 8 bits, whatever the file has. */
static void
start_rows (LkPngFrames *self, const LkPatch *patch)
{
  guint n_rows = self->interlaced ? patch->height : 1;
  gsize stride = (gsize)patch->width * 4;

  png_read_info (self->png, self->info);
  png_set_expand (self->png);
  png_set_scale_16 (self->png);
  png_set_gray_to_rgb (self->png);
  png_set_add_alpha (self->png, 255, PNG_FILLER_AFTER);
  png_set_interlace_handling (self->png);
  png_read_update_info (self->png, self->info);
  if (png_get_rowbytes (self->png, self->info) != stride)
    fail (self, "The rows are not of four channels");

  self->pixels = g_try_malloc_n (n_rows, stride);
  self->rows = g_try_new (png_bytep, n_rows);
  if (self->pixels == NULL || self->rows == NULL)
    {
      g_set_error (&self->error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px",
                   patch->width, n_rows);
      fail (self, "No memory");
    }
  for (guint y = 0; y < n_rows; y++)
    self->rows[y] = self->pixels + y * stride;
}

static void
read_rows (LkPngFrames *self, gpointer data)
{
  const Rows *rows = data;

  start_rows (self, rows->patch);
  if (self->interlaced)
    png_read_image (self->png, self->rows);

  for (guint y = 0; y < rows->patch->height; y++)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
        fail (self, "Cancelled");
      if (!self->interlaced)
        png_read_row (self->png, self->rows[0], NULL);
      rows->func (y, self->rows[self->interlaced ? y : 0], rows->data);
    }

  png_read_end (self->png, NULL);
}

static void
set_size (LkPngFrames *self, const LkPatch *patch)
{
  guint8 *ihdr = self->head->data + LK_PNG_SIGNATURE_LENGTH;
  guint8 *size = ihdr + LK_PNG_CHUNK_HEAD;

  put_32 (size, patch->width);
  put_32 (size + 4, patch->height);
  put_32 (size + LK_PNG_IHDR_LENGTH, (guint32)crc32 (0, ihdr + 4, 4 + LK_PNG_IHDR_LENGTH));
}

/**
 * lk_png_frames_read:
 * @apng: has just found @patch
 * @func: (scope call): what becomes of the rows: called for some even where the frame turns out not
 * to be whole
 *
 * Returns: LK_STEP_PATCH where all of the frame was there and its checksums are right; LK_STEP_END
 * where not; LK_STEP_FAILED with LK_MEDIA_ERROR_NO_MEMORY, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkStep
lk_png_frames_read (LkPngFrames *self,
                    const LkApng *apng,
                    const LkPatch *patch,
                    LkPngRowFunc func,
                    gpointer data,
                    GCancellable *cancellable,
                    GError **error)
{
  Rows rows = { .patch = patch, .func = func, .data = data };
  gboolean whole;

  self->cancellable = cancellable;
  set_size (self, patch);
  whole = begin_frame (self, apng->data, apng->data_end) && run (self, read_rows, &rows);
  end_frame (self);
  if (whole)
    return LK_STEP_PATCH;

  if (self->error == NULL
      || g_error_matches (self->error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED))
    {
      g_clear_error (&self->error);
      return LK_STEP_END;
    }

  g_propagate_error (error, g_steal_pointer (&self->error));
  return LK_STEP_FAILED;
}
