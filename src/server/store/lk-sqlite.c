/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include "lk-store.h"

/* How long a statement waits for another process's lock, in ms. Within the process writers queue up
 * before that. */
#define BUSY_TIMEOUT 10000

struct _LkSqlite
{
  sqlite3 *handle;
  GHashTable *statements; /* SQL text → idle sqlite3_stmt */
};

struct _LkQuery
{
  LkSqlite *db;
  const char *sql;
  sqlite3_stmt *statement;
  GError *error;
};

static void
set_error (LkSqlite *self, GError **error, const char *what)
{
  int code = sqlite3_errcode (self->handle) & 0xff;

  g_set_error (error, LK_STORE_ERROR,
               code == SQLITE_FULL ? LK_STORE_ERROR_FULL : LK_STORE_ERROR_FAILED, "%s: %s", what,
               sqlite3_errmsg (self->handle));
}

/* SQLite makes its file with the umask's mode and gives its companions the mode of the file. */
static gboolean
create_private_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      int saved = errno;

      g_set_error (error, LK_STORE_ERROR,
                   saved == ENOSPC ? LK_STORE_ERROR_FULL : LK_STORE_ERROR_FAILED,
                   "Cannot open %s: %s", path, g_strerror (saved));
      return FALSE;
    }
  return g_close (fd, error);
}

/* A PRAGMA that SQLite does not know or cannot follow is no error to it: the value that it answers
 * is what counts. */
static gboolean
set_pragma (LkSqlite *self, const char *sql, const char *expected, GError **error)
{
  g_autoptr (LkQuery) query = lk_sqlite_query (self, sql, "");
  gboolean right = lk_query_next (query)
                   && (expected == NULL || g_strcmp0 (lk_query_get_text (query, 0), expected) == 0);

  while (lk_query_next (query))
    continue;
  if (!lk_query_finish (query, error))
    return FALSE;
  if (!right)
    g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED, "The database did not accept “%s”",
                 sql);
  return right;
}

static gboolean
configure (LkSqlite *self, GError **error)
{
  return lk_sqlite_execute_script (self,
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA temp_store = MEMORY;",
                                   error)
         && set_pragma (self, "PRAGMA journal_mode = WAL", "wal", error)
         && set_pragma (self, "PRAGMA secure_delete = ON", "1", error)
         && set_pragma (self, "PRAGMA foreign_keys", "1", error)
         && set_pragma (self, "PRAGMA synchronous", "2", error)
         && set_pragma (self, "PRAGMA trusted_schema", "0", error)
         && set_pragma (self, "PRAGMA temp_store", "2", error);
}

/* A statement that is in use is not in the table: a nested use of the same text prepares another.
 */
static sqlite3_stmt *
take_statement (LkSqlite *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (g_hash_table_steal_extended (self->statements, sql, NULL, (gpointer *)&statement))
    return statement;
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK)
    {
      set_error (self, error, sql);
      return NULL;
    }
  return statement;
}

