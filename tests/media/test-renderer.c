/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-motion.h"
#include "lk-orientation.h"
#include "lk-render.h"
#include "lk-renderer.h"
#include "lk-resample.h"
#include "lk-still.h"
#include "lk-test-edit.h"
#include "lk-test-movie.h"
#include "lk-test-picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RADIANS (G_PI / 180)

/* All 64 pairs, one after the other and in one. */
static void
test_orientations_combine (void)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (5, 3, TRUE);

  for (int first = 1; first <= 8; first++)
    for (int then = 1; then <= 8; then++)
      {
        g_autoptr (LkFrame) once = lk_orientation_apply (frame, first);
        g_autoptr (LkFrame) twice = lk_orientation_apply (once, then);
        g_autoptr (LkFrame) direct
            = lk_orientation_apply (frame, lk_orientation_combine (first, then));

        g_assert_cmpuint (lk_frame_get_width (twice), ==, lk_frame_get_width (direct));
        g_assert_true (g_bytes_equal (lk_frame_get_pixels (twice), lk_frame_get_pixels (direct)));
      }
}

/* By the formulas of the text, in floating point. */
static void
adjust_by_hand (LkAdjust adjust, const guint8 *in, double *out)
{
  const double luma[3] = { 0.2126, 0.7152, 0.0722 };
  const double gains[3] = { 1 + 0.25 * adjust.warmth, 1, 1 - 0.25 * adjust.warmth };
  double level = 0;
  double gray = 0;

  for (guint c = 0; c < 3; c++)
    level += luma[c] * gains[c];
  for (guint c = 0; c < 3; c++)
    out[c] = in[c] / 255.0 * gains[c] / level;
  for (guint c = 0; c < 3; c++)
    gray += luma[c] * out[c];
  for (guint c = 0; c < 3; c++)
    {
      out[c] = gray + (out[c] - gray) * (1 + adjust.saturation);
      out[c] = 0.5 + (out[c] - 0.5) * pow (2, adjust.contrast);
      out[c] = 255 * CLAMP (out[c] + 0.4 * adjust.brightness, 0, 1);
    }
}

static void
test_adjust (void)
{
  const LkAdjust adjusts[]
      = { { 0, 0, 0, 0 },  { 1, 0, 0, 0 },           { -0.5, 0, 0, 0 }, { 0, 1, 0, 0 },
          { 0, -1, 0, 0 }, { 0, 0, -1, 0 },          { 0, 0, 1, 0 },    { 0, 0, 0, 1 },
          { 0, 0, 0, -1 }, { 0.3, -0.4, 0.7, -0.2 }, { 1, 1, 1, 1 },    { -1, 1, -1, -1 } };
  g_autoptr (LkFrame) source = lk_test_paint_frame (100, 100, TRUE, lk_test_paint_scene_with_holes);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();

  for (guint i = 0; i < G_N_ELEMENTS (adjusts); i++)
    {
      g_autoptr (LkRecipe) recipe = lk_recipe_with_adjust (plain, adjusts[i]);
      g_autoptr (LkFrame) frame = lk_test_render (source, recipe, 100, TRUE);

      g_assert_true (lk_frame_has_alpha (frame));
      for (guint y = 0; y < 100; y++)
        for (guint x = 0; x < 100; x++)
          {
            const guint8 *in = lk_test_frame_at (source, x, y);
            const guint8 *out = lk_test_frame_at (frame, x, y);
            double expected[3];

            adjust_by_hand (adjusts[i], in, expected);
            g_assert_cmpint (out[3], ==, in[3]);
            for (guint c = 0; c < 3; c++)
              g_assert_cmpfloat_with_epsilon (out[c], expected[c], 0.75);
          }
    }
}

/* Black and white has no colour, warmth keeps the luma of gray, and what contrast and warmth do is
 * undone by their opposite. */
static void
test_adjust_means (void)
{
  LkAdjustMatrix matrix;
  guint8 gray[4] = { 120, 120, 120, 7 };
  guint8 color[4] = { 90, 160, 30, 255 };

  lk_adjust_get_matrix (&(LkAdjust){ .saturation = -1 }, &matrix);
  lk_adjust_apply (&matrix, color, 1);
  g_assert_cmpint (color[0], ==, color[1]);
  g_assert_cmpint (color[1], ==, color[2]);
  g_assert_cmpint (color[0], ==, (int)(0.2126 * 90 + 0.7152 * 160 + 0.0722 * 30 + 0.5));

  lk_adjust_get_matrix (&(LkAdjust){ .warmth = 1 }, &matrix);
  lk_adjust_apply (&matrix, gray, 1);
  g_assert_cmpint (gray[0], >, gray[1]);
  g_assert_cmpint (gray[1], >, gray[2]);
  g_assert_cmpint (gray[3], ==, 7);
  g_assert_cmpfloat_with_epsilon (0.2126 * gray[0] + 0.7152 * gray[1] + 0.0722 * gray[2], 120, 1);

  lk_adjust_get_matrix (&(LkAdjust){ 0 }, &matrix);
  for (guint row = 0; row < 3; row++)
    for (guint column = 0; column < 4; column++)
      g_assert_cmpfloat_with_epsilon (matrix.m[row][column], row == column, 1e-12);
}

