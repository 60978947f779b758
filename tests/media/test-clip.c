/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <time.h>
#include "lk-h264-encoder.h"
#include "lk-media-error.h"
#include "lk-motion.h"
#include "lk-picture.h"
#include "lk-render.h"
#include "lk-test-picture.h"
#include "lk-test-video.h"

/* Clips from end to end: ffmpeg makes the source and reads what comes out. A frame's number is
 * its gray, so that each can be told. */

/* Frame n is 16 + 4 n in limited range: up to 54 frames. */
#define GRAYS                                                                                      \
  "-f lavfi -i \"nullsrc=s=96x64:r=%s:d=%s,geq=lum=16+4*N:cb=128:cr=128,format=yuv420p\" "         \
  "-c:v libx264 -qp 8 -g 12 -bf 2"

typedef struct
{
  GArray *times; /* µs */
  GArray *grays; /* the number that the gray stands for */
} Shown;

static void
shown_clear (Shown *self)
{
  g_clear_pointer (&self->times, g_array_unref);
  g_clear_pointer (&self->grays, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

static char *
make_grays (const char *name, const char *rate, const char *seconds)
{
  g_autofree char *arguments = g_strdup_printf (GRAYS, rate, seconds);

  return lk_test_video_make (name, arguments);
}

static LkRendered *
render (const char *path, LkRecipe *recipe, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return lk_render (file, recipe, NULL, NULL, NULL, error);
}

/* What the editor shows of the first frame. */
static LkFrame *
render_first (GFile *file, LkRecipe *recipe, guint size, GError **error)
{
  g_autoptr (LkSource) source = lk_source_open (file, NULL, error);
  g_autoptr (LkHeader) header = NULL;
  g_autoptr (LkMotion) motion = NULL;
  g_autoptr (LkMotionFrame) first = NULL;

  g_assert_nonnull (source);
  header = lk_header_read (source, NULL, error);
  g_assert_nonnull (header);
  motion = lk_motion_open (source, header, size, NULL, error);
  g_assert_nonnull (motion);
  first = lk_motion_next (motion, NULL, error);
  g_assert_nonnull (first);

  return lk_render_frame (first->frame, recipe, size, error);
}

static char *
save_motion (const LkRendered *rendered, const char *name)
{
  const LkEncoded *motion = lk_rendered_get (rendered, "motion");
  char *path = lk_test_path (name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (motion->bytes, NULL),
                       (gssize)g_bytes_get_size (motion->bytes), &error);
  g_assert_no_error (error);

  return path;
}

/* What a player shows. */
static void
look (const LkRendered *rendered, Shown *shown)
{
  g_autofree char *path = save_motion (rendered, "motion.mp4");
  g_autoptr (GBytes) planes = NULL;
  const guint8 *data;
  gsize n;

  planes = lk_test_video_run ("ffmpeg -nostdin -v error -i '%s' -vsync 0 -vf crop=8:8 -f rawvideo "
                              "-pix_fmt yuv420p pipe:",
                              path);
  data = g_bytes_get_data (planes, &n);
  shown->times = lk_test_video_times (path);
  shown->grays = g_array_new (FALSE, FALSE, sizeof (int));
  for (gsize i = 0; i < n; i += 96)
    {
      int gray = (int)lround ((data[i] - 16) / 4.);

      g_array_append_val (shown->grays, gray);
    }
  g_assert_cmpuint (shown->times->len, ==, shown->grays->len);
}

static int
gray_at (const Shown *shown, guint i)
{
  return g_array_index (shown->grays, int, i);
}

static gint64
time_at (const Shown *shown, guint i)
{
  return g_array_index (shown->times, gint64, i);
}

static LkRecipe *
recipe_with (LkMotionEdits motion)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();

  return lk_recipe_with_motion (recipe, motion);
}

static LkRendered *
render_with (const char *path, LkMotionEdits motion)
{
  g_autoptr (LkRecipe) recipe = recipe_with (motion);
  g_autoptr (GError) error = NULL;
  LkRendered *rendered = render (path, recipe, &error);

  g_assert_no_error (error);

  return rendered;
}

static void
refuse (const char *path, LkMotionEdits motion, LkMediaError code)
{
  g_autoptr (LkRecipe) recipe = recipe_with (motion);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRendered) rendered = render (path, recipe, &error);

  g_assert_null (rendered);
  g_assert_error (error, LK_MEDIA_ERROR, (int)code);
}

