/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include <string.h>

/* Another thread may have noted it meanwhile, or ended the session: both are fine. */
static gboolean
note_seen (LkStore *store, const guint8 *token_hash, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);

  return tx != NULL
         && lk_sqlite_run (tx->db, error, "UPDATE sessions SET last_seen = ? WHERE token = ?", "id",
                           tx->now, token_hash)
         && lk_store_transaction_commit (tx, error);
}

static gboolean
lk_sqlite_store_find_session (LkStore *store,
                              const guint8 *token_hash,
                              gint64 *account,
                              char **session,
                              GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (LkQuery) query = NULL;
  g_autofree char *id = NULL;
  gint64 holder = 0, last_seen = 0, now;

  if (tx == NULL)
    return FALSE;
  query = lk_sqlite_query (tx->db, "SELECT account, id, last_seen FROM sessions WHERE token = ?",
                           "d", token_hash);
  while (lk_query_next (query))
    {
      holder = lk_query_get_int (query, 0);
      g_free (id);
      id = g_strdup (lk_query_get_text (query, 1));
      last_seen = lk_query_get_int (query, 2);
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  if (id == NULL)
    return lk_sqlite_store_not_found (error);
  now = tx->now;
  if (!lk_store_transaction_commit (tx, error))
    return FALSE;
  g_clear_pointer (&tx, lk_store_transaction_free);
  if (now - last_seen >= LK_STORE_SEEN_GRANULARITY && !note_seen (store, token_hash, error))
    return FALSE;
  *account = holder;
  if (session != NULL)
    *session = g_steal_pointer (&id);
  return TRUE;
}

static GPtrArray *
lk_sqlite_store_list_sessions (LkStore *store, gint64 account, const char *current, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_session_free);
  g_autoptr (LkQuery) query = NULL;

  if (tx == NULL || !lk_sqlite_store_check_account (tx, account, error))
    return NULL;
  query = lk_sqlite_query (
      tx->db,
      "SELECT id, name, created, last_seen FROM sessions WHERE account = ? ORDER BY created, rowid",
      "i", account);
  while (lk_query_next (query))
    {
      LkSession *session = g_new0 (LkSession, 1);

      session->id = g_strdup (lk_query_get_text (query, 0));
      session->name = g_strdup (lk_query_get_text (query, 1));
      session->created = lk_query_get_int (query, 2);
      session->last_seen = lk_query_get_int (query, 3);
      session->current = g_strcmp0 (session->id, current) == 0;
      g_ptr_array_add (sessions, session);
    }
  if (!lk_query_finish (query, error) || !lk_store_transaction_commit (tx, error))
    return NULL;
  return g_steal_pointer (&sessions);
}

static gboolean
lk_sqlite_store_delete_session (LkStore *store, gint64 account, const char *session, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);

  if (tx == NULL
      || !lk_sqlite_run (tx->db, error, "DELETE FROM sessions WHERE account = ? AND id = ?", "it",
                         account, session))
    return FALSE;
  if (lk_sqlite_get_changes (tx->db) == 0)
    return lk_sqlite_store_not_found (error);
  return lk_store_transaction_commit (tx, error);
}

void
lk_sqlite_store_init_sessions (LkStoreInterface *iface)
{
  iface->find_session = lk_sqlite_store_find_session;
  iface->list_sessions = lk_sqlite_store_list_sessions;
  iface->delete_session = lk_sqlite_store_delete_session;
}
