/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact.h"

#include "lk-contact-private.h"
#include "lk-hash.h"

#define REF_PREFIX "likeness-contact-1"
#define REF_LENGTH 32

struct _LkContact
{
  GObject parent_instance;
  char *uid;
  char *ref;
  char *name;
  char *sort_key;
  GStrv identifiers;
  GStrv groups;
  LkPhoto *photo;
  char *photo_type;
};

enum
{
  PROP_0,
  PROP_UID,
  PROP_REF,
  PROP_NAME,
  PROP_IDENTIFIERS,
  PROP_GROUPS,
  PROP_PHOTO,
  PROP_PHOTO_SHA256,
  PROP_PHOTO_TYPE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkContact, lk_contact, G_TYPE_OBJECT)

/* By the magic numbers of the formats, since what an address book says about the type is often
 * wrong. */
static char *
guess_photo_type (GBytes *bytes)
{
  g_autofree char *content_type = NULL;
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return g_strdup ("image/jpeg");
  if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return g_strdup ("image/png");
  if (length >= 6 && memcmp (data, "GIF8", 4) == 0)
    return g_strdup ("image/gif");
  if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return g_strdup ("image/webp");
  content_type = g_content_type_guess (NULL, data, length, NULL);
  return g_content_type_get_mime_type (content_type);
}

static gboolean
strv_equal0 (GStrv a, const char *const *b)
{
  return a != NULL && b != NULL && g_strv_equal ((const char *const *)a, b);
}

static GStrv
strv_dup0 (const char *const *strings)
{
  return strings != NULL ? g_strdupv ((GStrv)strings) : g_new0 (char *, 1);
}

static void
lk_contact_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkContact *self = LK_CONTACT (object);

  switch (id)
    {
    case PROP_UID:
      g_value_set_string (value, self->uid);
      break;
    case PROP_REF:
      g_value_set_string (value, self->ref);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_IDENTIFIERS:
      g_value_set_boxed (value, self->identifiers);
      break;
    case PROP_GROUPS:
      g_value_set_boxed (value, self->groups);
      break;
    case PROP_PHOTO:
      g_value_set_boxed (value, lk_contact_get_photo (self));
      break;
    case PROP_PHOTO_SHA256:
      g_value_set_string (value, lk_contact_get_photo_sha256 (self));
      break;
    case PROP_PHOTO_TYPE:
      g_value_set_string (value, self->photo_type);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_contact_finalize (GObject *object)
{
  LkContact *self = LK_CONTACT (object);

  g_free (self->uid);
  g_free (self->ref);
  g_free (self->name);
  g_free (self->sort_key);
  g_strfreev (self->identifiers);
  g_strfreev (self->groups);
  lk_photo_free (self->photo);
  g_free (self->photo_type);

  G_OBJECT_CLASS (lk_contact_parent_class)->finalize (object);
}

static void
lk_contact_class_init (LkContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lk_contact_get_property;
  object_class->finalize = lk_contact_finalize;

  properties[PROP_UID] = g_param_spec_string ("uid", NULL, NULL, NULL, flags);
  properties[PROP_REF] = g_param_spec_string ("ref", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_IDENTIFIERS] = g_param_spec_boxed ("identifiers", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_GROUPS] = g_param_spec_boxed ("groups", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_PHOTO] = g_param_spec_boxed ("photo", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_PHOTO_SHA256] = g_param_spec_string ("photo-sha256", NULL, NULL, NULL, flags);
  properties[PROP_PHOTO_TYPE] = g_param_spec_string ("photo-type", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_contact_init (LkContact *self)
{
  self->name = g_strdup ("");
  self->sort_key = g_strdup ("");
  self->identifiers = g_new0 (char *, 1);
  self->groups = g_new0 (char *, 1);
}

LkContact *
lk_contact_new (const char *uid,
                const char *ref,
                const char *name,
                const char *const *identifiers,
                const char *const *groups,
                GBytes *photo)
{
  LkContact *self = g_object_new (LK_TYPE_CONTACT, NULL);
  g_autoptr (LkPhoto) hashed = photo != NULL ? lk_photo_new (photo) : NULL;

  self->uid = g_strdup (uid);
  self->ref = g_strdup (ref);
  lk_contact_set_name (self, name);
  lk_contact_set_identifiers (self, identifiers);
  lk_contact_set_groups (self, groups);
  lk_contact_set_photo (self, hashed);
  return self;
}

char *
lk_contact_make_ref (const char *source, const char *uid)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hash = NULL;

  /* With their NULs, so that no two pairs make one text. */
  g_byte_array_append (text, (const guint8 *)REF_PREFIX, sizeof REF_PREFIX);
  g_byte_array_append (text, (const guint8 *)source, strlen (source) + 1);
  g_byte_array_append (text, (const guint8 *)uid, strlen (uid) + 1);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&text));
  hash = lk_hash_sha256_hex (bytes);
  return g_strndup (hash, REF_LENGTH);
}

const char *
lk_contact_get_uid (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->uid;
}

const char *
lk_contact_get_ref (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->ref;
}

const char *
lk_contact_get_name (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->name;
}

const char *const *
lk_contact_get_identifiers (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return (const char *const *)self->identifiers;
}

const char *const *
lk_contact_get_groups (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return (const char *const *)self->groups;
}

GBytes *
lk_contact_get_photo (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->photo != NULL ? self->photo->bytes : NULL;
}

const char *
lk_contact_get_photo_sha256 (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->photo != NULL ? self->photo->sha256 : NULL;
}

const char *
lk_contact_get_photo_type (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->photo_type;
}

const LkPhoto *
lk_contact_peek_photo (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->photo;
}

const char *
lk_contact_get_sort_key (LkContact *self)
{
  g_return_val_if_fail (LK_IS_CONTACT (self), NULL);
  return self->sort_key;
}

void
lk_contact_set_name (LkContact *self, const char *name)
{
  g_autofree char *folded = NULL;

  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  g_free (self->sort_key);
  self->name = g_strdup (name != NULL ? name : "");
  folded = g_utf8_casefold (self->name, -1);
  self->sort_key = g_utf8_collate_key (folded, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

void
lk_contact_set_identifiers (LkContact *self, const char *const *identifiers)
{
  if (strv_equal0 (self->identifiers, identifiers))
    return;
  g_strfreev (self->identifiers);
  self->identifiers = strv_dup0 (identifiers);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDENTIFIERS]);
}

void
lk_contact_set_groups (LkContact *self, const char *const *groups)
{
  if (strv_equal0 (self->groups, groups))
    return;
  g_strfreev (self->groups);
  self->groups = strv_dup0 (groups);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GROUPS]);
}

void
lk_contact_set_photo (LkContact *self, const LkPhoto *photo)
{
  if (lk_photo_matches (photo, lk_contact_get_photo_sha256 (self)))
    return;
  g_clear_pointer (&self->photo, lk_photo_free);
  g_clear_pointer (&self->photo_type, g_free);
  self->photo = lk_photo_copy (photo);
  if (self->photo != NULL && self->photo->bytes != NULL)
    self->photo_type = guess_photo_type (self->photo->bytes);
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHOTO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHOTO_SHA256]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHOTO_TYPE]);
  g_object_thaw_notify (G_OBJECT (self));
}
