/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-token-store.h"

/** LkTokenStoreMemory: keeps tokens as long as the program runs. Made with
 * lk_token_store_memory_new(). */
#define LK_TYPE_TOKEN_STORE_MEMORY (lk_token_store_memory_get_type ())
G_DECLARE_FINAL_TYPE (LkTokenStoreMemory, lk_token_store_memory, LK, TOKEN_STORE_MEMORY, GObject)
