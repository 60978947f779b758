/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-motion.h"
#include "lk-orientation.h"
#include "lk-render.h"
#include "lk-renderer.h"
#include "lk-resample.h"
#include "lk-still.h"
#include "lk-test-edit.h"
#include "lk-test-picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RADIANS (G_PI / 180)

/* Where a px of the result comes from, by the definition of the recipe: the picture is turned
 * clockwise about the middle of the crop, which shrinks until it lies inside. */
static void
assert_straightened (LkFrame *frame, double degrees, LkCrop crop, double width, double height)
{
  guint size = lk_frame_get_width (frame);
  double shorter = MIN (width, height);
  double reach = fabs (cos (degrees * RADIANS)) + fabs (sin (degrees * RADIANS));
  double side = MIN (crop.size, 1 / reach) * shorter;
  double half = side * reach / 2;
  double middle_x = CLAMP (crop.x * width, half, width - half);
  double middle_y = CLAMP (crop.y * height, half, height - half);

  for (guint row = 0; row < size; row += 7)
    for (guint column = 0; column < size; column += 7)
      {
        double u = ((column + 0.5) / size - 0.5) * side;
        double v = ((row + 0.5) / size - 0.5) * side;
        double x = middle_x + u * cos (degrees * RADIANS) + v * sin (degrees * RADIANS);
        double y = middle_y - u * sin (degrees * RADIANS) + v * cos (degrees * RADIANS);

        g_assert_cmpfloat (x, >, -1e-6);
        g_assert_cmpfloat (x, <, width + 1e-6);
        lk_test_assert_near (frame, column, row, (int)lround (255 * x / width),
                             (int)lround (255 * y / height), 128, 3);
      }
}

static const LkCrop crops[] = { { 0.5, 0.5, 1 }, { 0, 1, 0.5 }, { 0.6, 0.3, 0.3 }, { 1, 1, 1 } };
static const double angles[] = { 45, -45, 20, -7.5, 1, -0.2 };

static void
test_straighten (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (600, 400, FALSE, lk_test_paint_map);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();

  for (guint i = 0; i < G_N_ELEMENTS (angles); i++)
    for (guint j = 0; j < G_N_ELEMENTS (crops); j++)
      {
        g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, crops[j]);
        g_autoptr (LkRecipe) recipe = lk_recipe_with_straighten (cropped, angles[i]);
        g_autoptr (LkFrame) frame = lk_test_render (source, recipe, j == 1 ? 300 : 90, FALSE);

        assert_straightened (frame, angles[i], crops[j], 600, 400);
      }
}

/* As a camera stores it: the crop and the turn are found on the raw picture. */
static void
test_straighten_raw (void)
{
  const LkCrop crop = { 0.4, 0.6, 0.6 };
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, crop);
  g_autoptr (LkRecipe) recipe = lk_recipe_with_straighten (cropped, 17);
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, 120, FALSE);
  g_autoptr (LkFrame) upright = lk_test_paint_frame (300, 200, FALSE, lk_test_paint_map);

  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFrame) raw = NULL;
      g_autoptr (LkFrame) frame = NULL;
      LkFrame *cut;
      int undo = 1;

      while (lk_orientation_combine (undo, orientation) != LK_ORIENTATION_UPRIGHT)
        undo++;
      raw = lk_orientation_apply (upright, undo);
      cut = lk_renderer_cut (renderer, raw,
                             lk_square_from_crop (crop, 17, lk_frame_get_width (raw),
                                                  lk_frame_get_height (raw), orientation),
                             orientation, &error);
      g_assert_no_error (error);
      frame = lk_renderer_finish (renderer, cut, orientation, &error);
      g_assert_no_error (error);
      assert_straightened (frame, 17, crop, 300, 200);
    }
}

/* The source is a window in a larger buffer of red, and gray all over: gray is all that may be
 * seen, exactly. */
