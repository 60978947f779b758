/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clock.h"
#include "lk-store.h"

#define LK_TYPE_MEMORY_STORE (lk_memory_store_get_type ())
G_DECLARE_FINAL_TYPE (LkMemoryStore, lk_memory_store, LK, MEMORY_STORE, GObject)

LkMemoryStore *lk_memory_store_new (LkServerKey *key, LkClock *clock, LkRng *rng);
