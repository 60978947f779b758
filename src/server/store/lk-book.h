/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "lk-server-key.h"

/** A MAC as a value in an array. */
typedef struct
{
  guint8 bytes[LK_SERVER_KEY_LENGTH];
} LkMac;

/**
 * LkBookEntry:
 * @ref: the contact
 * @macs: (element-type LkMac): of its identifiers, sorted, each once
 * @digest: MAC of @macs
 */
typedef struct
{
  char *ref;
  GArray *macs;
  LkMac digest;
} LkBookEntry;

/**
 * LkBook:
 * @entries: (element-type LkBookEntry): sorted by ref, each ref once
 * @etag: names this content
 *
 * A shared address book as a store keeps it: checked, and with MACs in the place of identifiers.
 */
typedef struct
{
  GPtrArray *entries;
  char *etag;
} LkBook;

LkBook *lk_book_new (LkServerKey *key, GPtrArray *contacts, GError **error);
void lk_book_free (LkBook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkBook, lk_book_free)
