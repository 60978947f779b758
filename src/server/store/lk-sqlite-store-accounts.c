/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include "lk-book.h"

static gboolean
find_by_identifier (LkStoreTransaction *tx,
                    const char *identifier,
                    gint64 *account,
                    gboolean *found,
                    GError **error)
{
  LkMac mac;

  lk_server_key_mac (tx->key, LK_KEY_PURPOSE_IDENTIFIER, identifier, mac.bytes);
  return lk_sqlite_get_int (tx->db, account, found, error,
                            "SELECT account FROM identifiers WHERE mac = ?", "d", mac.bytes);
}

/* The account becomes another both to those who may see it and for what it may see. */
static gboolean
insert_identifier (LkStoreTransaction *tx, gint64 account, const char *identifier, GError **error)
{
  gint64 change;
  LkMac mac;

  lk_server_key_mac (tx->key, LK_KEY_PURPOSE_IDENTIFIER, identifier, mac.bytes);
  return lk_sqlite_store_next_change (tx, &change, error)
         && lk_sqlite_run (
             tx->db, error,
             "INSERT INTO identifiers (mac, account, identifier, ordinal) VALUES (?, ?, ?, ?)",
             "diti", mac.bytes, account, identifier, change)
         && lk_sqlite_run (tx->db, error,
                           "UPDATE accounts SET owner_changed = ?, reader_changed = ? WHERE id = ?",
                           "iii", change, change, account);
}

static gboolean
insert_account (LkStoreTransaction *tx, const char *identifier, gint64 *account, GError **error)
{
  g_autofree char *id = lk_rng_dup_id (tx->rng);
  g_autoptr (GPtrArray) no_contacts = g_ptr_array_new ();
  g_autoptr (LkBook) book = lk_book_new (tx->key, no_contacts, error);

  if (book == NULL
      || !lk_sqlite_run (
          tx->db, error,
          "INSERT INTO accounts (public_id, created, book_etag, owner_changed, reader_changed)"
          " VALUES (?, ?, ?, 0, 0)",
          "tit", id, tx->now, book->etag))
    return FALSE;
  *account = lk_sqlite_get_last_id (tx->db);
  return insert_identifier (tx, *account, identifier, error);
}

/* The sessions seen longest ago make room for one more. */
static gboolean
drop_old_sessions (LkStoreTransaction *tx, gint64 account, GError **error)
{
  return lk_sqlite_run (
      tx->db, error,
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE account = ?"
      " ORDER BY last_seen DESC, rowid DESC LIMIT -1 OFFSET ?)",
      "ii", account, (gint64)LK_STORE_MAX_SESSIONS - 1);
}

static gboolean
lk_sqlite_store_sign_in (LkStore *store,
                         const char *identifier,
                         const char *device,
                         const guint8 *token_hash,
                         gint64 *account,
                         LkSession **session,
                         GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (LkSession) made = g_new0 (LkSession, 1);
  gint64 holder = 0;
  gboolean found = FALSE;

  if (tx == NULL || !find_by_identifier (tx, identifier, &holder, &found, error)
      || (!found && !insert_account (tx, identifier, &holder, error))
      || !drop_old_sessions (tx, holder, error))
    return FALSE;
  made->id = lk_rng_dup_id (tx->rng);
  made->name = g_strdup (device);
  made->created = made->last_seen = tx->now;
  made->current = TRUE;
  if (!lk_sqlite_run (tx->db, error,
                      "INSERT INTO sessions (id, account, name, token, created, last_seen) VALUES "
                      "(?, ?, ?, ?, ?, ?)",
                      "titdii", made->id, holder, device, token_hash, tx->now, tx->now)
      || !lk_store_transaction_commit (tx, error))
    return FALSE;
  *account = holder;
  *session = g_steal_pointer (&made);
  return TRUE;
}