static void
test_backgrounds (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (100, 100, TRUE, lk_test_paint_half);
  g_autoptr (LkRecipe) none = lk_recipe_new ();
  g_autoptr (LkRecipe) green = lk_recipe_with_background (none, (LkColor){ 0, 220, 0 });
  g_autoptr (LkRecipe) blur = lk_recipe_with_background_kind (none, LK_BACKGROUND_BLUR);
  g_autoptr (LkFrame) kept = lk_test_render (source, none, 100, TRUE);
  g_autoptr (LkFrame) white = lk_test_render (source, none, 100, FALSE);

  g_assert_true (lk_frame_has_alpha (kept));
  g_assert_cmpint (lk_test_frame_at (kept, 80, 50)[3], ==, 0);
  lk_test_assert_near (white, 80, 50, 255, 255, 255, 0);
  for (gboolean keep_alpha = FALSE; keep_alpha <= TRUE; keep_alpha++)
    {
      g_autoptr (LkFrame) over_green = lk_test_render (source, green, 100, keep_alpha);
      g_autoptr (LkFrame) over_blur = lk_test_render (source, blur, 100, keep_alpha);

      g_assert_false (lk_frame_has_alpha (over_green));
      g_assert_false (lk_frame_has_alpha (over_blur));
      lk_test_assert_near (over_green, 20, 50, 200, 40, 30, 0);
      lk_test_assert_near (over_green, 80, 50, 0, 220, 0, 0);
      for (guint x = 0; x < 100; x++)
        {
          lk_test_assert_near (over_blur, x, 50, 200, 40, 30, 1);
          g_assert_cmpint (lk_test_frame_at (over_blur, x, 99)[3], ==, 255);
        }
    }
}

/* Two colours: what is below is smooth, takes after what is near, and the same at any size. */
static void
paint_two_bars (double x, double y, guint8 *pixel)
{
  gboolean left = x < 0.5;

  pixel[0] = left ? 240 : 10;
  pixel[1] = 60;
  pixel[2] = left ? 10 : 240;
  pixel[3] = fabs (y - 0.5) < 0.1 ? 255 : 0;
}

static void
test_blurred_background (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (720, 720, TRUE, paint_two_bars);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_background_kind (plain, LK_BACKGROUND_BLUR);
  g_autoptr (LkFrame) large = lk_test_render (source, recipe, 720, FALSE);
  g_autoptr (LkFrame) small = lk_test_render (source, recipe, 90, FALSE);
  g_autoptr (LkFrame) tiny = lk_test_render (source, recipe, 3, FALSE);

  g_assert_cmpint (lk_test_frame_at (tiny, 1, 1)[3], ==, 255);
  g_assert_cmpint (lk_test_frame_at (large, 20, 20)[0], >, 170);
  g_assert_cmpint (lk_test_frame_at (large, 700, 20)[2], >, 170);
  for (guint x = 1; x < 720; x++)
    for (guint c = 0; c < 3; c++)
      g_assert_cmpint (
          abs (lk_test_frame_at (large, x, 20)[c] - lk_test_frame_at (large, x - 1, 20)[c]), <=, 4);
  for (guint y = 0; y < 90; y += 3)
    for (guint x = 0; x < 90; x += 3)
      {
        const guint8 *pixel = lk_test_frame_at (large, x * 8 + 4, y * 8 + 4);

        if (abs ((int)y - 36) > 2 && abs ((int)y - 54) > 2 && abs ((int)x - 45) > 2)
          lk_test_assert_near (small, x, y, pixel[0], pixel[1], pixel[2], 8);
      }
}

/* Nothing to take colours from. */
static void
paint_nothing (double x, double y, guint8 *pixel)
{
  memset (pixel, 0, 4);
}

static void
test_empty_background (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (30, 30, TRUE, paint_nothing);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_background_kind (plain, LK_BACKGROUND_BLUR);
  g_autoptr (LkFrame) frame = lk_test_render (source, recipe, 30, FALSE);

  lk_test_assert_near (frame, 15, 15, 255, 255, 255, 0);
}

