/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-recipe.h"
#include "lk-recipe-private.h"

#include <math.h>
#include "lk-recipe-values.h"

/* What is turned by less than this, in degrees, is not turned: it would move no px of the largest
 * picture. */
#define MIN_STRAIGHTEN 0.001

G_DEFINE_BOXED_TYPE (LkRecipe, lk_recipe, lk_recipe_ref, lk_recipe_unref)

static gpointer
copy_text (gconstpointer text, gpointer data)
{
  return lk_text_layer_copy (text);
}

static LkRecipe *
recipe_copy (LkRecipe *self)
{
  LkRecipe *copy = g_memdup2 (self, sizeof *self);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->texts = g_ptr_array_copy (self->texts, copy_text, NULL);
  lk_border_copy_to (&self->border, &copy->border);

  return copy;
}

LkMotionEdits
lk_motion_edits_sanitize (LkMotionEdits motion)
{
  motion.start = CLAMP (motion.start, 0, LK_RECIPE_MAX_TIME);
  motion.duration = CLAMP (motion.duration, 0, LK_RECIPE_MAX_TIME);
  motion.poster = CLAMP (motion.poster, -1, LK_RECIPE_MAX_TIME);
  motion.speed = lk_recipe_sanitize (motion.speed, LK_RECIPE_MIN_SPEED, LK_RECIPE_MAX_SPEED, 1);
  motion.boomerang = !!motion.boomerang;
  motion.loops = CLAMP (motion.loops, -1, LK_RECIPE_MAX_LOOPS);

  return motion;
}

/* Degrees within bounds; so few that nothing would move are none. */
double
lk_recipe_sanitize_straighten (double degrees)
{
  degrees = lk_recipe_sanitize (degrees, -LK_RECIPE_MAX_STRAIGHTEN, LK_RECIPE_MAX_STRAIGHTEN, 0);

  return fabs (degrees) < MIN_STRAIGHTEN ? 0 : degrees;
}

/**
 * lk_recipe_new:
 *
 * Returns: (transfer full): the largest square in the middle, and nothing done to it
 */
LkRecipe *
lk_recipe_new (void)
{
  LkRecipe *self = g_new0 (LkRecipe, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->crop = (LkCrop){ .x = 0.5, .y = 0.5, .size = 1 };
  self->background = (LkColor){ .red = 0xff, .green = 0xff, .blue = 0xff };
  self->texts = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_text_layer_free);
  lk_border_init (&self->border);
  self->motion = (LkMotionEdits){ .poster = -1, .speed = 1, .loops = -1 };

  return self;
}

/**
 * lk_recipe_ref:
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
LkRecipe *
lk_recipe_ref (LkRecipe *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lk_recipe_unref:
 * @self: (transfer full): the recipe
 *
 * Any thread.
 */
void
lk_recipe_unref (LkRecipe *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->texts);
  lk_border_clear (&self->border);
  g_free (self);
}

static gboolean
texts_equal (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (!lk_text_layer_equal (a->pdata[i], b->pdata[i]))
      return FALSE;

  return TRUE;
}

static gboolean
motion_equal (const LkMotionEdits *a, const LkMotionEdits *b)
{
  return a->start == b->start && a->duration == b->duration && a->poster == b->poster
         && a->speed == b->speed && a->boomerang == b->boomerang && a->loops == b->loops;
}

gboolean
lk_recipe_equal (LkRecipe *a, LkRecipe *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->crop.x == b->crop.x && a->crop.y == b->crop.y && a->crop.size == b->crop.size
         && a->rotation == b->rotation && a->flip_horizontal == b->flip_horizontal
         && a->flip_vertical == b->flip_vertical && a->straighten == b->straighten
         && lk_adjust_equal (&a->adjust, &b->adjust) && a->background_kind == b->background_kind
         && lk_color_equal (a->background, b->background) && texts_equal (a->texts, b->texts)
         && lk_border_equal (&a->border, &b->border) && motion_equal (&a->motion, &b->motion);
}

