/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token-store.h"

G_DEFINE_INTERFACE (LkTokenStore, lk_token_store, G_TYPE_OBJECT)

static void
lk_token_store_default_init (LkTokenStoreInterface *iface)
{
}

/**
 * lk_token_store_is_persistent:
 * @self: a token store
 *
 * Returns: whether a token is still there after the program has ended; where not, the person is to
 * be told
 */
gboolean
lk_token_store_is_persistent (LkTokenStore *self)
{
  g_return_val_if_fail (LK_IS_TOKEN_STORE (self), FALSE);

  return LK_TOKEN_STORE_GET_IFACE (self)->is_persistent (self);
}

/**
 * lk_token_store_load_async:
 * @self: a token store
 * @server: the server's address in its one form
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Looks for the token of @server; a locked keyring asks the person to unlock it.
 */
void
lk_token_store_load_async (LkTokenStore *self,
                           const char *server,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_return_if_fail (LK_IS_TOKEN_STORE (self));
  g_return_if_fail (server != NULL);

  LK_TOKEN_STORE_GET_IFACE (self)->load_async (self, server, cancellable, callback, data);
}

/**
 * lk_token_store_load_finish:
 * @self: a token store
 * @result: as given to the callback
 * @error: LK_API_ERROR_KEYRING or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the token; NULL without @error where none is kept
 */
char *
lk_token_store_load_finish (LkTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_TOKEN_STORE (self), NULL);

  return LK_TOKEN_STORE_GET_IFACE (self)->load_finish (self, result, error);
}

/**
 * lk_token_store_save_async:
 * @self: a token store
 * @server: the server's address in its one form
 * @token: the token
 * @cancellable: (nullable): ends it
 * @callback: called when it is kept
 * @data: for @callback
 *
 * Keeps @token in place of any other for @server.
 */
void
lk_token_store_save_async (LkTokenStore *self,
                           const char *server,
                           const char *token,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_return_if_fail (LK_IS_TOKEN_STORE (self));
  g_return_if_fail (server != NULL && token != NULL);

  LK_TOKEN_STORE_GET_IFACE (self)->save_async (self, server, token, cancellable, callback, data);
}

/**
 * lk_token_store_save_finish:
 * @self: a token store
 * @result: as given to the callback
 * @error: LK_API_ERROR_KEYRING or G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is kept; FALSE with @error set
 */
gboolean
lk_token_store_save_finish (LkTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_TOKEN_STORE (self), FALSE);

  return LK_TOKEN_STORE_GET_IFACE (self)->save_finish (self, result, error);
}

/**
 * lk_token_store_clear_async:
 * @self: a token store
 * @server: the server's address in its one form
 * @cancellable: (nullable): ends it
 * @callback: called when it is gone
 * @data: for @callback
 *
 * Forgets the token of @server; it is no error where none is kept.
 */
void
lk_token_store_clear_async (LkTokenStore *self,
                            const char *server,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_return_if_fail (LK_IS_TOKEN_STORE (self));
  g_return_if_fail (server != NULL);

  LK_TOKEN_STORE_GET_IFACE (self)->clear_async (self, server, cancellable, callback, data);
}

/**
 * lk_token_store_clear_finish:
 * @self: a token store
 * @result: as given to the callback
 * @error: LK_API_ERROR_KEYRING or G_IO_ERROR_CANCELLED
 *
 * Returns: whether none is kept any more; FALSE with @error set
 */
gboolean
lk_token_store_clear_finish (LkTokenStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_TOKEN_STORE (self), FALSE);

  return LK_TOKEN_STORE_GET_IFACE (self)->clear_finish (self, result, error);
}
