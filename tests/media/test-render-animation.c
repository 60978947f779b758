/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"
#include "lk-render-animation.h"
#include "lk-test-reel.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <webp/demux.h>

#define MS G_GINT64_CONSTANT (1000)
#define BUDGET (2 * 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SLOWDOWN 10
#else
#define SLOWDOWN 1
#endif

static const LkMotionEdits none = { .poster = -1, .speed = 1, .loops = -1 };

static LkRecipe *
recipe_new (LkMotionEdits edits)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();

  return lk_recipe_with_motion (plain, edits);
}

static LkRendered *
render (LkTestReel *reel, LkMotionEdits edits, gsize budget)
{
  g_autoptr (LkRecipe) recipe = recipe_new (edits);
  g_autoptr (GError) error = NULL;
  LkRendered *rendered
      = lk_render_animation (&reel->parent, recipe, budget, NULL, NULL, NULL, &error);

  g_assert_no_error (error);

  return rendered;
}

static void
assert_refused (LkTestReel *reel, LkMotionEdits edits, gsize budget, LkMediaError code)
{
  g_autoptr (LkRecipe) recipe = recipe_new (edits);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRendered) rendered
      = lk_render_animation (&reel->parent, recipe, budget, NULL, NULL, NULL, &error);

  g_assert_null (rendered);
  g_assert_error (error, LK_MEDIA_ERROR, (int)code);
}

/* What is shown of a motion rendition: a pixel in the middle of each frame, and until when. */
typedef struct
{
  guint8 pixel[4];
  int end;
} Shown;

static GArray *
play (LkRendered *rendered, guint *loops)
{
  const LkEncoded *motion = lk_rendered_get (rendered, "motion");
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (Shown));
  WebPAnimDecoder *decoder;
  WebPAnimInfo info;
  WebPData data;
  guint8 *pixels;
  Shown one;

  g_assert_nonnull (motion);
  g_assert_cmpstr (motion->rendition->type, ==, "image/webp");
  data.bytes = g_bytes_get_data (motion->bytes, &data.size);
  decoder = WebPAnimDecoderNew (&data, NULL);
  g_assert_nonnull (decoder);
  g_assert_true (WebPAnimDecoderGetInfo (decoder, &info));
  g_assert_cmpuint (info.canvas_width, ==, motion->rendition->width);
  g_assert_cmpuint (info.canvas_height, ==, motion->rendition->height);
  if (loops != NULL)
    *loops = info.loop_count;
  while (WebPAnimDecoderHasMoreFrames (decoder))
    {
      g_assert_true (WebPAnimDecoderGetNext (decoder, &pixels, &one.end));
      memcpy (one.pixel,
              pixels
                  + ((gsize)info.canvas_height / 2 * info.canvas_width + info.canvas_width / 2) * 4,
              4);
      g_array_append_val (shown, one);
    }
  WebPAnimDecoderDelete (decoder);
  g_assert_cmpuint (shown->len, ==, info.frame_count);
  g_assert_cmpint (
      ABS (g_array_index (shown, Shown, shown->len - 1).end - motion->rendition->duration / 1000),
      <=, 1);

  return shown;
}

/* That of the frames of lk_test_draw_steps() number @n is shown at @time, in ms. */
static void
assert_step (GArray *shown, int time, guint n)
{
  for (guint i = 0; i < shown->len; i++)
    {
      const Shown *one = &g_array_index (shown, Shown, i);

      if (time < one->end)
        {
          g_assert_cmpint (abs (one->pixel[0] - lk_test_step (n)), <=, 2);
          return;
        }
    }
  g_assert_not_reached ();
}

static guint8
jpeg_gray (LkRendered *rendered, const char *name, guint side)
{
  const LkEncoded *encoded = lk_rendered_get (rendered, name);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (encoded->bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (encoded->rendition->type, ==, "image/jpeg");
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, side);
  g_assert_cmpuint (encoded->rendition->width, ==, side);

  return gdk_pixbuf_read_pixels (pixbuf)[0];
}