static gint64
get_duration (const LkRendered *rendered)
{
  return lk_rendered_get (rendered, "motion")->rendition->duration;
}

static void
test_whole (void)
{
  g_autofree char *path = make_grays ("whole.mp4", "25", "2");
  g_autoptr (LkRendered) rendered = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 1 });
  const LkEncoded *motion = lk_rendered_get (rendered, "motion");
  g_auto (Shown) shown = { 0 };

  look (rendered, &shown);
  g_assert_cmpint (rendered->kind, ==, LK_PICTURE_CLIP);
  g_assert_cmpuint (rendered->encoded->len, ==, 3);
  g_assert_cmpstr (motion->rendition->type, ==, "video/mp4");
  g_assert_cmpuint (motion->rendition->width, ==, 64);
  g_assert_cmpint (get_duration (rendered), ==, 2 * G_USEC_PER_SEC);
  g_assert_cmpfloat_with_epsilon (motion->frame_rate, 25, 0.01);
  g_assert_cmpuint (shown.grays->len, ==, 50);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (gray_at (&shown, i), ==, (int)i);
      g_assert_cmpint (time_at (&shown, i), ==, (gint64)i * 40000);
    }
}

/* Each cut begins with the frame that is shown then and ends before the one that is not: key frames
 * every 12, and times between two frames. */
static void
test_trim (void)
{
  const struct
  {
    gint64 start;
    gint64 duration;
    int first;
    guint n;
  } cuts[] = { { 0, 400000, 0, 10 },        { 40000, 40000, 1, 1 },    { 480000, 200000, 12, 5 },
               { 530000, 310000, 13, 8 },   { 1960000, 40000, 49, 1 }, { 1000000, 0, 25, 25 },
               { 1500000, 9000000, 37, 13 } };
  g_autofree char *path = make_grays ("trim.mp4", "25", "2");

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autoptr (LkRendered) rendered = render_with (path, (LkMotionEdits){
                                                               .start = cuts[i].start,
                                                               .duration = cuts[i].duration,
                                                               .poster = -1,
                                                               .speed = 1,
                                                           });
      gint64 expected = MIN (cuts[i].duration > 0 ? cuts[i].duration : G_MAXINT64,
                             2 * G_USEC_PER_SEC - cuts[i].start);
      g_auto (Shown) shown = { 0 };

      look (rendered, &shown);
      g_assert_cmpint (gray_at (&shown, 0), ==, cuts[i].first);
      g_assert_cmpuint (shown.grays->len, ==, cuts[i].n);
      g_assert_cmpint (gray_at (&shown, cuts[i].n - 1), ==, cuts[i].first + (int)cuts[i].n - 1);
      g_assert_cmpint (time_at (&shown, 0), ==, 0);
      g_assert_cmpint (ABS (get_duration (rendered) - expected), <=, 1);
    }
}

static void
test_speed (void)
{
  g_autofree char *path = make_grays ("speed.mp4", "25", "2");
  g_autoptr (LkRendered) slow = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 0.5 });
  g_autoptr (LkRendered) fast = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 2 });
  g_auto (Shown) slowly = { 0 };
  g_auto (Shown) quickly = { 0 };

  look (slow, &slowly);
  g_assert_cmpint (get_duration (slow), ==, 4 * G_USEC_PER_SEC);
  g_assert_cmpuint (slowly.grays->len, ==, 50);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (gray_at (&slowly, i), ==, (int)i);
      g_assert_cmpint (time_at (&slowly, i), ==, (gint64)i * 80000);
    }

  /* 50 a second are more than are sent: each second one falls out */
  look (fast, &quickly);
  g_assert_cmpint (get_duration (fast), ==, G_USEC_PER_SEC);
  g_assert_cmpuint (quickly.grays->len, ==, 25);
  for (guint i = 0; i < 25; i++)
    {
      g_assert_cmpint (gray_at (&quickly, i), ==, 2 * (int)i);
      g_assert_cmpint (time_at (&quickly, i), ==, (gint64)i * 40000);
    }
}

