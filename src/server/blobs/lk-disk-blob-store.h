/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-blob-store.h"

#define LK_TYPE_DISK_BLOB_STORE (lk_disk_blob_store_get_type ())
G_DECLARE_FINAL_TYPE (LkDiskBlobStore, lk_disk_blob_store, LK, DISK_BLOB_STORE, GObject)

LkDiskBlobStore *lk_disk_blob_store_new (const char *directory, GError **error);