static void
test_plain (void)
{
  LkTestReel *reel = lk_test_reel_new (300, 200, 60, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRendered) rendered = render (reel, none, BUDGET);
  g_autoptr (GArray) shown = NULL;
  const LkEncoded *encoded;
  guint loops;

  g_assert_cmpint (rendered->kind, ==, LK_PICTURE_ANIMATION);
  g_assert_cmpuint (rendered->encoded->len, ==, 3);
  g_assert_cmpint (jpeg_gray (rendered, "photo", 200), <=, 1);
  g_assert_cmpint (jpeg_gray (rendered, "thumbnail", 96), <=, 1);

  encoded = lk_rendered_get (rendered, "motion");
  g_assert_cmpint (encoded->rendition->duration, ==, 2400 * MS);
  g_assert_cmpuint (encoded->rendition->width, ==, 200);
  g_assert_cmpfloat_with_epsilon (encoded->frame_rate, 25, 0.01);
  g_assert_cmpfloat (encoded->quality, ==, 80);

  shown = play (rendered, &loops);
  g_assert_cmpuint (loops, ==, 5);
  for (guint i = 0; i < 60; i++)
    {
      assert_step (shown, (int)i * 40, i);
      assert_step (shown, (int)i * 40 + 39, i);
    }
}

static void
test_size (void)
{
  LkTestReel *reel = lk_test_reel_new (900, 700, 3, 100 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRendered) rendered = render (reel, none, BUDGET);

  g_assert_cmpuint (lk_rendered_get (rendered, "motion")->rendition->width, ==, LK_ANIMATION_SIZE);
  g_assert_cmpuint (lk_rendered_get (rendered, "photo")->rendition->width, ==, 700);
}

static void
test_trim (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 60, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (GArray) shown = NULL;
  LkMotionEdits edits = none;

  edits.start = 420 * MS;
  edits.duration = 1000 * MS;
  rendered = render (reel, edits, BUDGET);
  g_assert_cmpint (jpeg_gray (rendered, "photo", 64), ==, lk_test_step (10));
  shown = play (rendered, NULL);
  g_assert_cmpint (g_array_index (shown, Shown, shown->len - 1).end, ==, 1000);
  assert_step (shown, 0, 10);
  assert_step (shown, 19, 10);
  assert_step (shown, 20, 11);
  assert_step (shown, 999, 35);
}

/* A poster may lie outside of the part that is kept. */
static void
test_poster (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 60, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  const guint posters[][2] = { { 0, 0 }, { 1599, 39 }, { 1600, 40 }, { 100000, 59 } };

  for (guint i = 0; i < G_N_ELEMENTS (posters); i++)
    {
      g_autoptr (LkRendered) rendered = NULL;
      LkMotionEdits edits = none;

      edits.start = 400 * MS;
      edits.poster = posters[i][0] * MS;
      rendered = render (reel, edits, BUDGET);
      g_assert_cmpint (jpeg_gray (rendered, "photo", 64), ==, lk_test_step (posters[i][1]));
    }
}

