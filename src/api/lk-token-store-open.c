/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token-store.h"
#include "lk-token-store-memory.h"
#include "lk-token-store-secret.h"

/* How long the keyring may take to answer, in seconds; it may have to be started first. */
#define OPEN_TIMEOUT 10

/* The keyring is asked under a cancellable of its own, so that its time can run out without the
 * caller's being up. */
typedef struct
{
  GCancellable *inner;
  gulong callers_handler;
  GSource *timeout;
} Opening;

static void
opening_free (Opening *opening)
{
  g_source_destroy (opening->timeout);
  g_source_unref (opening->timeout);
  g_object_unref (opening->inner);
  g_free (opening);
}

static void
on_callers_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static gboolean
on_timeout (gpointer data)
{
  g_cancellable_cancel (data);

  return G_SOURCE_REMOVE;
}

static void
on_secret_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  LkTokenStore *store = lk_token_store_secret_new_finish (result, &error);

  g_cancellable_disconnect (g_task_get_cancellable (task), opening->callers_handler);
  if (store == NULL && g_task_return_error_if_cancelled (task))
    return;

  if (store == NULL)
    {
      g_debug ("No keyring, the token is kept in memory: %s", error->message);
      store = lk_token_store_memory_new ();
    }
  g_task_return_pointer (task, store, g_object_unref);
}

/**
 * lk_token_store_open_async:
 * @cancellable: (nullable): ends it
 * @callback: called with the store
 * @data: for @callback
 *
 * Chooses the keyring where one answers in time, else memory.
 */
void
lk_token_store_open_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Opening *opening = g_new0 (Opening, 1);

  opening->inner = g_cancellable_new ();
  opening->timeout = g_timeout_source_new_seconds (OPEN_TIMEOUT);
  g_source_set_callback (opening->timeout, on_timeout, g_object_ref (opening->inner),
                         g_object_unref);
  g_source_attach (opening->timeout, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    opening->callers_handler
        = g_cancellable_connect (cancellable, G_CALLBACK (on_callers_cancelled),
                                 g_object_ref (opening->inner), g_object_unref);

  g_task_set_source_tag (task, lk_token_store_open_async);
  g_task_set_task_data (task, opening, (GDestroyNotify)opening_free);
  lk_token_store_secret_new_async (opening->inner, on_secret_ready, task);
}

/**
 * lk_token_store_open_finish:
 * @result: as given to the callback
 * @error: G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): a token store, or NULL with @error set;
 * lk_token_store_is_persistent() tells which
 */
LkTokenStore *
lk_token_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
