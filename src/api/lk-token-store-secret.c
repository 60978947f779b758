/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-token-store-secret.h"
#include <libsecret/secret.h>
#include "lk-async.h"

struct _LkTokenStoreSecret
{
  GObject parent_instance;
};

static const SecretSchema schema = {
  "app.likeness.Likeness.Token",
  SECRET_SCHEMA_NONE,
  { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

static void lk_token_store_secret_iface_init (LkTokenStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkTokenStoreSecret,
                               lk_token_store_secret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_TOKEN_STORE,
                                                      lk_token_store_secret_iface_init))

/* Gives an error of libsecret's or D-Bus's a code of ours; cancelled stays cancelled. */
static GError *
translate (GError *error)
{
  g_autoptr (GError) original = error;

  if (lk_error_is_cancelled (original))
    return g_steal_pointer (&original);

  return g_error_new_literal (LK_API_ERROR, LK_API_ERROR_KEYRING, original->message);
}

static void
on_lookup_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  char *token = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    g_task_return_error (task, translate (g_steal_pointer (&error)));
  else
    g_task_return_pointer (task, token, (GDestroyNotify)secret_password_free);
}

static void
on_store_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, translate (g_steal_pointer (&error)));
}

static void
on_clear_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  /* FALSE without an error: there was none to clear. */
  secret_password_clear_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, translate (g_steal_pointer (&error)));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_probe_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  secret_password_free (secret_password_lookup_finish (result, &error));
  if (error != NULL)
    g_task_return_error (task, translate (g_steal_pointer (&error)));
  else
    g_task_return_pointer (task, g_object_new (LK_TYPE_TOKEN_STORE_SECRET, NULL), g_object_unref);
}

static gboolean
lk_token_store_secret_is_persistent (LkTokenStore *store)
{
  return TRUE;
}

static void
lk_token_store_secret_load_async (LkTokenStore *store,
                                  const char *server,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  GTask *task = g_task_new (store, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_secret_load_async);
  secret_password_lookup (&schema, cancellable, on_lookup_ready, task, "server", server, NULL);
}

/* The copy that the caller frees is not in libsecret's locked memory: it goes into a request's
 * header at once. */
static char *
lk_token_store_secret_load_finish (LkTokenStore *store, GAsyncResult *result, GError **error)
{
  char *locked;
  char *token;

  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  locked = g_task_propagate_pointer (G_TASK (result), error);
  token = g_strdup (locked);
  secret_password_free (locked);

  return token;
}

static void
lk_token_store_secret_save_async (LkTokenStore *store,
                                  const char *server,
                                  const char *token,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  GTask *task = g_task_new (store, cancellable, callback, data);
  g_autofree char *label = g_strdup_printf ("Likeness: %s", server);

  g_task_set_source_tag (task, lk_token_store_secret_save_async);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token, cancellable,
                         on_store_ready, task, "server", server, NULL);
}

static gboolean
lk_token_store_secret_change_finish (LkTokenStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
lk_token_store_secret_clear_async (LkTokenStore *store,
                                   const char *server,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  GTask *task = g_task_new (store, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_secret_clear_async);
  secret_password_clear (&schema, cancellable, on_clear_ready, task, "server", server, NULL);
}

static void
lk_token_store_secret_class_init (LkTokenStoreSecretClass *klass)
{
}

static void
lk_token_store_secret_iface_init (LkTokenStoreInterface *iface)
{
  iface->is_persistent = lk_token_store_secret_is_persistent;
  iface->load_async = lk_token_store_secret_load_async;
  iface->load_finish = lk_token_store_secret_load_finish;
  iface->save_async = lk_token_store_secret_save_async;
  iface->save_finish = lk_token_store_secret_change_finish;
  iface->clear_async = lk_token_store_secret_clear_async;
  iface->clear_finish = lk_token_store_secret_change_finish;
}

static void
lk_token_store_secret_init (LkTokenStoreSecret *self)
{
}

/**
 * lk_token_store_secret_new_async:
 * @cancellable: (nullable): ends it
 * @callback: called when the keyring has answered
 * @data: for @callback
 *
 * Opens a session with whatever libsecret takes for the keyring here: the Secret Service, or inside
 * a sandbox its own file with the portal's key.
 */
void
lk_token_store_secret_new_async (GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_source_tag (task, lk_token_store_secret_new_async);
  secret_password_lookup (&schema, cancellable, on_probe_ready, task, "server", "", NULL);
}

/**
 * lk_token_store_secret_new_finish:
 * @result: as given to the callback
 * @error: LK_API_ERROR_KEYRING where there is none, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): a token store, or NULL with @error set
 */
LkTokenStore *
lk_token_store_secret_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
