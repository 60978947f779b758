/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-crop-geometry.h"

#include <math.h>

/* The cosine and sine of a multiple of 90°, exact. */
static void
get_quarter (int degrees, int *cosine, int *sine)
{
  static const int COSINES[] = { 1, 0, -1, 0 };
  static const int SINES[] = { 0, 1, 0, -1 };
  int quarter = ((degrees / 90) % 4 + 4) % 4;

  *cosine = COSINES[quarter];
  *sine = SINES[quarter];
}

/* The side of the crop, in source px. */
static double
get_side (const LkCropView *view, LkCrop crop)
{
  return crop.size * MIN (view->width, view->height);
}

/**
 * lk_crop_view_fit:
 * @width: of the upright source, in px
 * @height: of the upright source, in px
 * @view_width: of the widget, in view px
 * @view_height: of the widget, in view px
 * @margin: at least this much is left around the frame, in view px
 *
 * The largest frame in the middle of the widget, on whole px.
 */
LkCropView
lk_crop_view_fit (guint width, guint height, double view_width, double view_height, double margin)
{
  double side = MAX (1, floor (MIN (view_width, view_height) - 2 * margin));

  return (LkCropView){
    .width = MAX (1, width),
    .height = MAX (1, height),
    .frame_x = floor ((view_width - side) / 2),
    .frame_y = floor ((view_height - side) / 2),
    .frame_side = side,
  };
}

/**
 * lk_crop_view_get_scale:
 *
 * How many view px one source px takes.
 */
double
lk_crop_view_get_scale (const LkCropView *view, LkCrop crop)
{
  return view->frame_side / get_side (view, crop);
}

/**
 * lk_crop_view_vector_to_source:
 * @dx: in view px
 * @dy: in view px
 * @sx: (out): in source px
 * @sy: (out): in source px
 *
 * Undoes the flips, then the rotation, then the scale: the inverse of what the recipe does.
 */
void
lk_crop_view_vector_to_source (const LkCropView *view,
                               LkRecipe *recipe,
                               double dx,
                               double dy,
                               double *sx,
                               double *sy)
{
  double scale = lk_crop_view_get_scale (view, lk_recipe_get_crop (recipe));
  int cosine, sine;

  get_quarter (lk_recipe_get_rotation (recipe), &cosine, &sine);
  if (lk_recipe_get_flip_horizontal (recipe))
    dx = -dx;
  if (lk_recipe_get_flip_vertical (recipe))
    dy = -dy;
  *sx = (cosine * dx + sine * dy) / scale;
  *sy = (-sine * dx + cosine * dy) / scale;
}

/**
 * lk_crop_view_source_to_view:
 * @sx: in source px
 * @sy: in source px
 * @x: (out): in view px
 * @y: (out): in view px
 */
void
lk_crop_view_source_to_view (const LkCropView *view,
                             LkRecipe *recipe,
                             double sx,
                             double sy,
                             double *x,
                             double *y)
{
  LkCrop crop = lk_recipe_get_crop (recipe);
  double scale = lk_crop_view_get_scale (view, crop);
  double dx = (sx - crop.x * view->width) * scale;
  double dy = (sy - crop.y * view->height) * scale;
  int cosine, sine;
  double vx, vy;

  get_quarter (lk_recipe_get_rotation (recipe), &cosine, &sine);
  vx = cosine * dx - sine * dy;
  vy = sine * dx + cosine * dy;
  if (lk_recipe_get_flip_horizontal (recipe))
    vx = -vx;
  if (lk_recipe_get_flip_vertical (recipe))
    vy = -vy;
  *x = view->frame_x + view->frame_side / 2 + vx;
  *y = view->frame_y + view->frame_side / 2 + vy;
}

/**
 * lk_crop_view_pan:
 * @dx: how far the picture moves to the right as seen, in view px
 * @dy: how far it moves down as seen, in view px
 *
 * The crop after the picture was moved under the frame; it stays inside the picture.
 */
LkCrop
lk_crop_view_pan (const LkCropView *view, LkRecipe *recipe, double dx, double dy)
{
  LkCrop crop = lk_recipe_get_crop (recipe);
  double sx, sy;

  lk_crop_view_vector_to_source (view, recipe, dx, dy, &sx, &sy);
  crop.x -= sx / view->width;
  crop.y -= sy / view->height;
  return lk_crop_clamp (crop, view->width, view->height);
}

/**
 * lk_crop_view_zoom:
 * @zoom: the new zoom, see lk_crop_get_zoom(); clamped to what the source allows
 * @x: the point that stays where it is, in view px
 * @y: the point that stays where it is, in view px
 *
 * The crop after zooming about a point, which moves only as far as the picture's edges demand.
 */
LkCrop
lk_crop_view_zoom (const LkCropView *view, LkRecipe *recipe, double zoom, double x, double y)
{
  LkCrop crop = lk_recipe_get_crop (recipe);
  double size = 1 / CLAMP (zoom, 1, lk_crop_get_max_zoom (view->width, view->height));
  double dx = x - (view->frame_x + view->frame_side / 2);
  double dy = y - (view->frame_y + view->frame_side / 2);
  double sx, sy;

  lk_crop_view_vector_to_source (view, recipe, dx, dy, &sx, &sy);
  crop.x += sx * (1 - size / crop.size) / view->width;
  crop.y += sy * (1 - size / crop.size) / view->height;
  crop.size = size;
  return lk_crop_clamp (crop, view->width, view->height);
}

/**
 * lk_crop_get_zoom:
 *
 * How far it is zoomed in: 1 when the frame spans the source's shorter side.
 */
double
lk_crop_get_zoom (LkCrop crop)
{
  return 1 / crop.size;
}

/**
 * lk_crop_get_max_zoom:
 *
 * The zoom at which the frame shows LK_CROP_MIN_SIDE source px, or 1 for a source that has no more.
 */
double
lk_crop_get_max_zoom (guint width, guint height)
{
  return CLAMP (MIN (width, height) / (double)LK_CROP_MIN_SIDE, 1, 1 / LK_RECIPE_MIN_CROP);
}

/**
 * lk_recipe_turned:
 *
 * The recipe with the picture turned by 90° as it is seen. The flips come after the rotation, so in
 * a mirrored picture the rotation runs the other way.
 *
 * Returns: (transfer full): another recipe
 */
LkRecipe *
lk_recipe_turned (LkRecipe *recipe, gboolean clockwise)
{
  gboolean mirrored
      = lk_recipe_get_flip_horizontal (recipe) != lk_recipe_get_flip_vertical (recipe);
  int turn = clockwise != mirrored ? 90 : 270;

  return lk_recipe_with_rotation (recipe, (lk_recipe_get_rotation (recipe) + turn) % 360);
}
