/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include <string.h>

static gboolean
load_renditions (LkStoreTransaction *tx, gint64 row, GPtrArray *renditions, GError **error)
{
  g_autoptr (LkQuery) query
      = lk_sqlite_query (tx->db,
                         "SELECT name, type, width, height, duration, size, sha256 FROM renditions"
                         " WHERE picture = ? ORDER BY ordinal",
                         "i", row);

  while (lk_query_next (query))
    g_ptr_array_add (
        renditions,
        lk_rendition_new (lk_query_get_text (query, 0), lk_query_get_text (query, 1),
                          (guint)lk_query_get_int (query, 2), (guint)lk_query_get_int (query, 3),
                          lk_query_get_int (query, 4), (gsize)lk_query_get_int (query, 5),
                          lk_query_get_text (query, 6)));
  return lk_query_finish (query, error);
}

static LkAudience *
load_audience (LkStoreTransaction *tx, gint64 row, LkAudienceKind kind, GError **error)
{
  g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT ref FROM picture_refs WHERE picture = ? ORDER BY ref", "i", row);

  while (lk_query_next (query))
    g_ptr_array_add (refs, g_strdup (lk_query_get_text (query, 0)));
  if (!lk_query_finish (query, error))
    return NULL;
  g_ptr_array_add (refs, NULL);
  return lk_audience_new (kind, (const char *const *)refs->pdata);
}

static gboolean
bad_row (gint64 row, GError **error)
{
  g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED,
               "The row of picture %" G_GINT64_FORMAT " holds what this program does not know",
               row);
  return FALSE;
}

/* Reads the picture's own row; @kind is its audience's kind and @rank its place. */
static LkPicture *
load_row (LkStoreTransaction *tx, gint64 row, LkAudienceKind *kind, GError **error)
{
  g_autoptr (LkPicture) picture = lk_picture_new ();
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT public_id, kind, alt, created, expires, audience FROM pictures WHERE id = ?",
      "i", row);
  gboolean good = FALSE;

  while (lk_query_next (query))
    {
      g_free (picture->id);
      g_free (picture->alt);
      picture->id = g_strdup (lk_query_get_text (query, 0));
      good = lk_picture_kind_from_string (lk_query_get_text (query, 1), &picture->kind)
             && lk_audience_kind_from_string (lk_query_get_text (query, 5), kind);
      picture->alt = g_strdup (lk_query_get_text (query, 2));
      picture->created = lk_query_get_int (query, 3);
      picture->expires = lk_query_get_int (query, 4);
      picture->told = -1;
    }
  if (!lk_query_finish (query, error))
    return NULL;
  if (!good)
    {
      bad_row (row, error);
      return NULL;
    }
  return g_steal_pointer (&picture);
}

static LkPicture *
load (LkStoreTransaction *tx, gint64 row, LkAudienceKind *kind, GError **error)
{
  g_autoptr (LkPicture) picture = load_row (tx, row, kind, error);

  if (picture == NULL || !load_renditions (tx, row, picture->renditions, error))
    return NULL;
  return g_steal_pointer (&picture);
}

/* (element-type gint64): the account's pictures by position. */
static GArray *
list_rows (LkStoreTransaction *tx, gint64 account, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT id FROM pictures WHERE account = ? ORDER BY rank", "i", account);

  while (lk_query_next (query))
    {
      gint64 row = lk_query_get_int (query, 0);

      g_array_append_val (rows, row);
    }
  return lk_query_finish (query, error) ? g_steal_pointer (&rows) : NULL;
}

static GPtrArray *
lk_sqlite_store_list_pictures (LkStore *store, gint64 account, GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (GPtrArray) pictures
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_picture_unref);
  g_autoptr (GArray) rows = NULL;

  if (tx == NULL || !lk_sqlite_store_check_account (tx, account, error))
    return NULL;
  rows = list_rows (tx, account, error);
  if (rows == NULL)
    return NULL;
  for (guint i = 0; i < rows->len; i++)
    {
      gint64 row = g_array_index (rows, gint64, i);
      LkAudienceKind kind;
      g_autoptr (LkPicture) picture = load (tx, row, &kind, error);

      if (picture == NULL)
        return NULL;
      picture->audience = load_audience (tx, row, kind, error);
      if (picture->audience == NULL)
        return NULL;
      picture->position = i;
      g_ptr_array_add (pictures, g_steal_pointer (&picture));
    }
  return lk_store_transaction_commit (tx, error) ? g_steal_pointer (&pictures) : NULL;
}

