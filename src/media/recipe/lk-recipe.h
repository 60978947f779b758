/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* A recipe is the immutable list of edits that turns a source into a picture. Order of effect: the
 * upright source (EXIF orientation applied) → square crop → rotation → flips → background. The crop
 * is in source coordinates, so turning the picture does not move it. Undo is a list of recipes. */

/** Version of the recipe's JSON. */
#define LK_RECIPE_VERSION 1
/** The smallest crop, as a fraction of the source's shorter side. */
#define LK_RECIPE_MIN_CROP 0.01

/**
 * LkCrop:
 * @x: the centre, as a fraction of the upright source's width
 * @y: the centre, as a fraction of the upright source's height
 * @size: the side of the square, as a fraction of the source's shorter side, up to 1
 */
typedef struct
{
  double x;
  double y;
  double size;
} LkCrop;

/** LkColor: 8-bit sRGB, opaque. */
typedef struct
{
  guint8 red;
  guint8 green;
  guint8 blue;
} LkColor;

/**
 * LkMotionEdits: what is done to time.
 * @start: of the part that is kept, in µs from the start of the source
 * @duration: of that part in µs of the source; 0 for all that follows
 * @poster: which frame stands for the whole, in µs from the start of the source; -1 for the first
 * of the part that is kept
 * @speed: 0.5 to 3; 2 takes half as long
 * @boomerang: the part runs forwards, then backwards
 * @loops: how often an animation runs, 0 for ever, up to 65,535; -1 as the source says
 */
typedef struct
{
  gint64 start;
  gint64 duration;
  gint64 poster;
  double speed;
  gboolean boomerang;
  int loops;
} LkMotionEdits;

#define LK_TYPE_RECIPE (lk_recipe_get_type ())
typedef struct _LkRecipe LkRecipe;

GType lk_recipe_get_type (void);

LkRecipe *lk_recipe_new (void);
LkRecipe *lk_recipe_ref (LkRecipe *self);
void lk_recipe_unref (LkRecipe *self);
gboolean lk_recipe_equal (LkRecipe *a, LkRecipe *b);

LkCrop lk_recipe_get_crop (LkRecipe *self);
int lk_recipe_get_rotation (LkRecipe *self); /* degrees clockwise: 0, 90, 180, 270 */
gboolean lk_recipe_get_flip_horizontal (LkRecipe *self);
gboolean lk_recipe_get_flip_vertical (LkRecipe *self);
LkColor lk_recipe_get_background (LkRecipe *self); /* white unless set */
LkMotionEdits lk_recipe_get_motion (LkRecipe *self);

/* Each gives a new recipe (transfer full) and leaves @self as it is. */
LkRecipe *lk_recipe_with_crop (LkRecipe *self, LkCrop crop);
LkRecipe *lk_recipe_with_rotation (LkRecipe *self, int degrees);
LkRecipe *lk_recipe_with_flips (LkRecipe *self, gboolean horizontal, gboolean vertical);
LkRecipe *lk_recipe_with_background (LkRecipe *self, LkColor background);
LkRecipe *lk_recipe_with_motion (LkRecipe *self, LkMotionEdits motion);

/* Clamps the centre so that the square lies inside a source of width × height px. */
LkCrop lk_crop_clamp (LkCrop crop, guint width, guint height);

JsonObject *lk_recipe_to_json (LkRecipe *self);
LkRecipe *lk_recipe_from_json (JsonObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRecipe, lk_recipe_unref)
