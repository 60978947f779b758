/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-address-book.h"

/**
 * LkContactStore: what the address books share: the list of contacts, sorted by name, found by uid
 * and by ref. It gives them GListModel and lookup_ref(); a backend derives from it and fills it.
 */
#define LK_TYPE_CONTACT_STORE (lk_contact_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (LkContactStore, lk_contact_store, LK, CONTACT_STORE, GObject)

struct _LkContactStoreClass
{
  GObjectClass parent_class;
};

LkContact *lk_contact_store_lookup (LkContactStore *self,
                                    const char *uid); /* (transfer none) (nullable) */
/* Adds a contact; one of the same uid is changed in place to what @contact says instead. */
void lk_contact_store_put (LkContactStore *self, LkContact *contact);
gboolean lk_contact_store_remove (LkContactStore *self, const char *uid);
/* Removes each contact whose uid begins with @prefix. */
void lk_contact_store_remove_prefix (LkContactStore *self, const char *prefix);
/* Makes the list hold these and no others (element-type LkContact). */
void lk_contact_store_replace (LkContactStore *self, GPtrArray *contacts);