static gboolean
move_to (LkStoreTransaction *tx,
         gint64 account,
         gint64 moved,
         guint position,
         gboolean *changed,
         GError **error)
{
  g_autoptr (GArray) rows = list_rows (tx, account, error);
  guint from = 0;

  if (rows == NULL)
    return FALSE;
  while (g_array_index (rows, gint64, from) != moved)
    from++;
  position = MIN (position, rows->len - 1);
  if (position == from)
    return TRUE;
  g_array_remove_index (rows, from);
  g_array_insert_val (rows, position, moved);
  for (guint i = 0; i < rows->len; i++)
    if (!lk_sqlite_run (tx->db, error, "UPDATE pictures SET rank = ? WHERE id = ?", "ii", (gint64)i,
                        g_array_index (rows, gint64, i)))
      return FALSE;
  *changed = TRUE;
  return TRUE;
}

static gboolean
set_audience (LkStoreTransaction *tx,
              gint64 row,
              LkAudience *audience,
              gboolean *changed,
              GError **error)
{
  g_autoptr (LkAudience) stored = NULL;
  LkAudienceKind kind;
  g_autoptr (LkPicture) picture = load_row (tx, row, &kind, error);

  if (picture == NULL)
    return FALSE;
  stored = load_audience (tx, row, kind, error);
  if (stored == NULL)
    return FALSE;
  if (lk_audience_equal (stored, audience))
    return TRUE;
  *changed = TRUE;
  return lk_sqlite_run (tx->db, error, "UPDATE pictures SET audience = ? WHERE id = ?", "ti",
                        lk_audience_kind_to_string (lk_audience_get_kind (audience)), row)
         && lk_sqlite_run (tx->db, error, "DELETE FROM picture_refs WHERE picture = ?", "i", row)
         && lk_sqlite_store_insert_refs (tx, row, audience, error);
}

/* Alt text and expiry: what the readers get as well, so @version says when it was last changed. */
static gboolean
set_content (LkStoreTransaction *tx,
             gint64 row,
             const LkPictureChange *change,
             gint64 version,
             gboolean *changed,
             GError **error)
{
  LkAudienceKind kind;
  g_autoptr (LkPicture) picture = load_row (tx, row, &kind, error);
  const char *alt;
  gint64 expires;

  if (picture == NULL)
    return FALSE;
  alt = change->alt != NULL ? change->alt : picture->alt;
  expires = change->set_expires ? change->expires : picture->expires;
  if (strcmp (alt, picture->alt) == 0 && expires == picture->expires)
    return TRUE;
  *changed = TRUE;
  return lk_sqlite_run (tx->db, error,
                        "UPDATE pictures SET alt = ?, expires = ?, version = ? WHERE id = ?",
                        "tiii", alt, expires, version, row);
}

static LkPicture *
lk_sqlite_store_change_picture (LkStore *store,
                                gint64 account,
                                const char *picture,
                                const LkPictureChange *change,
                                GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (LkPicture) result = NULL;
  gint64 row, number;
  gboolean changed = FALSE;

  if (tx == NULL || !lk_sqlite_store_find_own_picture (tx, account, picture, &row, error)
      || !lk_sqlite_store_next_change (tx, &number, error)
      || (change->audience != NULL && !set_audience (tx, row, change->audience, &changed, error))
      || !set_content (tx, row, change, number, &changed, error)
      || (change->set_position && !move_to (tx, account, row, change->position, &changed, error)))
    return NULL;
  if (changed
      && !lk_sqlite_run (tx->db, error, "UPDATE accounts SET owner_changed = ? WHERE id = ?", "ii",
                         number, account))
    return NULL;
  result = lk_sqlite_store_load_own_picture (tx, row, error);
  if (result == NULL || !lk_store_transaction_commit (tx, error))
    return NULL;
  return g_steal_pointer (&result);
}

static gboolean
lk_sqlite_store_withdraw_picture (LkStore *store,
                                  gint64 account,
                                  const char *picture,
                                  GPtrArray **orphans,
                                  GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_write (store, error);
  g_autoptr (GHashTable) blobs = NULL;
  gint64 row, change;

  if (tx == NULL || !lk_sqlite_store_find_own_picture (tx, account, picture, &row, error))
    return FALSE;
  blobs = lk_sqlite_store_list_blobs_of (tx, account, row, error);
  if (blobs == NULL || !lk_sqlite_run (tx->db, error, "DELETE FROM pictures WHERE id = ?", "i", row)
      || !lk_sqlite_store_next_change (tx, &change, error)
      || !lk_sqlite_run (tx->db, error, "UPDATE accounts SET owner_changed = ? WHERE id = ?", "ii",
                         change, account))
    return FALSE;
  return lk_sqlite_store_commit_removal (tx, blobs, orphans, error);
}

void
lk_sqlite_store_init_pictures (LkStoreInterface *iface)
{
  iface->list_pictures = lk_sqlite_store_list_pictures;
  iface->change_picture = lk_sqlite_store_change_picture;
  iface->withdraw_picture = lk_sqlite_store_withdraw_picture;
}

