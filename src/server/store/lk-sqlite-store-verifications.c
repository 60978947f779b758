/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

static gboolean
lk_sqlite_store_add_verification (LkStore *store,
                                  const LkVerificationRecord *record,
                                  GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);

  return tx != NULL
         && lk_sqlite_run (
             tx->db, error,
             "DELETE FROM verifications WHERE expires <= ? OR (identifier = ? AND network = ?)",
             "itd", tx->now, record->identifier, record->network)
         && lk_sqlite_run (
             tx->db, error,
             "INSERT INTO verifications (id, identifier, network, code, expires, wrong, next_guess)"
             " VALUES (?, ?, ?, ?, ?, ?, ?)",
             "ttddiii", record->id, record->identifier, record->network, record->code,
             record->expires, (gint64)record->wrong, record->next_guess)
         && lk_store_transaction_commit (tx, error);
}

static LkVerificationRecord *
load (LkStoreTransaction *tx, const char *id, GError **error)
{
  g_autoptr (LkVerificationRecord) record = NULL;
  g_autoptr (LkQuery) query = lk_sqlite_query (tx->db,
                                               "SELECT identifier, network, code, expires, wrong, "
                                               "next_guess FROM verifications WHERE id = ?",
                                               "t", id);

  while (lk_query_next (query))
    {
      g_clear_pointer (&record, lk_verification_record_free);
      record = lk_verification_record_new (id, lk_query_get_text (query, 0));
      lk_query_get_digest (query, 1, record->network);
      lk_query_get_digest (query, 2, record->code);
      record->expires = lk_query_get_int (query, 3);
      record->wrong = (guint)lk_query_get_int (query, 4);
      record->next_guess = lk_query_get_int (query, 5);
    }
  if (!lk_query_finish (query, error))
    return NULL;
  if (record == NULL)
    lk_sqlite_store_not_found (error);
  return g_steal_pointer (&record);
}

static gboolean
write_fate (LkStoreTransaction *tx,
            const LkVerificationRecord *record,
            LkVerificationFate fate,
            GError **error)
{
  switch (fate)
    {
    case LK_VERIFICATION_WRITE:
      return lk_sqlite_run (
          tx->db, error,
          "UPDATE verifications SET expires = ?, wrong = ?, next_guess = ? WHERE id = ?", "iiit",
          record->expires, (gint64)record->wrong, record->next_guess, record->id);
    case LK_VERIFICATION_DELETE:
      return lk_sqlite_run (tx->db, error, "DELETE FROM verifications WHERE id = ?", "t",
                            record->id);
    case LK_VERIFICATION_KEEP:
    default:
      return TRUE;
    }
}

static gboolean
lk_sqlite_store_update_verification (LkStore *store,
                                     const char *id,
                                     LkVerificationFunc func,
                                     gpointer data,
                                     GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (LkVerificationRecord) record = NULL;

  if (tx == NULL)
    return FALSE;
  record = load (tx, id, error);
  return record != NULL && write_fate (tx, record, func (record, data), error)
         && lk_store_transaction_commit (tx, error);
}

void
lk_sqlite_store_init_verifications (LkStoreInterface *iface)
{
  iface->add_verification = lk_sqlite_store_add_verification;
  iface->update_verification = lk_sqlite_store_update_verification;
}
