/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The arithmetic of the crop area: what is seen moves as the pointer does, whatever the rotation
 * and the flips, and the crop never leaves the picture. */

#include <math.h>

#include "lk-crop-geometry.h"

#define WIDTH 6000
#define HEIGHT 4000
#define EPSILON 1e-6

static LkCropView
make_view (void)
{
  return lk_crop_view_fit (WIDTH, HEIGHT, 800, 600, 24);
}

static LkRecipe *
make_recipe (double x, double y, double size, int rotation, gboolean horizontal, gboolean vertical)
{
  g_autoptr (LkRecipe) initial = lk_recipe_new ();
  g_autoptr (LkRecipe) cropped = lk_recipe_with_crop (initial, (LkCrop){ x, y, size });
  g_autoptr (LkRecipe) turned = lk_recipe_with_rotation (cropped, rotation);

  return lk_recipe_with_flips (turned, horizontal, vertical);
}

static void
test_fit (void)
{
  LkCropView view = make_view ();

  g_assert_cmpfloat (view.frame_side, ==, 600 - 48);
  g_assert_cmpfloat (view.frame_x, ==, (800 - 552) / 2);
  g_assert_cmpfloat (view.frame_y, ==, 24);

  /* Smaller than its margins: still a frame. */
  view = lk_crop_view_fit (10, 10, 20, 20, 24);
  g_assert_cmpfloat (view.frame_side, >=, 1);
}

/* A point of the source under the pointer stays there while it is dragged, in each of the 16 poses.
 */
static void
test_pan_follows_pointer (void)
{
  LkCropView view = make_view ();

  for (int pose = 0; pose < 16; pose++)
    {
      g_autoptr (LkRecipe) recipe
          = make_recipe (0.5, 0.5, 0.25, pose % 4 * 90, (pose & 4) != 0, (pose & 8) != 0);
      g_autoptr (LkRecipe) panned = NULL;
      double x, y, panned_x, panned_y;

      panned = lk_recipe_with_crop (recipe, lk_crop_view_pan (&view, recipe, 37, -21));
      lk_crop_view_source_to_view (&view, recipe, 3100, 1900, &x, &y);
      lk_crop_view_source_to_view (&view, panned, 3100, 1900, &panned_x, &panned_y);
      g_assert_cmpfloat_with_epsilon (panned_x - x, 37, EPSILON);
      g_assert_cmpfloat_with_epsilon (panned_y - y, -21, EPSILON);
    }
}

static void
test_pan_stays_inside (void)
{
  LkCropView view = make_view ();
  const double far[] = { -1e6, 1e6 };

  for (int pose = 0; pose < 16; pose++)
    for (int corner = 0; corner < 4; corner++)
      {
        g_autoptr (LkRecipe) recipe
            = make_recipe (0.5, 0.5, 0.25, pose % 4 * 90, (pose & 4) != 0, (pose & 8) != 0);
        LkCrop crop = lk_crop_view_pan (&view, recipe, far[corner & 1], far[corner >> 1]);
        double half = crop.size * HEIGHT / 2;

        g_assert_cmpfloat (crop.x * WIDTH - half, >=, -EPSILON);
        g_assert_cmpfloat (crop.x * WIDTH + half, <=, WIDTH + EPSILON);
        g_assert_cmpfloat (crop.y * HEIGHT - half, >=, -EPSILON);
        g_assert_cmpfloat (crop.y * HEIGHT + half, <=, HEIGHT + EPSILON);
      }
}

static void
test_zoom_about_pointer (void)
{
  LkCropView view = make_view ();

  for (int pose = 0; pose < 16; pose++)
    {
      g_autoptr (LkRecipe) recipe
          = make_recipe (0.5, 0.5, 0.5, pose % 4 * 90, (pose & 4) != 0, (pose & 8) != 0);
      g_autoptr (LkRecipe) zoomed = NULL;
      double sx, sy, x, y;

      /* What lies under (470, 250) … */
      lk_crop_view_vector_to_source (&view, recipe, 470 - 400, 250 - 300, &sx, &sy);
      zoomed = lk_recipe_with_crop (recipe, lk_crop_view_zoom (&view, recipe, 4, 470, 250));
      g_assert_cmpfloat_with_epsilon (lk_crop_get_zoom (lk_recipe_get_crop (zoomed)), 4, EPSILON);
      /* … is still there. */
      lk_crop_view_source_to_view (&view, zoomed, WIDTH / 2.0 + sx, HEIGHT / 2.0 + sy, &x, &y);
      g_assert_cmpfloat_with_epsilon (x, 470, EPSILON);
      g_assert_cmpfloat_with_epsilon (y, 250, EPSILON);
    }
}

static void
test_zoom_limits (void)
{
  LkCropView view = make_view ();
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  LkCrop crop = lk_crop_view_zoom (&view, recipe, 1e9, 400, 300);

  g_assert_cmpfloat_with_epsilon (crop.size * HEIGHT, LK_CROP_MIN_SIDE, 1);
  crop = lk_crop_view_zoom (&view, recipe, 0, 400, 300);
  g_assert_cmpfloat (crop.size, ==, 1);

  /* Nothing to zoom into, and nothing finer than a recipe can say. */
  g_assert_cmpfloat (lk_crop_get_max_zoom (50, 20), ==, 1);
  g_assert_cmpfloat (lk_crop_get_max_zoom (100000, 100000), ==, 1 / LK_RECIPE_MIN_CROP);
}

/* A quarter turn takes the upper left corner to the upper right one, mirrored or not. */
static void
test_turn_is_as_seen (void)
{
  LkCropView view = make_view ();
  double middle_x = view.frame_x + view.frame_side / 2;
  double middle_y = view.frame_y + view.frame_side / 2;

  for (int pose = 0; pose < 16; pose++)
    {
      g_autoptr (LkRecipe) recipe
          = make_recipe (0.5, 0.5, 0.5, pose % 4 * 90, (pose & 4) != 0, (pose & 8) != 0);
      g_autoptr (LkRecipe) right = lk_recipe_turned (recipe, TRUE);
      g_autoptr (LkRecipe) back = lk_recipe_turned (right, FALSE);
      double x, y, turned_x, turned_y;

      lk_crop_view_source_to_view (&view, recipe, 2500, 1700, &x, &y);
      lk_crop_view_source_to_view (&view, right, 2500, 1700, &turned_x, &turned_y);
      g_assert_cmpfloat_with_epsilon (turned_x - middle_x, -(y - middle_y), EPSILON);
      g_assert_cmpfloat_with_epsilon (turned_y - middle_y, x - middle_x, EPSILON);
      g_assert_true (lk_recipe_equal (recipe, back));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crop-geometry/fit", test_fit);
  g_test_add_func ("/crop-geometry/pan-follows-pointer", test_pan_follows_pointer);
  g_test_add_func ("/crop-geometry/pan-stays-inside", test_pan_stays_inside);
  g_test_add_func ("/crop-geometry/zoom-about-pointer", test_zoom_about_pointer);
  g_test_add_func ("/crop-geometry/zoom-limits", test_zoom_limits);
  g_test_add_func ("/crop-geometry/turn-is-as-seen", test_turn_is_as_seen);
  return g_test_run ();
}
