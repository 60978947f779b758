/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-color.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-probe-file.h"
#include "lk-render.h"
#include "lk-scrubber.h"
#include "lk-still.h"
#include "lk-test-motion.h"
#include "lk-test-movie.h"
#include "lk-test-picture.h"

#include <string.h>
#include <time.h>

/* Seconds of the processor that one file may take. */
#define SLOWEST 10
#define RED 0xff0000ff
#define BLUE 0x0000ffff

typedef struct
{
  const char *name;
  GBytes *(*write) (LkTestMovie *movie);
} Format;

static const Format formats[] = {
  { "gif", lk_test_movie_to_gif },
  { "apng", lk_test_movie_to_apng },
  { "webp", lk_test_movie_to_webp },
};

/* Damage may have any of these answers, and no other. */
static void
assert_refusal (const GError *error)
{
  g_assert_cmpuint (error->domain, ==, LK_MEDIA_ERROR);
  if (error->code != LK_MEDIA_ERROR_UNSUPPORTED && error->code != LK_MEDIA_ERROR_TOO_MANY_PIXELS
      && error->code != LK_MEDIA_ERROR_TOO_MANY_FRAMES
      && error->code != LK_MEDIA_ERROR_TOO_MANY_BYTES)
    g_assert_cmpint (error->code, ==, LK_MEDIA_ERROR_MALFORMED);
}

static GPtrArray *
read_frames (const Format *format, LkTestMovie *movie)
{
  g_autoptr (GBytes) bytes = format->write (movie);
  g_auto (LkTestOpened) opened = lk_test_open_bytes (bytes);

  g_assert_no_error (opened.error);
  return lk_test_read_all (opened.motion);
}

/* How many frames a file that was cut at @length has; -1 where it is refused, 0 for a still. */
static int
read_cut (GBytes *bytes, gsize length, GPtrArray *whole)
{
  g_auto (LkTestOpened) opened = lk_test_open (g_bytes_get_data (bytes, NULL), length);
  g_autoptr (GPtrArray) frames = NULL;

  if (opened.error != NULL)
    {
      assert_refusal (opened.error);
      return -1;
    }
  if (opened.motion == NULL)
    return 0;

  frames = lk_test_read_all (opened.motion);
  g_assert_cmpuint (frames->len, >=, 1);
  g_assert_cmpuint (frames->len, <=, opened.header->frames);
  g_assert_cmpuint (frames->len, <=, whole->len);
  for (guint i = 0; i < frames->len; i++)
    lk_test_assert_same_frame (g_ptr_array_index (frames, i), g_ptr_array_index (whole, i));

  return (int)frames->len;
}

/* Cut at every byte: the frames that are whole, and never fewer for one byte more. */
static void
test_truncated (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (21);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint interlaced = 0; interlaced < 2; interlaced++)
      {
        g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 14, 10, 5, FALSE);
        g_autoptr (GPtrArray) whole = NULL;
        g_autoptr (GBytes) bytes = NULL;
        int most = -1;
        guint seen = 0;

        movie->interlaced = interlaced == 1;
        whole = read_frames (&formats[i], movie);
        bytes = formats[i].write (movie);
        for (gsize length = 1; length <= g_bytes_get_size (bytes); length++)
          {
            int n = read_cut (bytes, length, whole);

            if (n < most)
              g_error ("%s: %d frames of %" G_GSIZE_FORMAT " bytes, but %d of fewer",
                       formats[i].name, n, length, most);
            most = n;
            seen |= 1u << (n + 1);
          }
        g_assert_cmpint (most, ==, 5);
        /* refused, and each number of frames; one frame of GIF is a still until there is more */
        g_test_message ("%s %x", formats[i].name, seen);
        g_assert_cmphex ((seen | 2), ==, 0x7f);
      }
}

