/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clock.h"
#include "lk-store.h"

#define LK_TYPE_SQLITE_STORE (lk_sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (LkSqliteStore, lk_sqlite_store, LK, SQLITE_STORE, GObject)

LkSqliteStore *lk_sqlite_store_new (const char *path,
                                    LkServerKey *key,
                                    LkClock *clock,
                                    LkRng *rng,
                                    GError **error);