static void
test_boomerang (void)
{
  g_autofree char *path = make_grays ("boomerang.mp4", "25", "2");
  g_autoptr (LkRendered) rendered = render_with (path, (LkMotionEdits){
                                                           .start = 200000,
                                                           .duration = 400000,
                                                           .poster = -1,
                                                           .speed = 1,
                                                           .boomerang = TRUE,
                                                       });
  g_auto (Shown) shown = { 0 };

  look (rendered, &shown);
  g_assert_cmpuint (shown.grays->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpint (gray_at (&shown, i), ==, 5 + (i < 10 ? (int)i : 19 - (int)i));
      g_assert_cmpint (time_at (&shown, i), ==, (gint64)i * 40000);
    }
  g_assert_cmpint (get_duration (rendered), ==, 800000);
}

static void
test_rates (void)
{
  const struct
  {
    const char *rate;
    const char *seconds;
    guint n;
    int step;
  } rates[] = { { "10", "2", 20, 1 },
                { "30", "1", 30, 1 },
                { "30000/1001", "1", 30, 1 },
                { "60", "0.8", 24, 2 },
                { "120", "0.4", 12, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *path = make_grays ("rate.mp4", rates[i].rate, rates[i].seconds);
      g_autoptr (LkRendered) rendered
          = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 1 });
      g_auto (Shown) shown = { 0 };

      look (rendered, &shown);
      g_test_message ("%s a second", rates[i].rate);
      g_assert_cmpuint (shown.grays->len, ==, rates[i].n);
      for (guint j = 0; j < rates[i].n; j++)
        g_assert_cmpint (gray_at (&shown, j), ==, (int)j * rates[i].step);
    }
}

/* What its headers say. */
static gint64
get_shown_duration (const LkRendered *rendered)
{
  g_autofree char *path = save_motion (rendered, "motion.mp4");
  g_autoptr (GBytes) text
      = lk_test_video_run ("ffprobe -v error -show_entries format=duration -of csv=p=0 '%s'", path);
  g_autofree char *number = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));

  return llround (g_ascii_strtod (number, NULL) * G_USEC_PER_SEC);
}

/* Frames of a variable rate keep their times, those after a long pause too, and the file lasts as
 * long as the frames. */
static void
test_variable_rate (void)
{
  const char *const selections[]
      = { "not(mod(n,3))+not(mod(n,7))", "lt(n,30)+not(mod(n,20))", "lt(n,1)+gt(n,40)" };

  for (guint i = 0; i < G_N_ELEMENTS (selections); i++)
    {
      g_autofree char *arguments = g_strdup_printf (
          "-f lavfi -i \"nullsrc=s=64x64:r=25:d=2,geq=lum=16+4*N:cb=128:cr=128,select='%s',"
          "format=yuv420p\" -vsync vfr -c:v libx264 -qp 8",
          selections[i]);
      g_autofree char *path = lk_test_video_make ("variable.mkv", arguments);
      g_autoptr (LkRendered) rendered
          = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 1 });
      g_autoptr (GArray) times = lk_test_video_times (path);
      g_auto (Shown) shown = { 0 };

      look (rendered, &shown);
      g_assert_cmpuint (shown.times->len, ==, times->len);
      for (guint t = 0; t < times->len; t++)
        g_assert_cmpint (ABS (time_at (&shown, t) - g_array_index (times, gint64, t)), <=, 1000);
      g_assert_cmpint (ABS (get_shown_duration (rendered) - get_duration (rendered)), <=, 1000);
    }
}

