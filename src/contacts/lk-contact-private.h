/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-contact.h"

/* For the address books only. */

/**
 * LkPhoto: a photo as an address book has it, hashed off the main thread. Immutable.
 * @bytes: (nullable): the image file; NULL where it cannot be had
 * @sha256: of @bytes, or else of the text that names the photo
 */
typedef struct
{
  GBytes *bytes;
  char *sha256;
} LkPhoto;

/* @bytes of more than LK_CONTACT_PHOTO_MAX_BYTES become a photo that cannot be had. Any thread.
 * (transfer full) */
LkPhoto *lk_photo_new (GBytes *bytes);
LkPhoto *lk_photo_new_unavailable (const char *name, gsize length);
LkPhoto *lk_photo_copy (const LkPhoto *self);
void lk_photo_free (LkPhoto *self);
/* Whether @photo (nullable) is the one that a caller saw: @sha256 NULL for none. */
gboolean lk_photo_matches (const LkPhoto *photo, const char *sha256);

/* Changes what differs and notifies it. */
void lk_contact_set_name (LkContact *self, const char *name);
void lk_contact_set_identifiers (LkContact *self, const char *const *identifiers);
void lk_contact_set_groups (LkContact *self, const char *const *groups);
void lk_contact_set_photo (LkContact *self, const LkPhoto *photo);
const LkPhoto *lk_contact_peek_photo (LkContact *self); /* (nullable) */
/* What contacts are sorted by. */
const char *lk_contact_get_sort_key (LkContact *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPhoto, lk_photo_free)
