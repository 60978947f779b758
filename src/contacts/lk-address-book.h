/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-contact.h"

/**
 * LkContactsError:
 * @LK_CONTACTS_ERROR_UNAVAILABLE: the address book does not answer, or its file cannot be read or
 * written
 * @LK_CONTACTS_ERROR_NOT_FOUND: no such contact (any more)
 * @LK_CONTACTS_ERROR_READ_ONLY: the contact's address book takes no changes
 * @LK_CONTACTS_ERROR_CONFLICT: the contact's photo is not the one that was expected
 * @LK_CONTACTS_ERROR_INVALID: a file that is not vCards; a text that is no phone number or email
 * address
 * @LK_CONTACTS_ERROR_TOO_LARGE: a file, a card or a photo past its limit
 */
typedef enum
{
  LK_CONTACTS_ERROR_UNAVAILABLE,
  LK_CONTACTS_ERROR_NOT_FOUND,
  LK_CONTACTS_ERROR_READ_ONLY,
  LK_CONTACTS_ERROR_CONFLICT,
  LK_CONTACTS_ERROR_INVALID,
  LK_CONTACTS_ERROR_TOO_LARGE,
} LkContactsError;

#define LK_CONTACTS_ERROR (lk_contacts_error_quark ())
GQuark lk_contacts_error_quark (void);

/**
 * LkAddressBook: the address book, whatever keeps it. Main context only; nothing blocks it. It is a
 * GListModel of LkContact, sorted by name, that follows changes from outside once it was opened.
 * Backends: Evolution Data Server (all enabled books), vCard file, memory; one test suite runs over
 * all.
 *
 * Signal "problem" (const char *book, GError *error): something that does not end the whole: one of
 * several books could not be opened or was lost, the file was changed to something that cannot be
 * read. What was known stays.
 */
#define LK_TYPE_ADDRESS_BOOK (lk_address_book_get_type ())
G_DECLARE_INTERFACE (LkAddressBook, lk_address_book, LK, ADDRESS_BOOK, GListModel)

struct _LkAddressBookInterface
{
  GTypeInterface parent;
  void (*open_async) (LkAddressBook *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data);
  gboolean (*open_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
  void (*set_photo_async) (LkAddressBook *self,
                           LkContact *contact,
                           GBytes *jpeg,
                           const char *expected_sha256,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
  gboolean (*set_photo_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
  void (*import_async) (LkAddressBook *self,
                        GFile *vcards,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data);
  int (*import_finish) (LkAddressBook *self, GAsyncResult *result, GError **error);
  LkContact *(*lookup_ref) (LkAddressBook *self, const char *ref);
};

/* Fills the list and begins to follow changes; once for each address book. */
void lk_address_book_open_async (LkAddressBook *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
gboolean lk_address_book_open_finish (LkAddressBook *self, GAsyncResult *result, GError **error);

/* @jpeg: (nullable): NULL removes the photo. @expected_sha256: (nullable): the photo that the
 * caller saw, NULL for none; where the contact has another one by now, fails with
 * LK_CONTACTS_ERROR_CONFLICT and writes nothing. When it succeeds,
 * @contact has the new photo already. */
void lk_address_book_set_photo_async (LkAddressBook *self,
                                      LkContact *contact,
                                      GBytes *jpeg,
                                      const char *expected_sha256,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
gboolean
lk_address_book_set_photo_finish (LkAddressBook *self, GAsyncResult *result, GError **error);

/* Adds the vCards of a file (2.1, 3.0 or 4.0), without those whose UID is there already; gives how
 * many were added, -1 on failure, when none was. */
void lk_address_book_import_async (LkAddressBook *self,
                                   GFile *vcards,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
int lk_address_book_import_finish (LkAddressBook *self, GAsyncResult *result, GError **error);

LkContact *lk_address_book_lookup_ref (LkAddressBook *self,
                                       const char *ref); /* (transfer none) (nullable) */
/* Every contact that has an identifier, in the order of the list, LK_MAX_CONTACTS at most.
 * (transfer full) (element-type LkSharedContact) */
GPtrArray *lk_address_book_dup_shared (LkAddressBook *self);

/* All enabled address books of Evolution Data Server; NULL in a build without it. (transfer full)
 * (nullable) */
LkAddressBook *lk_address_book_eds_new (void);
/* A file of vCards. One that is not there is an empty address book; the first import makes it.
 * (transfer full) */
LkAddressBook *lk_address_book_file_new (GFile *vcards);
/* In memory, for tests and for a session without an address book. (transfer full) */
LkAddressBook *lk_address_book_memory_new (void);
/* Adds @contact to an address book in memory, or removes the one of that uid. */
void lk_address_book_memory_add (LkAddressBook *self, LkContact *contact);
void lk_address_book_memory_remove (LkAddressBook *self, const char *uid);
/* Changes the photo in memory as somebody else would; @photo: (nullable). */
void lk_address_book_memory_set_photo (LkAddressBook *self, const char *uid, GBytes *photo);