/* The still of a file that was cut is its first frame, as soon as that is whole. */
static void
test_truncated_still (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (40, 30);
      g_autoptr (GBytes) bytes = NULL;
      gsize size;
      gsize lengths[3];

      for (guint n = 0; n < 6; n++)
        lk_test_movie_add (movie, 0, 0, 40, 30, n == 0 ? RED : BLUE, LK_DISPOSE_NONE);
      bytes = formats[i].write (movie);
      size = g_bytes_get_size (bytes);
      lengths[0] = size;
      lengths[1] = size - 1;
      lengths[2] = size * 2 / 3;
      for (guint n = 0; n < G_N_ELEMENTS (lengths); n++)
        {
          g_auto (LkTestOpened) opened = lk_test_open (g_bytes_get_data (bytes, NULL), lengths[n]);
          g_autoptr (GError) error = NULL;
          g_autoptr (LkProbe) probe = lk_probe_file (opened.file, NULL, &error);
          g_autoptr (LkFrame) still = NULL;

          g_assert_no_error (error);
          g_assert_cmpint (probe->kind, ==, LK_PICTURE_ANIMATION);
          g_assert_cmpuint (probe->frames, ==, opened.header->frames);
          g_assert_cmpuint (probe->frames, <=, 6 - n / 2);
          still = lk_still_load (opened.file, 30, NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (lk_frame_get_width (still), ==, 40);
          lk_test_assert_near (still, 0, 0, 255, 0, 0, 0);
          lk_test_assert_near (still, 39, 29, 255, 0, 0, 0);
        }
    }
}

static void
read_damaged (const guint8 *data, gsize length)
{
  g_auto (LkTestOpened) opened = lk_test_open (data, length);
  g_autoptr (GPtrArray) frames = NULL;

  if (opened.error != NULL)
    assert_refusal (opened.error);
  else if (opened.motion != NULL)
    frames = lk_test_read_all (opened.motion);
}

/* One byte after the other is wrong: never an error in the middle, never more than was allocated.
 */
static void
test_flipped (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 12, 8, 4, TRUE);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree guint8 *data = NULL;
      gsize length;

      if (i == 0)
        {
          g_clear_pointer (&movie, lk_test_movie_free);
          movie = lk_test_movie_new_random (rand, 12, 8, 4, FALSE);
        }
      bytes = formats[i].write (movie);
      length = g_bytes_get_size (bytes);
      data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
      for (gsize at = 0; at < length; at++)
        {
          guint8 was = data[at];
          const guint8 values[] = { (guint8)~was, 0, 255, was ^ 1, (guint8)g_rand_int (rand) };

          for (guint v = 0; v < G_N_ELEMENTS (values); v++)
            {
              data[at] = values[v];
              read_damaged (data, length);
            }
          data[at] = was;
        }
    }
}

/* A valid header and then anything. */
static void
test_garbage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (24);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 12, 8, 4, FALSE);
      g_autoptr (GBytes) bytes = formats[i].write (movie);
      gsize length = g_bytes_get_size (bytes);

      for (guint n = 0; n < 300; n++)
        {
          gsize keep = (gsize)g_rand_int_range (rand, 12, (int)length);
          gsize more = (gsize)g_rand_int_range (rand, 1, 4096);
          g_autofree guint8 *data = g_malloc (keep + more);

          memcpy (data, g_bytes_get_data (bytes, NULL), keep);
          for (gsize at = keep; at < keep + more; at++)
            data[at] = (guint8)g_rand_int (rand);
          read_damaged (data, keep + more);
        }
    }
}

/* A chunk of the third frame is not what its checksum says, or bears another's number. */
static void
test_apng_checks (void)
{
  for (guint part = 0; part < 3; part++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) frames = NULL;
      g_autofree guint8 *data = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      guint8 *at;
      gsize length;

      for (guint i = 0; i < 5; i++)
        lk_test_movie_add (movie, 0, 0, 20, 12, i % 2 == 0 ? RED : BLUE, LK_DISPOSE_NONE);
      bytes = lk_test_movie_to_apng (movie);
      length = g_bytes_get_size (bytes);
      data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);

      /* the fdAT of the third frame is the second of the file */
      at = memmem (data, length, "fdAT", 4);
      at = memmem (at + 4, (gsize)(data + length - at - 4), "fdAT", 4);
      if (part == 0) /* its number */
        at[7] ^= 8;
      else if (part == 1) /* its pixels, where zlib does not notice: the level of compression */
        at[8 + 1] ^= 0xff;
      else /* its checksum */
        *((guint8 *)memmem (at, (gsize)(data + length - at), "fcTL", 4) - 5) ^= 1;

      opened = lk_test_open (data, length);
      g_assert_no_error (opened.error);
      frames = lk_test_read_all (opened.motion);
      g_assert_cmpuint (frames->len, ==, 2);
    }
}

