/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-blob-store.h"

#define LK_TYPE_MEMORY_BLOB_STORE (lk_memory_blob_store_get_type ())
G_DECLARE_FINAL_TYPE (LkMemoryBlobStore, lk_memory_blob_store, LK, MEMORY_BLOB_STORE, GObject)

LkMemoryBlobStore *lk_memory_blob_store_new (void);
