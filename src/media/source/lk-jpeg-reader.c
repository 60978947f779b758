/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-jpeg-reader.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-tiff-header.h"

/* libjpeg is used itself, not through GdkPixbuf: so the crop is all that is kept of a photo, CMYK
 * keeps its inks until the profile has seen them, and a progressive file is decoded once and not
 * once for each of its scans. */

#define CHUNK (64 * 1024)
/* Rows between two looks at the cancellable. */
#define ROWS_BETWEEN_CHECKS 16
/* Around the window as many rows and columns are decoded, too, since colour that was stored at half
 * its resolution is made from its neighbours. */
#define MARGIN 16
/* A file may repeat scans for ever; real encoders write 10 or so, and each costs time by the pixel.
 */
#define MAX_SCANS 100
#define MAX_SCANNED_PIXELS (G_GUINT64_CONSTANT (3200) * 1000 * 1000)

typedef struct
{
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr input;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  LkSource *source;
  GCancellable *cancellable;
  LkHeader *filled;       /* while the header is read */
  const LkHeader *header; /* while the pixels are read */
  LkWindow window;        /* on the picture as libjpeg gives it */
  guint first_column;     /* of the rows as they are read, on that picture */
  guint denominator;
  guint64 offset;
  gboolean at_end;
  GError *error;
  guint8 *pixels;
  guint8 *row;
  guint8 chunk[CHUNK];
} Reader;

static void
reader_free (Reader *self)
{
  jpeg_destroy_decompress (&self->info);
  g_clear_error (&self->error);
  g_free (self->pixels);
  g_free (self->row);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_free)

static G_NORETURN void
reader_jump (Reader *self)
{
  longjmp (self->jump, 1);
}

static G_NORETURN void
reader_fail (Reader *self, LkMediaError code, const char *message)
{
  g_set_error_literal (&self->error, LK_MEDIA_ERROR, code, message);
  reader_jump (self);
}

static LkMediaError
code_of_message (int message)
{
  switch (message)
    {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
      return LK_MEDIA_ERROR_NO_MEMORY;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
#if JPEG_LIB_VERSION < 70 /* Debian's; Ubuntu's, built as version 8, has no such message */
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_NOT_COMPILED:
      return LK_MEDIA_ERROR_UNSUPPORTED;
    default:
      return LK_MEDIA_ERROR_MALFORMED;
    }
}

static void
on_error_exit (j_common_ptr info)
{
  char message[JMSG_LENGTH_MAX];

  info->err->format_message (info, message);
  reader_fail (info->client_data, code_of_message (info->err->msg_code), message);
}

/* libjpeg goes on after damage. A wrong block or two is the viewer's to judge, but where the data
 * ends before the picture does, the rest would be gray: that is refused. (A file that lacks nothing
 * but its end marker passes.) */
static void
on_emit_message (j_common_ptr info, int level)
{
  if (level < 0 && info->err->msg_code == JWRN_HIT_MARKER)
    reader_fail (info->client_data, LK_MEDIA_ERROR_MALFORMED,
                 "The JPEG data ends before the picture");
}

static void
on_output_message (j_common_ptr info)
{
}

static void
on_init_source (j_decompress_ptr info)
{
}

static boolean
on_fill_input_buffer (j_decompress_ptr info)
{
  Reader *self = info->client_data;
  gssize n = lk_source_read (self->source, self->offset, self->chunk, CHUNK, self->cancellable,
                             &self->error);

  if (n < 0)
    reader_jump (self);

  if (n == 0)
    {
      self->at_end = TRUE;
      self->chunk[0] = 0xff;
      self->chunk[1] = JPEG_EOI;
      n = 2;
    }

  self->offset += (guint64)n;
  self->input.next_input_byte = self->chunk;
  self->input.bytes_in_buffer = (gsize)n;

  return TRUE;
}

static void
on_skip_input_data (j_decompress_ptr info, long length)
{
  Reader *self = info->client_data;

  if (length <= 0)
    return;

  if ((gsize)length <= self->input.bytes_in_buffer)
    {
      self->input.next_input_byte += length;
      self->input.bytes_in_buffer -= (gsize)length;
      return;
    }

  self->offset += (gsize)length - self->input.bytes_in_buffer;
  self->input.bytes_in_buffer = 0;
}

static void
on_term_source (j_decompress_ptr info)
{
}

static void
on_progress (j_common_ptr info)
{
  Reader *self = info->client_data;
  guint64 scans = (guint64)self->info.input_scan_number;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    reader_jump (self);

  if (scans > MAX_SCANS
      || scans * self->info.image_width * self->info.image_height > MAX_SCANNED_PIXELS)
    reader_fail (self, LK_MEDIA_ERROR_MALFORMED, "The JPEG file has too many scans");
}

