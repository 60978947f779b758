/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-address-book.h"
#include "lk-client.h"

/**
 * LkContactSync: keeps what the server knows of the address book in step with it: numbers and email
 * addresses, no names. Main context only.
 *
 * Signals: "done" (GError, nullable): after each try to reach the server.
 */
#define LK_TYPE_CONTACT_SYNC (lk_contact_sync_get_type ())
G_DECLARE_FINAL_TYPE (LkContactSync, lk_contact_sync, LK, CONTACT_SYNC, GObject)

LkContactSync *lk_contact_sync_new (void);
void lk_contact_sync_start (LkContactSync *self, LkClient *client, LkAddressBook *address_book);
void lk_contact_sync_stop (LkContactSync *self);
void lk_contact_sync_set_shared (LkContactSync *self, gboolean shared);
void lk_contact_sync_retry (LkContactSync *self);
void lk_contact_sync_flush_async (LkContactSync *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean lk_contact_sync_flush_finish (LkContactSync *self, GAsyncResult *result, GError **error);