static LkRecipe *
make_everything (gboolean with_corners)
{
  LkBorder border
      = { LK_BORDER_POLAROID, { 240, 240, 230 }, 0.05, (char *)"Ω and שלום 🙂", NULL };
  g_autoptr (LkTextLayer) outlined = lk_text_layer_new ("Hello, wide world 🎈");
  g_autoptr (LkTextLayer) shadowed = lk_text_layer_new ("مرحبا\nनमस्ते");
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, (LkCrop){ 0.45, 0.55, 0.6 });
  g_autoptr (LkRecipe) straight = lk_recipe_with_straighten (cropped, 6.5);
  g_autoptr (LkRecipe) turned = lk_recipe_with_rotation (straight, 270);
  g_autoptr (LkRecipe) flipped = lk_recipe_with_flips (turned, TRUE, FALSE);
  g_autoptr (LkRecipe) adjusted
      = lk_recipe_with_adjust (flipped, (LkAdjust){ 0.1, 0.2, 0.3, -0.4 });
  g_autoptr (LkRecipe) filled = lk_recipe_with_background_kind (
      adjusted, with_corners ? LK_BACKGROUND_NONE : LK_BACKGROUND_BLUR);
  g_autoptr (LkRecipe) framed = NULL;
  g_autoptr (LkRecipe) one = NULL;

  if (with_corners)
    border.kind = LK_BORDER_RING;
  framed = lk_recipe_with_border (filled, &border);
  one = lk_recipe_with_text_added (framed, outlined);
  shadowed->effect = LK_TEXT_EFFECT_SHADOW;
  shadowed->effect_width = 0.015;
  shadowed->angle = -17;
  shadowed->y = 0.3;
  shadowed->color = (LkColor){ 255, 220, 0 };

  return lk_recipe_with_text_added (one, shadowed);
}

/* The promise of the editor: what is shown at 480 px is what is sent at 720 px, seen at 480. */
static void
test_preview_is_export (void)
{
  const LkTestPaint paints[] = { lk_test_paint_scene, lk_test_paint_scene_with_holes };

  for (guint i = 0; i < G_N_ELEMENTS (paints) * 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFrame) source = lk_test_paint_frame (2400, 1800, i >= 2, paints[i / 2]);
      g_autoptr (LkRecipe) recipe = make_everything (i % 2 == 1);
      g_autoptr (LkFrame) preview = lk_test_render (source, recipe, 480, FALSE);
      g_autoptr (LkFrame) export = lk_test_render (source, recipe, 720, FALSE);
      g_autoptr (LkFrame) scaled
          = lk_resample_square (export, (LkSquare){ .side = 720 }, 480, &error);

      g_assert_no_error (error);
      g_test_message ("mean difference %.3f", lk_test_get_difference (preview, scaled));
      g_assert_cmpfloat (lk_test_get_difference (preview, scaled), <=, 2);
    }
}