LkCrop
lk_recipe_get_crop (LkRecipe *self)
{
  return self->crop;
}

int
lk_recipe_get_rotation (LkRecipe *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rotation;
}

gboolean
lk_recipe_get_flip_horizontal (LkRecipe *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->flip_horizontal;
}

gboolean
lk_recipe_get_flip_vertical (LkRecipe *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->flip_vertical;
}

LkColor
lk_recipe_get_background (LkRecipe *self)
{
  return self->background;
}

double
lk_recipe_get_straighten (LkRecipe *self)
{
  return self->straighten;
}

LkAdjust
lk_recipe_get_adjust (LkRecipe *self)
{
  return self->adjust;
}

LkBackground
lk_recipe_get_background_kind (LkRecipe *self)
{
  return self->background_kind;
}

guint
lk_recipe_get_n_texts (LkRecipe *self)
{
  return self->texts->len;
}

/**
 * lk_recipe_get_text:
 * @i: below lk_recipe_get_n_texts(); a later one lies over an earlier one
 *
 * Returns: (transfer none): that text; do not change it
 */
const LkTextLayer *
lk_recipe_get_text (LkRecipe *self, guint i)
{
  g_return_val_if_fail (i < self->texts->len, NULL);

  return self->texts->pdata[i];
}

const LkBorder *
lk_recipe_get_border (LkRecipe *self)
{
  return &self->border;
}

LkMotionEdits
lk_recipe_get_motion (LkRecipe *self)
{
  return self->motion;
}

/**
 * lk_recipe_with_crop:
 * @crop: values out of range are brought into it; lk_crop_clamp() keeps the square inside a given
 * source
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_crop (LkRecipe *self, LkCrop crop)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->crop.x = lk_recipe_sanitize (crop.x, 0, 1, 0.5);
  copy->crop.y = lk_recipe_sanitize (crop.y, 0, 1, 0.5);
  copy->crop.size = lk_recipe_sanitize (crop.size, LK_RECIPE_MIN_CROP, 1, 1);

  return copy;
}

/**
 * lk_recipe_with_rotation:
 * @degrees: clockwise, any multiple of 90, negative too
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_rotation (LkRecipe *self, int degrees)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (degrees % 90 == 0, NULL);

  copy = recipe_copy (self);
  copy->rotation = ((degrees % 360) + 360) % 360;

  return copy;
}

/**
 * lk_recipe_with_flips:
 * @horizontal: left and right change places, after the rotation
 * @vertical: top and bottom change places, after the rotation
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_flips (LkRecipe *self, gboolean horizontal, gboolean vertical)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->flip_horizontal = !!horizontal;
  copy->flip_vertical = !!vertical;

  return copy;
}

/**
 * lk_recipe_with_straighten:
 * @degrees: clockwise; out of ±45 is brought into it
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_straighten (LkRecipe *self, double degrees)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->straighten = lk_recipe_sanitize_straighten (degrees);

  return copy;
}

/**
 * lk_recipe_with_adjust:
 * @adjust: values out of range are brought into it
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_adjust (LkRecipe *self, LkAdjust adjust)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->adjust = adjust;
  lk_adjust_sanitize (&copy->adjust);

  return copy;
}

/**
 * lk_recipe_with_background:
 * @background: what transparent pixels are laid over
 *
 * Returns: (transfer full): a new recipe, of LK_BACKGROUND_COLOR
 */
LkRecipe *
lk_recipe_with_background (LkRecipe *self, LkColor background)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->background_kind = LK_BACKGROUND_COLOR;
  copy->background = background;

  return copy;
}

