/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libebook/libebook.h>
#include "lk-contact-store.h"
#include "lk-vcard.h"

/**
 * LkEdsBook: one address book of Evolution Data Server, which fills a LkContactStore with its
 * contacts and follows them. Main context only.
 *
 * Signal "problem" (GError *error): it was lost; it tries to come back.
 */
#define LK_TYPE_EDS_BOOK (lk_eds_book_get_type ())
G_DECLARE_FINAL_TYPE (LkEdsBook, lk_eds_book, LK, EDS_BOOK, GObject)

LkEdsBook *lk_eds_book_new (ESource *source, LkContactStore *store);
ESource *lk_eds_book_get_source (LkEdsBook *self);
/* Whether all its contacts are in the store. */
gboolean lk_eds_book_is_open (LkEdsBook *self);
/* Whether it is connected and takes changes. */
gboolean lk_eds_book_is_writable (LkEdsBook *self);
/* Whether a contact of that uid in the store is one of this book's. */
gboolean lk_eds_book_has_uid (LkEdsBook *self, const char *uid);

/* Finishes when all contacts are in the store. */
void lk_eds_book_open_async (LkEdsBook *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);
gboolean lk_eds_book_open_finish (LkEdsBook *self, GAsyncResult *result, GError **error);
/* Stops following and takes its contacts out of the store. */
void lk_eds_book_close (LkEdsBook *self);

/* @uid: as the store has it. Reads the contact anew, compares, writes, and reads back what the book
 * made of it. */
void lk_eds_book_set_photo_async (LkEdsBook *self,
                                  const char *uid,
                                  GBytes *jpeg,
                                  const char *expected_sha256,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean lk_eds_book_set_photo_finish (LkEdsBook *self, GAsyncResult *result, GError **error);

/* Adds the @cards (element-type LkVCard) of @text that have a contact and are not there yet; gives
 * how many. */
void lk_eds_book_add_async (LkEdsBook *self,
                            GBytes *text,
                            GPtrArray *cards,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
int lk_eds_book_add_finish (LkEdsBook *self, GAsyncResult *result, GError **error);
