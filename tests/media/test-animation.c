/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-filmstrip.h"
#include "lk-test-motion.h"
#include "lk-test-movie.h"
#include "lk-test-picture.h"
#include "lk-test-program.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <webp/demux.h>

#define RED 0xff0000ff
#define GREEN 0x00ff00ff
#define BLUE 0x0000ffff

typedef struct
{
  const char *name;
  GBytes *(*write) (LkTestMovie *movie);
  gboolean knows_previous;
} Format;

static const Format formats[] = {
  { "gif", lk_test_movie_to_gif, TRUE },
  { "apng", lk_test_movie_to_apng, TRUE },
  { "webp", lk_test_movie_to_webp, FALSE },
};

static LkTestOpened
open_movie (const Format *format, LkTestMovie *movie)
{
  g_autoptr (GBytes) bytes = format->write (movie);
  LkTestOpened self = lk_test_open_bytes (bytes);

  g_assert_no_error (self.error);
  return self;
}

static void
assert_color (LkFrame *frame, guint x, guint y, guint32 rgba)
{
  const guint8 *pixel = lk_test_frame_at (frame, x, y);
  guint32 color
      = (guint32)pixel[0] << 24 | (guint32)pixel[1] << 16 | (guint32)pixel[2] << 8 | pixel[3];

  if ((rgba & 255) == 0)
    g_assert_cmphex (pixel[3], ==, 0);
  else
    g_assert_cmphex (color, ==, rgba);
}

static void
set_durations (LkTestMovie *movie, const gint64 *durations)
{
  for (guint i = 0; i < movie->patches->len; i++)
    ((LkTestPatch *)g_ptr_array_index (movie->patches, i))->patch.duration = durations[i];
}

/* Red, then a blue corner, then a green one. */
static LkTestMovie *
corners_new (LkDispose dispose)
{
  LkTestMovie *movie = lk_test_movie_new (20, 12);

  lk_test_movie_add (movie, 0, 0, 20, 12, RED, LK_DISPOSE_NONE);
  lk_test_movie_add (movie, 0, 0, 4, 4, BLUE, dispose);
  lk_test_movie_add (movie, 16, 8, 4, 4, GREEN, dispose);

  return movie;
}

static void
test_header (void)
{
  const gint64 declared[] = { 0, 10000, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = corners_new (LK_DISPOSE_NONE);
      g_autoptr (GPtrArray) frames = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      const LkMotionInfo *info;

      g_test_message ("%s", formats[i].name);
      set_durations (movie, declared);
      opened = open_movie (&formats[i], movie);
      g_assert_cmpint (opened.header->kind, ==, LK_PICTURE_ANIMATION);
      g_assert_cmpuint (opened.header->width, ==, 20);
      g_assert_cmpuint (opened.header->height, ==, 12);
      g_assert_cmpuint (opened.header->frames, ==, 3);
      /* no delay, and one too short to be meant, are what browsers make of them */
      g_assert_cmpint (opened.header->duration, ==, 220000);

      info = lk_motion_get_info (opened.motion);
      g_assert_cmpuint (info->width, ==, 20);
      g_assert_cmpuint (info->height, ==, 12);
      g_assert_cmpuint (info->frames, ==, 3);
      g_assert_cmpint (info->duration, ==, 220000);

      frames = lk_test_read_all (opened.motion);
      g_assert_cmpuint (frames->len, ==, 3);
      for (guint f = 0; f < 3; f++)
        {
          const LkMotionFrame *frame = g_ptr_array_index (frames, f);

          g_assert_cmpint (frame->time, ==, f * 100000);
          g_assert_cmpint (frame->duration, ==, f < 2 ? 100000 : 20000);
        }
    }
}

static void
test_one_frame (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
      g_auto (LkTestOpened) opened = { 0 };

      lk_test_movie_add (movie, 0, 0, 20, 12, RED, LK_DISPOSE_NONE);
      opened = open_movie (&formats[i], movie);
      g_assert_cmpint (opened.header->kind, ==, LK_PICTURE_STILL);
      g_assert_cmpuint (opened.header->frames, ==, 1);
      g_assert_cmpint (opened.header->duration, ==, 0);
    }
}

