/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sqlite-store-private.h"

#include "lk-cursor.h"

/* The feed is computed when it is read. What a reader sees under each ref is kept in `views`, with
 * the number at which it became so; a cursor is such a number. Reading first brings up to date what
 * may have changed since the last reading, by whichever of the reader's devices, then gives what is
 * newer than the cursor. So a change is seen once however often its cause was touched, every device
 * gets it, and publishing writes nothing per reader. */

typedef struct
{
  gint64 account;
  char *public_id;
  gint64 reader_changed;
  gint64 checked;
  gint64 counter;
  gint64 change; /* the newest of all */
} Reader;

/* What is stored of a ref's view; row 0 when nothing is to be seen. */
typedef struct
{
  gboolean exists;
  LkVisible visible;
  gboolean offered;
} View;

static void
reader_free (Reader *self)
{
  if (self == NULL)
    return;
  g_free (self->public_id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_free)

static Reader *
load_reader (LkStoreTransaction *tx, gint64 account, GError **error)
{
  g_autoptr (Reader) self = g_new0 (Reader, 1);
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db,
      "SELECT a.public_id, a.reader_changed, a.views_checked, a.views_counter, s.value"
      " FROM accounts a, sequence s WHERE a.id = ? AND s.id = 1",
      "i", account);

  self->account = account;
  while (lk_query_next (query))
    {
      g_free (self->public_id);
      self->public_id = g_strdup (lk_query_get_text (query, 0));
      self->reader_changed = lk_query_get_int (query, 1);
      self->checked = lk_query_get_int (query, 2);
      self->counter = lk_query_get_int (query, 3);
      self->change = lk_query_get_int (query, 4);
    }
  if (!lk_query_finish (query, error))
    return NULL;
  if (self->public_id == NULL)
    {
      lk_sqlite_store_not_found (error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* The refs under which something else may be to be seen than their views say: of owners who changed
 * something, and of views that are over. When the reader changed, that is all that match anybody.
 */
static GStrv
list_stale_refs (LkStoreTransaction *tx, const Reader *reader, GError **error)
{
  g_autoptr (GStrvBuilder) refs = g_strv_builder_new ();
  g_autoptr (LkQuery) query = NULL;

  if (reader->reader_changed > reader->checked)
    query = lk_sqlite_query (
        tx->db,
        "SELECT c.ref FROM contact_identifiers c CROSS JOIN identifiers i ON i.mac = c.mac"
        " WHERE c.account = ?1 UNION SELECT ref FROM views WHERE reader = ?1 ORDER BY 1",
        "i", reader->account);
  else
    query = lk_sqlite_query (
        tx->db,
        "SELECT c.ref FROM contact_identifiers c CROSS JOIN identifiers i ON i.mac = c.mac"
        " CROSS JOIN accounts o ON o.id = i.account WHERE c.account = ?1 AND o.owner_changed > ?2"
        " UNION SELECT ref FROM views"
        " WHERE reader = ?1 AND expires > 0 AND expires <= ?3 ORDER BY 1",
        "iii", reader->account, reader->checked, tx->now);
  while (lk_query_next (query))
    g_strv_builder_add (refs, lk_query_get_text (query, 0));
  return lk_query_finish (query, error) ? g_strv_builder_end (refs) : NULL;
}

static GArray *
list_owners (LkStoreTransaction *tx, gint64 reader, const char *ref, GError **error)
{
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (LkQuery) query
      = lk_sqlite_query (tx->db,
                         "SELECT DISTINCT i.account FROM contact_identifiers c CROSS JOIN "
                         "identifiers i ON i.mac = c.mac"
                         " WHERE c.account = ?1 AND c.ref = ?2 AND i.account != ?1",
                         "it", reader, ref);

  while (lk_query_next (query))
    {
      gint64 owner = lk_query_get_int (query, 0);

      g_array_append_val (owners, owner);
    }
  return lk_query_finish (query, error) ? g_steal_pointer (&owners) : NULL;
}

/* Of several owners under one ref, the picture that was published last: rows are numbered in that
 * order. */
static gboolean
find_newest_visible (LkStoreTransaction *tx,
                     gint64 reader,
                     const char *ref,
                     LkVisible *newest,
                     GError **error)
{
  g_autoptr (GArray) owners = list_owners (tx, reader, ref, error);

  if (owners == NULL)
    return FALSE;
  *newest = (LkVisible){ 0 };
  for (guint i = 0; i < owners->len; i++)
    {
      LkVisible visible;

      if (!lk_sqlite_store_find_visible (tx, g_array_index (owners, gint64, i), reader, &visible,
                                         error))
        return FALSE;
      if (visible.row > newest->row)
        *newest = visible;
    }
  return TRUE;
}

static gboolean
load_view (LkStoreTransaction *tx, gint64 reader, const char *ref, View *view, GError **error)
{
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db, "SELECT picture, version, offered, expires FROM views WHERE reader = ? AND ref = ?",
      "it", reader, ref);

  *view = (View){ 0 };
  while (lk_query_next (query))
    {
      view->exists = TRUE;
      view->visible.row = lk_query_get_int (query, 0);
      view->visible.version = lk_query_get_int (query, 1);
      view->offered = lk_query_get_int (query, 2) != 0;
      view->visible.expires = lk_query_get_int (query, 3);
    }
  return lk_query_finish (query, error);
}

static gboolean
show_picture (LkStoreTransaction *tx,
              Reader *reader,
              const char *ref,
              const LkVisible *visible,
              GError **error)
{
  return lk_sqlite_run (
      tx->db, error,
      "INSERT INTO views (reader, ref, picture, version, expires, since, fresh, offered)"
      " VALUES (?, ?, ?, ?, ?, ?, 1, 0) ON CONFLICT (reader, ref) DO UPDATE SET"
      " picture = excluded.picture, version = excluded.version, expires = excluded.expires,"
      " since = excluded.since, fresh = 1",
      "itiiii", reader->account, ref, visible->row, visible->version, visible->expires,
      ++reader->counter);
}

/* A picture that no device was given has left no trace with the reader, and leaves none here. */
static gboolean
show_nothing (LkStoreTransaction *tx,
              Reader *reader,
              const char *ref,
              gboolean offered,
              GError **error)
{
  if (!offered)
    return lk_sqlite_run (tx->db, error, "DELETE FROM views WHERE reader = ? AND ref = ?", "it",
                          reader->account, ref);
  return lk_sqlite_run (
      tx->db, error,
      "UPDATE views SET picture = NULL, version = 0, expires = 0, since = ?, fresh = 1"
      " WHERE reader = ? AND ref = ?",
      "iit", ++reader->counter, reader->account, ref);
}

static gboolean
refresh_view (LkStoreTransaction *tx, Reader *reader, const char *ref, GError **error)
{
  LkVisible visible;
  View view;

  if (!find_newest_visible (tx, reader->account, ref, &visible, error)
      || !load_view (tx, reader->account, ref, &view, error))
    return FALSE;
  if (visible.row == view.visible.row && visible.version == view.visible.version)
    return TRUE;
  if (visible.row != 0)
    return show_picture (tx, reader, ref, &visible, error);
  return show_nothing (tx, reader, ref, view.offered, error);
}

static gboolean
refresh (LkStoreTransaction *tx, Reader *reader, GError **error)
{
  g_auto (GStrv) refs = list_stale_refs (tx, reader, error);

  if (refs == NULL)
    return FALSE;
  for (guint i = 0; refs[i] != NULL; i++)
    if (!refresh_view (tx, reader, refs[i], error))
      return FALSE;
  return lk_sqlite_run (tx->db, error,
                        "UPDATE accounts SET views_checked = ?, views_counter = ? WHERE id = ?",
                        "iii", reader->change, reader->counter, reader->account);
}

/* Whether reading needs the writer: something is out of date, or is to be given for the first time.
 */
static gboolean
needs_writer (LkStoreTransaction *tx,
              const Reader *reader,
              gint64 position,
              gboolean *needs,
              GError **error)
{
  g_auto (GStrv) refs = NULL;
  gint64 one;

  if (!lk_sqlite_get_int (
          tx->db, &one, needs, error,
          "SELECT 1 FROM views WHERE reader = ? AND since > ? AND fresh != 0 LIMIT 1", "ii",
          reader->account, position))
    return FALSE;
  if (*needs)
    return TRUE;
  refs = list_stale_refs (tx, reader, error);
  if (refs == NULL)
    return FALSE;
  *needs = refs[0] != NULL || reader->reader_changed > reader->checked;
  return TRUE;
}

static gboolean
note_offer (LkStoreTransaction *tx, gint64 reader, const char *ref, gint64 row, GError **error)
{
  if (row != 0
      && !lk_sqlite_run (tx->db, error,
                         "INSERT INTO deliveries (picture, reader, state, at) VALUES (?, ?, ?, ?)"
                         " ON CONFLICT (picture, reader) DO NOTHING",
                         "iiti", row, reader, lk_delivery_state_to_string (LK_DELIVERY_OFFERED),
                         tx->now))
    return FALSE;
  return lk_sqlite_run (tx->db, error,
                        "UPDATE views SET fresh = 0, offered = 1 WHERE reader = ? AND ref = ?",
                        "it", reader, ref);
}

static gboolean
add_change (LkStoreTransaction *tx,
            LkFeed *feed,
            gint64 reader,
            const char *ref,
            gint64 row,
            GError **error)
{
  g_autoptr (LkPicture) picture = NULL;

  if (row != 0)
    {
      picture = lk_sqlite_store_load_picture (tx, row, error);
      if (picture == NULL)
        return FALSE;
    }
  g_ptr_array_add (feed->changes, lk_feed_change_new (ref, picture));
  return TRUE;
}

/* @tx writes when there is something to be given for the first time. */
static LkFeed *
give (LkStoreTransaction *tx, const Reader *reader, gint64 position, guint limit, GError **error)
{
  g_autoptr (LkFeed) feed = lk_feed_new ();
  g_autoptr (LkQuery) query = lk_sqlite_query (
      tx->db,
      "SELECT ref, picture, since, fresh FROM views WHERE reader = ? AND since > ?"
      " ORDER BY since LIMIT ?",
      "iii", reader->account, position, (gint64)limit + 1);
  /* Giving writes the rows that are being read: the query is read to its end before. */
  g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (gint64));

  while (lk_query_next (query))
    {
      gint64 row = lk_query_get_int (query, 1), is_fresh = lk_query_get_int (query, 3);

      feed->more = refs->len == limit;
      if (feed->more)
        continue;
      g_ptr_array_add (refs, g_strdup (lk_query_get_text (query, 0)));
      g_array_append_val (rows, row);
      g_array_append_val (fresh, is_fresh);
      position = lk_query_get_int (query, 2);
    }
  if (!lk_query_finish (query, error))
    return NULL;
  for (guint i = 0; i < refs->len; i++)
    {
      gint64 row = g_array_index (rows, gint64, i);

      if ((g_array_index (fresh, gint64, i) != 0
           && !note_offer (tx, reader->account, refs->pdata[i], row, error))
          || !add_change (tx, feed, reader->account, refs->pdata[i], row, error))
        return NULL;
    }
  g_free (feed->cursor);
  feed->cursor = lk_cursor_format (reader->public_id, feed->more ? position : reader->counter);
  return g_steal_pointer (&feed);
}

/* Gives what there is when nothing has to be written; else @feed stays NULL. */
static gboolean
try_reading (LkStore *store,
             gint64 viewer,
             const char *cursor,
             guint limit,
             LkFeed **feed,
             GError **error)
{
  g_autoptr (LkStoreTransaction) tx = lk_sqlite_store_begin_read (store, error);
  g_autoptr (Reader) reader = NULL;
  g_autoptr (LkFeed) given = NULL;
  gint64 position;
  gboolean needs = FALSE;

  if (tx == NULL)
    return FALSE;
  reader = load_reader (tx, viewer, error);
  if (reader == NULL)
    return FALSE;
  position = lk_cursor_parse (cursor, reader->public_id, reader->counter);
  if (!needs_writer (tx, reader, position, &needs, error))
    return FALSE;
  if (needs)
    return TRUE;
  given = give (tx, reader, position, limit, error);
  if (given == NULL || !lk_store_transaction_commit (tx, error))
    return FALSE;
  *feed = g_steal_pointer (&given);
  return TRUE;
}

static LkFeed *
lk_sqlite_store_read_feed (LkStore *store,
                           gint64 viewer,
                           const char *cursor,
                           guint limit,
                           GError **error)
{
  g_autoptr (LkStoreTransaction) tx = NULL;
  g_autoptr (Reader) reader = NULL;
  g_autoptr (LkFeed) feed = NULL;
  gint64 position;

  g_return_val_if_fail (limit > 0, NULL);
  if (!try_reading (store, viewer, cursor, limit, &feed, error))
    return NULL;
  if (feed != NULL)
    return g_steal_pointer (&feed);

  tx = lk_sqlite_store_begin_write (store, error);
  if (tx == NULL)
    return NULL;
  reader = load_reader (tx, viewer, error);
  if (reader == NULL)
    return NULL;
  /* Read before refreshing: a cursor cannot be of a time that is still to come. */
  position = lk_cursor_parse (cursor, reader->public_id, reader->counter);
  if (!refresh (tx, reader, error))
    return NULL;
  feed = give (tx, reader, position, limit, error);
  if (feed == NULL || !lk_store_transaction_commit (tx, error))
    return NULL;
  return g_steal_pointer (&feed);
}

void
lk_sqlite_store_init_feed (LkStoreInterface *iface)
{
  iface->read_feed = lk_sqlite_store_read_feed;
}