static void
test_speed (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 60, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  const double speeds[] = { 0.5, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    {
      g_autoptr (LkRendered) rendered = NULL;
      g_autoptr (GArray) shown = NULL;
      LkMotionEdits edits = none;

      edits.speed = speeds[i];
      rendered = render (reel, edits, BUDGET);
      g_assert_cmpfloat_with_epsilon (lk_rendered_get (rendered, "motion")->frame_rate,
                                      25 * speeds[i], 0.01);
      shown = play (rendered, NULL);
      for (guint j = 0; j < 60; j++)
        assert_step (shown, (int)(j * 40 / speeds[i]), j);
      g_assert_cmpint (g_array_index (shown, Shown, shown->len - 1).end, ==, 2400 / speeds[i]);
    }
}

/* Browsers slow down what is shown for 10 ms or less. */
static void
test_too_fast (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 100, 10 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (GArray) shown = NULL;
  LkMotionEdits edits = none;
  int before = 0;

  edits.speed = 3;
  rendered = render (reel, edits, BUDGET);
  shown = play (rendered, NULL);
  for (guint i = 0; i + 1 < shown->len; i++)
    {
      int end = g_array_index (shown, Shown, i).end;

      g_assert_cmpint (end - before, >=, 19);
      before = end;
    }
  g_assert_cmpint (g_array_index (shown, Shown, shown->len - 1).end, ==, 333);
}

static void
check_boomerang (guint side, guint n, int start)
{
  LkTestReel *reel = lk_test_reel_new (side, side, n, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (GArray) shown = NULL;
  LkMotionEdits edits = none;
  int length = (int)n * 40 - start;

  edits.boomerang = TRUE;
  edits.start = start * MS;
  rendered = render (reel, edits, BUDGET);
  shown = play (rendered, NULL);
  for (guint i = (guint)start / 40; i < n; i++)
    {
      int time = MAX ((int)i * 40 - start, 0);

      assert_step (shown, time, i);
      assert_step (shown, 2 * length - 1 - time, i);
    }
  g_assert_cmpint (g_array_index (shown, Shown, shown->len - 1).end, ==, 2 * length);
}

static void
test_boomerang (void)
{
  check_boomerang (64, 2, 0);
  check_boomerang (64, 40, 0);
  check_boomerang (64, 40, 500);
}

/* More frames than are held: they are read once more from the source, in parts. */
static void
test_long_boomerang (void)
{
  check_boomerang (480, 120, 100);
}

static void
test_loops (void)
{
  const int loops[] = { 0, 1, 2, 65535 };

  for (guint i = 0; i < G_N_ELEMENTS (loops); i++)
    {
      LkTestReel *reel = lk_test_reel_new (32, 32, 3, 100 * MS, FALSE, lk_test_draw_steps);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (LkRendered) rendered = NULL;
      g_autoptr (GArray) shown = NULL;
      LkMotionEdits edits = none;
      guint told;

      edits.loops = loops[i];
      rendered = render (reel, edits, BUDGET);
      shown = play (rendered, &told);
      g_assert_cmpuint (told, ==, loops[i]);
    }
}

static void
draw_same (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  lk_test_draw_noise (reel, 0, x, y, pixel);
}

/* What does not move is a still. */
static void
test_still (void)
{
  LkMotionEdits edits = none;

  for (guint i = 0; i < 3; i++)
    {
      LkTestReel *reel
          = lk_test_reel_new (64, 64, 20, 40 * MS, FALSE, i == 2 ? draw_same : lk_test_draw_steps);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (LkRendered) rendered = NULL;

      edits.start = i == 0 ? 41 * MS : i == 1 ? 100000 * MS : 0;
      edits.duration = i == 0 ? 38 * MS : 0;
      rendered = render (reel, edits, BUDGET);
      g_assert_cmpint (rendered->kind, ==, LK_PICTURE_STILL);
      g_assert_cmpuint (rendered->encoded->len, ==, 2);
      g_assert_null (lk_rendered_get (rendered, "motion"));
      if (i < 2)
        g_assert_cmpint (jpeg_gray (rendered, "photo", 64), ==, lk_test_step (i == 0 ? 1 : 19));
    }
}

static void
draw_glass (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  gboolean inside = x >= 20 + number && x < 44 + number && y >= 16 && y < 48;

  pixel[0] = inside ? 0 : 255;
  pixel[1] = 0;
  pixel[2] = inside ? 200 : 0;
  pixel[3] = inside ? 128 : 0;
}

static void
test_alpha (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 20, 40 * MS, TRUE, draw_glass);
  g_autoptr (LkMotion) motion = &reel->parent;
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) blue = lk_recipe_with_background (plain, (LkColor){ 0, 0, 255 });

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) shown = NULL;
      g_autoptr (LkRendered) rendered = lk_render_animation (&reel->parent, i == 0 ? plain : blue,
                                                             BUDGET, NULL, NULL, NULL, &error);

      g_assert_no_error (error);
      shown = play (rendered, NULL);
      for (guint j = 0; j < shown->len; j++)
        {
          const guint8 *pixel = g_array_index (shown, Shown, j).pixel;
          guint8 alpha = j <= 12 ? 128 : 0;

          g_assert_cmpint (pixel[3], ==, i == 0 ? alpha : 255);
        }
      /* laid over white where the recipe says nothing */
      g_assert_cmpint (jpeg_gray (rendered, "photo", 64), >=, i == 0 ? 250 : 0);
      g_assert_cmpint (jpeg_gray (rendered, "photo", 64), <=, i == 0 ? 255 : 5);
    }
}

/* Something like a film: soft, and moving all over. */
static void
draw_film (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  static gint8 wave[256];

  if (wave[64] == 0)
    for (guint i = 0; i < 256; i++)
      wave[i] = (gint8)lround (40 * sin (i * G_PI / 128));

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)(128 + wave[(x * (5 - c) + number * 4) & 255]
                        + wave[(y * (6 - c) + number * 5) & 255]
                        + wave[(x * y / 10 + number * 4) & 255] / 2
                        + (int)((x * 7 + y * 13 + number * 17) % 16));
  pixel[3] = 255;
}

