/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-contact.h"

typedef enum {
  LK_CONTACTS_ERROR_UNAVAILABLE,   /* the address book does not answer */
  LK_CONTACTS_ERROR_NOT_FOUND,     /* no such contact */
  LK_CONTACTS_ERROR_READ_ONLY,
  LK_CONTACTS_ERROR_CONFLICT,      /* the contact's photo is not the one that was expected */
  LK_CONTACTS_ERROR_INVALID,       /* a file that is not vCards; a number that is none */
  LK_CONTACTS_ERROR_TOO_LARGE,
} LkContactsError;

#define LK_CONTACTS_ERROR (lk_contacts_error_quark ())
GQuark lk_contacts_error_quark (void);

/**
 * LkAddressBook: the address book, whatever keeps it. Main context only. It is a GListModel of LkContact, sorted by name, that follows
 * changes from outside once it was opened. Backends: Evolution Data Server (all enabled books), vCard file, memory; one test suite runs over all.
 */
#define LK_TYPE_ADDRESS_BOOK (lk_address_book_get_type ())
G_DECLARE_INTERFACE (LkAddressBook, lk_address_book, LK, ADDRESS_BOOK, GListModel)

struct _LkAddressBookInterface {
  GTypeInterface parent;
  void (*open_async) (LkAddressBook *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*open_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
  void (*set_photo_async) (LkAddressBook *self, LkContact *contact, GBytes *jpeg, const char *expected_sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  gboolean (*set_photo_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
  void (*import_async) (LkAddressBook *self, GFile *vcards, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
  int (*import_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
};

void lk_address_book_open_async (LkAddressBook *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_address_book_open_finish (LkAddressBook *self, GAsyncResult *result, GError **error);
/* @jpeg: (nullable): NULL removes the photo. @expected_sha256: (nullable): the photo that the caller saw, NULL for none; where the
 * contact has another one by now, fails with LK_CONTACTS_ERROR_CONFLICT and writes nothing. */
void lk_address_book_set_photo_async (LkAddressBook *self, LkContact *contact, GBytes *jpeg, const char *expected_sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_address_book_set_photo_finish (LkAddressBook *self, GAsyncResult *result, GError **error);
/* Adds the vCards of a file (3.0 or 4.0); gives how many were added, -1 on failure. */
void lk_address_book_import_async (LkAddressBook *self, GFile *vcards, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
int lk_address_book_import_finish (LkAddressBook *self, GAsyncResult *result, GError **error);

LkContact *lk_address_book_lookup_ref (LkAddressBook *self, const char *ref); /* (transfer none) (nullable) */
/* (transfer full) (element-type LkSharedContact): every contact that has an identifier. */
GPtrArray *lk_address_book_dup_shared (LkAddressBook *self);

LkAddressBook *lk_address_book_eds_new (void);
LkAddressBook *lk_address_book_file_new (GFile *vcards);
LkAddressBook *lk_address_book_memory_new (void);
