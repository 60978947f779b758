/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"
#include "lk-frame.h"

/* Pictures that are painted by a formula, and edited. */

typedef void (*LkTestPaint) (double x, double y, guint8 *pixel);

LkFrame *lk_test_paint_frame (guint width, guint height, gboolean has_alpha, LkTestPaint paint);
void lk_test_paint_map (double x, double y, guint8 *pixel);
void lk_test_paint_scene (double x, double y, guint8 *pixel);
void lk_test_paint_scene_with_holes (double x, double y, guint8 *pixel);
void lk_test_paint_half (double x, double y, guint8 *pixel);
LkFrame *lk_test_render (LkFrame *source, LkRecipe *recipe, guint size, gboolean keep_alpha);
double lk_test_get_difference (LkFrame *a, LkFrame *b);
