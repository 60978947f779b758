/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-draft-state.h"

#include "lk-json.h"
#include "lk-picture.h"

#define VERSION 1
#define MAX_NAME_LENGTH 1024
#define MAX_URI_LENGTH (64 * 1024)

static GPtrArray *
recipes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)lk_recipe_unref);
}

static JsonArray *
recipes_to_json (GPtrArray *recipes)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < recipes->len; i++)
    json_array_add_object_element (array, lk_recipe_to_json (g_ptr_array_index (recipes, i)));
  return array;
}

static gboolean
recipes_from_json (JsonObject *object, const char *member, GPtrArray *recipes, GError **error)
{
  JsonArray *array = NULL;

  if (!lk_json_get_array (object, member, LK_DRAFT_MAX_UNDO, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      LkRecipe *recipe;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_CORRUPT, "%s holds no recipe", member);
          return FALSE;
        }
      recipe = lk_recipe_from_json (json_node_get_object (node), error);
      if (recipe == NULL)
        return FALSE;
      g_ptr_array_add (recipes, recipe);
    }
  return TRUE;
}

static void
copy_recipes (GPtrArray *to, GPtrArray *from)
{
  g_ptr_array_set_size (to, 0);
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, lk_recipe_ref (g_ptr_array_index (from, i)));
}

/**
 * lk_draft_state_new:
 *
 * Returns: (transfer full): one without a source, for the person's contacts
 */
LkDraftState *
lk_draft_state_new (void)
{
  LkDraftState *self = g_new0 (LkDraftState, 1);

  self->recipe = lk_recipe_new ();
  self->undo = recipes_new ();
  self->redo = recipes_new ();
  self->alt = g_strdup ("");
  self->audience = lk_audience_new (LK_AUDIENCE_CONTACTS, NULL);
  return self;
}

void
lk_draft_state_free (LkDraftState *self)
{
  g_clear_object (&self->source);
  g_free (self->name);
  g_clear_pointer (&self->recipe, lk_recipe_unref);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_free (self->alt);
  g_clear_pointer (&self->audience, lk_audience_unref);
  g_free (self);
}

/**
 * lk_draft_state_to_bytes:
 *
 * Returns: (transfer full): its JSON; a state without a source has none and must not be given
 */
GBytes *
lk_draft_state_to_bytes (const LkDraftState *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *uri = g_file_get_uri (self->source);

  json_object_set_int_member (object, "version", VERSION);
  json_object_set_string_member (object, "source", uri);
  json_object_set_string_member (object, "name", self->name != NULL ? self->name : "");
  json_object_set_object_member (object, "recipe", lk_recipe_to_json (self->recipe));
  json_object_set_array_member (object, "undo", recipes_to_json (self->undo));
  json_object_set_array_member (object, "redo", recipes_to_json (self->redo));
  json_object_set_string_member (object, "alt", self->alt);
  json_object_set_object_member (object, "audience", lk_audience_to_json (self->audience));
  return lk_json_object_to_bytes (object);
}

/**
 * lk_draft_state_from_bytes:
 *
 * Reads what lk_draft_state_to_bytes() wrote. May be called on any thread.
 *
 * Returns: (transfer full): the state, or %NULL with an error of LK_DRAFT_ERROR, LK_ERROR or
 * LK_MEDIA_ERROR
 */
LkDraftState *
lk_draft_state_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (LkDraftState) self = lk_draft_state_new ();
  g_autoptr (JsonObject) object = NULL;
  JsonObject *recipe = NULL;
  JsonObject *audience = NULL;
  const char *uri = NULL;
  const char *name = NULL;
  const char *alt = NULL;
  gint64 version = 0;

  object = lk_json_parse_object (bytes, LK_DRAFT_MAX_BYTES, error);
  if (object == NULL || !lk_json_get_int (object, "version", VERSION, VERSION, &version, error)
      || !lk_json_get_string (object, "source", MAX_URI_LENGTH, &uri, error)
      || !lk_json_get_string (object, "name", MAX_NAME_LENGTH, &name, error)
      || !lk_json_get_string (object, "alt", LK_ALT_MAX_LENGTH, &alt, error)
      || !lk_json_get_object (object, "recipe", &recipe, error)
      || !lk_json_get_object (object, "audience", &audience, error)
      || !recipes_from_json (object, "undo", self->undo, error)
      || !recipes_from_json (object, "redo", self->redo, error))
    return NULL;

  lk_recipe_unref (self->recipe);
  self->recipe = lk_recipe_from_json (recipe, error);
  if (self->recipe == NULL)
    return NULL;
  lk_audience_unref (self->audience);
  self->audience = lk_audience_from_json (audience, error);
  if (self->audience == NULL)
    return NULL;

  self->source = g_file_new_for_uri (uri);
  self->name = g_strdup (name);
  g_free (self->alt);
  self->alt = g_strdup (alt);
  return g_steal_pointer (&self);
}

/**
 * lk_draft_state_copy_edits:
 *
 * Takes over the recipe, what can be undone and redone, and the alt text.
 */
void
lk_draft_state_copy_edits (LkDraftState *self, const LkDraftState *from)
{
  lk_recipe_unref (self->recipe);
  self->recipe = lk_recipe_ref (from->recipe);
  copy_recipes (self->undo, from->undo);
  copy_recipes (self->redo, from->redo);
  g_free (self->alt);
  self->alt = g_strdup (from->alt);
}
