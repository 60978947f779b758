/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-picture.h"

#include <string.h>

#include "lk-error.h"
#include "lk-hash.h"
#include "lk-json.h"
#include "lk-wire.h"

/** The most pixels on a side of a rendition that a manifest or an answer may name. */
#define RENDITION_MAX_SIDE 4096

static const char *const kind_names[] = { "still", "animation", "clip" };

/**
 * lk_rendition_new:
 * @name: "photo", "thumbnail" or "motion"
 * @type: media type
 * @width: in px
 * @height: in px
 * @duration: in µs, 0 for a still
 * @size: in bytes
 * @sha256: in lower-case hexadecimal
 *
 * Returns: (transfer full): a rendition
 */
LkRendition *
lk_rendition_new (const char *name,
                  const char *type,
                  guint width,
                  guint height,
                  gint64 duration,
                  gsize size,
                  const char *sha256)
{
  LkRendition *self = g_new0 (LkRendition, 1);

  self->name = g_strdup (name);
  self->type = g_strdup (type);
  self->width = width;
  self->height = height;
  self->duration = duration;
  self->size = size;
  self->sha256 = g_strdup (sha256);

  return self;
}

LkRendition *
lk_rendition_copy (const LkRendition *self)
{
  return lk_rendition_new (self->name, self->type, self->width, self->height, self->duration,
                           self->size, self->sha256);
}

void
lk_rendition_free (LkRendition *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->type);
  g_free (self->sha256);
  g_free (self);
}

JsonObject *
lk_rendition_to_json (const LkRendition *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", self->name);
  json_object_set_string_member (object, "type", self->type);
  json_object_set_int_member (object, "width", self->width);
  json_object_set_int_member (object, "height", self->height);
  json_object_set_int_member (object, "duration", self->duration);
  json_object_set_int_member (object, "bytes", (gint64)self->size);
  json_object_set_string_member (object, "sha256", self->sha256);

  return object;
}

/**
 * lk_rendition_from_json:
 * @object: what lk_rendition_to_json() makes
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Accepts the names, types, sizes and hashes that the format knows and nothing else, so that what
 * comes out may be used in file names and allocations.
 *
 * Returns: (transfer full): the rendition, or %NULL
 */
LkRendition *
lk_rendition_from_json (JsonObject *object, GError **error)
{
  static const char *const members[]
      = { "name", "type", "width", "height", "duration", "bytes", "sha256", NULL };
  static const char *const still_names[] = { "photo", "thumbnail", NULL };
  static const char *const motion_types[] = { "image/webp", "video/mp4", NULL };
  const char *name, *type, *sha256;
  gint64 width, height, duration, size;
  gboolean known;

  if (!lk_json_only_members (object, members, error)
      || !lk_json_get_string (object, "name", 16, &name, error)
      || !lk_json_get_string (object, "type", 32, &type, error)
      || !lk_json_get_int (object, "width", 1, RENDITION_MAX_SIDE, &width, error)
      || !lk_json_get_int (object, "height", 1, RENDITION_MAX_SIDE, &height, error)
      || !lk_json_get_int (object, "duration", 0, LK_MOTION_MAX_DURATION, &duration, error)
      || !lk_json_get_int (object, "bytes", 1, LK_RENDITION_MAX_BYTES, &size, error)
      || !lk_json_get_string (object, "sha256", LK_SHA256_HEX_LENGTH, &sha256, error))
    return NULL;

  if (g_strv_contains (still_names, name))
    known = strcmp (type, "image/jpeg") == 0 && duration == 0;
  else
    known = strcmp (name, "motion") == 0 && g_strv_contains (motion_types, type);

  if (!known || !lk_hash_is_sha256_hex (sha256))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                           "A rendition that the format does not know");
      return NULL;
    }

  return lk_rendition_new (name, type, (guint)width, (guint)height, duration, (gsize)size, sha256);
}

/**
 * lk_picture_new:
 *
 * Returns: (transfer full): an empty still without audience or renditions, to be filled in before
 * it is shared
 */
LkPicture *
lk_picture_new (void)
{
  LkPicture *self = g_atomic_rc_box_new0 (LkPicture);

  self->id = g_strdup ("");
  self->alt = g_strdup ("");
  self->renditions = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_rendition_free);
  self->told = -1;

  return self;
}

LkPicture *
lk_picture_ref (LkPicture *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
picture_clear (LkPicture *self)
{
  g_free (self->id);
  g_free (self->alt);
  g_clear_pointer (&self->audience, lk_audience_unref);
  g_ptr_array_unref (self->renditions);
}

void
lk_picture_unref (LkPicture *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify)picture_clear);
}

/**
 * lk_picture_get_rendition:
 * @self: a picture
 * @name: a rendition's name
 *
 * Returns: (transfer none) (nullable): the rendition of that name
 */
const LkRendition *
lk_picture_get_rendition (const LkPicture *self, const char *name)
{
  for (guint i = 0; i < self->renditions->len; i++)
    {
      const LkRendition *rendition = self->renditions->pdata[i];

      if (strcmp (rendition->name, name) == 0)
        return rendition;
    }

  return NULL;
}

