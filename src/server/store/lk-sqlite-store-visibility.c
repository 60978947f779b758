/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

/* Who sees what. The decision is lk_audience_takes()'s; this file finds what it is to decide on.
 * CROSS JOIN keeps SQLite to the order that is written: from the one account's rows over the MAC's
 * index to the other's. */

/**
 * lk_sqlite_store_list_refs:
 *
 * Returns: (transfer full): the refs of @owner's contacts that hold one of @viewer's identifiers
 */
GStrv
lk_sqlite_store_list_refs (LkStoreTransaction *tx, gint64 owner, gint64 viewer, GError **error)
{
  g_autoptr (GStrvBuilder) refs = g_strv_builder_new ();
  g_autoptr (LkQuery) query
      = lk_sqlite_query (tx->db,
                         "SELECT DISTINCT c.ref FROM identifiers i CROSS JOIN contact_identifiers c"
                         " ON c.mac = i.mac AND c.account = ? WHERE i.account = ? ORDER BY c.ref",
                         "ii", owner, viewer);

  while (lk_query_next (query))
    g_strv_builder_add (refs, lk_query_get_text (query, 0));
  return lk_query_finish (query, error) ? g_strv_builder_end (refs) : NULL;
}

/**
 * lk_sqlite_store_has_account:
 * @has: (out): whether @viewer's shared address book holds one of @owner's identifiers
 */
gboolean
lk_sqlite_store_has_account (LkStoreTransaction *tx,
                             gint64 viewer,
                             gint64 owner,
                             gboolean *has,
                             GError **error)
{
  gint64 one;

  return lk_sqlite_get_int (tx->db, &one, has, error,
                            "SELECT 1 FROM identifiers i CROSS JOIN contact_identifiers c"
                            " ON c.mac = i.mac AND c.account = ? WHERE i.account = ? LIMIT 1",
                            "ii", viewer, owner);
}

static gboolean
is_named (LkStoreTransaction *tx, gint64 row, const char *ref, gboolean *named, GError **error)
{
  gint64 one;

  return lk_sqlite_get_int (tx->db, &one, named, error,
                            "SELECT 1 FROM picture_refs WHERE picture = ? AND ref = ?", "it", row,
                            ref);
}

/* An audience may name ten thousand refs. Of these only the viewer's matter to the decision: no
 * others are loaded. */
static LkAudience *
load_audience_for (LkStoreTransaction *tx,
                   gint64 row,
                   LkAudienceKind kind,
                   const char *const *viewer_refs,
                   GError **error)
{
  g_autoptr (GPtrArray) named = g_ptr_array_new ();

  if (kind == LK_AUDIENCE_EXCEPT || kind == LK_AUDIENCE_ONLY)
    {
      for (guint i = 0; viewer_refs[i] != NULL; i++)
        {
          gboolean is = FALSE;

          if (!is_named (tx, row, viewer_refs[i], &is, error))
            return NULL;
          if (is)
            g_ptr_array_add (named, (gpointer)viewer_refs[i]);
        }
    }
  g_ptr_array_add (named, NULL);
  return lk_audience_new (kind, (const char *const *)named->pdata);
}

/**
 * lk_sqlite_store_find_visible:
 * @viewer: an account whose address book holds one of @owner's identifiers
 * @visible: (out): the first of @owner's pictures that has not expired and whose audience takes
 * @viewer
 */
gboolean
lk_sqlite_store_find_visible (LkStoreTransaction *tx,
                              gint64 owner,
                              gint64 viewer,
                              LkVisible *visible,
                              GError **error)
{
  g_auto (GStrv) refs = lk_sqlite_store_list_refs (tx, owner, viewer, error);
  g_autoptr (LkQuery) query = NULL;
  LkVisible found = { 0 };

  if (refs == NULL)
    return FALSE;
  query = lk_sqlite_query (tx->db,
                           "SELECT id, version, expires, audience FROM pictures"
                           " WHERE account = ? AND (expires = 0 OR expires > ?) ORDER BY rank",
                           "ii", owner, tx->now);
  while (found.row == 0 && lk_query_next (query))
    {
      gint64 row = lk_query_get_int (query, 0);
      g_autoptr (LkAudience) audience = NULL;
      LkAudienceKind kind;

      if (!lk_audience_kind_from_string (lk_query_get_text (query, 3), &kind))
        {
          g_set_error (
              error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED,
              "Picture %" G_GINT64_FORMAT " has an audience that this program does not know", row);
          return FALSE;
        }
      audience = load_audience_for (tx, row, kind, (const char *const *)refs, error);
      if (audience == NULL)
        return FALSE;
      if (lk_audience_takes (audience, TRUE, (const char *const *)refs))
        found = (LkVisible){ row, lk_query_get_int (query, 1), lk_query_get_int (query, 2) };
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  *visible = found;
  return TRUE;
}

static gboolean
count_everyone (LkStoreTransaction *tx, gint64 owner, gint64 *count, GError **error)
{
  return lk_sqlite_get_int (tx->db, count, NULL, error,
                            "SELECT COUNT(*) FROM (SELECT DISTINCT c.account FROM identifiers i"
                            " CROSS JOIN contact_identifiers c ON c.mac = i.mac"
                            " WHERE i.account = ? AND c.account != i.account LIMIT ?)",
                            "ii", owner, (gint64)LK_STORE_TOLD_LIMIT);
}

/* The accounts that the owner's address book holds and that hold the owner: bounded by the size of
 * that book. */
static GArray *
list_mutual (LkStoreTransaction *tx, gint64 owner, GError **error)
{
  g_autoptr (GArray) viewers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db,
      "SELECT DISTINCT v.account FROM contact_identifiers c CROSS JOIN identifiers v ON v.mac = "
      "c.mac"
      " WHERE c.account = ?1 AND v.account != ?1 AND EXISTS (SELECT 1 FROM identifiers i"
      " CROSS JOIN contact_identifiers o ON o.mac = i.mac AND o.account = v.account"
      " WHERE i.account = ?1)",
      "i", owner);

  while (lk_query_next (query))
    {
      gint64 viewer = lk_query_get_int (query, 0);

      g_array_append_val (viewers, viewer);
    }
  return lk_query_finish (query, error) ? g_steal_pointer (&viewers) : NULL;
}

/**
 * lk_sqlite_store_count_viewers:
 * @count: (out): how many accounts @audience takes, not past LK_STORE_TOLD_LIMIT
 */
gboolean
lk_sqlite_store_count_viewers (LkStoreTransaction *tx,
                               gint64 owner,
                               LkAudience *audience,
                               gint64 *count,
                               GError **error)
{
  g_autoptr (GArray) viewers = NULL;

  if (lk_audience_get_kind (audience) == LK_AUDIENCE_EVERYONE)
    return count_everyone (tx, owner, count, error);
  viewers = list_mutual (tx, owner, error);
  if (viewers == NULL)
    return FALSE;
  *count = 0;
  for (guint i = 0; i < viewers->len && *count < LK_STORE_TOLD_LIMIT; i++)
    {
      g_auto (GStrv) refs
          = lk_sqlite_store_list_refs (tx, owner, g_array_index (viewers, gint64, i), error);

      if (refs == NULL)
        return FALSE;
      if (lk_audience_takes (audience, TRUE, (const char *const *)refs))
        *count += 1;
    }
  return TRUE;
}