/* Makes the last two of five patches undecodable, in a way that the header does not notice. */
static LkTestOpened
open_with_damaged_end (const Format *format)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *data = NULL;
  LkTestOpened opened;
  gsize length;

  for (guint i = 0; i < 5; i++)
    lk_test_movie_add (movie, 2 * i, 0, 20 - 2 * i, 12, i % 2 == 0 ? RED : BLUE, LK_DISPOSE_NONE);
  bytes = format->write (movie);
  data = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  length = g_bytes_get_size (bytes);
  for (gsize at = length; at-- > 0;)
    {
      guint8 was = data[at];

      data[at] ^= 0xff;
      opened = lk_test_open (data, length);
      if (opened.motion != NULL && opened.header->frames == 5)
        {
          g_autoptr (GPtrArray) frames = lk_test_read_all (opened.motion);

          if (frames->len == 3)
            return opened;
        }
      lk_test_opened_clear (&opened);
      data[at] = was;
    }

  g_assert_not_reached ();
}

static void
assert_last (LkTestOpened *opened, gint64 start, gint64 stop, gint64 duration)
{
  g_autoptr (LkMotionFrame) frame = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (lk_motion_seek (opened->motion, start, stop, NULL, &error));
  frame = lk_test_next (opened->motion);
  g_assert_nonnull (frame);
  g_assert_cmpint (frame->time, ==, 200000);
  g_assert_cmpint (frame->duration, ==, duration);
  lk_test_assert_near (frame->frame, 0, 0, 255, 0, 0, 0);
  lk_test_assert_near (frame->frame, 2, 0, 0, 0, 255, 0);
  lk_test_assert_near (frame->frame, 4, 0, 255, 0, 0, 0);
  g_assert_null (lk_test_next (opened->motion));
}

/* Past the last whole frame that one is shown, as long as those that are damaged would be: however
 * it is come to. */
static void
test_damaged_end (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint again = 0; again < 2; again++)
      {
        g_auto (LkTestOpened) opened = open_with_damaged_end (&formats[i]);

        if (again == 0) /* so that it does not know yet where it ends */
          {
            lk_motion_close (opened.motion);
            opened.motion = lk_motion_open (opened.source, opened.header, 0, NULL, NULL);
          }
        assert_last (&opened, 350000, -1, 300000);
        assert_last (&opened, 350000, 350001, 300000);
        assert_last (&opened, 499999, 500000, 300000);
        assert_last (&opened, 9000000, -1, 300000);
        assert_last (&opened, 299999, -1, 100000);
        assert_last (&opened, 300000, 400000, 300000);
      }
}

/* And so it is for whoever asks: a hand, and what is sent. */
static void
test_damaged_end_used (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_auto (LkTestOpened) opened = open_with_damaged_end (&formats[i]);
      g_autoptr (LkScrubber) scrubber = lk_scrubber_new (g_steal_pointer (&opened.motion));
      g_autoptr (LkRecipe) plain = lk_recipe_new ();
      g_autoptr (GError) error = NULL;

      for (gint64 time = 600000; time >= 200000; time -= 50000)
        {
          g_autoptr (LkMotionFrame) frame = lk_scrubber_get_frame (scrubber, time, NULL, &error);

          g_assert_no_error (error);
          g_assert_nonnull (frame);
          g_assert_cmpint (frame->time, ==, 200000);
        }

      for (guint kept = 0; kept < 2; kept++)
        {
          LkMotionEdits edits = lk_recipe_get_motion (plain);
          g_autoptr (LkRecipe) recipe = NULL;
          g_autoptr (LkRendered) rendered = NULL;

          if (kept == 0)
            edits.poster = 450000;
          else
            edits.start = 350000;
          recipe = lk_recipe_with_motion (plain, edits);
          rendered = lk_render (opened.file, recipe, NULL, NULL, NULL, &error);
          g_assert_no_error (error);
          g_assert_nonnull (lk_rendered_get (rendered, "photo"));
          g_assert_true ((lk_rendered_get (rendered, "motion") != NULL) == (kept == 0));
        }
    }
}