static Reader *
reader_new (LkSource *source, GCancellable *cancellable)
{
  Reader *self = g_new0 (Reader, 1);

  self->source = source;
  self->cancellable = cancellable;
  self->info.err = jpeg_std_error (&self->errors);
  self->errors.error_exit = on_error_exit;
  self->errors.emit_message = on_emit_message;
  self->errors.output_message = on_output_message;
  self->input.init_source = on_init_source;
  self->input.fill_input_buffer = on_fill_input_buffer;
  self->input.skip_input_data = on_skip_input_data;
  self->input.resync_to_restart = jpeg_resync_to_restart;
  self->input.term_source = on_term_source;
  self->progress.progress_monitor = on_progress;

  return self;
}

static void
create (Reader *self)
{
  self->info.client_data = self;
  jpeg_create_decompress (&self->info);
  self->info.client_data = self;
  self->info.src = &self->input;
  self->info.progress = &self->progress;
}

static int
find_orientation (Reader *self)
{
  for (jpeg_saved_marker_ptr marker = self->info.marker_list; marker != NULL; marker = marker->next)
    if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6
        && memcmp (marker->data, "Exif\0\0", 6) == 0)
      return lk_tiff_find_orientation (marker->data + 6, marker->data_length - 6);

  return LK_ORIENTATION_UPRIGHT;
}

static GBytes *
find_profile (Reader *self)
{
  JOCTET *data = NULL;
  unsigned int size = 0;

  if (!jpeg_read_icc_profile (&self->info, &data, &size))
    return NULL;

  /* made by malloc() */
  return g_bytes_new_with_free_func (data, size, free, data);
}

/* Runs a function named jump_…: it may leave by longjmp(), so what it allocates belongs to the
 * reader. */
static gboolean
reader_run (Reader *self, void (*jump) (Reader *self), GError **error)
{
  if (setjmp (self->jump) != 0)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  jump (self);

  return TRUE;
}

