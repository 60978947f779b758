/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The bytes of renditions, each named by the SHA-256 of its content and so never changed. Every
 * call is synchronous and may be made on any thread. Handlers read here; writing and removing is
 * LkPublisher's, which keeps rows and blobs in step. Errors: G_IO_ERROR; G_IO_ERROR_NOT_FOUND for a
 * blob that is not there, G_IO_ERROR_NO_SPACE for a full disk. */

#define LK_TYPE_BLOB_STORE (lk_blob_store_get_type ())
G_DECLARE_INTERFACE (LkBlobStore, lk_blob_store, LK, BLOB_STORE, GObject)

struct _LkBlobStoreInterface
{
  GTypeInterface parent_iface;

  gboolean (*put) (LkBlobStore *self, const char *sha256, GBytes *bytes, GError **error);
  GBytes *(*load) (LkBlobStore *self, const char *sha256, GError **error);
  GInputStream *(*open) (LkBlobStore *self, const char *sha256, goffset *size, GError **error);
  gboolean (*remove) (LkBlobStore *self, const char *sha256, GError **error);
  GPtrArray *(*list) (LkBlobStore *self, GError **error);
};

gboolean lk_blob_store_put (LkBlobStore *self, const char *sha256, GBytes *bytes, GError **error);
GBytes *lk_blob_store_load (LkBlobStore *self, const char *sha256, GError **error);
GInputStream *
lk_blob_store_open (LkBlobStore *self, const char *sha256, goffset *size, GError **error);
gboolean lk_blob_store_remove (LkBlobStore *self, const char *sha256, GError **error);
GPtrArray *lk_blob_store_list (LkBlobStore *self, GError **error);
