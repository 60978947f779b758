/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "lk-mipmap.h"
#include "lk-recipe.h"

/**
 * LkCropArea: the picture under a frame that stands still in the middle and shows what is kept. The
 * picture is moved and zoomed by drag, scroll, pinch and keys; it is drawn from textures by
 * transforms, and no pixel is computed while it moves.
 *
 * Keys: the arrows move the picture the way they point, in any text direction, with Shift by single
 * px; plus and minus zoom; Home shows as much as fits.
 *
 * Properties (explicit-notify): "mipmap" (LkMipmap, nullable), "recipe" (LkRecipe), "zoom" (1 to
 * lk_crop_area_get_max_zoom(), about the frame's middle when it is set).
 *
 * Signals:
 *  "changed" (gesture: utf8): the person changed the recipe; changes of one gesture belong together
 * until "settled" (): the gesture is over
 */
#define LK_TYPE_CROP_AREA (lk_crop_area_get_type ())
G_DECLARE_FINAL_TYPE (LkCropArea, lk_crop_area, LK, CROP_AREA, GtkWidget)

GtkWidget *lk_crop_area_new (void);
LkMipmap *lk_crop_area_get_mipmap (LkCropArea *self);
void lk_crop_area_set_mipmap (LkCropArea *self, LkMipmap *mipmap);
LkRecipe *lk_crop_area_get_recipe (LkCropArea *self);
void lk_crop_area_set_recipe (LkCropArea *self, LkRecipe *recipe);
double lk_crop_area_get_zoom (LkCropArea *self);
void lk_crop_area_set_zoom (LkCropArea *self, double zoom);
double lk_crop_area_get_max_zoom (LkCropArea *self);