static void
test_too_long (void)
{
  g_autofree char *path = lk_test_video_make (
      "long.mp4", "-f lavfi -i testsrc=s=64x48:r=10:d=30 -c:v libx264 -preset ultrafast");

  refuse (path, (LkMotionEdits){ .poster = -1, .speed = 1 }, LK_MEDIA_ERROR_CLIP_TOO_LONG);
  refuse (path, (LkMotionEdits){ .poster = -1, .speed = 2.9 }, LK_MEDIA_ERROR_CLIP_TOO_LONG);
  refuse (path, (LkMotionEdits){ .duration = 5100000, .poster = -1, .speed = 0.5 },
          LK_MEDIA_ERROR_CLIP_TOO_LONG);
  refuse (path, (LkMotionEdits){ .duration = 5100000, .poster = -1, .speed = 1, .boomerang = TRUE },
          LK_MEDIA_ERROR_CLIP_TOO_LONG);
  refuse (path, (LkMotionEdits){ .start = 31 * G_USEC_PER_SEC, .poster = -1, .speed = 1 },
          LK_MEDIA_ERROR_INVALID_RECIPE);

  {
    g_autoptr (LkRendered) all = render_with (path, (LkMotionEdits){ .poster = -1, .speed = 3 });
    g_autoptr (LkRendered) part
        = render_with (path, (LkMotionEdits){ .start = 15 * G_USEC_PER_SEC,
                                              .duration = LK_CLIP_MAX_DURATION,
                                              .poster = -1,
                                              .speed = 1 });

    g_assert_cmpint (get_duration (all), ==, LK_CLIP_MAX_DURATION);
    g_assert_cmpint (get_duration (part), ==, LK_CLIP_MAX_DURATION);
    g_assert_cmpint (get_shown_duration (all), ==, LK_CLIP_MAX_DURATION);
    g_assert_cmpint (get_shown_duration (part), ==, LK_CLIP_MAX_DURATION);
  }
}

/* The frame that is shown at the poster's time, in the part or outside of it. */
static void
test_poster (void)
{
  const struct
  {
    gint64 poster;
    int gray;
  } posters[] = { { -1, 10 },     { 0, 10 },      { 400000, 10 }, { 819999, 20 },
                  { 820000, 20 }, { 840000, 21 }, { 1900000, 34 } };
  g_autofree char *path = make_grays ("poster.mp4", "25", "2");

  for (guint i = 0; i < G_N_ELEMENTS (posters); i++)
    {
      g_autoptr (LkRendered) rendered = render_with (path, (LkMotionEdits){
                                                               .start = 400000,
                                                               .duration = G_USEC_PER_SEC,
                                                               .poster = posters[i].poster,
                                                               .speed = 1,
                                                           });
      const LkEncoded *photo = lk_rendered_get (rendered, "photo");
      const LkEncoded *thumbnail = lk_rendered_get (rendered, "thumbnail");
      g_autofree char *jpeg = lk_test_path ("photo.jpg");
      g_autoptr (GBytes) gray = NULL;

      g_assert_cmpstr (photo->rendition->type, ==, "image/jpeg");
      g_assert_cmpuint (photo->rendition->width, ==, 64);
      g_assert_cmpuint (thumbnail->rendition->width, ==, 64);
      g_assert_true (g_file_set_contents (jpeg, g_bytes_get_data (photo->bytes, NULL),
                                          (gssize)g_bytes_get_size (photo->bytes), NULL));
      gray = lk_test_video_run (
          "ffmpeg -nostdin -v error -i '%s' -vf crop=8:8 -f rawvideo -pix_fmt gray pipe:", jpeg);
      g_assert_cmpint (
          ABS (*(const guint8 *)g_bytes_get_data (gray, NULL) - posters[i].gray * 4 * 255 / 219),
          <=, 2);
    }
}