static void
test_loops (void)
{
  /* as the file has it, and how often that is; GIF counts how often it comes back */
  const int cases[][4] = {
    { -1, 1, 0, 0 }, { 0, 0, 0, 0 }, { 1, 2, 1, 1 }, { 7, 8, 7, 7 }, { 65535, 65536, 65535, 65535 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
      {
        g_autoptr (LkTestMovie) movie = corners_new (LK_DISPOSE_NONE);
        g_auto (LkTestOpened) opened = { 0 };

        movie->loops = cases[c][0];
        opened = open_movie (&formats[i], movie);
        g_assert_cmpuint (lk_motion_get_info (opened.motion)->loops, ==, cases[c][i + 1]);
      }
}

/* What each way to dispose leaves behind, by hand. */
static void
test_dispose (void)
{
  const guint32 left[] = { BLUE, 0, RED }; /* of the blue corner, in the third frame */

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (LkDispose dispose = LK_DISPOSE_NONE; dispose <= LK_DISPOSE_PREVIOUS; dispose++)
      {
        g_autoptr (LkTestMovie) movie = corners_new (dispose);
        g_autoptr (GPtrArray) frames = NULL;
        g_auto (LkTestOpened) opened = { 0 };
        LkMotionFrame *frame;

        if (dispose == LK_DISPOSE_PREVIOUS && !formats[i].knows_previous)
          continue;
        opened = open_movie (&formats[i], movie);
        frames = lk_test_read_all (opened.motion);
        g_assert_cmpuint (frames->len, ==, 3);

        frame = g_ptr_array_index (frames, 0);
        assert_color (frame->frame, 0, 0, RED);
        g_assert_false (lk_frame_has_alpha (frame->frame));
        frame = g_ptr_array_index (frames, 1);
        assert_color (frame->frame, 0, 0, BLUE);
        assert_color (frame->frame, 4, 4, RED);
        g_assert_false (lk_frame_has_alpha (frame->frame));
        frame = g_ptr_array_index (frames, 2);
        assert_color (frame->frame, 3, 3, left[dispose]);
        assert_color (frame->frame, 4, 3, RED);
        assert_color (frame->frame, 16, 8, GREEN);
        g_assert_cmpint (lk_frame_has_alpha (frame->frame), ==, dispose == LK_DISPOSE_BACKGROUND);
        /* GIF tells; the others have a channel for it, used or not */
        g_assert_cmpint (lk_motion_get_info (opened.motion)->has_alpha, ==,
                         (i > 0 || dispose == LK_DISPOSE_BACKGROUND));
      }
}

/* GIF alone may have patches that hang over the edge, or lie outside. */
static void
test_outside (void)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (8, 6);
  g_autoptr (GPtrArray) frames = NULL;
  g_auto (LkTestOpened) opened = { 0 };
  LkMotionFrame *frame;

  lk_test_movie_add (movie, 0, 0, 20, 30, RED, LK_DISPOSE_NONE);
  lk_test_movie_add (movie, 6, 4, 50, 50, BLUE, LK_DISPOSE_PREVIOUS);
  lk_test_movie_add (movie, 8, 0, 5, 5, GREEN, LK_DISPOSE_BACKGROUND);
  lk_test_movie_add (movie, 0, 6, 5, 5, GREEN, LK_DISPOSE_PREVIOUS);
  lk_test_movie_add (movie, 65000, 65000, 3, 3, GREEN, LK_DISPOSE_NONE);
  opened = open_movie (&formats[0], movie);
  frames = lk_test_read_all (opened.motion);
  g_assert_cmpuint (frames->len, ==, 5);

  frame = g_ptr_array_index (frames, 1);
  g_assert_cmpuint (lk_frame_get_width (frame->frame), ==, 8);
  g_assert_cmpuint (lk_frame_get_height (frame->frame), ==, 6);
  assert_color (frame->frame, 5, 5, RED);
  assert_color (frame->frame, 6, 4, BLUE);
  assert_color (frame->frame, 7, 5, BLUE);
  for (guint i = 2; i < 5; i++)
    {
      frame = g_ptr_array_index (frames, i);
      assert_color (frame->frame, 7, 5, RED);
      assert_color (frame->frame, 0, 5, RED);
      g_assert_false (lk_frame_has_alpha (frame->frame));
    }
}

/* The frames as others compose them, R, G, B, A behind one another. */
typedef GBytes *(*Peer) (const char *path, guint n);

static GBytes *
read_peer (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (data, length);
}

static GBytes *
ask_ffmpeg (const char *path, const char *format)
{
  g_autofree char *out = lk_test_path ("ffmpeg.rgba");

  lk_test_run_program ("ffmpeg", "-y", "-f", format, "-i", path, "-vsync", "passthrough", "-f",
                       "rawvideo", "-pix_fmt", "rgba", out, NULL);

  return read_peer (out);
}

static GBytes *
ask_ffmpeg_for_gif (const char *path, guint n)
{
  return ask_ffmpeg (path, "gif");
}

static GBytes *
ask_ffmpeg_for_apng (const char *path, guint n)
{
  return ask_ffmpeg (path, "apng");
}

static GBytes *
ask_imagemagick (const char *path, guint n)
{
  g_autofree char *out = lk_test_path ("convert.rgba");
  g_autofree char *from = g_strconcat ("gif:", path, NULL);
  g_autofree char *to = g_strconcat ("rgba:", out, NULL);

  lk_test_run_program ("convert", from, "-coalesce", "-depth", "8", to, NULL);

  return read_peer (out);
}

/* Appends the pixels of a PNG file. GdkPixbuf's own guess wants a MIME database. */
static void
append_png (GByteArray *to, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_peer (path);
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type ("png", &error);
  g_autoptr (GdkPixbuf) rgba = NULL;
  const guint8 *row;

  g_assert_no_error (error);
  gdk_pixbuf_loader_write_bytes (loader, bytes, &error);
  g_assert_no_error (error);
  gdk_pixbuf_loader_close (loader, &error);
  g_assert_no_error (error);
  rgba = gdk_pixbuf_add_alpha (gdk_pixbuf_loader_get_pixbuf (loader), FALSE, 0, 0, 0);
  row = gdk_pixbuf_read_pixels (rgba);
  for (int y = 0; y < gdk_pixbuf_get_height (rgba); y++, row += gdk_pixbuf_get_rowstride (rgba))
    g_byte_array_append (to, row, (guint)gdk_pixbuf_get_width (rgba) * 4);
}

/* Writes a file for each frame, from 01 on. */
static GBytes *
ask_apngdis (const char *path, guint n)
{
  GByteArray *all = g_byte_array_new ();

  g_assert_cmpuint (n, >, 9);
  lk_test_run_program ("apngdis", path, "apngdis", NULL);
  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *name = g_strdup_printf ("apngdis%02u.png", i);
      g_autofree char *out = lk_test_path (name);

      append_png (all, out);
    }

  return g_byte_array_free_to_bytes (all);
}

