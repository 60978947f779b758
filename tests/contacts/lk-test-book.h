/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-address-book.h"

/**
 * LkTestBook: a backend of the address book for the suite that runs over all, and what somebody
 * else does to it.
 * @create: an address book with nothing in it, not opened
 * @set_photo: somebody else sets a photo, or removes it
 * @rename: somebody else renames a contact
 * @remove: somebody else removes a contact
 *
 * Contacts are named by the UID that they were imported with.
 */
typedef struct
{
  LkAddressBook *(*create) (void);
  void (*set_photo) (LkAddressBook *book, const char *uid, GBytes *photo);
  void (*rename) (LkAddressBook *book, const char *uid, const char *from, const char *to);
  void (*remove) (LkAddressBook *book, const char *uid);
} LkTestBook;

int lk_test_book_run (int argc, char *argv[], const LkTestBook *backend);

GFile *lk_test_book_write (const char *name, const char *text);
LkContact *lk_test_book_find (LkAddressBook *book, const char *name);
/* Drops the last reference of a caller's; what still runs (the file was read again) may hold it a
 * moment longer. */
void lk_test_book_close (LkAddressBook *book);
void lk_test_book_open (LkAddressBook *book);
int lk_test_book_import (LkAddressBook *book, GFile *file, GError **error);
gboolean lk_test_book_set_photo (LkAddressBook *book,
                                 LkContact *contact,
                                 GBytes *jpeg,
                                 const char *expected_sha256,
                                 GError **error);
/* Waits until a contact of that name is there (or is not), or until its photo has that hash. */
void lk_test_book_wait_name (LkAddressBook *book, const char *name, gboolean there);
void lk_test_book_wait_photo (LkAddressBook *book, const char *name, const char *sha256);
/* A JPEG of 16 px that differs by @seed. */
GBytes *lk_test_book_make_photo (guint8 seed);

extern const char lk_test_book_sample[];