static GFile *
save_bytes (const char *name, GBytes *bytes)
{
  g_autofree char *path = lk_test_path (name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

/* The preview is made of the whole picture, loaded for the screen; the export cuts the file as it
 * is stored, in its own turn. Compared as they leave: JPEG's own loss is part of it. */
static void
test_preview_is_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) recipe = make_everything (FALSE);
  g_autoptr (LkFrame) source = lk_test_paint_frame (2400, 1800, FALSE, lk_test_paint_scene);
  const char *const types[] = { "jpeg", "png" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = lk_test_path (types[i]);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (LkFrame) loaded = NULL;
      g_autoptr (LkFrame) preview = NULL;
      g_autoptr (LkRendered) rendered = NULL;
      g_autoptr (GFile) sent = NULL;
      g_autoptr (LkFrame) photo = NULL;
      g_autoptr (LkFrame) scaled = NULL;

      lk_test_frame_save (source, path, types[i]);
      loaded = lk_still_load (file, 1440, NULL, &error);
      g_assert_no_error (error);
      preview = lk_test_render (loaded, recipe, 480, FALSE);
      rendered = lk_render (file, recipe, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      sent = save_bytes ("sent", lk_rendered_get (rendered, "photo")->bytes);
      photo = lk_still_load (sent, 720, NULL, &error);
      g_assert_no_error (error);
      scaled = lk_resample_square (photo, (LkSquare){ .side = lk_frame_get_width (photo) }, 480,
                                   &error);
      g_test_message ("%s: mean difference %.3f", types[i],
                      lk_test_get_difference (preview, scaled));
      g_assert_cmpfloat (lk_test_get_difference (preview, scaled), <=, 2);
    }
}

static LkRecipe *
remove_drawing (LkRecipe *recipe)
{
  LkBorder border = { LK_BORDER_NONE, { 0 }, 0, NULL, NULL };
  g_autoptr (LkRecipe) unframed = lk_recipe_with_border (recipe, &border);
  g_autoptr (LkRecipe) one = lk_recipe_with_text_removed (unframed, 1);

  return lk_recipe_with_text_removed (one, 0);
}

static LkFrame *
load_first_frame (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = save_bytes ("moving", bytes);
  g_autoptr (LkSource) source = lk_source_open (file, NULL, &error);
  g_autoptr (LkHeader) header = lk_header_read (source, NULL, &error);
  g_autoptr (LkMotion) motion = NULL;
  g_autoptr (LkMotionFrame) frame = NULL;

  g_assert_no_error (error);
  motion = lk_motion_open (source, header, 1, NULL, &error);
  g_assert_no_error (error);
  frame = lk_motion_next (motion, NULL, &error);
  g_assert_no_error (error);

  return lk_frame_ref (frame->frame);
}

/* One picture as a still and as a frame of an animation that keeps what is transparent: where that
 * is opaque before anything is drawn on it, no px differs. */
static void
test_still_is_frame (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) picture
      = lk_test_paint_frame (320, 240, TRUE, lk_test_paint_scene_with_holes);
  g_autoptr (LkRecipe) recipe = make_everything (TRUE);
  g_autoptr (LkRecipe) bare = remove_drawing (recipe);
  g_autoptr (LkTestMovie) movie = lk_test_movie_new (320, 240);
  g_autofree char *path = lk_test_path ("still.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LkFrame) still = NULL;
  g_autoptr (LkFrame) of_still = NULL;
  LkTestPatch *patch = lk_test_movie_add (movie, 0, 0, 320, 240, 0xff, LK_DISPOSE_NONE);
  g_autoptr (GBytes) apng = NULL;
  g_autoptr (GBytes) webp = NULL;

  lk_test_movie_add (movie, 0, 0, 1, 1, 0xff, LK_DISPOSE_NONE);
  memcpy (patch->pixels, g_bytes_get_data (lk_frame_get_pixels (picture), NULL), 320 * 240 * 4);
  lk_test_frame_save (picture, path, "png");
  still = lk_still_load (file, 240, NULL, &error);
  g_assert_no_error (error);
  of_still = lk_test_render (still, recipe, 160, FALSE);
  g_assert_false (lk_frame_has_alpha (of_still));

  apng = lk_test_movie_to_apng (movie);
  webp = lk_test_movie_to_webp (movie);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (LkFrame) frame = load_first_frame (i == 0 ? apng : webp);
      g_autoptr (LkFrame) of_frame = lk_test_render (frame, recipe, 160, TRUE);
      g_autoptr (LkFrame) undrawn = lk_test_render (frame, bare, 160, TRUE);
      guint opaque = 0, clear = 0;

      g_assert_true (lk_frame_has_alpha (of_frame));
      for (guint y = 0; y < 160; y++)
        for (guint x = 0; x < 160; x++)
          {
            const guint8 *pixel = lk_test_frame_at (of_frame, x, y);

            clear += pixel[3] == 0;
            if (lk_test_frame_at (undrawn, x, y)[3] < 255)
              continue;
            opaque++;
            g_assert_cmpmem (pixel, 4, lk_test_frame_at (of_still, x, y), 4);
          }
      g_assert_cmpuint (opaque, >, 160 * 160 / 4);
      g_assert_cmpuint (clear, >, 20);
    }
}

/* A text stays where it is, however the picture below it is turned and flipped. */
static void
test_text_is_not_turned (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (200, 200, FALSE, lk_test_paint_map);
  g_autoptr (LkTextLayer) text = lk_text_layer_new ("R");
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) with_text = NULL;
  g_autoptr (LkRecipe) turned = NULL;
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (LkOverlay) overlay = NULL;
  g_autoptr (LkFrame) frame = NULL;
  const guint32 *over;

  text->color = (LkColor){ 1, 2, 255 };
  text->effect = LK_TEXT_EFFECT_NONE;
  with_text = lk_recipe_with_text_added (plain, text);
  turned = lk_recipe_with_rotation (with_text, 90);
  recipe = lk_recipe_with_flips (turned, TRUE, FALSE);
  overlay = lk_overlay_new (with_text, 200);
  frame = lk_test_render (source, recipe, 200, FALSE);
  over = g_bytes_get_data (lk_overlay_get_pixels (overlay), NULL);
  for (guint y = 0; y < 200; y++)
    for (guint x = 0; x < 200; x++)
      {
        guint32 pixel = over[y * lk_overlay_get_stride (overlay) / 4 + x];

        if (pixel >> 24 == 255)
          lk_test_assert_near (frame, x, y, 1, 2, 255, 0);
        /* Turned by 90° and flipped: columns and rows change places. */
        if (pixel == 0)
          lk_test_assert_near (frame, x, y, (int)lround ((y + 0.5) / 200 * 255),
                               (int)lround ((x + 0.5) / 200 * 255), 128, 0);
      }
}

