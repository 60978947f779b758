/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-writer.h"

#include <math.h>
#include <stdlib.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#define MS G_GINT64_CONSTANT (1000)

/* What libwebp's own decoder shows of a file. */
typedef struct
{
  WebPAnimDecoder *decoder;
  WebPAnimInfo info;
  WebPData data;
  guint8 *pixels;
  int start; /* of the frame, in ms */
  int end;
} Player;

static void
player_init (Player *self, GBytes *file)
{
  gsize size;

  self->data.bytes = g_bytes_get_data (file, &size);
  self->data.size = size;
  self->decoder = WebPAnimDecoderNew (&self->data, NULL);
  self->end = 0;
  g_assert_nonnull (self->decoder);
  g_assert_true (WebPAnimDecoderGetInfo (self->decoder, &self->info));
}

static void
player_clear (Player *self)
{
  WebPAnimDecoderDelete (self->decoder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Player, player_clear)

static gboolean
player_next (Player *self)
{
  if (!WebPAnimDecoderHasMoreFrames (self->decoder))
    return FALSE;

  self->start = self->end;
  g_assert_true (WebPAnimDecoderGetNext (self->decoder, &self->pixels, &self->end));
  g_assert_cmpint (self->end, >, self->start);

  return TRUE;
}

/* Goes on until what is shown at @time. */
static void
player_seek (Player *self, int time)
{
  while (self->end <= time)
    g_assert_true (player_next (self));
}

static LkFrame *
frame_new (guint side, gboolean has_alpha, guint8 **pixels)
{
  g_autoptr (GBytes) bytes = NULL;

  *pixels = g_malloc0 ((gsize)side * side * 4);
  bytes = g_bytes_new_take (*pixels, (gsize)side * side * 4);

  return lk_frame_new (bytes, side, side, (gsize)side * 4, has_alpha);
}

/* Soft waves that move; opaque. */
static LkFrame *
make_waves (guint side, guint number)
{
  guint8 *pixel;
  LkFrame *frame = frame_new (side, FALSE, &pixel);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++, pixel += 4)
      {
        pixel[0] = (guint8)(128 + 100 * sin ((x + number * 2.0) / 11));
        pixel[1] = (guint8)(128 + 100 * sin ((y + number * 1.0) / 17));
        pixel[2] = (guint8)(x * 255 / side);
        pixel[3] = 255;
      }

  return frame;
}

/* A dot that hops about on nothing, fades and vanishes now and then. */
static LkFrame *
make_dot (guint side, guint number)
{
  guint8 *pixel;
  LkFrame *frame = frame_new (side, TRUE, &pixel);
  double x0 = side * (0.5 + 0.3 * cos (number * 0.7));
  double y0 = side * (0.5 + 0.3 * sin (number * 1.1));
  guint8 alpha = number % 5 == 4 ? 0 : (guint8)(255 - number % 5 * 50);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++, pixel += 4)
      if (hypot (x - x0, y - y0) < side / 8.0)
        {
          pixel[0] = 200;
          pixel[1] = (guint8)(number * 16);
          pixel[2] = 40;
          pixel[3] = alpha;
        }

  return frame;
}

static void
add (LkWebpWriter *writer, LkFrame *frame, gint64 time)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (lk_webp_writer_add (writer, frame, time, &error));
  g_assert_no_error (error);
}

static GBytes *
finish (LkWebpWriter *writer, gint64 end, guint *frames)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = lk_webp_writer_finish (writer, end, frames, &error);

  g_assert_no_error (error);

  return bytes;
}

static double
mean_difference (LkFrame *frame, const guint8 *shown)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  gsize n = (gsize)lk_frame_get_width (frame) * lk_frame_get_height (frame);
  double sum = 0;

  for (gsize i = 0; i < n * 4; i += 4)
    for (guint c = 0; c < 3; c++)
      sum += abs (pixels[i + c] * pixels[i + 3] / 255 - shown[i + c] * shown[i + 3] / 255);

  return sum / (double)(n * 3);
}

