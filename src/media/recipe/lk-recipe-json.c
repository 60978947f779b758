/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-recipe-private.h"

#include "lk-error.h"
#include "lk-json.h"
#include "lk-media-error.h"
#include "lk-recipe-values.h"

/* What version 1 wrote where nobody had chosen a background. */
#define VERSION_1_NONE "#ffffff"

typedef gboolean (*ReadMember) (LkRecipe *self, JsonObject *object, gint64 version, GError **error);

static gboolean
read_crop (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  const char *const members[] = { "x", "y", "size", NULL };
  LkCrop *crop = &self->crop;
  JsonObject *value;

  return lk_json_get_object (object, "crop", &value, error)
         && lk_json_only_members (value, members, error)
         && lk_json_get_double (value, "x", 0, 1, &crop->x, error)
         && lk_json_get_double (value, "y", 0, 1, &crop->y, error)
         && lk_json_get_double (value, "size", LK_RECIPE_MIN_CROP, 1, &crop->size, error);
}

static gboolean
read_flips (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  const char *const members[] = { "horizontal", "vertical", NULL };
  JsonObject *value;

  return lk_json_get_object (object, "flip", &value, error)
         && lk_json_only_members (value, members, error)
         && lk_json_get_boolean (value, "horizontal", &self->flip_horizontal, error)
         && lk_json_get_boolean (value, "vertical", &self->flip_vertical, error);
}

static gboolean
read_rotation (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  gint64 value;

  if (!lk_json_get_int (object, "rotation", 0, 270, &value, error))
    return FALSE;

  if (value % 90 != 0)
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                           "“rotation” is not 0, 90, 180 or 270");
      return FALSE;
    }

  self->rotation = (int)value;
  return TRUE;
}

static gboolean
read_straighten (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  double degrees;

  if (!lk_json_get_double (object, "straighten", -LK_RECIPE_MAX_STRAIGHTEN,
                           LK_RECIPE_MAX_STRAIGHTEN, &degrees, error))
    return FALSE;

  self->straighten = lk_recipe_sanitize_straighten (degrees);
  return TRUE;
}

static gboolean
read_adjust (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  JsonObject *value;

  return lk_json_get_object (object, "adjust", &value, error)
         && lk_adjust_read_json (&self->adjust, value, error);
}

static gboolean
read_background (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  const char *text;

  if (!lk_json_get_string (object, "background", G_MAXSIZE, &text, error))
    return FALSE;

  if (version >= 2 && g_str_equal (text, "none"))
    return TRUE;
  if (version >= 2 && g_str_equal (text, "blur"))
    {
      self->background_kind = LK_BACKGROUND_BLUR;
      return TRUE;
    }

  if (!lk_recipe_parse_color (text, &self->background))
    {
      g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                   "“background” is not %sof the form #rrggbb",
                   version >= 2 ? "none, blur or " : "");
      return FALSE;
    }

  if (version >= 2 || !g_str_equal (text, VERSION_1_NONE))
    self->background_kind = LK_BACKGROUND_COLOR;
  return TRUE;
}

static gboolean
read_texts (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  JsonArray *array;

  if (!lk_json_get_array (object, "texts", LK_RECIPE_MAX_TEXTS, &array, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      LkTextLayer *text;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                               "“texts” holds something that is not an object");
          return FALSE;
        }

      text = lk_text_layer_from_json (json_node_get_object (node), error);
      if (text == NULL)
        {
          g_prefix_error (error, "texts[%u]: ", i);
          return FALSE;
        }
      g_ptr_array_add (self->texts, text);
    }

  return TRUE;
}

static gboolean
read_border (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  JsonObject *value;

  return lk_json_get_object (object, "border", &value, error)
         && lk_border_read_json (&self->border, value, error);
}

static gboolean
read_motion (LkRecipe *self, JsonObject *object, gint64 version, GError **error)
{
  const char *const members[]
      = { "start", "duration", "poster", "speed", "boomerang", "loops", NULL };
  LkMotionEdits *motion = &self->motion;
  JsonObject *value;
  gint64 loops = motion->loops;

  if (!lk_json_get_object (object, "motion", &value, error)
      || !lk_json_only_members (value, members, error)
      || (json_object_has_member (value, "start")
          && !lk_json_get_int (value, "start", 0, LK_RECIPE_MAX_TIME, &motion->start, error))
      || (json_object_has_member (value, "duration")
          && !lk_json_get_int (value, "duration", 0, LK_RECIPE_MAX_TIME, &motion->duration, error))
      || (json_object_has_member (value, "poster")
          && !lk_json_get_int (value, "poster", -1, LK_RECIPE_MAX_TIME, &motion->poster, error))
      || (json_object_has_member (value, "speed")
          && !lk_json_get_double (value, "speed", LK_RECIPE_MIN_SPEED, LK_RECIPE_MAX_SPEED,
                                  &motion->speed, error))
      || (json_object_has_member (value, "boomerang")
          && !lk_json_get_boolean (value, "boomerang", &motion->boomerang, error))
      || (json_object_has_member (value, "loops")
          && !lk_json_get_int (value, "loops", -1, LK_RECIPE_MAX_LOOPS, &loops, error)))
    return FALSE;

  motion->loops = (int)loops;
  return TRUE;
}

