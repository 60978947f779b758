/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include "lk-receipt.h"

/* Whether the viewer gets to see the picture now; its owner always does. */
static gboolean
check_visible (LkStoreTransaction *tx,
               gint64 viewer,
               const char *picture,
               gint64 *row,
               GError **error)
{
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT id, account FROM pictures WHERE public_id = ?", "t", picture);
  LkVisible visible = { 0 };
  gint64 found = 0, owner = 0;
  gboolean has = FALSE;

  while (lk_query_next (query))
    {
      found = lk_query_get_int (query, 0);
      owner = lk_query_get_int (query, 1);
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  if (found == 0)
    return lk_sqlite_store_not_found (error);
  *row = found;
  if (owner == viewer)
    return TRUE;
  if (!lk_sqlite_store_has_account (tx, viewer, owner, &has, error)
      || (has && !lk_sqlite_store_find_visible (tx, owner, viewer, &visible, error)))
    return FALSE;
  return visible.row == found || lk_sqlite_store_not_found (error);
}

static LkRendition *
lk_sqlite_store_find_rendition (LkStore *store,
                                gint64 viewer,
                                const char *picture,
                                const char *name,
                                GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (LkRendition) rendition = NULL;
  g_autoptr (LkQuery) query = NULL;
  gint64 row = 0;

  if (tx == NULL || !check_visible (tx, viewer, picture, &row, error))
    return NULL;
  query = lk_sqlite_query (tx->db,
                           "SELECT type, width, height, duration, size, sha256 FROM renditions "
                           "WHERE picture = ? AND name = ?",
                           "it", row, name);
  while (lk_query_next (query))
    {
      g_clear_pointer (&rendition, lk_rendition_free);
      rendition = lk_rendition_new (
          name, lk_query_get_text (query, 0), (guint)lk_query_get_int (query, 1),
          (guint)lk_query_get_int (query, 2), lk_query_get_int (query, 3),
          (gsize)lk_query_get_int (query, 4), lk_query_get_text (query, 5));
    }
  if (!lk_query_finish (query, error) || !lk_store_transaction_commit (tx, error))
    return NULL;
  if (rendition == NULL)
    lk_sqlite_store_not_found (error);
  return g_steal_pointer (&rendition);
}

static gboolean
lk_sqlite_store_put_receipt (LkStore *store,
                             gint64 viewer,
                             const char *picture,
                             LkDeliveryState state,
                             GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (LkQuery) query = NULL;
  LkDeliveryState stored = LK_DELIVERY_OFFERED;
  gint64 row = 0;

  if (tx == NULL)
    return FALSE;
  query = lk_sqlite_query (
      tx->db,
      "SELECT d.picture, d.state FROM pictures p CROSS JOIN deliveries d ON d.picture = p.id"
      " WHERE p.public_id = ? AND d.reader = ?",
      "ti", picture, viewer);
  while (lk_query_next (query))
    if (lk_delivery_state_from_string (lk_query_get_text (query, 1), &stored))
      row = lk_query_get_int (query, 0);
  if (!lk_query_finish (query, error))
    return FALSE;
  if (row == 0)
    return lk_sqlite_store_not_found (error);
  if (!lk_receipt_moves_on (stored, state))
    return TRUE;
  return lk_sqlite_run (tx->db, error,
                        "UPDATE deliveries SET state = ?, at = ? WHERE picture = ? AND reader = ?",
                        "tiii", lk_delivery_state_to_string (state), tx->now, row, viewer)
         && lk_store_transaction_commit (tx, error);
}

static GPtrArray *
lk_sqlite_store_list_deliveries (LkStore *store,
                                 gint64 account,
                                 const char *picture,
                                 GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (GPtrArray) deliveries
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_delivery_free);
  g_autoptr (LkQuery) query = NULL;
  gint64 row;

  if (tx == NULL || !lk_sqlite_store_find_own_picture (tx, account, picture, &row, error))
    return NULL;
  query = lk_sqlite_query (tx->db,
                           "SELECT DISTINCT c.ref, d.state, d.at FROM deliveries d"
                           " CROSS JOIN identifiers i ON i.account = d.reader"
                           " CROSS JOIN contact_identifiers c ON c.mac = i.mac AND c.account = ?"
                           " WHERE d.picture = ? ORDER BY c.ref, d.at",
                           "ii", account, row);
  while (lk_query_next (query))
    {
      LkDeliveryState state;

      if (lk_delivery_state_from_string (lk_query_get_text (query, 1), &state))
        lk_receipt_add_delivery (deliveries, lk_query_get_text (query, 0), state,
                                 lk_query_get_int (query, 2));
    }
  if (!lk_query_finish (query, error) || !lk_store_transaction_commit (tx, error))
    return NULL;
  return g_steal_pointer (&deliveries);
}

void
lk_sqlite_store_init_deliveries (LkStoreInterface *iface)
{
  iface->find_rendition = lk_sqlite_store_find_rendition;
  iface->put_receipt = lk_sqlite_store_put_receipt;
  iface->list_deliveries = lk_sqlite_store_list_deliveries;
}