/* Upright, turned and mirrored, as the still's renderer does it. */
static void
test_turns (void)
{
  const struct
  {
    const char *tag; /* what ffmpeg writes into the file */
    int rotation;
    gboolean horizontal;
    gboolean vertical;
  } turns[]
      = { { "0", 0, FALSE, FALSE },   { "0", 90, FALSE, FALSE }, { "0", 180, FALSE, FALSE },
          { "0", 270, FALSE, FALSE }, { "0", 0, TRUE, FALSE },   { "0", 0, FALSE, TRUE },
          { "0", 90, TRUE, FALSE },   { "90", 0, FALSE, FALSE }, { "180", 0, FALSE, FALSE },
          { "270", 0, FALSE, FALSE }, { "90", 90, FALSE, TRUE }, { "270", 180, TRUE, FALSE } };
  g_autofree char *plain = lk_test_video_make (
      "plain.mp4", "-f lavfi -i testsrc2=s=160x120:r=10:d=0.3 -c:v libx264 -qp 4 -pix_fmt yuv420p "
                   "-colorspace bt709 -color_primaries bt709 -color_trc bt709");

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_autofree char *arguments
          = g_strdup_printf ("-i '%s' -c copy -metadata:s:v:0 rotate=%s", plain, turns[i].tag);
      g_autofree char *path = lk_test_video_make ("turned.mp4", arguments);
      g_autoptr (LkRecipe) whole = lk_recipe_new ();
      g_autoptr (LkRecipe) cut
          = lk_recipe_with_crop (whole, (LkCrop){ .x = 0.4, .y = 0.55, .size = 0.8 });
      g_autoptr (LkRecipe) turned = lk_recipe_with_rotation (cut, turns[i].rotation);
      g_autoptr (LkRecipe) recipe
          = lk_recipe_with_flips (turned, turns[i].horizontal, turns[i].vertical);
      g_autoptr (GError) error = NULL;
      g_autoptr (LkRendered) rendered = render (path, recipe, &error);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (LkFrame) expected = render_first (file, recipe, 96, &error);
      g_autofree char *motion = NULL;
      g_autoptr (GPtrArray) frames = NULL;

      g_assert_no_error (error);
      motion = save_motion (rendered, "motion.mp4");
      frames = lk_test_video_frames (motion, "null", 96, 96);
      g_test_message ("turn %u", i);
      g_assert_cmpuint (lk_rendered_get (rendered, "motion")->rendition->width, ==, 96);
      g_assert_cmpfloat (lk_test_frame_difference (g_ptr_array_index (frames, 0), expected), <, 14);
    }
}

/* Adjusted, straightened, with a ring and a text: as what the editor shows, whether a frame stays
 * in planes on its way or not. */
static void
test_edits (void)
{
  g_autofree char *path = lk_test_video_make (
      "edits.mp4", "-f lavfi -i \"testsrc2=s=480x320:r=10:d=0.3,gblur=2\" -c:v libx264 -qp 4 "
                   "-pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  const LkAdjust adjust
      = { .brightness = 0.15, .contrast = 0.2, .saturation = -0.4, .warmth = 0.3 };
  const double angles[] = { 0, 8 };

  for (guint i = 0; i < G_N_ELEMENTS (angles); i++)
    {
      g_auto (LkBorder) ring = { 0 };
      g_autoptr (LkTextLayer) text = lk_text_layer_new ("Clip");
      g_autoptr (LkRecipe) whole = lk_recipe_new ();
      g_autoptr (LkRecipe) bordered = NULL;
      g_autoptr (LkRecipe) written = NULL;
      g_autoptr (LkRecipe) adjusted = NULL;
      g_autoptr (LkRecipe) recipe = NULL;
      g_autoptr (LkRendered) rendered = NULL;
      g_autoptr (LkFrame) expected = NULL;
      g_autoptr (LkFrame) plain = NULL;
      g_autoptr (GPtrArray) frames = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *motion = NULL;

      lk_border_init (&ring);
      ring.kind = LK_BORDER_RING;
      ring.width = 0.06;
      ring.color = (LkColor){ .red = 240, .green = 120, .blue = 20 };
      text->size = 0.2;
      text->color = (LkColor){ .red = 20, .green = 60, .blue = 200 };
      bordered = lk_recipe_with_border (whole, &ring);
      written = lk_recipe_with_text_added (bordered, text);
      adjusted = lk_recipe_with_adjust (written, adjust);
      recipe = lk_recipe_with_straighten (adjusted, angles[i]);

      rendered = render (path, recipe, &error);
      g_assert_no_error (error);
      motion = save_motion (rendered, "motion.mp4");
      frames = lk_test_video_frames (motion, "null",
                                     lk_rendered_get (rendered, "motion")->rendition->width,
                                     lk_rendered_get (rendered, "motion")->rendition->height);
      expected = render_first (file, recipe, lk_rendered_get (rendered, "motion")->rendition->width,
                               &error);
      plain = render_first (file, whole, lk_rendered_get (rendered, "motion")->rendition->width,
                            &error);
      g_assert_no_error (error);
      g_test_message ("%g°: %.2f, without edits %.2f", angles[i],
                      lk_test_frame_difference (g_ptr_array_index (frames, 0), expected),
                      lk_test_frame_difference (g_ptr_array_index (frames, 0), plain));
      g_assert_cmpfloat (lk_test_frame_difference (g_ptr_array_index (frames, 0), expected), <, 5);
      g_assert_cmpfloat (lk_test_frame_difference (g_ptr_array_index (frames, 0), plain), >, 20);
    }
}

typedef struct
{
  GCancellable *cancellable;
  double at;
  double last;
  guint n;
  gint64 cancelled;
  clock_t heard; /* of the processor's time */
  clock_t longest;
} Watch;

static void
on_progress (double fraction, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, watch->last);
  g_assert_cmpfloat (fraction, <=, 1);
  watch->last = fraction;
  watch->n++;
  if (watch->heard > 0)
    watch->longest = MAX (watch->longest, clock () - watch->heard);
  watch->heard = clock ();
  if (fraction >= watch->at && watch->cancelled == 0)
    {
      watch->cancelled = g_get_monotonic_time ();
      g_cancellable_cancel (watch->cancellable);
    }
}

