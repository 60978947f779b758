/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store.h"

#include "lk-migrations.h"
#include "lk-sqlite-store-private.h"

#define MIGRATIONS_FOLDER "/app/likeness/Likeness/migrations"
/* Idle connections past this are closed: as many as worker threads that a small machine has busy at
 * once. */
#define MAX_IDLE_CONNECTIONS 16

struct _LkSqliteStore
{
  GObject parent_instance;

  char *path;
  LkServerKey *key;
  LkClock *clock;
  LkRng *rng;

  GMutex
      writer;   /* held through a write transaction: SQLite's own lock is polled, this one queues */
  GMutex mutex; /* guards idle */
  GPtrArray *idle;
};

static void lk_sqlite_store_iface_init (LkStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkSqliteStore,
                               lk_sqlite_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_STORE, lk_sqlite_store_iface_init))

static void
connection_free (gpointer data)
{
  lk_sqlite_close (data);
}

static LkSqlite *
take_connection (LkSqliteStore *self, GError **error)
{
  LkSqlite *db = NULL;

  g_mutex_lock (&self->mutex);
  if (self->idle->len > 0)
    db = g_ptr_array_steal_index_fast (self->idle, self->idle->len - 1);
  g_mutex_unlock (&self->mutex);
  return db != NULL ? db : lk_sqlite_open (self->path, error);
}

static void
give_connection_back (LkSqliteStore *self, LkSqlite *db)
{
  g_mutex_lock (&self->mutex);
  if (self->idle->len < MAX_IDLE_CONNECTIONS)
    g_ptr_array_add (self->idle, g_steal_pointer (&db));
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&db, lk_sqlite_close);
}

static LkStoreTransaction *
begin (LkSqliteStore *self, gboolean writing, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = g_new0 (LkStoreTransaction, 1);

  tx->store = g_object_ref (self);
  tx->key = self->key;
  tx->rng = self->rng;
  tx->db = take_connection (self, error);
  if (tx->db == NULL)
    return NULL;
  tx->writing = writing;
  if (writing)
    g_mutex_lock (&self->writer);
  tx->open = lk_sqlite_run (tx->db, error, writing ? "BEGIN IMMEDIATE" : "BEGIN", "");
  if (!tx->open)
    return NULL;
  /* Read behind the lock, so that what is written later is never dated earlier. */
  tx->now = lk_clock_get_seconds (self->clock);
  return g_steal_pointer (&tx);
}

static GHashTable *
lk_sqlite_store_list_blobs (LkStore *store, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (GHashTable) blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (LkQuery) query = NULL;

  if (tx == NULL)
    return NULL;
  query = lk_sqlite_query (tx->db, "SELECT DISTINCT sha256 FROM renditions", "");
  while (lk_query_next (query))
    g_hash_table_add (blobs, g_strdup (lk_query_get_text (query, 0)));
  if (!lk_query_finish (query, error) || !lk_store_transaction_commit (tx, error))
    return NULL;
  return g_steal_pointer (&blobs);
}

static gboolean
lk_sqlite_store_names_blob (LkStore *store, const char *sha256, gboolean *named, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  gint64 one = 0;
  gboolean found = FALSE;

  if (tx == NULL
      || !lk_sqlite_get_int (tx->db, &one, &found, error,
                             "SELECT 1 FROM renditions WHERE sha256 = ? LIMIT 1", "t", sha256)
      || !lk_store_transaction_commit (tx, error))
    return FALSE;
  *named = found;
  return TRUE;
}

static gboolean
lk_sqlite_store_tidy (LkStore *store, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);

  return tx != NULL
         && lk_sqlite_run (tx->db, error, "DELETE FROM verifications WHERE expires <= ?", "i",
                           tx->now)
         && lk_sqlite_run (tx->db, error, "DELETE FROM published WHERE at <= ?", "i",
                           tx->now - (gint64)LK_STORE_KEY_LIFETIME)
         && lk_store_transaction_commit (tx, error);
}

static gboolean
lk_sqlite_store_count (LkStore *store, LkStoreCounts *counts, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  LkStoreCounts found = { 0 };

  if (tx == NULL
      || !lk_sqlite_get_int (tx->db, &found.accounts, NULL, error, "SELECT COUNT(*) FROM accounts",
                             "")
      || !lk_sqlite_get_int (tx->db, &found.sessions, NULL, error, "SELECT COUNT(*) FROM sessions",
                             "")
      || !lk_sqlite_get_int (tx->db, &found.contacts, NULL, error, "SELECT COUNT(*) FROM contacts",
                             "")
      || !lk_sqlite_get_int (tx->db, &found.pictures, NULL, error, "SELECT COUNT(*) FROM pictures",
                             "")
      || !lk_sqlite_get_int (tx->db, &found.deliveries, NULL, error,
                             "SELECT COUNT(*) FROM deliveries", "")
      || !lk_sqlite_get_int (tx->db, &found.verifications, NULL, error,
                             "SELECT COUNT(*) FROM verifications", "")
      || !lk_store_transaction_commit (tx, error))
    return FALSE;
  *counts = found;
  return TRUE;
}

