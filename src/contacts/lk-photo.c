/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-private.h"

#include "lk-hash.h"

LkPhoto *
lk_photo_new (GBytes *bytes)
{
  LkPhoto *self = g_new0 (LkPhoto, 1);

  g_return_val_if_fail (bytes != NULL, NULL);

  self->sha256 = lk_hash_sha256_hex (bytes);
  if (g_bytes_get_size (bytes) <= LK_CONTACT_PHOTO_MAX_BYTES)
    self->bytes = g_bytes_ref (bytes);
  return self;
}

LkPhoto *
lk_photo_new_unavailable (const char *name, gsize length)
{
  LkPhoto *self = g_new0 (LkPhoto, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static (name, length);

  self->sha256 = lk_hash_sha256_hex (bytes);
  return self;
}

LkPhoto *
lk_photo_copy (const LkPhoto *self)
{
  LkPhoto *copy = NULL;

  if (self == NULL)
    return NULL;
  copy = g_new0 (LkPhoto, 1);
  copy->bytes = self->bytes != NULL ? g_bytes_ref (self->bytes) : NULL;
  copy->sha256 = g_strdup (self->sha256);
  return copy;
}

void
lk_photo_free (LkPhoto *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->sha256);
  g_free (self);
}

gboolean
lk_photo_matches (const LkPhoto *photo, const char *sha256)
{
  return g_strcmp0 (photo != NULL ? photo->sha256 : NULL, sha256) == 0;
}
