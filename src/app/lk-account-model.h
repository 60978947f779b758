/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-address-book.h"
#include "lk-client.h"
#include "lk-contact-sync.h"
#include "lk-own-pictures.h"
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
 * "address-book-state", "sharing" (read/write), "pictures" (LkOwnPictures), "persistent" (whether
 * the session outlives the window).
 *
 * Signals: "signed-out" (LkSignedOutReason): the session ended; the id is still known meanwhile,
 * for those who drop what was the account's. "failed" (GError): something that was done by itself
 * went wrong, other than for want of a connection.
 */
#define LK_TYPE_ACCOUNT_MODEL (lk_account_model_get_type ())
G_DECLARE_FINAL_TYPE (LkAccountModel, lk_account_model, LK, ACCOUNT_MODEL, GObject)

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
LkOwnPictures *lk_account_model_get_pictures (LkAccountModel *self);
LkContactSync *lk_account_model_get_sync (LkAccountModel *self);
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

/* Tells the model how a call to the server went: offline, back online, or the session over. */
void lk_account_model_report (LkAccountModel *self, const GError *error);