/**
 * lk_recipe_with_background_kind:
 * @kind: a colour is the one that the recipe has
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_background_kind (LkRecipe *self, LkBackground kind)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->background_kind = (guint)kind <= LK_BACKGROUND_BLUR ? kind : LK_BACKGROUND_NONE;

  return copy;
}

static LkTextLayer *
copy_sanitized (const LkTextLayer *text)
{
  LkTextLayer *copy = lk_text_layer_copy (text);

  lk_text_layer_sanitize (copy);

  return copy;
}

/**
 * lk_recipe_with_text_added:
 * @text: laid over the others; values out of range are brought into it
 *
 * Returns: (transfer full): a new recipe; the same as @self where that has as many texts as it may
 */
LkRecipe *
lk_recipe_with_text_added (LkRecipe *self, const LkTextLayer *text)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  copy = recipe_copy (self);
  if (copy->texts->len < LK_RECIPE_MAX_TEXTS)
    g_ptr_array_add (copy->texts, copy_sanitized (text));

  return copy;
}

/**
 * lk_recipe_with_text_replaced:
 * @i: below lk_recipe_get_n_texts()
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_text_replaced (LkRecipe *self, guint i, const LkTextLayer *text)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL && text != NULL && i < self->texts->len, NULL);

  copy = recipe_copy (self);
  lk_text_layer_free (copy->texts->pdata[i]);
  copy->texts->pdata[i] = copy_sanitized (text);

  return copy;
}

/**
 * lk_recipe_with_text_removed:
 * @i: below lk_recipe_get_n_texts()
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_text_removed (LkRecipe *self, guint i)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL && i < self->texts->len, NULL);

  copy = recipe_copy (self);
  g_ptr_array_remove_index (copy->texts, i);

  return copy;
}

/**
 * lk_recipe_with_border:
 * @border: values out of range are brought into it
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_border (LkRecipe *self, const LkBorder *border)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL && border != NULL, NULL);

  copy = recipe_copy (self);
  lk_border_clear (&copy->border);
  lk_border_copy_to (border, &copy->border);

  return copy;
}

/**
 * lk_recipe_with_motion:
 * @motion: values out of range are brought into it
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_motion (LkRecipe *self, LkMotionEdits motion)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->motion = lk_motion_edits_sanitize (motion);

  return copy;
}

/**
 * lk_crop_get_reach:
 * @degrees: from −45 to 45
 *
 * Returns: how many times as wide as a square its bounding box is when it is turned by @degrees, 1
 * to √2
 */
double
lk_crop_get_reach (double degrees)
{
  double radians = degrees * G_PI / 180;

  return fabs (cos (radians)) + fabs (sin (radians));
}

/**
 * lk_crop_clamp_turned:
 * @crop: any crop
 * @straighten: degrees that the picture is turned by below the square
 * @width: of the upright source in px
 * @height: of the upright source in px
 *
 * Returns: the nearest crop whose square lies inside the source with all of its corners, smaller
 * where it must be
 */
LkCrop
lk_crop_clamp_turned (LkCrop crop, double straighten, guint width, guint height)
{
  double reach = lk_crop_get_reach (straighten);
  double shorter = MIN (width, height);
  double half_x;
  double half_y;

  g_return_val_if_fail (width > 0 && height > 0, crop);

  crop.size = lk_recipe_sanitize (crop.size, LK_RECIPE_MIN_CROP, 1 / reach, 1 / reach);
  half_x = crop.size * reach * shorter / width / 2;
  half_y = crop.size * reach * shorter / height / 2;
  crop.x = lk_recipe_sanitize (crop.x, half_x, 1 - half_x, 0.5);
  crop.y = lk_recipe_sanitize (crop.y, half_y, 1 - half_y, 0.5);

  return crop;
}

/**
 * lk_crop_clamp:
 * @crop: any crop
 * @width: of the upright source in px
 * @height: of the upright source in px
 *
 * Returns: a crop of the same size, itself brought into its range, whose square lies inside the
 * source
 */
LkCrop
lk_crop_clamp (LkCrop crop, guint width, guint height)
{
  return lk_crop_clamp_turned (crop, 0, width, height);
}