/* Each member, what reads it, and since which version there is one. */
static const struct
{
  const char *name;
  ReadMember read;
  gint64 since;
} readers[] = {
  { "crop", read_crop, 1 },
  { "rotation", read_rotation, 1 },
  { "flip", read_flips, 1 },
  { "background", read_background, 1 },
  { "straighten", read_straighten, 2 },
  { "adjust", read_adjust, 2 },
  { "texts", read_texts, 2 },
  { "border", read_border, 2 },
  { "motion", read_motion, 2 },
};

/* @error says where in the recipe it is. */
static gboolean
read_member (LkRecipe *self, JsonObject *object, guint i, gint64 version, GError **error)
{
  JsonNode *node = json_object_get_member (object, readers[i].name);

  if (node == NULL || readers[i].read (self, object, version, error))
    return TRUE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    g_prefix_error (error, "%s: ", readers[i].name);
  return FALSE;
}

static gboolean
read_recipe (LkRecipe *self, JsonObject *object, GError **error)
{
  const char *members[G_N_ELEMENTS (readers) + 2] = { "version" };
  guint n = 1;
  gint64 version;

  if (!lk_json_get_int (object, "version", 1, LK_RECIPE_VERSION, &version, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (readers[i].since <= version)
      members[n++] = readers[i].name;
  if (!lk_json_only_members (object, members, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (!read_member (self, object, i, version, error))
      return FALSE;

  return TRUE;
}

static JsonObject *
crop_to_json (const LkCrop *crop)
{
  JsonObject *object = json_object_new ();

  json_object_set_double_member (object, "x", crop->x);
  json_object_set_double_member (object, "y", crop->y);
  json_object_set_double_member (object, "size", crop->size);

  return object;
}

static JsonObject *
flips_to_json (LkRecipe *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "horizontal", self->flip_horizontal);
  json_object_set_boolean_member (object, "vertical", self->flip_vertical);

  return object;
}

static JsonArray *
texts_to_json (GPtrArray *texts)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < texts->len; i++)
    json_array_add_object_element (array, lk_text_layer_to_json (texts->pdata[i]));

  return array;
}

static JsonObject *
motion_to_json (const LkMotionEdits *motion)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "start", motion->start);
  json_object_set_int_member (object, "duration", motion->duration);
  json_object_set_int_member (object, "poster", motion->poster);
  json_object_set_double_member (object, "speed", motion->speed);
  json_object_set_boolean_member (object, "boomerang", motion->boomerang);
  json_object_set_int_member (object, "loops", motion->loops);

  return object;
}

static void
write_background (LkRecipe *self, JsonObject *object)
{
  if (self->background_kind == LK_BACKGROUND_COLOR)
    lk_recipe_write_color (object, "background", self->background);
  else
    json_object_set_string_member (object, "background",
                                   self->background_kind == LK_BACKGROUND_BLUR ? "blur" : "none");
}

/**
 * lk_recipe_to_json:
 *
 * Returns: (transfer full): version and every edit
 */
JsonObject *
lk_recipe_to_json (LkRecipe *self)
{
  JsonObject *object;

  g_return_val_if_fail (self != NULL, NULL);

  object = json_object_new ();
  json_object_set_int_member (object, "version", LK_RECIPE_VERSION);
  json_object_set_object_member (object, "crop", crop_to_json (&self->crop));
  json_object_set_int_member (object, "rotation", self->rotation);
  json_object_set_object_member (object, "flip", flips_to_json (self));
  json_object_set_double_member (object, "straighten", self->straighten);
  json_object_set_object_member (object, "adjust", lk_adjust_to_json (&self->adjust));
  write_background (self, object);
  json_object_set_array_member (object, "texts", texts_to_json (self->texts));
  json_object_set_object_member (object, "border", lk_border_to_json (&self->border));
  json_object_set_object_member (object, "motion", motion_to_json (&self->motion));

  return object;
}

/**
 * lk_recipe_from_json:
 * @object: (transfer none): what lk_recipe_to_json() gives, or version 1; all but version may be
 * missing and then are as in lk_recipe_new()
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
