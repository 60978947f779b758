/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-address-book.h"
#include "lk-client.h"

/**
 * LkAddressBookState:
 * @LK_ADDRESS_BOOK_OPENING: not read yet
 * @LK_ADDRESS_BOOK_READY: read, and following changes
 * @LK_ADDRESS_BOOK_FAILED: could not be read
 */
typedef enum
{
  LK_ADDRESS_BOOK_OPENING,
  LK_ADDRESS_BOOK_READY,
  LK_ADDRESS_BOOK_FAILED,
} LkAddressBookState;

/**
 * LkContactSync: opens the address book, and keeps what the server knows of it in step: numbers and
 * email addresses, no names. Main context only.
 *
 * Properties (explicit-notify, read-only): "state" (LkAddressBookState).
 *
 * Signals: "done" (GError, nullable): after each try to reach the server.
 */
#define LK_TYPE_CONTACT_SYNC (lk_contact_sync_get_type ())
G_DECLARE_FINAL_TYPE (LkContactSync, lk_contact_sync, LK, CONTACT_SYNC, GObject)

LkContactSync *lk_contact_sync_new (LkAddressBook *address_book);
LkAddressBook *lk_contact_sync_get_address_book (LkContactSync *self);
LkAddressBookState lk_contact_sync_get_state (LkContactSync *self);
void lk_contact_sync_open (LkContactSync *self);
void lk_contact_sync_start (LkContactSync *self, LkClient *client, gboolean shared);
void lk_contact_sync_stop (LkContactSync *self);
void lk_contact_sync_set_shared (LkContactSync *self, gboolean shared);
void lk_contact_sync_retry (LkContactSync *self);
void lk_contact_sync_flush_async (LkContactSync *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean lk_contact_sync_flush_finish (LkContactSync *self, GAsyncResult *result, GError **error);