static void
test_nothing_from_outside (void)
{
  const guint widths[] = { 200, 131, 1, 3 };
  const guint heights[] = { 131, 200, 1, 2 };
  const guint sizes[] = { 17, 64, 300 };
  const gsize stride = 300 * 4;
  g_autofree guint8 *buffer = g_malloc (stride * 300);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (LkFrame) source = NULL;

      for (gsize p = 0; p < stride * 300; p += 4)
        {
          gsize x = p % stride / 4;
          gsize y = p / stride;
          gboolean inside = x >= 50 && x < 50 + widths[i] && y >= 50 && y < 50 + heights[i];

          memcpy (buffer + p, inside ? "\x64\x64\x64\xff" : "\xff\0\0\xff", 4);
        }
      bytes = g_bytes_new_static (buffer + 50 * stride + 50 * 4, stride * 249);
      source = lk_frame_new (bytes, widths[i], heights[i], stride, FALSE);
      for (guint j = 0; j < G_N_ELEMENTS (angles) * G_N_ELEMENTS (crops); j++)
        {
          g_autoptr (LkRecipe) cropped
              = lk_recipe_with_crop (plain, crops[j % G_N_ELEMENTS (crops)]);
          g_autoptr (LkRecipe) recipe
              = lk_recipe_with_straighten (cropped, angles[j / G_N_ELEMENTS (crops)]);
          guint size = sizes[j % G_N_ELEMENTS (sizes)];
          g_autoptr (LkFrame) frame = lk_test_render (source, recipe, size, FALSE);

          for (guint y = 0; y < size; y++)
            for (guint x = 0; x < size; x++)
              lk_test_assert_near (frame, x, y, 100, 100, 100, 0);
        }
    }
}

/* Much smaller than the source: no aliases of a pattern that the result cannot hold. */
static void
paint_stripes (double x, double y, guint8 *pixel)
{
  memset (pixel, (int)(x * 1200) % 2 == 0 ? 255 : 0, 3);
}

static void
test_straighten_without_aliases (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (1200, 1200, FALSE, paint_stripes);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_straighten (plain, 9);
  const guint sizes[] = { 40, 150, 310, 420 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (LkFrame) frame = lk_test_render (source, recipe, sizes[i], FALSE);

      for (guint y = 2; y < sizes[i] - 2; y++)
        for (guint x = 2; x < sizes[i] - 2; x++)
          lk_test_assert_near (frame, x, y, 127, 127, 127, 14);
    }
}

/* An edge stays an edge: it goes from dark to bright within some px, without a halo. */
static void
paint_edge (double x, double y, guint8 *pixel)
{
  memset (pixel, y < 0.5 ? 50 : 200, 3);
}

static void
test_straighten_is_sharp (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (400, 400, FALSE, paint_edge);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (plain, (LkCrop){ 0.5, 0.5, 0.5 });
  g_autoptr (LkRecipe) recipe = lk_recipe_with_straighten (cropped, 10);
  g_autoptr (LkFrame) frame = lk_test_render (source, recipe, 200, FALSE);

  for (guint x = 20; x < 180; x++)
    {
      guint between = 0;

      for (guint y = 0; y < 200; y++)
        {
          guint8 value = lk_test_frame_at (frame, x, y)[0];

          between += value > 65 && value < 185;
          g_assert_cmpint (value, >=, 35);
          g_assert_cmpint (value, <=, 215);
        }
      g_assert_cmpuint (between, <=, 3);
    }
}

/* Colours at the edge of what is transparent do not mix with what nobody sees. */
static void
paint_hidden_green (double x, double y, guint8 *pixel)
{
  gboolean inside = hypot (x - 0.5, y - 0.5) < 0.3;

  memcpy (pixel, inside ? "\xff\0\0\xff" : "\0\xff\0\0", 4);
}

static void
test_straighten_without_fringe (void)
{
  g_autoptr (LkFrame) source = lk_test_paint_frame (300, 300, TRUE, paint_hidden_green);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_straighten (plain, 33);
  g_autoptr (LkFrame) frame = lk_test_render (source, recipe, 130, TRUE);
  guint partly = 0;

  for (guint y = 0; y < 130; y++)
    for (guint x = 0; x < 130; x++)
      {
        const guint8 *pixel = lk_test_frame_at (frame, x, y);

        partly += pixel[3] > 0 && pixel[3] < 255;
        if (pixel[3] > 0)
          lk_test_assert_near (frame, x, y, 255, 0, 0, 2);
      }
  g_assert_cmpuint (partly, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/straighten/map", test_straighten);
  g_test_add_func ("/media/straighten/raw", test_straighten_raw);
  g_test_add_func ("/media/straighten/nothing-from-outside", test_nothing_from_outside);
  g_test_add_func ("/media/straighten/without-aliases", test_straighten_without_aliases);
  g_test_add_func ("/media/straighten/is-sharp", test_straighten_is_sharp);
  g_test_add_func ("/media/straighten/without-fringe", test_straighten_without_fringe);

  return g_test_run ();
}