static void
jump_read_header (Reader *self)
{
  LkHeader *header = self->filled;

  create (self);
  jpeg_save_markers (&self->info, JPEG_APP0 + 1, 0xffff);
  jpeg_save_markers (&self->info, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header (&self->info, TRUE);

  header->width = self->info.image_width;
  header->height = self->info.image_height;
  header->orientation = find_orientation (self);
  header->profile = find_profile (self);
  header->has_profile = header->profile != NULL;
}

/* The largest power of two that shrinks enough: those are the scales that libjpeg has fast
 * transforms for. */
static guint
choose_denominator (guint shrink)
{
  guint denominator = 1;

  while (denominator < 8 && denominator * 2 <= shrink)
    denominator *= 2;

  return denominator;
}

/* libjpeg keeps the coefficients of the whole picture where it comes in several scans. */
static guint64
count_coefficient_bytes (Reader *self)
{
  guint64 bytes = 0;

  if (!jpeg_has_multiple_scans (&self->info))
    return 0;

  for (int i = 0; i < self->info.num_components; i++)
    bytes += (guint64)self->info.comp_info[i].width_in_blocks
             * self->info.comp_info[i].height_in_blocks * sizeof (JBLOCK);

  return bytes;
}

static void
start (Reader *self)
{
  create (self);
  jpeg_read_header (&self->info, TRUE);
  if (self->info.image_width != self->header->width
      || self->info.image_height != self->header->height)
    reader_fail (self, LK_MEDIA_ERROR_MALFORMED, "The file changed while it was read");

  if (count_coefficient_bytes (self) + (guint64)self->window.width * self->window.height * 4
      > LK_RAW_MAX_MEMORY)
    reader_fail (self, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                 "The progressive JPEG file is too large to be decoded in 1 GiB");

  self->pixels = g_try_malloc_n ((gsize)self->window.width * self->window.height, 4);
  self->row = g_try_malloc_n (self->header->width, 4);
  if (self->pixels == NULL || self->row == NULL)
    reader_fail (self, LK_MEDIA_ERROR_NO_MEMORY, "No memory for the picture");

  self->info.scale_num = 1;
  self->info.scale_denom = self->denominator;
  if (self->info.jpeg_color_space == JCS_CMYK || self->info.jpeg_color_space == JCS_YCCK)
    self->info.out_color_space = JCS_CMYK;
  else
    self->info.out_color_space = JCS_EXT_RGBA;

  jpeg_start_decompress (&self->info);
  if (self->at_end && jpeg_has_multiple_scans (&self->info))
    reader_fail (self, LK_MEDIA_ERROR_MALFORMED, "The JPEG data ends before the last scan");
}

/* What lies left, right and above of the window is neither transformed nor converted. */
static void
skip_to_window (Reader *self)
{
  const LkWindow *window = &self->window;
  JDIMENSION x = window->x - MIN (window->x, MARGIN);
  JDIMENSION width = MIN (window->x + window->width + MARGIN, self->info.output_width) - x;

  jpeg_crop_scanline (&self->info, &x, &width);
  self->first_column = x;
  if (window->y > MARGIN)
    jpeg_skip_scanlines (&self->info, window->y - MARGIN);
}

static void
jump_read_pixels (Reader *self)
{
  const LkWindow *window = &self->window;
  guint8 *out;

  start (self);
  skip_to_window (self);

  out = self->pixels;
  while (self->info.output_scanline < window->y + window->height)
    {
      guint y = self->info.output_scanline;

      if (y % ROWS_BETWEEN_CHECKS == 0
          && g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
        reader_jump (self);

      jpeg_read_scanlines (&self->info, &self->row, 1);
      if (y >= window->y)
        {
          memcpy (out, self->row + (gsize)(window->x - self->first_column) * 4,
                  (gsize)window->width * 4);
          out += (gsize)window->width * 4;
        }
    }
}

/* @window on the whole source of @width × @height px → on the picture that libjpeg gives at
 * 1/@denominator. */
static LkWindow
scale_window (LkWindow window, guint denominator, guint width, guint height)
{
  guint scaled_width = (width + denominator - 1) / denominator;
  guint scaled_height = (height + denominator - 1) / denominator;
  guint right = MIN ((window.x + window.width + denominator - 1) / denominator, scaled_width);
  guint bottom = MIN ((window.y + window.height + denominator - 1) / denominator, scaled_height);
  LkWindow scaled = { .x = MIN (window.x / denominator, scaled_width - 1),
                      .y = MIN (window.y / denominator, scaled_height - 1),
                      .shrink = 1 };

  scaled.width = right - scaled.x;
  scaled.height = bottom - scaled.y;

  return scaled;
}

/* Adobe's programs, and so everyone, store inks inverted; a file without their marker holds them
 * straight. */
static void
invert (guint8 *pixels, gsize length)
{
  for (gsize i = 0; i < length; i++)
    pixels[i] = 255 - pixels[i];
}

/**
 * lk_jpeg_read_header:
 *
 * Returns: (transfer full) (nullable): size, orientation and profile, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _UNSUPPORTED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_jpeg_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (Reader) reader = reader_new (source, cancellable);
  g_autoptr (LkHeader) header = lk_header_new (LK_FORMAT_JPEG, "image/jpeg");

  reader->filled = header;
  if (!reader_run (reader, jump_read_header, error))
    return NULL;

  return g_steal_pointer (&header);
}

/**
 * lk_jpeg_load:
 * @header: what lk_jpeg_read_header() gave
 * @request: what is wanted
 *
 * Returns: (transfer full) (nullable): the window at 1, 1/2, 1/4 or 1/8, or NULL with an error as
 * lk_raw_load() says
 */
LkRaw *
lk_jpeg_load (LkSource *source,
              const LkHeader *header,
              const LkRequest *request,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (Reader) reader = reader_new (source, cancellable);
  g_autoptr (GBytes) bytes = NULL;
  LkWindow window = lk_window_plan (request, header->width, header->height, header->orientation);
  guint denominator = choose_denominator (window.shrink);
  gsize length;
  LkRaw *raw;

  window = scale_window (window, denominator, header->width, header->height);
  reader->header = header;
  reader->window = window;
  reader->denominator = denominator;
  if (!reader_run (reader, jump_read_pixels, error))
    return NULL;

  length = (gsize)window.width * window.height * 4;
  raw = g_new0 (LkRaw, 1);
  raw->model = reader->info.out_color_space == JCS_CMYK ? LK_COLOR_MODEL_CMYK_INVERTED
                                                        : LK_COLOR_MODEL_RGB;
  if (raw->model == LK_COLOR_MODEL_CMYK_INVERTED && !reader->info.saw_Adobe_marker)
    invert (reader->pixels, length);
  bytes = g_bytes_new_take (g_steal_pointer (&reader->pixels), length);
  raw->frame = lk_frame_new (bytes, window.width, window.height, (gsize)window.width * 4, FALSE);
  raw->profile = header->profile != NULL ? g_bytes_ref (header->profile) : NULL;
  raw->orientation = header->orientation;
  raw->width = header->width;
  raw->height = header->height;
  raw->x = window.x * denominator;
  raw->y = window.y * denominator;
  raw->scale = 1.0 / denominator;

  return raw;
}