static gboolean
skip_without (const char *program)
{
  g_autofree char *path = g_find_program_in_path (program);

  if (path != NULL)
    return FALSE;

  g_test_skip ("The program to compare with is not installed");
  return TRUE;
}

static void
compare (LkTestOpened *opened, Peer ask, guint n, int tolerance)
{
  g_autofree char *path = lk_test_opened_save (opened);
  g_autoptr (GBytes) expected = ask (path, n);
  g_autoptr (GPtrArray) frames = lk_test_read_all (opened->motion);
  const guint8 *pixels = g_bytes_get_data (expected, NULL);
  gsize size = (gsize)opened->header->width * opened->header->height * 4;

  g_assert_cmpuint (frames->len, ==, n);
  g_assert_cmpuint (g_bytes_get_size (expected), ==, size * n);
  for (guint i = 0; i < n; i++)
    {
      const LkMotionFrame *frame = g_ptr_array_index (frames, i);

      lk_test_assert_pixels (frame->frame, pixels + i * size, tolerance);
    }
}

static void
test_gif_peer (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  guint by_both = 0;

  if (skip_without ("convert") || skip_without ("ffmpeg"))
    return;

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 30, 22, 24, FALSE);
      g_auto (LkTestOpened) opened = { 0 };
      const LkTestPatch *first;

      movie->interlaced = i % 2 == 1;
      opened = open_movie (&formats[0], movie);
      compare (&opened, ask_ffmpeg_for_gif, 24, 0);

      /* ImageMagick takes what was before the first frame for white. */
      first = g_ptr_array_index (movie->patches, 0);
      if (first->patch.dispose == LK_DISPOSE_PREVIOUS)
        continue;
      g_assert_true (lk_motion_seek (opened.motion, 0, -1, NULL, NULL));
      compare (&opened, ask_imagemagick, 24, 0);
      by_both++;
    }
  g_assert_cmpuint (by_both, >, 2);
}