static LkAccount *
lk_sqlite_store_get_account (LkStore *store, gint64 account, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (LkAccount) found = g_new0 (LkAccount, 1);
  g_autoptr (GStrvBuilder) identifiers = g_strv_builder_new ();
  g_autoptr (LkQuery) query = NULL;

  if (tx == NULL)
    return NULL;
  query = lk_sqlite_query (
      tx->db,
      "SELECT a.public_id, a.created, i.identifier FROM accounts a"
      " JOIN identifiers i ON i.account = a.id WHERE a.id = ? ORDER BY i.ordinal",
      "i", account);
  while (lk_query_next (query))
    {
      g_free (found->id);
      found->id = g_strdup (lk_query_get_text (query, 0));
      found->created = lk_query_get_int (query, 1);
      g_strv_builder_add (identifiers, lk_query_get_text (query, 2));
    }
  found->identifiers = g_strv_builder_end (identifiers);
  if (!lk_query_finish (query, error) || !lk_store_transaction_commit (tx, error))
    return NULL;
  if (found->id == NULL)
    {
      lk_sqlite_store_not_found (error);
      return NULL;
    }
  return g_steal_pointer (&found);
}

static gboolean
lk_sqlite_store_add_identifier (LkStore *store,
                                gint64 account,
                                const char *identifier,
                                GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  gint64 holder = 0, count = 0;
  gboolean found = FALSE;

  if (tx == NULL || !lk_sqlite_store_check_account (tx, account, error)
      || !find_by_identifier (tx, identifier, &holder, &found, error))
    return FALSE;
  if (found && holder == account)
    return TRUE;
  if (found)
    {
      g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT,
                           "Another account holds the identifier");
      return FALSE;
    }
  if (!lk_sqlite_get_int (tx->db, &count, NULL, error,
                          "SELECT COUNT(*) FROM identifiers WHERE account = ?", "i", account))
    return FALSE;
  if (count >= LK_STORE_MAX_IDENTIFIERS)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY, "%d identifiers at most",
                   LK_STORE_MAX_IDENTIFIERS);
      return FALSE;
    }
  return insert_identifier (tx, account, identifier, error)
         && lk_store_transaction_commit (tx, error);
}

static gboolean
lk_sqlite_store_erase_account (LkStore *store, gint64 account, GPtrArray **orphans, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (GHashTable) blobs = NULL;

  if (tx == NULL || !lk_sqlite_store_check_account (tx, account, error))
    return FALSE;
  blobs = lk_sqlite_store_list_blobs_of (tx, account, 0, error);
  /* Nothing leads from the readers to the account any more: what they see under its refs is marked
   * as over, to be looked at when they next read. It need not be a picture that is still there. */
  if (blobs == NULL
      || !lk_sqlite_run (
          tx->db, error,
          "UPDATE views SET expires = 1 WHERE picture IS NOT NULL AND (reader, ref) IN"
          " (SELECT c.account, c.ref FROM identifiers i CROSS JOIN contact_identifiers c"
          " ON c.mac = i.mac WHERE i.account = ?)",
          "i", account)
      || !lk_sqlite_run (tx->db, error,
                         "UPDATE views SET expires = 1 WHERE picture IN (SELECT id FROM pictures "
                         "WHERE account = ?)",
                         "i", account)
      || !lk_sqlite_run (tx->db, error,
                         "DELETE FROM verifications WHERE identifier IN"
                         " (SELECT identifier FROM identifiers WHERE account = ?)",
                         "i", account)
      || !lk_sqlite_run (tx->db, error, "DELETE FROM accounts WHERE id = ?", "i", account))
    return FALSE;
  return lk_sqlite_store_commit_removal (tx, blobs, orphans, error);
}

void
lk_sqlite_store_init_accounts (LkStoreInterface *iface)
{
  iface->sign_in = lk_sqlite_store_sign_in;
  iface->get_account = lk_sqlite_store_get_account;
  iface->add_identifier = lk_sqlite_store_add_identifier;
  iface->erase_account = lk_sqlite_store_erase_account;
}
