/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-jpeg-writer.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include "lk-media-error.h"

/* Above this, bytes double and nobody sees a difference at the size of a contact photo. */
#define BEST_QUALITY 92
/* Below this, blocks are all that is seen: better to say that it does not fit. */
#define WORST_QUALITY 20
/* From here on colour keeps its full resolution (4:4:4), as ImageMagick does it too: bytes are
 * there, and red edges stay sharp. Below, every second column and row of it goes first (4:2:0),
 * since nobody misses it. */
#define FULL_COLOR_QUALITY 90

typedef struct
{
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
  guint8 *data;
  gulong length;
} Writer;

static void
writer_free (Writer *self)
{
  jpeg_destroy_compress (&self->info);
  free (self->data); /* jpeg_mem_dest() uses malloc() */
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writer, writer_free)

static G_NORETURN void
on_error_exit (j_common_ptr info)
{
  Writer *self = info->client_data;

  info->err->format_message (info, self->message);
  longjmp (self->jump, 1);
}

static void
on_output_message (j_common_ptr info)
{
}

/* May leave by longjmp(). */
static void
jump_encode (Writer *self, LkFrame *frame, int quality)
{
  gsize stride = lk_frame_get_stride (frame);
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);

  self->info.client_data = self;
  jpeg_create_compress (&self->info);
  jpeg_mem_dest (&self->info, &self->data, &self->length);

  self->info.image_width = lk_frame_get_width (frame);
  self->info.image_height = lk_frame_get_height (frame);
  self->info.input_components = 4;
  self->info.in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults (&self->info);
  jpeg_set_quality (&self->info, quality, TRUE);
  self->info.optimize_coding = TRUE;
  if (quality >= FULL_COLOR_QUALITY)
    self->info.comp_info[0].h_samp_factor = self->info.comp_info[0].v_samp_factor = 1;

  jpeg_start_compress (&self->info, TRUE);
  while (self->info.next_scanline < self->info.image_height)
    {
      JSAMPROW row = (JSAMPROW)(pixels + self->info.next_scanline * stride);

      jpeg_write_scanlines (&self->info, &row, 1);
    }
  jpeg_finish_compress (&self->info);
}

static GBytes *
encode (LkFrame *frame, int quality, GError **error)
{
  g_autoptr (Writer) writer = g_new0 (Writer, 1);

  writer->info.err = jpeg_std_error (&writer->errors);
  writer->errors.error_exit = on_error_exit;
  writer->errors.output_message = on_output_message;
  if (setjmp (writer->jump) != 0)
    {
      /* jpeg_mem_dest() tells of a buffer that has grown at the end only: this one may be freed,
       * and the other is not known. It is lost. */
      writer->data = NULL;
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, writer->message);
      return NULL;
    }

  jump_encode (writer, frame, quality);

  return g_bytes_new (writer->data, writer->length);
}

/**
 * lk_jpeg_encode:
 * @frame: opaque, sRGB
 * @budget: the most bytes
 * @quality: (out): the one that was chosen
 *
 * A baseline JPEG file without metadata (a JFIF header is all that it carries; no profile means
 * sRGB), of the highest quality that fits. The best one is tried first, since a photo mostly fits
 * with it; else its limit is bisected.
 *
 * Returns: (transfer full) (nullable): the file, or NULL with LK_MEDIA_ERROR_CANNOT_FIT_BUDGET or
 * _NO_MEMORY
 */
GBytes *
lk_jpeg_encode (LkFrame *frame, gsize budget, int *quality, GError **error)
{
  g_autoptr (GBytes) best = NULL;
  int low = WORST_QUALITY;
  int high = BEST_QUALITY;
  int next = BEST_QUALITY;

  while (low <= high)
    {
      g_autoptr (GBytes) bytes = encode (frame, next, error);

      if (bytes == NULL)
        return NULL;

      if (g_bytes_get_size (bytes) <= budget)
        {
          g_clear_pointer (&best, g_bytes_unref);
          best = g_steal_pointer (&bytes);
          *quality = next;
          low = next + 1;
        }
      else
        {
          high = next - 1;
        }
      next = (low + high + 1) / 2;
    }

  if (best == NULL)
    g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET,
                 "A JPEG file of %u×%u px does not fit into %" G_GSIZE_FORMAT
                 " bytes at quality %d, the lowest allowed",
                 lk_frame_get_width (frame), lk_frame_get_height (frame), budget, WORST_QUALITY);

  return g_steal_pointer (&best);
}