/* As people's files are: one palette for most frames, and holes where nothing changes. */
static void
test_gif_of_ffmpeg (void)
{
  g_autofree char *path = lk_test_path ("ffmpeg.gif");
  g_autofree char *data = NULL;
  g_auto (LkTestOpened) opened = { 0 };
  gsize length;

  if (skip_without ("convert") || skip_without ("ffmpeg"))
    return;

  lk_test_run_program ("ffmpeg", "-y", "-f", "lavfi", "-i",
                       "testsrc=size=160x120:rate=10:duration=3", path, NULL);
  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  opened = lk_test_open (data, length);
  g_assert_no_error (opened.error);
  g_assert_cmpuint (lk_motion_get_info (opened.motion)->loops, ==, 0);
  g_assert_false (lk_motion_get_info (opened.motion)->has_alpha);
  compare (&opened, ask_ffmpeg_for_gif, 30, 0);
  g_assert_true (lk_motion_seek (opened.motion, 0, -1, NULL, NULL));
  compare (&opened, ask_imagemagick, 30, 0);
}

static void
test_apng_peer (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);

  if (skip_without ("apngdis"))
    return;

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 30, 22, 24, TRUE);
      g_auto (LkTestOpened) opened = { 0 };

      movie->interlaced = i % 2 == 1;
      movie->loops = 1;
      opened = open_movie (&formats[1], movie);
      /* two ways to round where two shades meet */
      compare (&opened, ask_apngdis, 24, 2);
    }
}

/* The default image is for those who know no animation; the first frame may be small then. */
static void
test_apng_hidden (void)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
  g_autoptr (GPtrArray) frames = NULL;
  g_auto (LkTestOpened) opened = { 0 };
  LkMotionFrame *frame;

  movie->hidden = TRUE;
  lk_test_movie_add (movie, 2, 2, 4, 4, BLUE, LK_DISPOSE_NONE);
  lk_test_movie_add (movie, 4, 4, 4, 4, GREEN, LK_DISPOSE_NONE);
  opened = open_movie (&formats[1], movie);
  g_assert_true (opened.header->has_alpha);
  frames = lk_test_read_all (opened.motion);
  g_assert_cmpuint (frames->len, ==, 2);
  frame = g_ptr_array_index (frames, 1);
  assert_color (frame->frame, 0, 0, 0);
  assert_color (frame->frame, 2, 2, BLUE);
  assert_color (frame->frame, 4, 4, GREEN);
}

/* Whatever a PNG may hold, as ffmpeg writes it and reads it again. */
static void
test_apng_formats (void)
{
  const char *const pixels[] = { "rgb24",    "rgba",   "pal8",    "gray",     "ya8",
                                 "gray16be", "ya16be", "rgb48be", "rgba64be", "monob" };

  if (skip_without ("ffmpeg"))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    {
      g_autofree char *path = lk_test_path ("ffmpeg.png");
      g_autofree char *data = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      gsize length;

      g_test_message ("%s", pixels[i]);
      lk_test_run_program (
          "ffmpeg", "-y", "-f", "lavfi", "-i",
          "testsrc=size=61x47:rate=5:duration=2,format=rgba,colorchannelmixer=aa=0.7", "-pix_fmt",
          pixels[i], "-f", "apng", "-plays", "1", path, NULL);
      g_assert_true (g_file_get_contents (path, &data, &length, NULL));
      opened = lk_test_open (data, length);
      g_assert_no_error (opened.error);
      compare (&opened, ask_ffmpeg_for_apng, opened.header->frames, 2);
    }
}

