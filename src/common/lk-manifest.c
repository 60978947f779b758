/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-manifest.h"

#include <string.h>

#include "lk-error.h"
#include "lk-identifier.h"
#include "lk-json.h"
#include "lk-wire.h"

/**
 * lk_manifest_new:
 *
 * Returns: (transfer full): an empty manifest of a still, without an owner
 */
LkManifest *
lk_manifest_new (void)
{
  LkManifest *self = g_new0 (LkManifest, 1);

  self->owner = g_strdup ("");
  self->alt = g_strdup ("");
  self->renditions = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_rendition_free);

  return self;
}

void
lk_manifest_free (LkManifest *self)
{
  if (self == NULL)
    return;

  g_free (self->owner);
  g_free (self->alt);
  g_clear_pointer (&self->audience, lk_audience_unref);
  g_ptr_array_unref (self->renditions);
  g_free (self);
}

/**
 * lk_manifest_to_bytes:
 * @self: a manifest
 *
 * Returns: (transfer full): the text of manifest.json
 */
GBytes *
lk_manifest_to_bytes (const LkManifest *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *renditions = json_array_sized_new (self->renditions->len);
  g_autofree char *created = lk_wire_format_time (self->created);

  json_object_set_int_member (object, "version", LK_MANIFEST_VERSION);
  json_object_set_string_member (object, "owner", self->owner);
  json_object_set_string_member (object, "kind", lk_picture_kind_to_string (self->kind));
  json_object_set_string_member (object, "alt", self->alt);
  json_object_set_string_member (object, "created", created);

  if (self->expires > 0)
    {
      g_autofree char *expires = lk_wire_format_time (self->expires);
      json_object_set_string_member (object, "expires", expires);
    }

  if (self->audience != NULL)
    json_object_set_object_member (object, "audience", lk_audience_to_json (self->audience));

  for (guint i = 0; i < self->renditions->len; i++)
    json_array_add_object_element (renditions, lk_rendition_to_json (self->renditions->pdata[i]));
  json_object_set_array_member (object, "renditions", renditions);

  return lk_json_object_to_bytes (object);
}

static gboolean
read_details (LkManifest *self, JsonObject *object, GError **error)
{
  const char *owner, *kind, *alt, *created, *expires;
  gint64 version;

  if (!lk_json_get_int (object, "version", LK_MANIFEST_VERSION, LK_MANIFEST_VERSION, &version,
                        error)
      || !lk_json_get_string (object, "owner", LK_IDENTIFIER_MAX_LENGTH, &owner, error)
      || !lk_json_get_string (object, "kind", 16, &kind, error)
      || !lk_json_get_string (object, "alt", LK_ALT_MAX_LENGTH, &alt, error)
      || !lk_json_get_string (object, "created", 40, &created, error)
      || !lk_json_get_optional_string (object, "expires", 40, &expires, error))
    return FALSE;

  if ((*owner != '\0' && lk_identifier_get_kind (owner) == LK_IDENTIFIER_NONE)
      || !lk_picture_kind_from_string (kind, &self->kind)
      || !lk_wire_parse_time (created, &self->created)
      || (expires != NULL && !lk_wire_parse_time (expires, &self->expires)))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_MANIFEST,
                           "The owner, the kind or a time is not valid");
      return FALSE;
    }

  g_free (self->owner);
  self->owner = g_strdup (owner);
  g_free (self->alt);
  self->alt = g_strdup (alt);

  return TRUE;
}

static gboolean
read_audience (LkManifest *self, JsonObject *object, GError **error)
{
  JsonObject *audience;

  if (!json_object_has_member (object, "audience"))
    return TRUE;
  if (!lk_json_get_object (object, "audience", &audience, error))
    return FALSE;

  self->audience = lk_audience_from_json (audience, error);

  return self->audience != NULL;
}

static gboolean
has_rendition (const LkManifest *self, const char *name)
{
  for (guint i = 0; i < self->renditions->len; i++)
    {
      if (strcmp (((LkRendition *)self->renditions->pdata[i])->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_renditions (LkManifest *self, JsonObject *object, GError **error)
{
  JsonArray *renditions;

  if (!lk_json_get_array (object, "renditions", LK_MAX_RENDITIONS, &renditions, error))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (renditions); i++)
    {
      JsonNode *node = json_array_get_element (renditions, i);
      g_autoptr (LkRendition) rendition = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          rendition = lk_rendition_from_json (json_node_get_object (node), error);
          if (rendition == NULL)
            return FALSE;
        }

      if (rendition == NULL || has_rendition (self, rendition->name))
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_MANIFEST,
                               "A rendition is no object or is there twice");
          return FALSE;
        }

      g_ptr_array_add (self->renditions, g_steal_pointer (&rendition));
    }

  /* An address book takes the photo: a picture without one has nothing to give. What moves is there
   * exactly where the kind says so. */
  if (!has_rendition (self, "photo") || !has_rendition (self, "thumbnail")
      || has_rendition (self, "motion") != (self->kind != LK_PICTURE_STILL))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_MANIFEST,
                           "The renditions are not those of the kind");
      return FALSE;
    }

  return TRUE;
}

/**
 * lk_manifest_from_bytes:
 * @bytes: the text of manifest.json, from anybody
 * @error: return location for a #LkError
 *
 * Thread: any.
 *
 * Returns: (transfer full): the manifest, or %NULL
 */
LkManifest *
lk_manifest_from_bytes (GBytes *bytes, GError **error)
{
  static const char *const members[]
      = { "version", "owner", "kind", "alt", "created", "expires", "audience", "renditions", NULL };
  g_autoptr (JsonObject) object = lk_json_parse_object (bytes, LK_MANIFEST_MAX_BYTES, error);
  g_autoptr (LkManifest) self = lk_manifest_new ();

  if (object == NULL || !lk_json_only_members (object, members, error)
      || !read_details (self, object, error) || !read_audience (self, object, error)
      || !read_renditions (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lk_manifest_dup_entry_name:
 * @rendition: a rendition
 *
 * Returns: (transfer full): the name of its file in the bundle, such as "photo.jpg"
 */
char *
lk_manifest_dup_entry_name (const LkRendition *rendition)
{
  const char *extension = "jpg";

  if (strcmp (rendition->type, "image/webp") == 0)
    extension = "webp";
  else if (strcmp (rendition->type, "video/mp4") == 0)
    extension = "mp4";

  return g_strconcat (rendition->name, ".", extension, NULL);
}
