/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-text-layer.h"

#include "lk-json.h"
#include "lk-recipe-values.h"

static const char *const effects[] = { "none", "outline", "shadow", NULL };
static const char *const aligns[] = { "start", "center", "end", NULL };

/**
 * lk_text_layer_new:
 * @content: UTF-8; what is too long is cut
 *
 * Returns: (transfer full): a bold white text with a thin black outline, low in the middle
 */
LkTextLayer *
lk_text_layer_new (const char *content)
{
  LkTextLayer *self = g_new0 (LkTextLayer, 1);

  self->content = g_strdup (content);
  self->family = g_strdup ("");
  self->weight = 700;
  self->size = 0.12;
  self->color = (LkColor){ .red = 0xff, .green = 0xff, .blue = 0xff };
  self->effect = LK_TEXT_EFFECT_OUTLINE;
  self->effect_width = 0.008;
  self->x = 0.5;
  self->y = 0.82;
  self->align = LK_TEXT_ALIGN_CENTER;
  lk_text_layer_sanitize (self);

  return self;
}

LkTextLayer *
lk_text_layer_copy (const LkTextLayer *self)
{
  LkTextLayer *copy = g_memdup2 (self, sizeof *self);

  copy->content = g_strdup (self->content);
  copy->family = g_strdup (self->family);

  return copy;
}

void
lk_text_layer_free (LkTextLayer *self)
{
  g_free (self->content);
  g_free (self->family);
  g_free (self);
}

static void
cut (char **text, gsize length)
{
  char *short_enough = lk_recipe_cut_text (*text, length);

  g_free (*text);
  *text = short_enough;
}

/**
 * lk_text_layer_sanitize:
 *
 * Brings each member into its range.
 */
void
lk_text_layer_sanitize (LkTextLayer *self)
{
  cut (&self->content, LK_TEXT_MAX_LENGTH);
  cut (&self->family, LK_TEXT_MAX_FAMILY);
  if ((guint)self->effect > LK_TEXT_EFFECT_SHADOW)
    self->effect = LK_TEXT_EFFECT_NONE;
  if ((guint)self->align > LK_TEXT_ALIGN_END)
    self->align = LK_TEXT_ALIGN_CENTER;
  self->weight = CLAMP (self->weight, 100, 1000);
  self->size = lk_recipe_sanitize (self->size, LK_TEXT_MIN_SIZE, LK_TEXT_MAX_SIZE, 0.12);
  self->effect_width = lk_recipe_sanitize (self->effect_width, 0, LK_TEXT_MAX_EFFECT, 0);
  self->x = lk_recipe_sanitize (self->x, 0, 1, 0.5);
  self->y = lk_recipe_sanitize (self->y, 0, 1, 0.5);
  self->angle = lk_recipe_sanitize (self->angle, -180, 180, 0);
}

gboolean
lk_text_layer_equal (const LkTextLayer *a, const LkTextLayer *b)
{
  return g_str_equal (a->content, b->content) && g_str_equal (a->family, b->family)
         && a->weight == b->weight && a->size == b->size && lk_color_equal (a->color, b->color)
         && a->effect == b->effect && lk_color_equal (a->effect_color, b->effect_color)
         && a->effect_width == b->effect_width && a->x == b->x && a->y == b->y
         && a->angle == b->angle && a->align == b->align;
}

JsonObject *
lk_text_layer_to_json (const LkTextLayer *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "content", self->content);
  json_object_set_string_member (object, "family", self->family);
  json_object_set_int_member (object, "weight", self->weight);
  json_object_set_double_member (object, "size", self->size);
  lk_recipe_write_color (object, "color", self->color);
  json_object_set_string_member (object, "effect", effects[self->effect]);
  lk_recipe_write_color (object, "effect_color", self->effect_color);
  json_object_set_double_member (object, "effect_width", self->effect_width);
  json_object_set_double_member (object, "x", self->x);
  json_object_set_double_member (object, "y", self->y);
  json_object_set_double_member (object, "angle", self->angle);
  json_object_set_string_member (object, "align", aligns[self->align]);

  return object;
}

static gboolean
read_place (LkTextLayer *self, JsonObject *object, GError **error)
{
  return (!json_object_has_member (object, "x")
          || lk_json_get_double (object, "x", 0, 1, &self->x, error))
         && (!json_object_has_member (object, "y")
             || lk_json_get_double (object, "y", 0, 1, &self->y, error))
         && (!json_object_has_member (object, "angle")
             || lk_json_get_double (object, "angle", -180, 180, &self->angle, error));
}

static gboolean
read_effect (LkTextLayer *self, JsonObject *object, GError **error)
{
  guint effect = self->effect;
  guint align = self->align;

  if ((json_object_has_member (object, "effect")
       && !lk_recipe_read_choice (object, "effect", effects, &effect, error))
      || (json_object_has_member (object, "effect_color")
          && !lk_recipe_read_color (object, "effect_color", &self->effect_color, error))
      || (json_object_has_member (object, "effect_width")
          && !lk_json_get_double (object, "effect_width", 0, LK_TEXT_MAX_EFFECT,
                                  &self->effect_width, error))
      || (json_object_has_member (object, "align")
          && !lk_recipe_read_choice (object, "align", aligns, &align, error)))
    return FALSE;

  self->effect = (LkTextEffect)effect;
  self->align = (LkTextAlign)align;
  return TRUE;
}

static gboolean
read_font (LkTextLayer *self, JsonObject *object, GError **error)
{
  const char *family = "";
  gint64 weight = self->weight;

  if ((json_object_has_member (object, "family")
       && !lk_recipe_read_text (object, "family", LK_TEXT_MAX_FAMILY, &family, error))
      || (json_object_has_member (object, "weight")
          && !lk_json_get_int (object, "weight", 100, 1000, &weight, error))
      || (json_object_has_member (object, "size")
          && !lk_json_get_double (object, "size", LK_TEXT_MIN_SIZE, LK_TEXT_MAX_SIZE, &self->size,
                                  error))
      || (json_object_has_member (object, "color")
          && !lk_recipe_read_color (object, "color", &self->color, error)))
    return FALSE;

  g_free (self->family);
  self->family = g_strdup (family);
  self->weight = (int)weight;
  return TRUE;
}

/**
 * lk_text_layer_from_json:
 * @object: (transfer none): what lk_text_layer_to_json() gives; all but content may be missing and
 * then are as in lk_text_layer_new()
 *
 * Returns: (transfer full) (nullable): the text, or NULL with an error of the domain LK_ERROR
 */
LkTextLayer *
lk_text_layer_from_json (JsonObject *object, GError **error)
{
  const char *const members[]
      = { "content",      "family", "weight", "size",  "color", "effect", "effect_color",
          "effect_width", "x",      "y",      "angle", "align", NULL };
  g_autoptr (LkTextLayer) self = NULL;
  const char *content;

  if (!lk_json_only_members (object, members, error)
      || !lk_recipe_read_text (object, "content", LK_TEXT_MAX_LENGTH, &content, error))
    return NULL;

  self = lk_text_layer_new (content);
  if (!read_font (self, object, error) || !read_effect (self, object, error)
      || !read_place (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}