static void
test_webp_peer (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 30, 22, 24, TRUE);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) frames = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      WebPData data;
      WebPAnimDecoder *decoder;

      movie->lossy = i % 2 == 1;
      bytes = lk_test_movie_to_webp (movie);
      opened = lk_test_open_bytes (bytes);
      g_assert_no_error (opened.error);
      frames = lk_test_read_all (opened.motion);
      g_assert_cmpuint (frames->len, ==, 24);
      data.bytes = g_bytes_get_data (bytes, &data.size);
      decoder = WebPAnimDecoderNew (&data, NULL);
      for (guint f = 0; f < frames->len; f++)
        {
          const LkMotionFrame *frame = g_ptr_array_index (frames, f);
          guint8 *expected;
          int end;

          g_assert_true (WebPAnimDecoderGetNext (decoder, &expected, &end));
          g_assert_cmpint (frame->time + frame->duration, ==, end * 1000);
          /* theirs rounds down what ours rounds to the nearest, frame over frame */
          lk_test_assert_pixels (frame->frame, expected, 3);
        }
      g_assert_false (WebPAnimDecoderHasMoreFrames (decoder));
      WebPAnimDecoderDelete (decoder);
    }
}

/* Each frame, sought from wherever the one before was. */
static void
test_seek (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 16, 10, 12, FALSE);
      g_autoptr (GPtrArray) frames = NULL;
      g_auto (LkTestOpened) opened = open_movie (&formats[i], movie);
      gint64 duration = opened.header->duration;

      frames = lk_test_read_all (opened.motion);
      for (guint n = 0; n < 200; n++)
        {
          guint f = (guint)g_rand_int_range (rand, 0, (int)frames->len);
          const LkMotionFrame *expected = g_ptr_array_index (frames, f);
          g_autoptr (GError) error = NULL;
          g_autoptr (LkMotionFrame) frame = NULL;
          g_autoptr (LkMotionFrame) second = NULL;
          gint64 start = expected->time + g_rand_int_range (rand, 0, (int)expected->duration);
          gint64 stop = g_rand_boolean (rand) ? -1 : start + 1;

          g_assert_true (lk_motion_seek (opened.motion, start, stop, NULL, &error));
          frame = lk_test_next (opened.motion);
          lk_test_assert_same_frame (frame, expected);
          second = lk_test_next (opened.motion);
          if (stop >= 0 || f + 1 == frames->len)
            g_assert_null (second);
          else
            lk_test_assert_same_frame (second, g_ptr_array_index (frames, f + 1));
        }

      /* past the end is the last frame */
      for (guint n = 0; n < 2; n++)
        {
          g_autoptr (LkMotionFrame) last = NULL;

          g_assert_true (lk_motion_seek (opened.motion, duration + n, -1, NULL, NULL));
          last = lk_test_next (opened.motion);
          lk_test_assert_same_frame (last, g_ptr_array_index (frames, frames->len - 1));
          g_assert_null (lk_test_next (opened.motion));
        }
      g_assert_true (lk_motion_seek (opened.motion, 0, duration, NULL, NULL));
      g_ptr_array_unref (g_steal_pointer (&frames));
      frames = lk_test_read_all (opened.motion);
      g_assert_cmpuint (frames->len, ==, 12);
    }
}

static void
on_strip_frame (guint index, const LkMotionFrame *frame, gpointer data)
{
  GPtrArray *strip = data;

  g_assert_cmpuint (index, ==, strip->len);
  g_ptr_array_add (strip, lk_motion_frame_new (frame->frame, frame->time, frame->duration));
}

/* The frame of @frames, which follow each other without a gap, that is shown at @time. */
static const LkMotionFrame *
shown_at (GPtrArray *frames, gint64 time)
{
  for (guint i = 0; i < frames->len; i++)
    {
      const LkMotionFrame *frame = g_ptr_array_index (frames, i);

      if (frame->time <= time && time < frame->time + frame->duration)
        return frame;
    }

  return NULL;
}

/* Each frame of a strip of @n is the one that is shown in the middle of its share; there is none
 * for shares past the end. Returns: how many there are. */
static guint
check_strip (LkMotion *motion, GPtrArray *frames, gint64 start, gint64 stop, guint n)
{
  g_autoptr (GPtrArray) strip
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_motion_frame_free);
  g_autoptr (GError) error = NULL;

  g_assert_true (lk_filmstrip_make (motion, start, stop, n, on_strip_frame, strip, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      const LkMotionFrame *expected
          = shown_at (frames, start + (stop - start) * (2 * i + 1) / (2 * n));

      if (expected == NULL)
        {
          g_assert_cmpuint (strip->len, ==, i);
          break;
        }
      g_assert_cmpuint (strip->len, >, i);
      lk_test_assert_same_frame (g_ptr_array_index (strip, i), expected);
    }

  return strip->len;
}

