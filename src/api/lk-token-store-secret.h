/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-token-store.h"

/** LkTokenStoreSecret: keeps tokens with libsecret, in the keyring of the person who is logged in.
 */
#define LK_TYPE_TOKEN_STORE_SECRET (lk_token_store_secret_get_type ())
G_DECLARE_FINAL_TYPE (LkTokenStoreSecret, lk_token_store_secret, LK, TOKEN_STORE_SECRET, GObject)

void lk_token_store_secret_new_async (GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
LkTokenStore *lk_token_store_secret_new_finish (GAsyncResult *result, GError **error);