static double
get_processor_seconds (void)
{
  return (double)clock () / CLOCKS_PER_SEC;
}

static void
assert_refused (GBytes *bytes, int code)
{
  double start = get_processor_seconds ();
  g_auto (LkTestOpened) opened = lk_test_open_bytes (bytes);
  g_autoptr (GError) error = NULL;

  g_assert_error (opened.error, LK_MEDIA_ERROR, code);
  g_assert_null (lk_still_load (opened.file, 720, NULL, &error));
  g_assert_error (error, LK_MEDIA_ERROR, code);
  g_assert_cmpfloat (get_processor_seconds () - start, <, SLOWEST);
}

static void
test_too_many_frames (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (4, 4);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) frames = NULL;

      for (guint n = 0; n < LK_ANIMATION_MAX_FRAMES; n++)
        lk_test_movie_add (movie, 0, 0, 4, 4, n % 2 == 0 ? RED : BLUE, LK_DISPOSE_NONE);
      frames = read_frames (&formats[i], movie);
      g_assert_cmpuint (frames->len, ==, LK_ANIMATION_MAX_FRAMES);

      lk_test_movie_add (movie, 0, 0, 4, 4, RED, LK_DISPOSE_NONE);
      bytes = formats[i].write (movie);
      assert_refused (bytes, LK_MEDIA_ERROR_TOO_MANY_FRAMES);
    }
  g_assert_cmpstr (lk_media_error_to_code (LK_MEDIA_ERROR_TOO_MANY_FRAMES), ==, "too-many-frames");
}

/* Small files that say that they are large, all with small patches. */
static void
test_too_many_pixels (void)
{
  const struct
  {
    guint format;
    guint width;
    guint height;
  } cases[] = { { 0, 65535, 65535 }, { 0, 6001, 6000 }, { 2, 16384, 16384 }, { 2, 6001, 6000 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (cases[i].width, cases[i].height);
      g_autoptr (GBytes) bytes = NULL;

      lk_test_movie_add (movie, 0, 0, 4, 4, RED, LK_DISPOSE_NONE);
      lk_test_movie_add (movie, 0, 0, 4, 4, BLUE, LK_DISPOSE_NONE);
      bytes = formats[cases[i].format].write (movie);
      assert_refused (bytes, LK_MEDIA_ERROR_TOO_MANY_PIXELS);
    }
}

/* Each is small, but a canvas has to be copied for each. */
static void
test_too_many_pixels_in_all (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (4000, 3000);
      g_autoptr (GBytes) bytes = NULL;

      for (guint n = 0; n < 101; n++)
        lk_test_movie_add (movie, 0, 0, 2, 2, n % 2 == 0 ? RED : BLUE, LK_DISPOSE_NONE);
      bytes = formats[i].write (movie);
      assert_refused (bytes, LK_MEDIA_ERROR_TOO_MANY_PIXELS);
    }
}

/* A patch may hang over the canvas, but not by so much: each px takes its time. */
static void
test_too_large_patch (void)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (8, 8);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) changed = NULL;
  g_autofree guint8 *data = NULL;
  gsize length;
  guint8 *at;

  lk_test_movie_add (movie, 0, 0, 8, 8, RED, LK_DISPOSE_NONE);
  lk_test_movie_add (movie, 1, 2, 5, 6, BLUE, LK_DISPOSE_NONE);
  bytes = lk_test_movie_to_gif (movie);
  length = g_bytes_get_size (bytes);
  data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
  at = memmem (data, length, ",\1\0\2\0\5\0\6\0", 9);
  g_assert_nonnull (at);
  memset (at + 5, 255, 4);
  changed = g_bytes_new (data, length);
  assert_refused (changed, LK_MEDIA_ERROR_TOO_MANY_PIXELS);
}

