/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-memory-blob-store.h"

struct _LkMemoryBlobStore
{
  GObject parent_instance;

  GMutex mutex;
  GHashTable *blobs; /* SHA-256 → GBytes */
};

static void lk_memory_blob_store_iface_init (LkBlobStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkMemoryBlobStore,
                               lk_memory_blob_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_BLOB_STORE,
                                                      lk_memory_blob_store_iface_init))

static gboolean
lk_memory_blob_store_put (LkBlobStore *store, const char *sha256, GBytes *bytes, GError **error)
{
  LkMemoryBlobStore *self = LK_MEMORY_BLOB_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!g_hash_table_contains (self->blobs, sha256))
    g_hash_table_insert (self->blobs, g_strdup (sha256), g_bytes_ref (bytes));
  return TRUE;
}

static GBytes *
lk_memory_blob_store_load (LkBlobStore *store, const char *sha256, GError **error)
{
  LkMemoryBlobStore *self = LK_MEMORY_BLOB_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GBytes *bytes = g_hash_table_lookup (self->blobs, sha256);

  if (bytes != NULL)
    return g_bytes_ref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No blob %s", sha256);
  return NULL;
}

static GInputStream *
lk_memory_blob_store_open (LkBlobStore *store, const char *sha256, goffset *size, GError **error)
{
  g_autoptr (GBytes) bytes = lk_memory_blob_store_load (store, sha256, error);

  if (bytes == NULL)
    return NULL;
  *size = (goffset)g_bytes_get_size (bytes);
  return g_memory_input_stream_new_from_bytes (bytes);
}

static gboolean
lk_memory_blob_store_remove (LkBlobStore *store, const char *sha256, GError **error)
{
  LkMemoryBlobStore *self = LK_MEMORY_BLOB_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_hash_table_remove (self->blobs, sha256);
  return TRUE;
}

static GPtrArray *
lk_memory_blob_store_list (LkBlobStore *store, GError **error)
{
  LkMemoryBlobStore *self = LK_MEMORY_BLOB_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GPtrArray *blobs = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer sha256;

  g_hash_table_iter_init (&iter, self->blobs);
  while (g_hash_table_iter_next (&iter, &sha256, NULL))
    g_ptr_array_add (blobs, g_strdup (sha256));
  return blobs;
}

static void
lk_memory_blob_store_finalize (GObject *object)
{
  LkMemoryBlobStore *self = LK_MEMORY_BLOB_STORE (object);

  g_hash_table_unref (self->blobs);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (lk_memory_blob_store_parent_class)->finalize (object);
}

static void
lk_memory_blob_store_class_init (LkMemoryBlobStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_memory_blob_store_finalize;
}

static void
lk_memory_blob_store_init (LkMemoryBlobStore *self)
{
  g_mutex_init (&self->mutex);
  self->blobs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
}

static void
lk_memory_blob_store_iface_init (LkBlobStoreInterface *iface)
{
  iface->put = lk_memory_blob_store_put;
  iface->load = lk_memory_blob_store_load;
  iface->open = lk_memory_blob_store_open;
  iface->remove = lk_memory_blob_store_remove;
  iface->list = lk_memory_blob_store_list;
}

/**
 * lk_memory_blob_store_new:
 *
 * Returns: (transfer full): a store that forgets everything when it is freed
 */
LkMemoryBlobStore *
lk_memory_blob_store_new (void)
{
  return g_object_new (LK_TYPE_MEMORY_BLOB_STORE, NULL);
}