static void
test_budget (void)
{
  const gsize budgets[] = { 300000, 100000, 50000, 20000 };
  double before = 1e9;

  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      LkTestReel *reel = lk_test_reel_new (200, 200, 60, 40 * MS, FALSE, draw_film);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (LkRendered) rendered = render (reel, none, budgets[i]);
      g_autoptr (GArray) shown = play (rendered, NULL);
      const LkEncoded *encoded = lk_rendered_get (rendered, "motion");
      double worth = encoded->quality * encoded->frame_rate * encoded->rendition->width;

      g_test_message ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                      ": quality %g, %g/s, %u px, %u seeks",
                      encoded->rendition->size, budgets[i], encoded->quality, encoded->frame_rate,
                      encoded->rendition->width, reel->seeks);
      g_assert_cmpuint (encoded->rendition->size, <=, budgets[i]);
      g_assert_cmpuint (encoded->rendition->size, >=, budgets[i] / 2);
      g_assert_cmpfloat (encoded->frame_rate, >=, 4.9);
      g_assert_cmpuint (encoded->rendition->width, >=, 160);
      g_assert_cmpint (encoded->rendition->duration, ==, 2400 * MS);
      g_assert_cmpfloat (worth, <, before);
      before = worth;
      /* one of them is for the poster */
      g_assert_cmpuint (reel->seeks - 1, <=, 5);
    }
}

static void
test_budget_and_boomerang (void)
{
  LkTestReel *reel = lk_test_reel_new (160, 160, 50, 40 * MS, FALSE, draw_film);
  g_autoptr (LkMotion) motion = &reel->parent;
  LkMotionEdits edits = none;
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (GArray) shown = NULL;

  edits.boomerang = TRUE;
  rendered = render (reel, edits, 40000);
  shown = play (rendered, NULL);
  g_assert_cmpuint (lk_rendered_get (rendered, "motion")->rendition->size, <=, 40000);
  g_assert_cmpint (g_array_index (shown, Shown, shown->len - 1).end, ==, 4000);
}

/* Noise does not pack. It is found out by a part of it. */
static void
test_cannot_fit (void)
{
  LkTestReel *reel = lk_test_reel_new (240, 240, 200, 40 * MS, FALSE, lk_test_draw_noise);
  g_autoptr (LkMotion) motion = &reel->parent;

  assert_refused (reel, none, 50000, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET);
  g_assert_cmpuint (reel->seeks - 1, <=, 3);
  g_assert_cmpuint (reel->reads, <=, 300);
}

static void
draw_strobe (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  gint64 half = G_USEC_PER_SEC / (reel->fails_at == G_MAXUINT ? 4 : 10);

  pixel[0] = pixel[1] = pixel[2] = (number * reel->interval / half) % 2 != 0 ? 255 : 0;
  pixel[3] = 255;
}

/* What counts is what is sent: two flashes a second, three times as fast, are six; five at half the
 * speed are two and a half. */
static void
test_flashing (void)
{
  const struct
  {
    gboolean slow;
    double speed;
    gboolean fails;
  } cases[] = { { FALSE, 1, TRUE }, { FALSE, 0.5, FALSE }, { TRUE, 1, FALSE }, { TRUE, 3, TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LkTestReel *reel = lk_test_reel_new (64, 64, 150, 25 * MS, FALSE, draw_strobe);
      g_autoptr (LkMotion) motion = &reel->parent;
      LkMotionEdits edits = none;
      g_autoptr (LkRendered) rendered = NULL;

      reel->fails_at = cases[i].slow ? G_MAXUINT : 0;
      edits.speed = cases[i].speed;
      edits.loops = 1;
      if (cases[i].fails)
        assert_refused (reel, edits, BUDGET, LK_MEDIA_ERROR_FLASHING);
      else
        rendered = render (reel, edits, BUDGET);
    }
}

static void
test_source_fails (void)
{
  for (guint at = 1; at <= 41; at += 4)
    {
      LkTestReel *reel = lk_test_reel_new (64, 64, 40, 40 * MS, FALSE, lk_test_draw_steps);
      g_autoptr (LkMotion) motion = &reel->parent;

      reel->fails_at = at;
      assert_refused (reel, none, BUDGET, LK_MEDIA_ERROR_UNREADABLE);
    }
}

static void
test_no_frame (void)
{
  LkTestReel *reel = lk_test_reel_new (64, 64, 0, 40 * MS, FALSE, lk_test_draw_steps);
  g_autoptr (LkMotion) motion = &reel->parent;

  assert_refused (reel, none, BUDGET, LK_MEDIA_ERROR_MALFORMED);
}

/* Of the whole process, with its threads. */
static double
processor_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);

  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

