/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-address-book.h"
#include "lk-client.h"
#include "lk-own-picture.h"
#include "lk-token-store.h"

/**
 * LkAccountState:
 * @LK_ACCOUNT_STARTING: looking for a session that was kept
 * @LK_ACCOUNT_SIGNED_OUT: nobody is signed in
 * @LK_ACCOUNT_SIGNED_IN: signed in; "online" tells whether the server answers
 */
typedef enum
{
  LK_ACCOUNT_STARTING,
  LK_ACCOUNT_SIGNED_OUT,
  LK_ACCOUNT_SIGNED_IN,
} LkAccountState;

/**
 * LkSharing: what the person said about sharing the address book with the server.
 */
typedef enum
{
  LK_SHARING_UNDECIDED,
  LK_SHARING_ALLOWED,
  LK_SHARING_REFUSED,
} LkSharing;

/**
 * LkAccountModel: who is signed in, on which server, with which pictures and address book. Main
 * context only.
 *
 * Properties (explicit-notify, read-only unless said): "state", "online", "server" (an address),
 * "client" (replaced when the server changes), "identifiers" (GStrv, nullable), "address-book",
 * "address-book-state", "sharing" (read/write), "pictures" (GListModel of LkOwnPicture by
 * position), "current" (nullable: the LkOwnPicture at position 0), "loading", "persistent" (whether
 * the session outlives the window).
 *
 * Signals: "signed-out" (LkSignedOutReason): after the session ended, for the window to say why.
 */
#define LK_TYPE_ACCOUNT_MODEL (lk_account_model_get_type ())
G_DECLARE_FINAL_TYPE (LkAccountModel, lk_account_model, LK, ACCOUNT_MODEL, GObject)

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
 * LkSignedOutReason:
 * @LK_SIGNED_OUT_BY_PERSON: Sign Out was chosen
 * @LK_SIGNED_OUT_BY_SERVER: the server does not know the session any more
 * @LK_SIGNED_OUT_DELETED: the account was deleted
 */
typedef enum
{
  LK_SIGNED_OUT_BY_PERSON,
  LK_SIGNED_OUT_BY_SERVER,
  LK_SIGNED_OUT_DELETED,
} LkSignedOutReason;

LkAccountModel *
lk_account_model_new (GSettings *settings, LkAddressBook *address_book, LkTokenStore *token_store);
void lk_account_model_start (LkAccountModel *self);

LkAccountState lk_account_model_get_state (LkAccountModel *self);
gboolean lk_account_model_get_online (LkAccountModel *self);
gboolean lk_account_model_get_persistent (LkAccountModel *self);
const char *lk_account_model_get_server (LkAccountModel *self);
gboolean lk_account_model_set_server (LkAccountModel *self, const char *server, GError **error);
LkClient *lk_account_model_get_client (LkAccountModel *self);
const char *lk_account_model_get_id (LkAccountModel *self);
const char *const *lk_account_model_get_identifiers (LkAccountModel *self);
LkAddressBook *lk_account_model_get_address_book (LkAccountModel *self);
LkAddressBookState lk_account_model_get_address_book_state (LkAccountModel *self);
GListModel *lk_account_model_get_pictures (LkAccountModel *self);
LkOwnPicture *lk_account_model_get_current (LkAccountModel *self);
gboolean lk_account_model_get_loading (LkAccountModel *self);
LkSharing lk_account_model_get_sharing (LkAccountModel *self);
void lk_account_model_set_sharing (LkAccountModel *self, LkSharing sharing);

/* Signing in with a code; on success the model is signed in and the token is kept. */
void lk_account_model_check_code_async (LkAccountModel *self,
                                        const char *verification,
                                        const char *code,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data);
gboolean
lk_account_model_check_code_finish (LkAccountModel *self, GAsyncResult *result, GError **error);
void lk_account_model_sign_out (LkAccountModel *self);
void lk_account_model_delete_async (LkAccountModel *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
gboolean
lk_account_model_delete_finish (LkAccountModel *self, GAsyncResult *result, GError **error);

/* The list of own pictures is read again by itself after each of these, too. */
void lk_account_model_reload (LkAccountModel *self);
void lk_account_model_bring_back_async (LkAccountModel *self,
                                        LkOwnPicture *picture,
                                        gint64 position,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data);
gboolean
lk_account_model_bring_back_finish (LkAccountModel *self, GAsyncResult *result, GError **error);
void lk_account_model_withdraw_async (LkAccountModel *self,
                                      LkOwnPicture *picture,
                                      gboolean all,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
gboolean
lk_account_model_withdraw_finish (LkAccountModel *self, GAsyncResult *result, GError **error);
/* Tells the model how a call to the server went: offline, back online, or the session over. */
void lk_account_model_report (LkAccountModel *self, const GError *error);
