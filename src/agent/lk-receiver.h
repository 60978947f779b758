/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-photo-writer.h"

/**
 * LkReceiver: follows the feed of one account and brings an address book to what it says. Main
 * context only.
 *
 * Signal "applied" (LkApplied *): each change, when it was dealt with.
 */
#define LK_TYPE_RECEIVER (lk_receiver_get_type ())
G_DECLARE_FINAL_TYPE (LkReceiver, lk_receiver, LK, RECEIVER, GObject)

/* @client: signed in. @book: open. */
LkReceiver *lk_receiver_new (LkClient *client, LkAddressBook *book, LkAgentState *state);
/* Whether the address book may be shared with the server: identifiers and refs, no names. Not
 * unless it is said.
 * @account: (nullable): the only account that was agreed to. */
void lk_receiver_set_sharing (LkReceiver *self, gboolean sharing, const char *account);

/* Shares the address book where that is allowed and it changed, reads the feed from where it was
 * left to its end, and tries again what failed in a run before. A page's end is remembered when all
 * of the page is applied; what failed is remembered apart, so that one contact holds up nobody.
 * Fails where the server or the record is out of reach; single changes that failed are counted. One
 * at a time. */
void lk_receiver_run_async (LkReceiver *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean lk_receiver_run_finish (LkReceiver *self, GAsyncResult *result, GError **error);
/* How many changes of the last run came to @action. */
guint lk_receiver_get_count (LkReceiver *self, LkPhotoAction action);
