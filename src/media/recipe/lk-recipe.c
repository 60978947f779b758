/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-recipe.h"

#include <math.h>
#include <stdlib.h>
#include "lk-json.h"
#include "lk-media-error.h"

struct _LkRecipe
{
  gatomicrefcount ref_count;
  LkCrop crop;
  int rotation;
  gboolean flip_horizontal;
  gboolean flip_vertical;
  LkColor background;
  LkMotionEdits motion;
};

G_DEFINE_BOXED_TYPE (LkRecipe, lk_recipe, lk_recipe_ref, lk_recipe_unref)

static LkRecipe *
recipe_copy (LkRecipe *self)
{
  LkRecipe *copy = lk_recipe_new ();

  copy->crop = self->crop;
  copy->rotation = self->rotation;
  copy->flip_horizontal = self->flip_horizontal;
  copy->flip_vertical = self->flip_vertical;
  copy->background = self->background;
  copy->motion = self->motion;

  return copy;
}

/* A gesture may compute anything, NaN too: a recipe holds only what can be rendered. */
static double
sanitize (double value, double minimum, double maximum, double otherwise)
{
  return isnan (value) ? otherwise : CLAMP (value, minimum, maximum);
}

static gboolean
read_crop (JsonObject *object, LkCrop *crop, GError **error)
{
  const char *const members[] = { "x", "y", "size", NULL };
  JsonObject *value;

  return lk_json_get_object (object, "crop", &value, error)
         && lk_json_only_members (value, members, error)
         && lk_json_get_double (value, "x", 0, 1, &crop->x, error)
         && lk_json_get_double (value, "y", 0, 1, &crop->y, error)
         && lk_json_get_double (value, "size", LK_RECIPE_MIN_CROP, 1, &crop->size, error);
}

static gboolean
read_flips (JsonObject *object, gboolean *horizontal, gboolean *vertical, GError **error)
{
  const char *const members[] = { "horizontal", "vertical", NULL };
  JsonObject *value;

  return lk_json_get_object (object, "flip", &value, error)
         && lk_json_only_members (value, members, error)
         && lk_json_get_boolean (value, "horizontal", horizontal, error)
         && lk_json_get_boolean (value, "vertical", vertical, error);
}

static gboolean
read_rotation (JsonObject *object, int *rotation, GError **error)
{
  gint64 value;

  if (!lk_json_get_int (object, "rotation", 0, 270, &value, error))
    return FALSE;

  if (value % 90 != 0)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE,
                   "rotation: %" G_GINT64_FORMAT " is not a multiple of 90", value);
      return FALSE;
    }

  *rotation = (int)value;
  return TRUE;
}

static gboolean
read_background (JsonObject *object, LkColor *color, GError **error)
{
  const char *text;
  gulong value;

  if (!lk_json_get_string (object, "background", 7, &text, error))
    return FALSE;

  if (strlen (text) != 7 || text[0] != '#' || strspn (text + 1, "0123456789abcdefABCDEF") != 6)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE,
                           "background: not of the form #rrggbb");
      return FALSE;
    }

  value = strtoul (text + 1, NULL, 16);
  color->red = (value >> 16) & 0xff;
  color->green = (value >> 8) & 0xff;
  color->blue = value & 0xff;
  return TRUE;
}

static gboolean
read_recipe (LkRecipe *self, JsonObject *object, GError **error)
{
  const char *const members[] = { "version", "crop", "rotation", "flip", "background", NULL };
  gint64 version;

  if (!lk_json_get_int (object, "version", LK_RECIPE_VERSION, LK_RECIPE_VERSION, &version, error)
      || !lk_json_only_members (object, members, error))
    return FALSE;

  if (json_object_has_member (object, "crop") && !read_crop (object, &self->crop, error))
    return FALSE;
  if (json_object_has_member (object, "rotation")
      && !read_rotation (object, &self->rotation, error))
    return FALSE;
  if (json_object_has_member (object, "flip")
      && !read_flips (object, &self->flip_horizontal, &self->flip_vertical, error))
    return FALSE;
  if (json_object_has_member (object, "background")
      && !read_background (object, &self->background, error))
    return FALSE;

  return TRUE;
}

/**
 * lk_recipe_new:
 *
 * Returns: (transfer full): the largest square in the middle, not turned, over white
 */