/* A GIF of @n patches of 6000 × 6000 px on a small canvas, as most of what they say is that they
 * are large: their rows end at once. */
static GBytes *
write_large_patches (guint n)
{
  static const guint8 start[] = "GIF89a\x10\0\x10\0\x80\0\0\xff\0\0\0\0\xff";
  static const guint8 patch[] = ",\0\0\0\0\x70\x17\x70\x17\0\2\2\x44\1\0";
  GByteArray *data = g_byte_array_new ();

  g_byte_array_append (data, start, sizeof start - 1);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (data, patch, sizeof patch - 1);
  g_byte_array_append (data, (const guint8 *)";", 1);

  return g_byte_array_free_to_bytes (data);
}

/* Each patch may be that large, but not all of them: each px is decoded, wherever it lies. */
static void
test_too_large_patches (void)
{
  guint most = LK_ANIMATION_MAX_TOTAL_PIXELS / LK_ANIMATION_MAX_PIXELS;
  g_autoptr (GBytes) bytes = write_large_patches (most);
  g_autoptr (GBytes) more = write_large_patches (most + 1);
  g_auto (LkTestOpened) opened = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LkProbe) probe = NULL;

  assert_refused (more, LK_MEDIA_ERROR_TOO_MANY_PIXELS);

  /* within the limits; then its rows are missed */
  opened = lk_test_open_bytes (bytes);
  probe = lk_probe_file (opened.file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (probe->frames, ==, most);
}

/* A thread that cancels once it is let go. */
typedef struct
{
  GMutex mutex;
  GCancellable *cancellable;
} Canceller;