static void
give_statement_back (LkSqlite *self, const char *sql, sqlite3_stmt *statement)
{
  /* These report the failure of the last step once more, which has been reported. */
  if (g_hash_table_contains (self->statements, sql))
    {
      sqlite3_finalize (statement);
      return;
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  g_hash_table_insert (self->statements, (gpointer)sql, statement);
}

static int
bind_one (sqlite3_stmt *statement, int index, char type, va_list *arguments)
{
  const char *text;

  switch (type)
    {
    case 'i':
      return sqlite3_bind_int64 (statement, index, va_arg (*arguments, gint64));
    case 't':
      text = va_arg (*arguments, const char *);
      return text == NULL ? sqlite3_bind_null (statement, index)
                          : sqlite3_bind_text (statement, index, text, -1, SQLITE_TRANSIENT);
    case 'd':
      return sqlite3_bind_blob (statement, index, va_arg (*arguments, const guint8 *),
                                LK_SQLITE_DIGEST_LENGTH, SQLITE_TRANSIENT);
    default:
      g_assert_not_reached ();
    }
}

static LkQuery *
query_new (LkSqlite *db, const char *sql, const char *types, va_list *arguments)
{
  LkQuery *self = g_new0 (LkQuery, 1);

  self->db = db;
  self->sql = sql;
  self->statement = take_statement (db, sql, &self->error);
  if (self->statement == NULL)
    return self;
  g_assert (sqlite3_bind_parameter_count (self->statement) == (int)strlen (types));
  for (int i = 0; types[i] != '\0'; i++)
    if (bind_one (self->statement, i + 1, types[i], arguments) != SQLITE_OK && self->error == NULL)
      set_error (db, &self->error, sql);
  return self;
}

static gboolean
finalize_statement (gpointer key, gpointer value, gpointer data)
{
  sqlite3_finalize (value);
  return TRUE;
}

/**
 * lk_sqlite_open:
 * @path: the file; made, with mode 0600, when it is not there
 *
 * The connection is in WAL mode, syncs at each commit and holds foreign keys; it is an error when
 * it cannot be so.
 *
 * Returns: (transfer full): a connection
 */
LkSqlite *
lk_sqlite_open (const char *path, GError **error)
{
  g_autoptr (LkSqlite) self = g_new0 (LkSqlite, 1);

  self->statements = g_hash_table_new (g_str_hash, g_str_equal);
  if (sqlite3_threadsafe () == 0)
    {
      g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED,
                           "This SQLite was built without threads");
      return NULL;
    }
  if (!create_private_file (path, error))
    return NULL;
  if (sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      set_error (self, error, path);
      return NULL;
    }
  sqlite3_extended_result_codes (self->handle, 1);
  if (sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT) != SQLITE_OK)
    {
      set_error (self, error, path);
      return NULL;
    }
  if (!configure (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
lk_sqlite_close (LkSqlite *self)
{
  if (self == NULL)
    return;
  g_hash_table_foreach_remove (self->statements, finalize_statement, NULL);
  g_hash_table_unref (self->statements);
  if (self->handle != NULL && sqlite3_close (self->handle) != SQLITE_OK)
    g_critical ("A database connection was closed while in use");
  g_free (self);
}

/**
 * lk_sqlite_execute_script:
 * @sql: statements, separated by semicolons
 */
gboolean
lk_sqlite_execute_script (LkSqlite *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (self, error, "Script");
  return FALSE;
}

/**
 * lk_sqlite_run:
 *
 * Runs a statement whose rows, if any, are of no interest.
 */
gboolean
lk_sqlite_run (LkSqlite *self, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (LkQuery) query = NULL;
  va_list arguments;

  va_start (arguments, types);
  query = query_new (self, sql, types, &arguments);
  va_end (arguments);
  while (lk_query_next (query))
    continue;
  return lk_query_finish (query, error);
}

/**
 * lk_sqlite_get_int:
 * @value: (out): the first column of the first row; untouched when there is no row
 * @found: (out) (optional): whether there is a row
 */
gboolean
lk_sqlite_get_int (LkSqlite *self,
                   gint64 *value,
                   gboolean *found,
                   GError **error,
                   const char *sql,
                   const char *types,
                   ...)
{
  g_autoptr (LkQuery) query = NULL;
  gboolean any;
  va_list arguments;

  va_start (arguments, types);
  query = query_new (self, sql, types, &arguments);
  va_end (arguments);
  any = lk_query_next (query);
  if (any)
    *value = lk_query_get_int (query, 0);
  /* A statement that writes takes effect only when it is stepped to its end. */
  while (lk_query_next (query))
    continue;
  if (!lk_query_finish (query, error))
    return FALSE;
  if (found != NULL)
    *found = any;
  return TRUE;
}

/**
 * lk_sqlite_get_changes:
 *
 * Returns: how many rows the last statement wrote
 */
gint64
lk_sqlite_get_changes (LkSqlite *self)
{
  return sqlite3_changes (self->handle);
}

/**
 * lk_sqlite_get_last_id:
 *
 * Returns: the row id of the last insert
 */
gint64
lk_sqlite_get_last_id (LkSqlite *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

/**
 * lk_sqlite_query:
 *
 * Reads rows: lk_query_next() until it says FALSE, then lk_query_finish() to learn whether that was
 * the end or a failure.
 *
 * Returns: (transfer full): a query, also when the statement is wrong
 */
LkQuery *
lk_sqlite_query (LkSqlite *self, const char *sql, const char *types, ...)
{
  LkQuery *query;
  va_list arguments;

  va_start (arguments, types);
  query = query_new (self, sql, types, &arguments);
  va_end (arguments);
  return query;
}

/**
 * lk_query_next:
 *
 * Returns: whether there is a row to look at
 */
gboolean
lk_query_next (LkQuery *self)
{
  int status;

  if (self->error != NULL || self->statement == NULL)
    return FALSE;
  status = sqlite3_step (self->statement);
  if (status == SQLITE_ROW)
    return TRUE;
  if (status != SQLITE_DONE)
    set_error (self->db, &self->error, self->sql);
  /* Stepping on would begin anew. */
  give_statement_back (self->db, self->sql, g_steal_pointer (&self->statement));
  return FALSE;
}

/**
 * lk_query_finish:
 *
 * Returns: FALSE with @error set when anything failed since the query was made
 */
gboolean
lk_query_finish (LkQuery *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

gint64
lk_query_get_int (LkQuery *self, int column)
{
  return sqlite3_column_int64 (self->statement, column);
}

/**
 * lk_query_get_text:
 *
 * Returns: (transfer none) (nullable): good until the next lk_query_next()
 */
const char *
lk_query_get_text (LkQuery *self, int column)
{
  return (const char *)sqlite3_column_text (self->statement, column);
}

gboolean
lk_query_is_null (LkQuery *self, int column)
{
  return sqlite3_column_type (self->statement, column) == SQLITE_NULL;
}

/**
 * lk_query_get_digest:
 * @digest: (out caller-allocates): LK_SQLITE_DIGEST_LENGTH bytes; the schema holds the column to
 * that length
 */
void
lk_query_get_digest (LkQuery *self, int column, guint8 *digest)
{
  const void *blob = sqlite3_column_blob (self->statement, column);

  g_return_if_fail (sqlite3_column_bytes (self->statement, column) == LK_SQLITE_DIGEST_LENGTH);
  memcpy (digest, blob, LK_SQLITE_DIGEST_LENGTH);
}

void
lk_query_free (LkQuery *self)
{
  if (self->statement != NULL)
    give_statement_back (self->db, self->sql, self->statement);
  g_clear_error (&self->error);
  g_free (self);
}
