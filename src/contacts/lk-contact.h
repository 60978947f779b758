/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * LkContact: an entry of the person's own address book.
 * Properties (explicit-notify): "uid" (unique within its address book), "ref" (opaque, stable, at most 64 bytes: what the server knows
 * it by), "name", "identifiers" (GStrv, canonical, without duplicates), "groups" (GStrv), "photo" (GBytes, nullable: the image file as it
 * stands in the address book), "photo-sha256" (nullable), "photo-type" (nullable).
 */
#define LK_TYPE_CONTACT (lk_contact_get_type ())
G_DECLARE_FINAL_TYPE (LkContact, lk_contact, LK, CONTACT, GObject)

const char *lk_contact_get_uid (LkContact *self);
const char *lk_contact_get_ref (LkContact *self);
const char *lk_contact_get_name (LkContact *self);
const char *const *lk_contact_get_identifiers (LkContact *self);
const char *const *lk_contact_get_groups (LkContact *self);
GBytes *lk_contact_get_photo (LkContact *self);
const char *lk_contact_get_photo_sha256 (LkContact *self);