typedef struct
{
  double last;
  guint n;
  double cancels_at;
  double cancelled_at;
  GCancellable *cancellable;
} Watch;

static void
on_progress (double fraction, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, watch->last);
  g_assert_cmpfloat (fraction, <=, 1);
  watch->last = fraction;
  watch->n++;
  if (fraction >= watch->cancels_at && watch->cancelled_at == 0)
    {
      watch->cancelled_at = processor_seconds ();
      g_cancellable_cancel (watch->cancellable);
    }
}

/* Each frame of each pass is told of, those of one that goes over the same ground again too. */
static void
test_progress (void)
{
  const gsize budgets[] = { BUDGET, 40000 };

  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    {
      LkTestReel *reel = lk_test_reel_new (160, 160, 40, 40 * MS, FALSE, draw_film);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (LkRecipe) recipe = lk_recipe_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancels_at = 2 };
      g_autoptr (LkRendered) rendered = lk_render_animation (&reel->parent, recipe, budgets[i],
                                                             on_progress, &watch, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (watch.last, ==, 1);
      g_assert_cmpuint (watch.n, >=, reel->reads);
    }
}

/* At whatever point: it ends within 200 ms of work, and reads no further frame. */
static void
test_cancel (void)
{
  for (double at = 0.01; at < 0.985; at += 0.1)
    {
      LkTestReel *reel = lk_test_reel_new (480, 480, 24, 40 * MS, FALSE, draw_film);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (LkRendered) rendered = NULL;
      LkMotionEdits edits = none;
      g_autoptr (LkRecipe) recipe = NULL;
      Watch watch = { .cancels_at = at, .cancellable = cancellable };

      edits.boomerang = TRUE;
      recipe = recipe_new (edits);
      rendered = lk_render_animation (&reel->parent, recipe, BUDGET, on_progress, &watch,
                                      cancellable, &error);
      g_assert_null (rendered);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpfloat (watch.cancelled_at, >, 0);
      g_assert_cmpfloat (processor_seconds () - watch.cancelled_at, <, 0.2 * SLOWDOWN);
    }
}

static void
test_cancel_while_reading (void)
{
  for (guint at = 1; at < 160; at += 29)
    {
      LkTestReel *reel = lk_test_reel_new (480, 480, 80, 40 * MS, FALSE, lk_test_draw_steps);
      g_autoptr (LkMotion) motion = &reel->parent;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (LkRendered) rendered = NULL;
      LkMotionEdits edits = none;
      g_autoptr (LkRecipe) recipe = NULL;

      edits.boomerang = TRUE;
      recipe = recipe_new (edits);
      reel->cancels_at = at;
      reel->cancellable = g_object_ref (cancellable);
      rendered
          = lk_render_animation (&reel->parent, recipe, BUDGET, NULL, NULL, cancellable, &error);
      if (reel->reads < at)
        break;
      g_assert_null (rendered);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (reel->reads, ==, at);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/render-animation/plain", test_plain);
  g_test_add_func ("/render-animation/size", test_size);
  g_test_add_func ("/render-animation/trim", test_trim);
  g_test_add_func ("/render-animation/poster", test_poster);
  g_test_add_func ("/render-animation/speed", test_speed);
  g_test_add_func ("/render-animation/too-fast", test_too_fast);
  g_test_add_func ("/render-animation/boomerang", test_boomerang);
  g_test_add_func ("/render-animation/long-boomerang", test_long_boomerang);
  g_test_add_func ("/render-animation/loops", test_loops);
  g_test_add_func ("/render-animation/still", test_still);
  g_test_add_func ("/render-animation/alpha", test_alpha);
  g_test_add_func ("/render-animation/budget", test_budget);
  g_test_add_func ("/render-animation/budget-and-boomerang", test_budget_and_boomerang);
  g_test_add_func ("/render-animation/cannot-fit", test_cannot_fit);
  g_test_add_func ("/render-animation/flashing", test_flashing);
  g_test_add_func ("/render-animation/source-fails", test_source_fails);
  g_test_add_func ("/render-animation/no-frame", test_no_frame);
  g_test_add_func ("/render-animation/progress", test_progress);
  g_test_add_func ("/render-animation/cancel", test_cancel);
  g_test_add_func ("/render-animation/cancel-while-reading", test_cancel_while_reading);

  return g_test_run ();
}