/**
 * lk_sqlite_store_load_picture:
 *
 * Returns: (transfer full): the picture as its readers get it, without audience and position
 */
LkPicture *
lk_sqlite_store_load_picture (LkStoreTransaction *tx, gint64 row, GError **error)
{
  LkAudienceKind kind;

  return load (tx, row, &kind, error);
}

/**
 * lk_sqlite_store_load_own_picture:
 *
 * Returns: (transfer full): the picture as its owner gets it
 */
LkPicture *
lk_sqlite_store_load_own_picture (LkStoreTransaction *tx, gint64 row, GError **error)
{
  LkAudienceKind kind;
  g_autoptr (LkPicture) picture = load (tx, row, &kind, error);

  if (picture == NULL)
    return NULL;
  picture->audience = load_audience (tx, row, kind, error);
  if (picture->audience == NULL
      || !lk_sqlite_get_int (tx->db, &picture->position, NULL, error,
                             "SELECT COUNT(*) FROM pictures p JOIN pictures q"
                             " ON q.account = p.account AND q.rank < p.rank WHERE p.id = ?",
                             "i", row))
    return NULL;
  return g_steal_pointer (&picture);
}

/**
 * lk_sqlite_store_find_own_picture:
 * @row: (out): the picture's row; LK_STORE_ERROR_NOT_FOUND when it is not the account's
 */
gboolean
lk_sqlite_store_find_own_picture (LkStoreTransaction *tx,
                                  gint64 account,
                                  const char *picture,
                                  gint64 *row,
                                  GError **error)
{
  gboolean found;

  return lk_sqlite_get_int (tx->db, row, &found, error,
                            "SELECT id FROM pictures WHERE public_id = ? AND account = ?", "ti",
                            picture, account)
         && (found || lk_sqlite_store_not_found (error));
}

gboolean
lk_sqlite_store_insert_refs (LkStoreTransaction *tx,
                             gint64 row,
                             LkAudience *audience,
                             GError **error)
{
  gsize n;
  const char *const *refs = lk_audience_get_refs (audience, &n);

  for (gsize i = 0; i < n; i++)
    if (!lk_sqlite_run (tx->db, error,
                        "INSERT OR IGNORE INTO picture_refs (picture, ref) VALUES (?, ?)", "it",
                        row, refs[i]))
      return FALSE;
  return TRUE;
}

/**
 * lk_sqlite_store_list_blobs_of:
 * @row: a picture of the account, or 0 for all of them
 *
 * Returns: (transfer full) (element-type utf8 utf8): the set of blobs that it names
 */
GHashTable *
lk_sqlite_store_list_blobs_of (LkStoreTransaction *tx, gint64 account, gint64 row, GError **error)
{
  g_autoptr (GHashTable) blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db,
      "SELECT r.sha256 FROM pictures p CROSS JOIN renditions r ON r.picture = p.id"
      " WHERE p.account = ? AND ? IN (0, p.id)",
      "ii", account, row);

  while (lk_query_next (query))
    g_hash_table_add (blobs, g_strdup (lk_query_get_text (query, 0)));
  return lk_query_finish (query, error) ? g_steal_pointer (&blobs) : NULL;
}

/* Those of a set of blobs that no row names. */
static GPtrArray *
find_orphans (LkStoreTransaction *tx, GHashTable *candidates, GError **error)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer sha256;

  g_hash_table_iter_init (&iter, candidates);
  while (g_hash_table_iter_next (&iter, &sha256, NULL))
    {
      gint64 one;
      gboolean found;

      if (!lk_sqlite_get_int (tx->db, &one, &found, error,
                              "SELECT 1 FROM renditions WHERE sha256 = ? LIMIT 1", "t",
                              (const char *)sha256))
        return NULL;
      if (!found)
        g_ptr_array_add (orphans, g_strdup (sha256));
    }
  return g_steal_pointer (&orphans);
}

/**
 * lk_sqlite_store_commit_removal:
 * @candidates: (element-type utf8 utf8): the set of blobs that the removed rows named
 * @orphans: (out) (transfer full) (element-type utf8): those that no row names any more
 *
 * Ends a transaction that removed pictures.
 *
 * Returns: whether it is on disk
 */
gboolean
lk_sqlite_store_commit_removal (LkStoreTransaction *tx,
                                GHashTable *candidates,
                                GPtrArray **orphans,
                                GError **error)
{
  g_autoptr (GPtrArray) left = find_orphans (tx, candidates, error);

  if (left == NULL || !lk_store_transaction_commit (tx, error))
    return FALSE;
  *orphans = g_steal_pointer (&left);
  return TRUE;
}
