/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"

/* Shared by the recipe and its JSON. */

struct _LkRecipe
{
  gatomicrefcount ref_count;
  LkCrop crop;
  int rotation;
  gboolean flip_horizontal;
  gboolean flip_vertical;
  double straighten;
  LkAdjust adjust;
  LkBackground background_kind;
  LkColor background;
  GPtrArray *texts; /* (element-type LkTextLayer) */
  LkBorder border;
  LkMotionEdits motion;
};

double lk_recipe_sanitize_straighten (double degrees);
LkMotionEdits lk_motion_edits_sanitize (LkMotionEdits motion);