static void
lk_sqlite_store_finalize (GObject *object)
{
  LkSqliteStore *self = LK_SQLITE_STORE (object);

  g_ptr_array_unref (self->idle);
  g_mutex_clear (&self->writer);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_clear_pointer (&self->key, lk_server_key_unref);
  g_clear_pointer (&self->clock, lk_clock_unref);
  g_clear_pointer (&self->rng, lk_rng_unref);
  G_OBJECT_CLASS (lk_sqlite_store_parent_class)->finalize (object);
}

static void
lk_sqlite_store_class_init (LkSqliteStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_sqlite_store_finalize;
}

static void
lk_sqlite_store_init (LkSqliteStore *self)
{
  g_mutex_init (&self->writer);
  g_mutex_init (&self->mutex);
  self->idle = g_ptr_array_new_with_free_func (connection_free);
}

static void
lk_sqlite_store_iface_init (LkStoreInterface *iface)
{
  lk_sqlite_store_init_accounts (iface);
  lk_sqlite_store_init_sessions (iface);
  lk_sqlite_store_init_verifications (iface);
  lk_sqlite_store_init_contacts (iface);
  lk_sqlite_store_init_pictures (iface);
  lk_sqlite_store_init_publish (iface);
  lk_sqlite_store_init_feed (iface);
  lk_sqlite_store_init_deliveries (iface);
  iface->list_blobs = lk_sqlite_store_list_blobs;
  iface->names_blob = lk_sqlite_store_names_blob;
  iface->tidy = lk_sqlite_store_tidy;
  iface->count = lk_sqlite_store_count;
}

/**
 * lk_sqlite_store_new:
 * @path: the database; made when it is not there, in a directory that is
 * @key: the server's key; what was stored under another one is not found again
 * @clock: what time it is
 * @rng: where ids come from
 * @error: return location for a LK_STORE_ERROR, LK_STORE_ERROR_NEWER when a newer program wrote the
 * database
 *
 * Opens the database and brings it to the newest version.
 *
 * Returns: (transfer full): the store
 */
LkSqliteStore *
lk_sqlite_store_new (const char *path, LkServerKey *key, LkClock *clock, LkRng *rng, GError **error)
{
  g_autoptr (LkSqliteStore) self = g_object_new (LK_TYPE_SQLITE_STORE, NULL);
  g_autoptr (LkSqlite) db = NULL;

  self->path = g_strdup (path);
  self->key = lk_server_key_ref (key);
  self->clock = lk_clock_ref (clock);
  self->rng = lk_rng_ref (rng);
  db = take_connection (self, error);
  if (db == NULL
      || !lk_sqlite_migrate (db, lk_migrations_get_resource (), MIGRATIONS_FOLDER, error))
    return NULL;
  give_connection_back (self, g_steal_pointer (&db));
  return g_steal_pointer (&self);
}

/**
 * lk_sqlite_store_begin_read:
 *
 * Returns: (transfer full): a transaction that sees one moment of the database, beside any writer
 */
LkStoreTransaction *
lk_sqlite_store_begin_read (LkStore *store, GError **error)
{
  return begin (LK_SQLITE_STORE (store), FALSE, error);
}

/**
 * lk_sqlite_store_begin_write:
 *
 * Waits for the writer before.
 *
 * Returns: (transfer full): the only transaction that writes
 */
LkStoreTransaction *
lk_sqlite_store_begin_write (LkStore *store, GError **error)
{
  return begin (LK_SQLITE_STORE (store), TRUE, error);
}

/**
 * lk_store_transaction_commit:
 *
 * What was written is on the disk when this returns TRUE.
 */
gboolean
lk_store_transaction_commit (LkStoreTransaction *self, GError **error)
{
  if (!lk_sqlite_run (self->db, error, "COMMIT", ""))
    return FALSE;
  self->open = FALSE;
  return TRUE;
}

void
lk_store_transaction_free (LkStoreTransaction *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  /* A connection that may still be in a transaction must not be used again. */
  if (self->open && !lk_sqlite_run (self->db, &error, "ROLLBACK", ""))
    {
      g_debug ("Rolling back: %s", error->message);
      g_clear_pointer (&self->db, lk_sqlite_close);
    }
  if (self->db != NULL)
    give_connection_back (self->store, self->db);
  if (self->writing)
    g_mutex_unlock (&self->store->writer);
  g_object_unref (self->store);
  g_free (self);
}

/* Always FALSE, so that it can be returned. */
gboolean
lk_sqlite_store_not_found (GError **error)
{
  g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND, "Not there");
  return FALSE;
}

/**
 * lk_sqlite_store_next_change:
 * @change: (out): the number of a change that readers may have to be told of
 */
gboolean
lk_sqlite_store_next_change (LkStoreTransaction *tx, gint64 *change, GError **error)
{
  return lk_sqlite_get_int (tx->db, change, NULL, error,
                            "UPDATE sequence SET value = value + 1 WHERE id = 1 RETURNING value",
                            "");
}

gboolean
lk_sqlite_store_check_account (LkStoreTransaction *tx, gint64 account, GError **error)
{
  gint64 id;
  gboolean found;

  return lk_sqlite_get_int (tx->db, &id, &found, error, "SELECT id FROM accounts WHERE id = ?", "i",
                            account)
         && (found || lk_sqlite_store_not_found (error));
}

LkServerKey *
lk_sqlite_store_get_key (LkSqliteStore *self)
{
  return self->key;
}
