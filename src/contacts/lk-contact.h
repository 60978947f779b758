/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/** The most bytes of a contact's photo that is read; a larger one counts as none that can be shown.
 */
#define LK_CONTACT_PHOTO_MAX_BYTES (8 * 1024 * 1024)

/**
 * LkContact: an entry of the person's own address book. Main context only.
 * Properties (read-only, explicit-notify): "uid" (unique within its address book), "ref" (opaque,
 * stable, at most 64 bytes: what the server knows it by), "name", "identifiers" (GStrv, canonical,
 * without duplicates, at most LK_MAX_CONTACT_IDENTIFIERS), "groups" (GStrv), "photo" (GBytes,
 * nullable: the image file as it stands in the address book), "photo-sha256" (nullable),
 * "photo-type" (nullable: a media type, from the bytes).
 *
 * The address book that a contact came from changes it in place and notifies. A contact can have a
 * photo that cannot be had (too large, an address on the web, a file that is gone): then "photo"
 * and "photo-type" are NULL and "photo-sha256" is the hash of how the address book names it, so
 * that it is told from none and from any other.
 */
#define LK_TYPE_CONTACT (lk_contact_get_type ())
G_DECLARE_FINAL_TYPE (LkContact, lk_contact, LK, CONTACT, GObject)

/* @identifiers are taken as they are given, canonical or not at all; @photo: (nullable). */
LkContact *lk_contact_new (const char *uid,
                           const char *ref,
                           const char *name,
                           const char *const *identifiers,
                           const char *const *groups,
                           GBytes *photo);
/* The ref of a contact: the first 128 bits of SHA-256 over a fixed prefix, @source and @uid, in
 * hexadecimal. Without a salt of the installation, so that the app, the agent and a restored
 * profile agree; address books make uids from random bits, and nothing else of a contact goes in,
 * so a ref tells nobody a name. (transfer full) */
char *lk_contact_make_ref (const char *source, const char *uid);

const char *lk_contact_get_uid (LkContact *self);
const char *lk_contact_get_ref (LkContact *self);
const char *lk_contact_get_name (LkContact *self);
const char *const *lk_contact_get_identifiers (LkContact *self);
const char *const *lk_contact_get_groups (LkContact *self);
GBytes *lk_contact_get_photo (LkContact *self);            /* (transfer none) (nullable) */
const char *lk_contact_get_photo_sha256 (LkContact *self); /* (nullable) */
const char *lk_contact_get_photo_type (LkContact *self);   /* (nullable) */
