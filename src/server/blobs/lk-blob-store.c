/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-blob-store.h"

#include "lk-hash.h"

G_DEFINE_INTERFACE (LkBlobStore, lk_blob_store, G_TYPE_OBJECT)

static void
lk_blob_store_default_init (LkBlobStoreInterface *iface)
{
}

/* A name goes into a path: nothing else than a hash may. */
static gboolean
check_name (const char *sha256, GError **error)
{
  if (lk_hash_is_sha256_hex (sha256))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME,
                       "A blob's name is a SHA-256");
  return FALSE;
}

/**
 * lk_blob_store_put:
 * @sha256: of @bytes, lower-case hexadecimal; the caller vouches for it
 * @bytes: the content
 *
 * On success the blob is durable and whole; at no moment is a part of it to be seen. One that is
 * there already stays as it is. G_IO_ERROR_INVALID_FILENAME when @sha256 is no hash.
 */
gboolean
lk_blob_store_put (LkBlobStore *self, const char *sha256, GBytes *bytes, GError **error)
{
  if (!check_name (sha256, error))
    return FALSE;
  return LK_BLOB_STORE_GET_IFACE (self)->put (self, sha256, bytes, error);
}

/**
 * lk_blob_store_load:
 *
 * Returns: (transfer full): the content, mapped rather than read where it is large; good for as
 * long as it is held, also when the blob is removed meanwhile
 */
GBytes *
lk_blob_store_load (LkBlobStore *self, const char *sha256, GError **error)
{
  if (!check_name (sha256, error))
    return NULL;
  return LK_BLOB_STORE_GET_IFACE (self)->load (self, sha256, error);
}

/**
 * lk_blob_store_open:
 * @size: (out): how many bytes the stream has
 *
 * Returns: (transfer full): a seekable stream of the content
 */
GInputStream *
lk_blob_store_open (LkBlobStore *self, const char *sha256, goffset *size, GError **error)
{
  if (!check_name (sha256, error))
    return NULL;
  return LK_BLOB_STORE_GET_IFACE (self)->open (self, sha256, size, error);
}

/**
 * lk_blob_store_remove:
 *
 * Removing one that is not there succeeds. Call lk_publisher_withdraw() and its like, which know
 * whether a row names it.
 */
gboolean
lk_blob_store_remove (LkBlobStore *self, const char *sha256, GError **error)
{
  if (!check_name (sha256, error))
    return FALSE;
  return LK_BLOB_STORE_GET_IFACE (self)->remove (self, sha256, error);
}

/**
 * lk_blob_store_list:
 *
 * Returns: (transfer full) (element-type utf8): the SHA-256 of every blob, in no order
 */
GPtrArray *
lk_blob_store_list (LkBlobStore *self, GError **error)
{
  return LK_BLOB_STORE_GET_IFACE (self)->list (self, error);
}
