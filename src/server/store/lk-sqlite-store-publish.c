/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include <string.h>

/* What the key was used for: @picture stays NULL when it is new. */
static gboolean
look_up_key (LkStoreTransaction *tx,
             gint64 account,
             const char *key,
             const char *bundle_sha256,
             LkPicture **picture,
             GError **error)
{
  g_autoptr (LkQuery) query = lk_sqlite_query (tx->db,
                                               "SELECT k.bundle, k.told, p.id FROM published k "
                                               "LEFT JOIN pictures p ON p.public_id = k.picture"
                                               " WHERE k.account = ? AND k.key = ?",
                                               "it", account, key);
  gboolean known = FALSE, same = FALSE;
  gint64 row = 0, told = 0;

  while (lk_query_next (query))
    {
      known = TRUE;
      same = strcmp (lk_query_get_text (query, 0), bundle_sha256) == 0;
      told = lk_query_get_int (query, 1);
      row = lk_query_get_int (query, 2);
    }
  if (!lk_query_finish (query, error))
    return FALSE;
  if (!known)
    return TRUE;
  if (!same || row == 0)
    {
      g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT,
                           same ? "The picture that was published with this key has been withdrawn"
                                : "The key was used for another bundle");
      return FALSE;
    }
  *picture = lk_sqlite_store_load_own_picture (tx, row, error);
  if (*picture == NULL)
    return FALSE;
  (*picture)->told = told;
  return TRUE;
}

static LkPicture *
lk_sqlite_store_find_published (LkStore *store,
                                gint64 account,
                                const char *key,
                                const char *bundle_sha256,
                                GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (LkPicture) picture = NULL;

  if (tx == NULL || !look_up_key (tx, account, key, bundle_sha256, &picture, error)
      || !lk_store_transaction_commit (tx, error))
    return NULL;
  if (picture == NULL)
    lk_sqlite_store_not_found (error);
  return g_steal_pointer (&picture);
}

/* Counting may go through many rows: done beside the writer, so that nobody waits for it. */
static gboolean
count_told (LkStore *store,
            gint64 account,
            const LkPicture *picture,
            LkAudience *audience,
            gint64 *told,
            GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);

  if (tx == NULL)
    return FALSE;
  *told = 0;
  if (picture->expires != 0 && picture->expires <= tx->now)
    return TRUE;
  return lk_sqlite_store_count_viewers (tx, account, audience, told, error)
         && lk_store_transaction_commit (tx, error);
}

static gboolean
insert_renditions (LkStoreTransaction *tx, gint64 row, GPtrArray *renditions, GError **error)
{
  for (guint i = 0; i < renditions->len; i++)
    {
      const LkRendition *rendition = renditions->pdata[i];

      if (!lk_sqlite_run (tx->db, error,
                          "INSERT INTO renditions (picture, ordinal, name, type, width, height, "
                          "duration, size, sha256)"
                          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          "iittiiiit", row, (gint64)i, rendition->name, rendition->type,
                          (gint64)rendition->width, (gint64)rendition->height, rendition->duration,
                          (gint64)rendition->size, rendition->sha256))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_room (LkStoreTransaction *tx, gint64 account, GError **error)
{
  gint64 count = 0;

  if (!lk_sqlite_store_check_account (tx, account, error)
      || !lk_sqlite_get_int (tx->db, &count, NULL, error,
                             "SELECT COUNT(*) FROM pictures WHERE account = ?", "i", account))
    return FALSE;
  if (count < LK_STORE_MAX_PICTURES)
    return TRUE;
  g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY, "%d pictures at most",
               LK_STORE_MAX_PICTURES);
  return FALSE;
}

static gboolean
insert_picture (LkStoreTransaction *tx,
                gint64 account,
                const char *id,
                const LkPicture *picture,
                LkAudience *audience,
                gint64 *row,
                GError **error)
{
  gint64 change;

  if (!lk_sqlite_store_next_change (tx, &change, error)
      || !lk_sqlite_run (tx->db, error,
                         "INSERT INTO pictures (public_id, account, kind, alt, created, expires, "
                         "audience, version, rank)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                         " (SELECT IFNULL (MIN (rank), 0) - 1 FROM pictures WHERE account = ?))",
                         "tittiitii", id, account, lk_picture_kind_to_string (picture->kind),
                         picture->alt, picture->created, picture->expires,
                         lk_audience_kind_to_string (lk_audience_get_kind (audience)), change,
                         account))
    return FALSE;
  *row = lk_sqlite_get_last_id (tx->db);
  return lk_sqlite_store_insert_refs (tx, *row, audience, error)
         && insert_renditions (tx, *row, picture->renditions, error)
         && lk_sqlite_run (tx->db, error, "UPDATE accounts SET owner_changed = ? WHERE id = ?",
                           "ii", change, account);
}

static LkPicture *
lk_sqlite_store_publish (LkStore *store,
                         gint64 account,
                         const LkPicture *picture,
                         const char *key,
                         const char *bundle_sha256,
                         GError **error)
{
  g_autoptr (LkStoreTransaction) tx = NULL;
  g_autoptr (LkAudience) audience = NULL;
  g_autoptr (LkPicture) result = NULL;
  g_autofree char *id = NULL;
  gint64 told, row;

  audience = picture->audience != NULL ? lk_audience_ref (picture->audience)
                                       : lk_audience_new (LK_AUDIENCE_CONTACTS, NULL);
  if (!count_told (store, account, picture, audience, &told, error))
    return NULL;
  tx = lk_sqlite_store_begin_write (store, error);
  if (tx == NULL || !look_up_key (tx, account, key, bundle_sha256, &result, error))
    return NULL;
  if (result != NULL)
    return g_steal_pointer (&result);

  id = lk_rng_dup_id (tx->rng);
  if (!check_room (tx, account, error)
      || !insert_picture (tx, account, id, picture, audience, &row, error)
      || !lk_sqlite_run (tx->db, error,
                         "INSERT INTO published (account, key, bundle, picture, told, at) VALUES "
                         "(?, ?, ?, ?, ?, ?)",
                         "itttii", account, key, bundle_sha256, id, told, tx->now))
    return NULL;
  result = lk_sqlite_store_load_own_picture (tx, row, error);
  if (result == NULL || !lk_store_transaction_commit (tx, error))
    return NULL;
  result->told = told;
  return g_steal_pointer (&result);
}

void
lk_sqlite_store_init_publish (LkStoreInterface *iface)
{
  iface->find_published = lk_sqlite_store_find_published;
  iface->publish = lk_sqlite_store_publish;
}