/* The source is not touched, and a renderer serves several threads at once. */
static gpointer
render_in_thread (gpointer data)
{
  gpointer *both = data;
  LkFrame *last = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_clear_pointer (&last, lk_frame_unref);
      last = lk_renderer_apply (both[0], both[1], NULL);
    }

  return last;
}

static void
test_threads (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (300, 200, TRUE, lk_test_paint_scene_with_holes);
  g_autofree guint8 *before
      = g_memdup2 (g_bytes_get_data (lk_frame_get_pixels (source), NULL), 300 * 200 * 4);
  g_autoptr (LkRecipe) recipe = make_everything (FALSE);
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, 150, FALSE);
  g_autoptr (LkFrame) here = lk_renderer_apply (renderer, source, NULL);
  gpointer both[] = { renderer, source };
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("renders", render_in_thread, both);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (LkFrame) there = g_thread_join (threads[i]);

      g_assert_true (g_bytes_equal (lk_frame_get_pixels (here), lk_frame_get_pixels (there)));
    }
  g_assert_cmpmem (before, 300 * 200 * 4, g_bytes_get_data (lk_frame_get_pixels (source), NULL),
                   300 * 200 * 4);
}

/* A frame that needs nothing is handed on, not copied. */
static void
test_no_copy (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) square = lk_test_paint_frame (64, 64, FALSE, lk_test_paint_map);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRenderer) renderer = lk_renderer_new (plain, 64, FALSE);
  g_autoptr (LkFrame) finished
      = lk_renderer_finish (renderer, lk_frame_ref (square), LK_ORIENTATION_UPRIGHT, &error);

  g_assert_no_error (error);
  g_assert_true (finished == square);
}

/* What somebody else holds stays as it is; what nobody holds is worked on where it is. */
static void
test_in_place (void)
{
  const LkAdjust adjust = { .brightness = 0.5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_adjust (plain, adjust);
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, 64, FALSE);
  g_autoptr (LkFrame) held = lk_test_paint_frame (64, 64, FALSE, lk_test_paint_map);
  g_autoptr (LkFrame) twin = lk_test_paint_frame (64, 64, FALSE, lk_test_paint_map);
  LkFrame *own = lk_test_paint_frame (64, 64, FALSE, lk_test_paint_map);
  gconstpointer before = g_bytes_get_data (lk_frame_get_pixels (own), NULL);
  g_autoptr (LkFrame) copied
      = lk_renderer_finish (renderer, lk_frame_ref (held), LK_ORIENTATION_UPRIGHT, &error);
  g_autoptr (LkFrame) changed = lk_renderer_finish (renderer, own, LK_ORIENTATION_UPRIGHT, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (lk_frame_get_pixels (held), lk_frame_get_pixels (twin)));
  g_assert_true (g_bytes_get_data (lk_frame_get_pixels (changed), NULL) == before);
  g_assert_true (g_bytes_equal (lk_frame_get_pixels (copied), lk_frame_get_pixels (changed)));
  g_assert_false (g_bytes_equal (lk_frame_get_pixels (copied), lk_frame_get_pixels (held)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/renderer/orientations-combine", test_orientations_combine);
  g_test_add_func ("/media/renderer/adjust", test_adjust);
  g_test_add_func ("/media/renderer/adjust-means", test_adjust_means);
  g_test_add_func ("/media/renderer/backgrounds", test_backgrounds);
  g_test_add_func ("/media/renderer/blurred-background", test_blurred_background);
  g_test_add_func ("/media/renderer/empty-background", test_empty_background);
  g_test_add_func ("/media/renderer/preview-is-export", test_preview_is_export);
  g_test_add_func ("/media/renderer/preview-is-file", test_preview_is_file);
  g_test_add_func ("/media/renderer/still-is-frame", test_still_is_frame);
  g_test_add_func ("/media/renderer/text-is-not-turned", test_text_is_not_turned);
  g_test_add_func ("/media/renderer/threads", test_threads);
  g_test_add_func ("/media/renderer/no-copy", test_no_copy);
  g_test_add_func ("/media/renderer/in-place", test_in_place);

  return g_test_run ();
}
