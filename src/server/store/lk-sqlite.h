/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A small typed wrapper round SQLite. A connection belongs to one thread at a time. Statements are
 * prepared once per connection; SQL texts must therefore live as long as the program.
 *
 * Values are bound by a string of types, one letter each, and as many arguments:
 *   i  gint64 (cast what is narrower!)
 *   t  const char *, NULL for SQL's NULL
 *   d  const guint8 *, LK_SQLITE_DIGEST_LENGTH bytes
 *
 * Errors: LK_STORE_ERROR_FAILED, LK_STORE_ERROR_FULL; LK_STORE_ERROR_NEWER from
 * lk_sqlite_migrate(). */

/** Length in bytes of the hashes and MACs that are stored as BLOBs. */
#define LK_SQLITE_DIGEST_LENGTH 32

typedef struct _LkSqlite LkSqlite;
typedef struct _LkQuery LkQuery;

LkSqlite *lk_sqlite_open (const char *path, GError **error);
void lk_sqlite_close (LkSqlite *self);
gboolean
lk_sqlite_migrate (LkSqlite *self, GResource *resource, const char *folder, GError **error);
gboolean lk_sqlite_execute_script (LkSqlite *self, const char *sql, GError **error);

gboolean lk_sqlite_run (LkSqlite *self, GError **error, const char *sql, const char *types, ...);
gboolean lk_sqlite_get_int (LkSqlite *self,
                            gint64 *value,
                            gboolean *found,
                            GError **error,
                            const char *sql,
                            const char *types,
                            ...);
gint64 lk_sqlite_get_changes (LkSqlite *self);
gint64 lk_sqlite_get_last_id (LkSqlite *self);

LkQuery *lk_sqlite_query (LkSqlite *self, const char *sql, const char *types, ...);
gboolean lk_query_next (LkQuery *self);
gboolean lk_query_finish (LkQuery *self, GError **error);
gint64 lk_query_get_int (LkQuery *self, int column);
const char *lk_query_get_text (LkQuery *self, int column);
gboolean lk_query_is_null (LkQuery *self, int column);
void lk_query_get_digest (LkQuery *self, int column, guint8 *digest);
void lk_query_free (LkQuery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSqlite, lk_sqlite_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkQuery, lk_query_free)
