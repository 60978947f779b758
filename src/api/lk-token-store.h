/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-api-error.h"

/**
 * LkTokenStore: keeps the session's token by the server's address, as lk_client_get_server() gives
 * it.
 *
 * Backends: the Secret Service (libsecret) and memory; one test suite runs over both. Main context
 * only. Fails with LK_API_ERROR_KEYRING or G_IO_ERROR_CANCELLED.
 */
#define LK_TYPE_TOKEN_STORE (lk_token_store_get_type ())
G_DECLARE_INTERFACE (LkTokenStore, lk_token_store, LK, TOKEN_STORE, GObject)

struct _LkTokenStoreInterface
{
  GTypeInterface parent;

  gboolean (*is_persistent) (LkTokenStore *self);
  void (*load_async) (LkTokenStore *self,
                      const char *server,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data);
  char *(*load_finish) (LkTokenStore *self, GAsyncResult *result, GError **error);
  void (*save_async) (LkTokenStore *self,
                      const char *server,
                      const char *token,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data);
  gboolean (*save_finish) (LkTokenStore *self, GAsyncResult *result, GError **error);
  void (*clear_async) (LkTokenStore *self,
                       const char *server,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data);
  gboolean (*clear_finish) (LkTokenStore *self, GAsyncResult *result, GError **error);
};

gboolean lk_token_store_is_persistent (LkTokenStore *self);
void lk_token_store_load_async (LkTokenStore *self,
                                const char *server,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
char *lk_token_store_load_finish (LkTokenStore *self, GAsyncResult *result, GError **error);
void lk_token_store_save_async (LkTokenStore *self,
                                const char *server,
                                const char *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean lk_token_store_save_finish (LkTokenStore *self, GAsyncResult *result, GError **error);
void lk_token_store_clear_async (LkTokenStore *self,
                                 const char *server,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
gboolean lk_token_store_clear_finish (LkTokenStore *self, GAsyncResult *result, GError **error);

void
lk_token_store_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkTokenStore *lk_token_store_open_finish (GAsyncResult *result, GError **error);
LkTokenStore *lk_token_store_memory_new (void);