/* All of it, parts of it, more frames than there are, and past the end; also where two are further
 * apart than a video's would be exact. */
static void
test_filmstrip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint slower = 1; slower <= 100; slower *= 100)
      {
        g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 16, 10, 24, FALSE);
        g_autoptr (GPtrArray) frames = NULL;
        g_auto (LkTestOpened) opened = { 0 };
        gint64 duration;

        g_test_message ("%s", formats[i].name);
        for (guint f = 0; f < movie->patches->len; f++)
          ((LkTestPatch *)g_ptr_array_index (movie->patches, f))->patch.duration *= slower;
        opened = open_movie (&formats[i], movie);
        duration = opened.header->duration;
        frames = lk_test_read_all (opened.motion);
        g_assert_cmpuint (frames->len, ==, 24);

        g_assert_cmpuint (check_strip (opened.motion, frames, 0, duration, 7), ==, 7);
        g_assert_cmpuint (check_strip (opened.motion, frames, 0, duration, 1), ==, 1);
        g_assert_cmpuint (check_strip (opened.motion, frames, duration / 3, 2 * duration / 3, 5),
                          ==, 5);
        g_assert_cmpuint (check_strip (opened.motion, frames, duration / 2, duration, 60), ==, 60);
        g_assert_cmpuint (check_strip (opened.motion, frames, 0, 2 * duration, 8), ==, 4);
        g_assert_cmpuint (check_strip (opened.motion, frames, duration, 2 * duration, 8), ==, 0);
      }
}

/* No frame comes after it, and the animation is still good. */
static void
test_filmstrip_cancelled (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (16);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 16, 10, 12, FALSE);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GPtrArray) frames = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (LkTestOpened) opened = open_movie (&formats[i], movie);
      gint64 duration = opened.header->duration;

      frames = lk_test_read_all (opened.motion);
      g_assert_false (lk_filmstrip_make (opened.motion, 0, duration, 8, lk_test_cancel_third,
                                         cancellable, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (check_strip (opened.motion, frames, 0, duration, 8), ==, 8);
    }
}

static void
count (gpointer data)
{
  ++*(guint *)data;
}

/* On the way to the frame that is wanted each other one is told of. */
static void
test_steps (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (17);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 16, 10, 12, FALSE);
      g_auto (LkTestOpened) opened = open_movie (&formats[i], movie);
      const LkMotionInfo *info = lk_motion_get_info (opened.motion);
      g_autoptr (LkMotionFrame) last = NULL;
      guint n = 0;

      lk_motion_set_step_func (opened.motion, count, &n);
      g_assert_true (lk_motion_seek (opened.motion, info->duration - 1, -1, NULL, NULL));
      last = lk_test_next (opened.motion);
      /* The first was decoded when it was opened. */
      g_assert_cmpuint (n, ==, info->frames - 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/animation/header", test_header);
  g_test_add_func ("/media/animation/one-frame", test_one_frame);
  g_test_add_func ("/media/animation/loops", test_loops);
  g_test_add_func ("/media/animation/dispose", test_dispose);
  g_test_add_func ("/media/animation/outside", test_outside);
  g_test_add_func ("/media/animation/gif-peer", test_gif_peer);
  g_test_add_func ("/media/animation/gif-of-ffmpeg", test_gif_of_ffmpeg);
  g_test_add_func ("/media/animation/apng-peer", test_apng_peer);
  g_test_add_func ("/media/animation/apng-hidden", test_apng_hidden);
  g_test_add_func ("/media/animation/apng-formats", test_apng_formats);
  g_test_add_func ("/media/animation/webp-peer", test_webp_peer);
  g_test_add_func ("/media/animation/seek", test_seek);
  g_test_add_func ("/media/animation/filmstrip", test_filmstrip);
  g_test_add_func ("/media/animation/filmstrip-cancelled", test_filmstrip_cancelled);
  g_test_add_func ("/media/animation/steps", test_steps);

  return g_test_run ();
}
