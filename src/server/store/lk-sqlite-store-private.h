/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-sqlite.h"
#include "lk-sqlite-store.h"

/* What the files of the SQLite store share: each holds the calls of one subject. */

/**
 * LkStoreTransaction:
 * @db: the connection, this thread's until the transaction ends
 * @now: seconds since 1970, the same for all of the transaction
 * @key: the server's key
 * @rng: for ids
 *
 * Rolled back when it is freed before lk_store_transaction_commit().
 */
typedef struct
{
  LkSqlite *db;
  gint64 now;
  LkServerKey *key;
  LkRng *rng;
  LkSqliteStore *store;
  gboolean writing;
  gboolean open;
} LkStoreTransaction;

LkStoreTransaction *lk_sqlite_store_begin_read (LkStore *store, GError **error);
LkStoreTransaction *lk_sqlite_store_begin_write (LkStore *store, GError **error);
gboolean lk_store_transaction_commit (LkStoreTransaction *self, GError **error);
void lk_store_transaction_free (LkStoreTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkStoreTransaction, lk_store_transaction_free)

LkServerKey *lk_sqlite_store_get_key (LkSqliteStore *self);
gboolean lk_sqlite_store_not_found (GError **error);
gboolean lk_sqlite_store_next_change (LkStoreTransaction *tx, gint64 *change, GError **error);
gboolean lk_sqlite_store_check_account (LkStoreTransaction *tx, gint64 account, GError **error);

/* Each fills in the calls of its subject. */
void lk_sqlite_store_init_accounts (LkStoreInterface *iface);
void lk_sqlite_store_init_sessions (LkStoreInterface *iface);
void lk_sqlite_store_init_verifications (LkStoreInterface *iface);
void lk_sqlite_store_init_contacts (LkStoreInterface *iface);
void lk_sqlite_store_init_pictures (LkStoreInterface *iface);
void lk_sqlite_store_init_publish (LkStoreInterface *iface);
void lk_sqlite_store_init_feed (LkStoreInterface *iface);
void lk_sqlite_store_init_deliveries (LkStoreInterface *iface);

/* Pictures */
LkPicture *lk_sqlite_store_load_picture (LkStoreTransaction *tx, gint64 row, GError **error);
LkPicture *lk_sqlite_store_load_own_picture (LkStoreTransaction *tx, gint64 row, GError **error);
gboolean lk_sqlite_store_find_own_picture (LkStoreTransaction *tx,
                                           gint64 account,
                                           const char *picture,
                                           gint64 *row,
                                           GError **error);
gboolean lk_sqlite_store_insert_refs (LkStoreTransaction *tx,
                                      gint64 row,
                                      LkAudience *audience,
                                      GError **error);
gboolean lk_sqlite_store_commit_removal (LkStoreTransaction *tx,
                                         GHashTable *candidates,
                                         GPtrArray **orphans,
                                         GError **error);
GHashTable *
lk_sqlite_store_list_blobs_of (LkStoreTransaction *tx, gint64 account, gint64 row, GError **error);

/* Who sees what */

/**
 * LkVisible:
 * @row: the picture, or 0 for none
 * @version: its version
 * @expires: when it ends, or 0
 */
typedef struct
{
  gint64 row;
  gint64 version;
  gint64 expires;
} LkVisible;

GStrv
lk_sqlite_store_list_refs (LkStoreTransaction *tx, gint64 owner, gint64 viewer, GError **error);
gboolean lk_sqlite_store_has_account (LkStoreTransaction *tx,
                                      gint64 viewer,
                                      gint64 owner,
                                      gboolean *has,
                                      GError **error);
gboolean lk_sqlite_store_find_visible (LkStoreTransaction *tx,
                                       gint64 owner,
                                       gint64 viewer,
                                       LkVisible *visible,
                                       GError **error);
gboolean lk_sqlite_store_count_viewers (LkStoreTransaction *tx,
                                        gint64 owner,
                                        LkAudience *audience,
                                        gint64 *count,
                                        GError **error);