LkRecipe *
lk_recipe_new (void)
{
  LkRecipe *self = g_new0 (LkRecipe, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->crop = (LkCrop){ .x = 0.5, .y = 0.5, .size = 1 };
  self->background = (LkColor){ .red = 0xff, .green = 0xff, .blue = 0xff };
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

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

gboolean
lk_recipe_equal (LkRecipe *a, LkRecipe *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->crop.x == b->crop.x && a->crop.y == b->crop.y && a->crop.size == b->crop.size
         && a->rotation == b->rotation && a->flip_horizontal == b->flip_horizontal
         && a->flip_vertical == b->flip_vertical && a->background.red == b->background.red
         && a->background.green == b->background.green && a->background.blue == b->background.blue;
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
  copy->crop.x = sanitize (crop.x, 0, 1, 0.5);
  copy->crop.y = sanitize (crop.y, 0, 1, 0.5);
  copy->crop.size = sanitize (crop.size, LK_RECIPE_MIN_CROP, 1, 1);

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
 * lk_recipe_with_background:
 * @background: what transparent pixels are laid over
 *
 * Returns: (transfer full): a new recipe
 */
LkRecipe *
lk_recipe_with_background (LkRecipe *self, LkColor background)
{
  LkRecipe *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = recipe_copy (self);
  copy->background = background;

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
  copy->motion = motion;
  copy->motion.start = MAX (motion.start, 0);
  copy->motion.duration = MAX (motion.duration, 0);
  copy->motion.poster = MAX (motion.poster, -1);
  copy->motion.speed = sanitize (motion.speed, 0.5, 3, 1);
  copy->motion.boomerang = !!motion.boomerang;
  copy->motion.loops = CLAMP (motion.loops, -1, 65535);

  return copy;
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
  double shorter = MIN (width, height);
  double half_x;
  double half_y;

  g_return_val_if_fail (width > 0 && height > 0, crop);

  crop.size = sanitize (crop.size, LK_RECIPE_MIN_CROP, 1, 1);
  half_x = crop.size * shorter / width / 2;
  half_y = crop.size * shorter / height / 2;
  crop.x = sanitize (crop.x, half_x, 1 - half_x, 0.5);
  crop.y = sanitize (crop.y, half_y, 1 - half_y, 0.5);

  return crop;
}

/**
 * lk_recipe_to_json:
 *
 * Returns: (transfer full): version, crop, rotation, flip and background
 */
JsonObject *
lk_recipe_to_json (LkRecipe *self)
{
  g_autofree char *background = NULL;
  JsonObject *object;
  JsonObject *crop;
  JsonObject *flip;

  g_return_val_if_fail (self != NULL, NULL);

  crop = json_object_new ();
  json_object_set_double_member (crop, "x", self->crop.x);
  json_object_set_double_member (crop, "y", self->crop.y);
  json_object_set_double_member (crop, "size", self->crop.size);

  flip = json_object_new ();
  json_object_set_boolean_member (flip, "horizontal", self->flip_horizontal);
  json_object_set_boolean_member (flip, "vertical", self->flip_vertical);

  background = g_strdup_printf ("#%02x%02x%02x", self->background.red, self->background.green,
                                self->background.blue);

  object = json_object_new ();
  json_object_set_int_member (object, "version", LK_RECIPE_VERSION);
  json_object_set_object_member (object, "crop", crop);
  json_object_set_int_member (object, "rotation", self->rotation);
  json_object_set_object_member (object, "flip", flip);
  json_object_set_string_member (object, "background", background);

  return object;
}

/**
 * lk_recipe_from_json:
 * @object: (transfer none): what lk_recipe_to_json() gives; all but version may be missing and then
 * are as in lk_recipe_new()
 *
 * Unknown members are refused: an edit that this version does not know would otherwise be dropped
 * silently.
 *
 * Returns: (transfer full) (nullable): the recipe, or NULL with LK_MEDIA_ERROR_INVALID_RECIPE
 */
LkRecipe *
lk_recipe_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkRecipe) self = NULL;
  g_autoptr (GError) cause = NULL;

  g_return_val_if_fail (object != NULL, NULL);

  self = lk_recipe_new ();
  if (!read_recipe (self, object, &cause))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_RECIPE, cause->message);
      return NULL;
    }

  return g_steal_pointer (&self);
}
