/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"

/* The arithmetic of the crop area, free of any toolkit. Two spaces: the source, upright, in px; and
 * the view, in logical px of the widget, where the frame (the square that is kept) stands still and
 * the picture lies under it, cropped, then turned, then flipped, as the recipe says. Pure
 * functions; safe on any thread. */

/** The fewest source px that the frame may show along a side when zoomed in: what the smallest
 * rendition needs. */
#define LK_CROP_MIN_SIDE 96

/**
 * LkCropView:
 * @width: of the upright source, in px, at least 1
 * @height: of the upright source, in px, at least 1
 * @frame_x: the frame's left edge, in view px
 * @frame_y: the frame's top edge, in view px
 * @frame_side: the frame's side, in view px, more than 0
 */
typedef struct
{
  guint width;
  guint height;
  double frame_x;
  double frame_y;
  double frame_side;
} LkCropView;

LkCropView
lk_crop_view_fit (guint width, guint height, double view_width, double view_height, double margin);
double lk_crop_view_get_scale (const LkCropView *view, LkCrop crop);
void lk_crop_view_vector_to_source (const LkCropView *view,
                                    LkRecipe *recipe,
                                    double dx,
                                    double dy,
                                    double *sx,
                                    double *sy);
LkCrop lk_crop_view_pan (const LkCropView *view, LkRecipe *recipe, double dx, double dy);
LkCrop
lk_crop_view_zoom (const LkCropView *view, LkRecipe *recipe, double zoom, double x, double y);
void lk_crop_view_source_to_view (const LkCropView *view,
                                  LkRecipe *recipe,
                                  double sx,
                                  double sy,
                                  double *x,
                                  double *y);

double lk_crop_get_zoom (LkCrop crop);
double lk_crop_get_max_zoom (guint width, guint height);

LkRecipe *lk_recipe_turned (LkRecipe *recipe, gboolean clockwise);
