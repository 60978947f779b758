/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-contact.h"

/* Files of vCards, versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350). The fields of a card are read
 * by EDS's parser; the text around them is kept byte for byte, so that writing a photo loses
 * nothing that this program does not understand. Any thread. Errors are LK_CONTACTS_ERROR. */

/** The most bytes of a file of vCards, and the most cards in it. */
#define LK_VCARD_MAX_BYTES (64 * 1024 * 1024)
#define LK_VCARD_MAX_CARDS 50000

/**
 * LkVCard: one card of a file.
 * @start: where its BEGIN line starts, in bytes from the start of the file
 * @length: in bytes, with the line end of its END line
 * @uid: (nullable): the UID that the card itself has
 * @contact: (nullable): what it says; NULL for a list and for a card with nothing in it
 */
typedef struct
{
  gsize start;
  gsize length;
  char *uid;
  LkContact *contact;
} LkVCard;

void lk_vcard_free (LkVCard *self);

/* Reads a file up to LK_VCARD_MAX_BYTES; a file that is not there gives no bytes. (transfer full)
 */
GBytes *lk_vcard_load (GFile *file, GCancellable *cancellable, GError **error);
/* Writes aside, syncs and renames; a new file is for its owner alone, an old one keeps its mode. */
gboolean lk_vcard_save (GFile *file, GBytes *text, GError **error);

/* Fails with INVALID where @text is not vCards, with TOO_LARGE past LK_VCARD_MAX_CARDS. Contacts'
 * refs are made of
 * @source and their uid. A card without a UID gets one from its identifiers, or else from its
 * place; a UID that is taken gets a number after it. @region: as in lk_phone_normalize(). (transfer
 * full) (element-type LkVCard) */
GPtrArray *lk_vcard_parse (GBytes *text,
                           const char *source,
                           const char *region,
                           GCancellable *cancellable,
                           GError **error);

/* @text with the photo of @card replaced by @jpeg, or removed where that is NULL. (transfer full)
 */
GBytes *lk_vcard_with_photo (GBytes *text, const LkVCard *card, GBytes *jpeg);
/* The text of one card without its photo, valid UTF-8. (transfer full) */
char *lk_vcard_dup_without_photo (GBytes *text, const LkVCard *card);
/* @text with the @cards (element-type LkVCard) of @other behind it, without photos too large to be
 * shown. Fails with TOO_LARGE. (transfer full) */
GBytes *lk_vcard_append (GBytes *text, GBytes *other, GPtrArray *cards, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVCard, lk_vcard_free)