static gpointer
cancel_in_thread (gpointer data)
{
  Canceller *self = data;

  g_mutex_lock (&self->mutex);
  g_cancellable_cancel (self->cancellable);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* (nullable): NULL where it was cancelled in the middle */
static LkMotionFrame *
next_but_cancelled (LkMotion *motion)
{
  Canceller canceller = { .cancellable = g_cancellable_new () };
  g_autoptr (GError) error = NULL;
  LkMotionFrame *frame;
  GThread *thread;

  g_mutex_init (&canceller.mutex);
  g_mutex_lock (&canceller.mutex);
  thread = g_thread_new ("cancel", cancel_in_thread, &canceller);
  g_mutex_unlock (&canceller.mutex);
  frame = lk_motion_next (motion, canceller.cancellable, &error);
  g_thread_join (thread);
  if (frame == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_object_unref (canceller.cancellable);
  g_mutex_clear (&canceller.mutex);
  return frame;
}

/* What was being drawn when it was cancelled comes next. */
static void
test_cancelled (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (2000, 1500);
      g_autoptr (GPtrArray) whole = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      guint n_cancelled = 0;

      for (guint n = 0; n < 3; n++)
        lk_test_movie_add (movie, n, 0, 2000 - n, 1500, n % 2 == 0 ? RED : BLUE, LK_DISPOSE_NONE);
      whole = read_frames (&formats[i], movie);
      bytes = formats[i].write (movie);
      opened = lk_test_open_bytes (bytes);
      for (guint n = 0; n < 100 && n_cancelled < 5; n++)
        {
          g_autoptr (LkMotionFrame) frame = NULL;
          g_autoptr (LkMotionFrame) second = NULL;

          g_assert_true (lk_motion_seek (opened.motion, 0, -1, NULL, NULL));
          g_assert_true (lk_motion_seek (opened.motion, 100000, -1, NULL, NULL));
          frame = next_but_cancelled (opened.motion);
          if (frame == NULL)
            {
              n_cancelled++;
              frame = lk_test_next (opened.motion);
            }
          lk_test_assert_same_frame (frame, g_ptr_array_index (whole, 1));
          second = lk_test_next (opened.motion);
          lk_test_assert_same_frame (second, g_ptr_array_index (whole, 2));
        }
      g_test_message ("%s: %u", formats[i].name, n_cancelled);
      g_assert_cmpuint (n_cancelled, >=, 5);
    }
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (4, 4);
      g_autoptr (GBytes) bytes = NULL;
      g_auto (LkTestOpened) opened = { 0 };
      g_autoptr (GError) header_error = NULL;
      g_autoptr (GError) open_error = NULL;
      g_autoptr (GError) error = NULL;

      lk_test_movie_add (movie, 0, 0, 4, 4, RED, LK_DISPOSE_NONE);
      lk_test_movie_add (movie, 0, 0, 4, 4, BLUE, LK_DISPOSE_NONE);
      bytes = formats[i].write (movie);
      opened = lk_test_open_bytes (bytes);
      g_assert_null (lk_header_read (opened.source, cancellable, &header_error));
      g_assert_error (header_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_null (lk_motion_open (opened.source, opened.header, 0, cancellable, &open_error));
      g_assert_error (open_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_null (lk_motion_next (opened.motion, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* Each frame is converted from the profile of the file, as a still is. */
static void
test_profile (void)
{
  g_autoptr (GBytes) p3 = lk_color_profile_from_cicp (12, 13);
  g_autoptr (GRand) rand = g_rand_new_with_seed (25);
  g_autoptr (LkTestMovie) movie = lk_test_movie_new_random (rand, 20, 12, 6, TRUE);

  for (guint i = 1; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GPtrArray) plain = NULL;
      g_autoptr (GPtrArray) converted = NULL;
      gboolean differs = FALSE;

      g_clear_pointer (&movie->profile, g_bytes_unref);
      plain = read_frames (&formats[i], movie);
      movie->profile = g_bytes_ref (p3);
      converted = read_frames (&formats[i], movie);
      for (guint f = 0; f < plain->len; f++)
        {
          const LkMotionFrame *from = g_ptr_array_index (plain, f);
          const LkMotionFrame *to = g_ptr_array_index (converted, f);
          g_autoptr (LkFrame) srgb = lk_color_to_srgb (from->frame, LK_COLOR_MODEL_RGB, p3);
          GBytes *pixels = lk_frame_get_pixels (srgb);

          lk_test_assert_pixels (to->frame, g_bytes_get_data (pixels, NULL), 0);
          differs |= !g_bytes_equal (pixels, lk_frame_get_pixels (from->frame));
        }
      g_assert_true (differs);
    }
}

static void
test_orientation (void)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) frames = NULL;
  g_auto (LkTestOpened) opened = { 0 };
  const LkMotionFrame *frame;

  /* to be turned clockwise: the lower left corner comes to the upper left */
  movie->orientation = 6;
  lk_test_movie_add (movie, 0, 0, 20, 12, RED, LK_DISPOSE_NONE);
  lk_test_movie_add (movie, 0, 8, 4, 4, BLUE, LK_DISPOSE_NONE);
  bytes = lk_test_movie_to_webp (movie);
  opened = lk_test_open_bytes (bytes);
  g_assert_no_error (opened.error);
  g_assert_cmpuint (lk_motion_get_info (opened.motion)->width, ==, 12);
  g_assert_cmpuint (lk_motion_get_info (opened.motion)->height, ==, 20);
  frames = lk_test_read_all (opened.motion);
  frame = g_ptr_array_index (frames, 1);
  g_assert_cmpuint (lk_frame_get_width (frame->frame), ==, 12);
  lk_test_assert_near (frame->frame, 0, 0, 0, 0, 255, 0);
  lk_test_assert_near (frame->frame, 11, 0, 255, 0, 0, 0);
  lk_test_assert_near (frame->frame, 0, 19, 255, 0, 0, 0);
}

static void
assert_framed (const guint8 *data, gsize length)
{
  g_auto (LkTestOpened) opened = lk_test_open (data, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) still = lk_still_load (opened.file, 12, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (opened.header->kind, ==, LK_PICTURE_STILL);
  g_assert_cmpuint (opened.header->frames, ==, 1);
  g_assert_cmpuint (opened.header->loops, ==, 1);
  g_assert_cmpint (opened.header->duration, ==, 0);
  lk_test_assert_near (still, 5, 5, 255, 0, 0, 0);
  g_assert_cmpuint (lk_test_frame_at (still, 0, 0)[3], ==, 0);
  g_assert_cmpuint (lk_test_frame_at (still, 19, 11)[3], ==, 0);
}

static void
load_damaged (const guint8 *data, gsize length)
{
  g_auto (LkTestOpened) opened = lk_test_open (data, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) still = lk_still_load (opened.file, 12, NULL, &error);

  if (still == NULL)
    assert_refusal (error);
}

/* A still in the form of an animation: GdkPixbuf's loaders would complain of themselves, not of the
 * file. */
static void
test_one_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
      g_autoptr (GBytes) bytes = NULL;
      g_autofree guint8 *data = NULL;
      gsize length;

      /* That of an APNG fills the whole. */
      if (g_str_equal (formats[i].name, "apng"))
        continue;

      lk_test_movie_add (movie, 2, 2, 8, 6, RED, LK_DISPOSE_NONE);
      bytes = formats[i].write (movie);
      length = g_bytes_get_size (bytes);
      data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
      assert_framed (data, length);
      for (gsize at = 0; at < length; at++)
        {
          data[at] ^= 0x5a;
          load_damaged (data, length);
          data[at] ^= 0x5a;
        }
    }
}

/* Animations of nothing. */
static void
test_nothing (void)
{
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (20, 12);
  g_autoptr (GBytes) webp = lk_test_movie_to_webp (movie);
  g_auto (LkTestOpened) opened = lk_test_open_bytes (webp);

  g_assert_error (opened.error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
  for (guint i = 0; i < 3; i++)
    {
      guint8 gif[] = "GIF89a\x09\0\x09\0\x80\0\0\0\0\0\xff\xff\xff"
                     "\x2c\0\0\0\0\x09\0\x09\0\0\2\2\x44\1\0;";
      g_auto (LkTestOpened) empty = { 0 };

      /* no columns, no rows, neither */
      gif[24] = i == 0 || i == 2 ? 0 : 9;
      gif[26] = i > 0 ? 0 : 9;
      empty = lk_test_open (gif, sizeof gif - 1);
      g_assert_error (empty.error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/animation/truncated", test_truncated);
  g_test_add_func ("/media/animation/truncated-still", test_truncated_still);
  g_test_add_func ("/media/animation/flipped", test_flipped);
  g_test_add_func ("/media/animation/one-damaged", test_one_damaged);
  g_test_add_func ("/media/animation/nothing", test_nothing);
  g_test_add_func ("/media/animation/garbage", test_garbage);
  g_test_add_func ("/media/animation/apng-checks", test_apng_checks);
  g_test_add_func ("/media/animation/damaged-end", test_damaged_end);
  g_test_add_func ("/media/animation/damaged-end-used", test_damaged_end_used);
  g_test_add_func ("/media/animation/too-many-frames", test_too_many_frames);
  g_test_add_func ("/media/animation/too-many-pixels", test_too_many_pixels);
  g_test_add_func ("/media/animation/too-many-pixels-in-all", test_too_many_pixels_in_all);
  g_test_add_func ("/media/animation/too-large-patch", test_too_large_patch);
  g_test_add_func ("/media/animation/too-large-patches", test_too_large_patches);
  g_test_add_func ("/media/animation/cancelled", test_cancelled);
  g_test_add_func ("/media/animation/cancelled-before", test_cancelled_before);
  g_test_add_func ("/media/animation/profile", test_profile);
  g_test_add_func ("/media/animation/orientation", test_orientation);

  return g_test_run ();
}
