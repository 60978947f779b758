/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-adjust.h"
#include "lk-border.h"
#include "lk-rgb.h"
#include "lk-text-layer.h"

/* A recipe is the immutable list of edits that turns a source into a picture. Order of effect: the
 * upright source (EXIF orientation applied) → straightened about the middle of the crop → square
 * crop → rotation → flips → adjustment → background → border → texts. The crop is in source
 * coordinates, so turning the picture does not move it; texts and border are in fractions of what
 * the crop left, so that they look the same at any size. Undo is a list of recipes. */

/** Version of the recipe's JSON that is written; version 1, which knew no more than crop, rotation,
 * flips and background, is read too. */
#define LK_RECIPE_VERSION 2
/** The most that a picture is straightened by, in degrees. */
#define LK_RECIPE_MAX_STRAIGHTEN 45.0
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

/**
 * LkBackground: what is below transparent pixels.
 * @LK_BACKGROUND_NONE: nothing where the rendition's format has transparency, otherwise white
 * @LK_BACKGROUND_COLOR: a colour
 * @LK_BACKGROUND_BLUR: the picture itself, blurred
 */
typedef enum
{
  LK_BACKGROUND_NONE,
  LK_BACKGROUND_COLOR,
  LK_BACKGROUND_BLUR,
} LkBackground;

/** How much slower and faster a clip or animation may run, and how often at most, but for ever. */
#define LK_RECIPE_MIN_SPEED 0.5
#define LK_RECIPE_MAX_SPEED 3.0
#define LK_RECIPE_MAX_LOOPS 65535
/** The latest time that a recipe may name, in µs: a week; what lasts longer is no source of ours.
 */
#define LK_RECIPE_MAX_TIME (G_GINT64_CONSTANT (7) * 24 * 3600 * G_USEC_PER_SEC)

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
double lk_recipe_get_straighten (LkRecipe *self); /* degrees clockwise */
LkAdjust lk_recipe_get_adjust (LkRecipe *self);
LkBackground lk_recipe_get_background_kind (LkRecipe *self);
LkColor lk_recipe_get_background (LkRecipe *self); /* white unless set */
guint lk_recipe_get_n_texts (LkRecipe *self);
const LkTextLayer *lk_recipe_get_text (LkRecipe *self, guint i); /* (transfer none) */
const LkBorder *lk_recipe_get_border (LkRecipe *self);           /* (transfer none) */
LkMotionEdits lk_recipe_get_motion (LkRecipe *self);

/* Each gives a new recipe (transfer full) and leaves @self as it is. */
LkRecipe *lk_recipe_with_crop (LkRecipe *self, LkCrop crop);
LkRecipe *lk_recipe_with_rotation (LkRecipe *self, int degrees);
LkRecipe *lk_recipe_with_flips (LkRecipe *self, gboolean horizontal, gboolean vertical);
LkRecipe *lk_recipe_with_straighten (LkRecipe *self, double degrees);
LkRecipe *lk_recipe_with_adjust (LkRecipe *self, LkAdjust adjust);
LkRecipe *lk_recipe_with_background (LkRecipe *self, LkColor background);
LkRecipe *lk_recipe_with_background_kind (LkRecipe *self, LkBackground kind);
LkRecipe *lk_recipe_with_text_added (LkRecipe *self, const LkTextLayer *text);
LkRecipe *lk_recipe_with_text_replaced (LkRecipe *self, guint i, const LkTextLayer *text);
LkRecipe *lk_recipe_with_text_removed (LkRecipe *self, guint i);
LkRecipe *lk_recipe_with_border (LkRecipe *self, const LkBorder *border);
LkRecipe *lk_recipe_with_motion (LkRecipe *self, LkMotionEdits motion);

/* Clamps the centre so that the square lies inside a source of width × height px. */
LkCrop lk_crop_clamp (LkCrop crop, guint width, guint height);
/* The same where the square is turned by @straighten degrees: all of its corners lie inside. */
LkCrop lk_crop_clamp_turned (LkCrop crop, double straighten, guint width, guint height);
/* How many times as wide as a square its bounding box is when it is turned by @degrees. */
double lk_crop_get_reach (double degrees);

JsonObject *lk_recipe_to_json (LkRecipe *self);
LkRecipe *lk_recipe_from_json (JsonObject *object, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRecipe, lk_recipe_unref)
