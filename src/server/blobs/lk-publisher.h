/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-blob-store.h"
#include "lk-store.h"

/* Keeps rows and blobs in step: a row is written after the blobs that it names, a blob is removed
 * after the last row that names it, and neither races the other. Every call is synchronous and may
 * be made on any thread. One process at a time has a pair of stores. Errors: LK_STORE_ERROR, and
 * G_IO_ERROR of the blob store. */

#define LK_TYPE_PUBLISHER (lk_publisher_get_type ())
G_DECLARE_FINAL_TYPE (LkPublisher, lk_publisher, LK, PUBLISHER, GObject)

LkPublisher *lk_publisher_new (LkStore *store, LkBlobStore *blobs);
LkPicture *lk_publisher_publish (LkPublisher *self,
                                 gint64 account,
                                 const LkPicture *picture,
                                 GPtrArray *blobs,
                                 const char *key,
                                 const char *bundle_sha256,
                                 GError **error);
gboolean
lk_publisher_withdraw (LkPublisher *self, gint64 account, const char *picture, GError **error);
gboolean lk_publisher_erase_account (LkPublisher *self, gint64 account, GError **error);
gboolean lk_publisher_collect (LkPublisher *self, guint *removed, GError **error);
