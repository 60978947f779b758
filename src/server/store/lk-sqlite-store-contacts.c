/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include <string.h>
#include "lk-book.h"

static gboolean
lk_sqlite_store_get_contacts (LkStore *store,
                              gint64 account,
                              guint *count,
                              char **etag,
                              GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (LkQuery) query = NULL;
  g_autofree char *found = NULL;
  gint64 n = 0;

  if (tx == NULL)
    return FALSE;
  query = lk_sqlite_query (tx->db,
                           "SELECT book_etag, (SELECT COUNT(*) FROM contacts WHERE account = a.id) "
                           "FROM accounts a WHERE id = ?",
                           "i", account);
  while (lk_query_next (query))
    {
      g_free (found);
      found = g_strdup (lk_query_get_text (query, 0));
      n = lk_query_get_int (query, 1);
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  if (found == NULL)
    return lk_sqlite_store_not_found (error);
  if (!lk_store_transaction_commit (tx, error))
    return FALSE;
  *count = (guint)n;
  *etag = g_steal_pointer (&found);
  return TRUE;
}

/* (element-type utf8 LkMac): the digests of the stored contacts by ref. */
static GHashTable *
load_digests (LkStoreTransaction *tx, gint64 account, GError **error)
{
  g_autoptr (GHashTable) digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT ref, digest FROM contacts WHERE account = ?", "i", account);

  while (lk_query_next (query))
    {
      LkMac *digest = g_new (LkMac, 1);

      lk_query_get_digest (query, 1, digest->bytes);
      g_hash_table_insert (digests, g_strdup (lk_query_get_text (query, 0)), digest);
    }
  return lk_query_finish (query, error) ? g_steal_pointer (&digests) : NULL;
}

static gboolean
insert_contact (LkStoreTransaction *tx, gint64 account, const LkBookEntry *entry, GError **error)
{
  if (!lk_sqlite_run (tx->db, error, "INSERT INTO contacts (account, ref, digest) VALUES (?, ?, ?)",
                      "itd", account, entry->ref, entry->digest.bytes))
    return FALSE;
  for (guint i = 0; i < entry->macs->len; i++)
    if (!lk_sqlite_run (tx->db, error,
                        "INSERT INTO contact_identifiers (account, ref, mac) VALUES (?, ?, ?)",
                        "itd", account, entry->ref, g_array_index (entry->macs, LkMac, i).bytes))
      return FALSE;
  return TRUE;
}

/* Writes what differs, and nothing of what stays: books change by a few contacts. */
static gboolean
write_book (LkStoreTransaction *tx, gint64 account, const LkBook *book, GError **error)
{
  g_autoptr (GHashTable) gone = load_digests (tx, account, error);
  GHashTableIter iter;
  gpointer ref;

  if (gone == NULL)
    return FALSE;
  for (guint i = 0; i < book->entries->len; i++)
    {
      const LkBookEntry *entry = book->entries->pdata[i];
      const LkMac *stored = g_hash_table_lookup (gone, entry->ref);
      gboolean same = stored != NULL && memcmp (stored, &entry->digest, sizeof *stored) == 0;

      if (!same
          && (!lk_sqlite_run (tx->db, error, "DELETE FROM contacts WHERE account = ? AND ref = ?",
                              "it", account, entry->ref)
              || !insert_contact (tx, account, entry, error)))
        return FALSE;
      g_hash_table_remove (gone, entry->ref);
    }
  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, &ref, NULL))
    if (!lk_sqlite_run (tx->db, error, "DELETE FROM contacts WHERE account = ? AND ref = ?", "it",
                        account, (const char *)ref)
        || !lk_sqlite_run (tx->db, error, "DELETE FROM views WHERE reader = ? AND ref = ?", "it",
                           account, (const char *)ref))
      return FALSE;
  return TRUE;
}

static gboolean
get_etag (LkStoreTransaction *tx, gint64 account, char **etag, GError **error)
{
  g_autoptr (LkQuery) query
      = lk_sqlite_query (tx->db, "SELECT book_etag FROM accounts WHERE id = ?", "i", account);
  g_autofree char *found = NULL;

  while (lk_query_next (query))
    {
      g_free (found);
      found = g_strdup (lk_query_get_text (query, 0));
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  if (found == NULL)
    return lk_sqlite_store_not_found (error);
  *etag = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
lk_sqlite_store_replace_contacts (LkStore *store,
                                  gint64 account,
                                  GPtrArray *contacts,
                                  const char *if_match,
                                  char **etag,
                                  GError **error)
{
  g_autoptr (LkStoreTransaction) tx = NULL;
  g_autoptr (LkBook) book = NULL;
  g_autofree char *stored_etag = NULL;
  gint64 change;

  /* The MACs of a full book take a while: made before anything is locked. */
  book = lk_book_new (lk_sqlite_store_get_key (LK_SQLITE_STORE (store)), contacts, error);
  if (book == NULL)
    return FALSE;
  tx = lk_sqlite_store_begin_write (store, error);
  if (tx == NULL || !get_etag (tx, account, &stored_etag, error))
    return FALSE;
  if (strcmp (stored_etag, book->etag) != 0)
    {
      if (if_match != NULL && strcmp (if_match, stored_etag) != 0)
        {
          g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_PRECONDITION,
                               "The shared contacts have changed");
          return FALSE;
        }
      if (!write_book (tx, account, book, error)
          || !lk_sqlite_store_next_change (tx, &change, error)
          || !lk_sqlite_run (tx->db, error,
                             "UPDATE accounts SET book_etag = ?, owner_changed = ?, reader_changed "
                             "= ? WHERE id = ?",
                             "tiii", book->etag, change, change, account)
          || !lk_store_transaction_commit (tx, error))
        return FALSE;
    }
  *etag = g_steal_pointer (&book->etag);
  return TRUE;
}

void
lk_sqlite_store_init_contacts (LkStoreInterface *iface)
{
  iface->get_contacts = lk_sqlite_store_get_contacts;
  iface->replace_contacts = lk_sqlite_store_replace_contacts;
}