static void
assert_same_alpha (LkFrame *frame, const guint8 *shown)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  gsize n = (gsize)lk_frame_get_width (frame) * lk_frame_get_height (frame);

  for (gsize i = 3; i < n * 4; i += 4)
    g_assert_cmpint (pixels[i], ==, shown[i]);
}

/* The same frames by one encoder of libwebpmux's, on one thread. */
static gsize
encode_at_once (LkFrame *(*make) (guint side, guint number), guint side, guint n, int quality)
{
  WebPAnimEncoderOptions options;
  WebPAnimEncoder *encoder;
  WebPConfig config;
  WebPData data;
  gsize size;

  g_assert_true (WebPAnimEncoderOptionsInit (&options) && WebPConfigInit (&config));
  config.quality = (float)quality;
  encoder = WebPAnimEncoderNew ((int)side, (int)side, &options);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkFrame) frame = make (side, i);
      const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
      WebPPicture picture;

      g_assert_true (WebPPictureInit (&picture));
      picture.use_argb = 1;
      picture.width = picture.height = (int)side;
      g_assert_true (WebPPictureImportRGBA (&picture, pixels, (int)side * 4));
      g_assert_true (WebPAnimEncoderAdd (encoder, &picture, (int)i * 40, &config));
      WebPPictureFree (&picture);
    }
  WebPDataInit (&data);
  g_assert_true (WebPAnimEncoderAdd (encoder, NULL, (int)n * 40, NULL));
  g_assert_true (WebPAnimEncoderAssemble (encoder, &data));
  size = data.size;
  WebPDataClear (&data);
  WebPAnimEncoderDelete (encoder);

  return size;
}

/* Runs on several threads meet without a trace: each frame is what it was, when it was, and all of
 * them take what one encoder takes for them. */
static void
check_frames (LkFrame *(*make) (guint side, guint number), guint n, double tolerance)
{
  const guint side = 96;
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (side, side, 75, 3, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Player) player = { 0 };
  gsize at_once = encode_at_once (make, side, n, 75);
  guint frames;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkFrame) frame = make (side, i);

      add (writer, frame, i * 40 * MS);
    }
  bytes = finish (writer, n * 40 * MS, &frames);

  player_init (&player, bytes);
  g_assert_cmpuint (player.info.loop_count, ==, 3);
  g_assert_cmpuint (player.info.canvas_width, ==, side);
  g_assert_cmpuint (player.info.frame_count, ==, frames);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkFrame) frame = make (side, i);

      player_seek (&player, (int)i * 40);
      g_assert_cmpint (player.start, ==, i * 40);
      g_assert_cmpfloat (mean_difference (frame, player.pixels), <, tolerance);
      assert_same_alpha (frame, player.pixels);
    }
  g_assert_cmpint (player.end, ==, n * 40);
  g_assert_false (player_next (&player));
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, at_once + at_once / 50);
}

static void
test_opaque (void)
{
  check_frames (make_waves, 2, 4);
  check_frames (make_waves, 8, 4);
  check_frames (make_waves, 9, 4);
  check_frames (make_waves, 90, 4);
}

/* Across every seam the dot leaves a place that has to become transparent again. Colours of the
 * smallest patches are coarse. */
static void
test_alpha (void)
{
  check_frames (make_dot, 90, 4);
}

static void
test_unchanged (void)
{
  const guint side = 64;
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (side, side, 75, 0, NULL);
  g_autoptr (LkFrame) one = make_waves (side, 0);
  g_autoptr (LkFrame) other = make_waves (side, 30);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Player) player = { 0 };
  guint frames;

  for (guint i = 0; i < 60; i++)
    {
      /* equal, but not the same bytes in memory */
      g_autoptr (LkFrame) frame = make_waves (side, i >= 20 && i < 45 ? 30 : 0);

      add (writer, frame, i * 100 * MS);
    }
  bytes = finish (writer, 6000 * MS, &frames);

  g_assert_cmpuint (frames, ==, 3);
  player_init (&player, bytes);
  g_assert_cmpuint (player.info.loop_count, ==, 0);
  g_assert_true (player_next (&player));
  g_assert_cmpint (player.end, ==, 2000);
  g_assert_cmpfloat (mean_difference (one, player.pixels), <, 4);
  g_assert_true (player_next (&player));
  g_assert_cmpint (player.end, ==, 4500);
  g_assert_cmpfloat (mean_difference (other, player.pixels), <, 4);
  g_assert_true (player_next (&player));
  g_assert_cmpint (player.end, ==, 6000);
  g_assert_false (player_next (&player));
}

