/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-border.h"

#include "lk-json.h"
#include "lk-recipe-values.h"
#include "lk-text-layer.h"

static const char *const kinds[] = { "none", "ring", "square", "rounded", "polaroid", NULL };

/**
 * lk_border_init:
 * @self: (out caller-allocates): becomes none, white, and 0.04 wide should it be shown
 */
void
lk_border_init (LkBorder *self)
{
  self->kind = LK_BORDER_NONE;
  self->color = (LkColor){ .red = 0xff, .green = 0xff, .blue = 0xff };
  self->width = 0.04;
  self->caption = g_strdup ("");
  self->family = g_strdup ("");
}

/**
 * lk_border_copy_to:
 * @copy: (out caller-allocates): the same, with each member in its range
 */
void
lk_border_copy_to (const LkBorder *self, LkBorder *copy)
{
  copy->kind = (guint)self->kind <= LK_BORDER_POLAROID ? self->kind : LK_BORDER_NONE;
  copy->color = self->color;
  copy->width = lk_recipe_sanitize (self->width, 0, LK_BORDER_MAX_WIDTH, 0.04);
  copy->caption = lk_recipe_cut_text (self->caption, LK_BORDER_MAX_CAPTION);
  copy->family = lk_recipe_cut_text (self->family, LK_TEXT_MAX_FAMILY);
}

void
lk_border_clear (LkBorder *self)
{
  g_clear_pointer (&self->caption, g_free);
  g_clear_pointer (&self->family, g_free);
}

gboolean
lk_border_equal (const LkBorder *a, const LkBorder *b)
{
  return a->kind == b->kind && lk_color_equal (a->color, b->color) && a->width == b->width
         && g_str_equal (a->caption, b->caption) && g_str_equal (a->family, b->family);
}

JsonObject *
lk_border_to_json (const LkBorder *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kind", kinds[self->kind]);
  lk_recipe_write_color (object, "color", self->color);
  json_object_set_double_member (object, "width", self->width);
  json_object_set_string_member (object, "caption", self->caption);
  json_object_set_string_member (object, "family", self->family);

  return object;
}

/**
 * lk_border_read_json:
 * @self: an initialised border; what @object does not name stays
 * @object: (transfer none): what lk_border_to_json() gives; all but kind may be missing
 *
 * Returns: TRUE, or FALSE with an error of the domain LK_ERROR
 */
gboolean
lk_border_read_json (LkBorder *self, JsonObject *object, GError **error)
{
  const char *const members[] = { "kind", "color", "width", "caption", "family", NULL };
  const char *caption = "";
  const char *family = "";
  guint kind = 0;

  if (!lk_json_only_members (object, members, error)
      || !lk_recipe_read_choice (object, "kind", kinds, &kind, error)
      || (json_object_has_member (object, "color")
          && !lk_recipe_read_color (object, "color", &self->color, error))
      || (json_object_has_member (object, "width")
          && !lk_json_get_double (object, "width", 0, LK_BORDER_MAX_WIDTH, &self->width, error))
      || (json_object_has_member (object, "caption")
          && !lk_recipe_read_text (object, "caption", LK_BORDER_MAX_CAPTION, &caption, error))
      || (json_object_has_member (object, "family")
          && !lk_recipe_read_text (object, "family", LK_TEXT_MAX_FAMILY, &family, error)))
    return FALSE;

  lk_border_clear (self);
  self->kind = (LkBorderKind)kind;
  self->caption = g_strdup (caption);
  self->family = g_strdup (family);

  return TRUE;
}
