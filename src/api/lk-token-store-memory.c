/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token-store-memory.h"

struct _LkTokenStoreMemory
{
  GObject parent_instance;

  GHashTable *tokens; /* server → token */
};

static void lk_token_store_memory_iface_init (LkTokenStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkTokenStoreMemory,
                               lk_token_store_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_TOKEN_STORE,
                                                      lk_token_store_memory_iface_init))

static gboolean
lk_token_store_memory_is_persistent (LkTokenStore *store)
{
  return FALSE;
}

static void
lk_token_store_memory_load_async (LkTokenStore *store,
                                  const char *server,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  LkTokenStoreMemory *self = LK_TOKEN_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_memory_load_async);
  g_task_return_pointer (task, g_strdup (g_hash_table_lookup (self->tokens, server)), g_free);
}

static char *
lk_token_store_memory_load_finish (LkTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
lk_token_store_memory_save_async (LkTokenStore *store,
                                  const char *server,
                                  const char *token,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  LkTokenStoreMemory *self = LK_TOKEN_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_memory_save_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  g_hash_table_replace (self->tokens, g_strdup (server), g_strdup (token));
  g_task_return_boolean (task, TRUE);
}

static gboolean
lk_token_store_memory_change_finish (LkTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
lk_token_store_memory_clear_async (LkTokenStore *store,
                                   const char *server,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  LkTokenStoreMemory *self = LK_TOKEN_STORE_MEMORY (store);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_memory_clear_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  g_hash_table_remove (self->tokens, server);
  g_task_return_boolean (task, TRUE);
}

static void
lk_token_store_memory_finalize (GObject *object)
{
  LkTokenStoreMemory *self = LK_TOKEN_STORE_MEMORY (object);

  g_hash_table_unref (self->tokens);

  G_OBJECT_CLASS (lk_token_store_memory_parent_class)->finalize (object);
}

static void
lk_token_store_memory_class_init (LkTokenStoreMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_token_store_memory_finalize;
}

static void
lk_token_store_memory_iface_init (LkTokenStoreInterface *iface)
{
  iface->is_persistent = lk_token_store_memory_is_persistent;
  iface->load_async = lk_token_store_memory_load_async;
  iface->load_finish = lk_token_store_memory_load_finish;
  iface->save_async = lk_token_store_memory_save_async;
  iface->save_finish = lk_token_store_memory_change_finish;
  iface->clear_async = lk_token_store_memory_clear_async;
  iface->clear_finish = lk_token_store_memory_change_finish;
}

static void
lk_token_store_memory_init (LkTokenStoreMemory *self)
{
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * lk_token_store_memory_new:
 *
 * Returns: (transfer full): an empty token store which ends with the program
 */
LkTokenStore *
lk_token_store_memory_new (void)
{
  return g_object_new (LK_TYPE_TOKEN_STORE_MEMORY, NULL);
}