static char *
make_film (void)
{
  return lk_test_video_make (
      "film.mp4", "-f lavfi -i \"mandelbrot=s=640x480:r=30,noise=c0s=8:c0f=t\" -t 4 -c:v libx264 "
                  "-preset ultrafast -pix_fmt yuv420p");
}

static void
test_progress (void)
{
  g_autofree char *path = make_film ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { .at = 2 };
  g_autoptr (LkRendered) rendered = lk_render (file, recipe, on_progress, &watch, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (rendered);
  g_assert_cmpfloat (watch.last, ==, 1);
  g_assert_cmpuint (watch.n, >, 20);
}

/* A clip that takes several passes, some of them whole, is never silent for long: who waits would
 * take it for one that hangs. */
static void
test_progress_of_passes (void)
{
  g_autofree char *path = lk_test_video_make (
      "noise.mp4", "-f lavfi -i \"testsrc2=s=640x640:r=30:d=2,gblur=1.2,noise=c0s=24:c0f=t,"
                   "format=yuv420p\" -c:v libx264 -preset ultrafast -qp 12");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { .at = 2 };
  clock_t start = clock ();
  g_autoptr (LkRendered) rendered = lk_render (file, recipe, on_progress, &watch, NULL, &error);
  clock_t total = clock () - start;

  g_assert_no_error (error);
  g_test_message ("%.2f s, longest silence %.2f s, factor %.1f", (double)total / CLOCKS_PER_SEC,
                  (double)watch.longest / CLOCKS_PER_SEC,
                  lk_rendered_get (rendered, "motion")->quality);
  g_assert_cmpfloat (lk_rendered_get (rendered, "motion")->quality, >, 23);
  g_assert_cmpint (watch.longest, <, total / 5);
}

/* At the start, on the way, and when the encoder has all frames and works off what it holds. */
static void
test_cancel (void)
{
  const double points[] = { 0, 0.001, 0.3, 0.7, 0.85, 0.87 };
  g_autofree char *path = make_film ();
  g_autoptr (GFile) file = g_file_new_for_path (path);

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autoptr (LkRecipe) recipe = lk_recipe_new ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancellable = cancellable, .at = points[i] };
      g_autoptr (LkRendered) rendered
          = lk_render (file, recipe, on_progress, &watch, cancellable, &error);
      gint64 took = g_get_monotonic_time () - watch.cancelled;

      g_assert_null (rendered);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_test_message ("cancelled at %g, %d ms", points[i], (int)(took / 1000));
      /* The goal is 200 ms; other tests share the machine. */
      g_assert_cmpint (took, <, G_USEC_PER_SEC);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/clip/whole", test_whole);
  g_test_add_func ("/clip/trim", test_trim);
  g_test_add_func ("/clip/speed", test_speed);
  g_test_add_func ("/clip/boomerang", test_boomerang);
  g_test_add_func ("/clip/rates", test_rates);
  g_test_add_func ("/clip/variable-rate", test_variable_rate);
  g_test_add_func ("/clip/too-long", test_too_long);
  g_test_add_func ("/clip/poster", test_poster);
  g_test_add_func ("/clip/turns", test_turns);
  g_test_add_func ("/clip/edits", test_edits);
  g_test_add_func ("/clip/progress", test_progress);
  g_test_add_func ("/clip/progress/passes", test_progress_of_passes);
  g_test_add_func ("/clip/cancel", test_cancel);

  return g_test_run ();
}