/* libwebpmux makes a still of that. */
static void
test_one_picture (void)
{
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (64, 64, 75, 0, NULL);
  g_autoptr (LkFrame) frame = make_waves (64, 0);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Player) player = { 0 };
  guint frames;

  for (guint i = 0; i < 40; i++)
    add (writer, frame, i * 100 * MS);
  bytes = finish (writer, 4000 * MS, &frames);

  g_assert_cmpuint (frames, ==, 1);
  player_init (&player, bytes);
  g_assert_cmpuint (player.info.frame_count, ==, 1);
  g_assert_true (WebPAnimDecoderGetNext (player.decoder, &player.pixels, &player.end));
  g_assert_cmpfloat (mean_difference (frame, player.pixels), <, 4);
}

/* A file counts in ms: what is shown for less is not shown. */
static void
test_same_time (void)
{
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (64, 64, 90, 0, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Player) player = { 0 };
  guint frames;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (LkFrame) frame = make_waves (64, i);

      add (writer, frame, i * 250);
    }
  bytes = finish (writer, 50 * MS, &frames);

  g_assert_cmpuint (frames, <=, 51);
  player_init (&player, bytes);
  while (player_next (&player))
    ;
  g_assert_cmpint (player.end, >=, 50);
  g_assert_cmpint (player.end, <=, 51);
}

/* A frame that is shown for hours is shown for as long as a file can say. */
static void
test_hours (void)
{
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (16, 16, 75, 0, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (Player) player = { 0 };
  guint frames;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (LkFrame) frame = make_waves (16, i * 5);

      add (writer, frame, i * G_GINT64_CONSTANT (9) * 3600 * G_USEC_PER_SEC);
    }
  bytes = finish (writer, 200 * G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC, &frames);

  g_assert_cmpuint (frames, ==, 20);
  player_init (&player, bytes);
  g_assert_true (player_next (&player));
  g_assert_cmpint (player.end, ==, (1 << 24) - 1);
}

static void
test_left_unfinished (void)
{
  for (guint n = 0; n < 40; n += 3)
    {
      g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (64, 64, 75, 0, NULL);

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (LkFrame) frame = make_waves (64, i);

          add (writer, frame, i * 40 * MS);
        }
    }
}

/* What is told on the way is what the file becomes. */
static void
test_written (void)
{
  g_autoptr (LkWebpWriter) writer = lk_webp_writer_new (96, 96, 75, 0, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gint64 before = 0;
  gsize size = 0;
  guint frames;

  for (guint i = 0; i < 64; i++)
    {
      g_autoptr (LkFrame) frame = make_waves (96, i);
      gint64 written;

      add (writer, frame, i * 40 * MS);
      written = lk_webp_writer_get_written (writer, &size);
      g_assert_cmpint (written, >=, before);
      g_assert_cmpint (written, <=, i * 40 * MS);
      before = written;
    }
  g_assert_cmpint (before, >, 0);

  bytes = finish (writer, 64 * 40 * MS, &frames);
  g_assert_cmpint (lk_webp_writer_get_written (writer, &size), ==, 64 * 40 * MS);
  g_assert_cmpint (labs ((long)size - (long)g_bytes_get_size (bytes)), <=, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/webp/opaque", test_opaque);
  g_test_add_func ("/webp/alpha", test_alpha);
  g_test_add_func ("/webp/unchanged", test_unchanged);
  g_test_add_func ("/webp/one-picture", test_one_picture);
  g_test_add_func ("/webp/same-time", test_same_time);
  g_test_add_func ("/webp/hours", test_hours);
  g_test_add_func ("/webp/left-unfinished", test_left_unfinished);
  g_test_add_func ("/webp/written", test_written);

  return g_test_run ();
}