/**
 * lk_picture_to_json:
 * @self: a picture
 *
 * Leaves out `audience` and `position` where @self has no audience (a reader is not told), `told`
 * where it is negative.
 *
 * Returns: (transfer full): the wire's Picture
 */
JsonObject *
lk_picture_to_json (const LkPicture *self)
{
  JsonObject *object = json_object_new ();
  JsonArray *renditions = json_array_sized_new (self->renditions->len);
  g_autofree char *created = lk_wire_format_time (self->created);

  json_object_set_string_member (object, "id", self->id);
  json_object_set_string_member (object, "kind", lk_picture_kind_to_string (self->kind));
  json_object_set_string_member (object, "alt", self->alt);
  json_object_set_string_member (object, "created", created);

  if (self->expires > 0)
    {
      g_autofree char *expires = lk_wire_format_time (self->expires);
      json_object_set_string_member (object, "expires", expires);
    }
  else
    {
      json_object_set_null_member (object, "expires");
    }

  if (self->audience != NULL)
    {
      json_object_set_object_member (object, "audience", lk_audience_to_json (self->audience));
      json_object_set_int_member (object, "position", self->position);
    }

  for (guint i = 0; i < self->renditions->len; i++)
    json_array_add_object_element (renditions, lk_rendition_to_json (self->renditions->pdata[i]));
  json_object_set_array_member (object, "renditions", renditions);

  if (self->told >= 0)
    json_object_set_int_member (object, "told", self->told);

  return object;
}

static gboolean
picture_read_details (LkPicture *self, JsonObject *object, GError **error)
{
  const char *id, *kind, *alt, *created, *expires;
  JsonObject *audience;

  if (!lk_json_get_string (object, "id", 64, &id, error)
      || !lk_json_get_string (object, "kind", 16, &kind, error)
      || !lk_json_get_string (object, "alt", LK_ALT_MAX_LENGTH, &alt, error)
      || !lk_json_get_string (object, "created", 40, &created, error)
      || !lk_json_get_optional_string (object, "expires", 40, &expires, error)
      || !lk_json_get_optional_int (object, "position", 0, G_MAXINT32, &self->position, error)
      || !lk_json_get_optional_int (object, "told", 0, G_MAXINT32, &self->told, error))
    return FALSE;

  if (!lk_picture_kind_from_string (kind, &self->kind)
      || !lk_wire_parse_time (created, &self->created)
      || (expires != NULL && !lk_wire_parse_time (expires, &self->expires)))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                           "A picture whose kind or time nobody knows");
      return FALSE;
    }

  if (json_object_has_member (object, "audience"))
    {
      if (!lk_json_get_object (object, "audience", &audience, error))
        return FALSE;

      self->audience = lk_audience_from_json (audience, error);
      if (self->audience == NULL)
        return FALSE;
    }

  g_free (self->id);
  self->id = g_strdup (id);
  g_free (self->alt);
  self->alt = g_strdup (alt);

  return TRUE;
}

/**
 * lk_picture_from_json:
 * @object: the wire's Picture; members that this version does not know are passed over
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: (transfer full): the picture, or %NULL
 */
LkPicture *
lk_picture_from_json (JsonObject *object, GError **error)
{
  g_autoptr (LkPicture) self = lk_picture_new ();
  JsonArray *renditions;

  if (!picture_read_details (self, object, error)
      || !lk_json_get_array (object, "renditions", LK_MAX_RENDITIONS, &renditions, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (renditions); i++)
    {
      JsonNode *node = json_array_get_element (renditions, i);
      LkRendition *rendition;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "A rendition is no object");
          return NULL;
        }

      rendition = lk_rendition_from_json (json_node_get_object (node), error);
      if (rendition == NULL)
        return NULL;
      g_ptr_array_add (self->renditions, rendition);
    }

  return g_steal_pointer (&self);
}

const char *
lk_picture_kind_to_string (LkPictureKind kind)
{
  g_return_val_if_fail ((gsize)kind < G_N_ELEMENTS (kind_names), NULL);

  return kind_names[kind];
}

gboolean
lk_picture_kind_from_string (const char *text, LkPictureKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    {
      if (g_strcmp0 (text, kind_names[i]) == 0)
        {
          *kind = (LkPictureKind)i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lk_picture_first_visible:
 * @pictures: (element-type LkPicture): an owner's pictures by position, each with its audience
 * @viewer_has_owner: see lk_audience_takes()
 * @viewer_refs: (array zero-terminated=1): see lk_audience_takes()
 * @now: seconds since 1970 (UTC)
 *
 * Returns: (transfer none) (nullable): what the viewer gets: the first that has not expired and
 * whose audience takes them
 */
LkPicture *
lk_picture_first_visible (GPtrArray *pictures,
                          gboolean viewer_has_owner,
                          const char *const *viewer_refs,
                          gint64 now)
{
  for (guint i = 0; i < pictures->len; i++)
    {
      LkPicture *picture = pictures->pdata[i];

      if ((picture->expires == 0 || picture->expires > now)
          && lk_audience_takes (picture->audience, viewer_has_owner, viewer_refs))
        return picture;
    }

  return NULL;
}
