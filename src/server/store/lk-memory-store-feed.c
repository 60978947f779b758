/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-memory-store-private.h"

#include <string.h>
#include "lk-cursor.h"
#include "lk-receipt.h"

static gboolean
entry_holds (const LkBookEntry *entry, LkMemoryAccount *account)
{
  for (guint i = 0; i < entry->macs->len; i++)
    for (guint k = 0; k < account->macs->len; k++)
      if (memcmp (&g_array_index (entry->macs, LkMac, i), &g_array_index (account->macs, LkMac, k),
                  sizeof (LkMac))
          == 0)
        return TRUE;
  return FALSE;
}

static LkMemoryPicture *
find_by_id (LkMemoryStore *self, const char *picture, LkMemoryAccount **owner)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      guint position;
      LkMemoryPicture *stored
          = lk_memory_account_find_picture (self->accounts->pdata[i], picture, &position, NULL);

      if (stored != NULL)
        {
          *owner = self->accounts->pdata[i];
          return stored;
        }
    }
  return NULL;
}

static LkMemoryPicture *
find_by_number (LkMemoryStore *self, gint64 number)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *account = self->accounts->pdata[i];

      for (guint k = 0; k < account->pictures->len; k++)
        if (((LkMemoryPicture *)account->pictures->pdata[k])->number == number)
          return account->pictures->pdata[k];
    }
  return NULL;
}

static LkRendition *
lk_memory_store_find_rendition (LkStore *store,
                                gint64 viewer,
                                const char *picture,
                                const char *name,
                                GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *asker = lk_memory_store_find_account (self, viewer, error);
  LkMemoryAccount *owner = NULL;
  LkMemoryPicture *stored;

  if (asker == NULL)
    return NULL;
  stored = find_by_id (self, picture, &owner);
  if (stored != NULL
      && (owner == asker
          || lk_memory_account_find_visible (owner, asker, lk_clock_get_seconds (self->clock))
                 == stored))
    {
      const LkRendition *rendition = lk_picture_get_rendition (stored->picture, name);

      if (rendition != NULL)
        return lk_rendition_copy (rendition);
    }
  lk_memory_store_not_found (error);
  return NULL;
}

/* Of several owners under one ref, the picture that was published last. */
static LkMemoryPicture *
find_newest_visible (LkMemoryStore *self, LkMemoryAccount *reader, const LkBookEntry *entry)
{
  gint64 now = lk_clock_get_seconds (self->clock);
  LkMemoryPicture *newest = NULL;

  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *owner = self->accounts->pdata[i];
      LkMemoryPicture *visible;

      if (owner == reader || !entry_holds (entry, owner))
        continue;
      visible = lk_memory_account_find_visible (owner, reader, now);
      if (visible != NULL && (newest == NULL || visible->number > newest->number))
        newest = visible;
    }
  return newest;
}

static void
refresh_view (LkMemoryStore *self, LkMemoryAccount *reader, const LkBookEntry *entry)
{
  const LkMemoryPicture *visible = find_newest_visible (self, reader, entry);
  LkMemoryView *view = g_hash_table_lookup (reader->views, entry->ref);
  gint64 number = visible != NULL ? visible->number : 0,
         version = visible != NULL ? visible->version : 0;

  if (view == NULL && visible == NULL)
    return;
  if (view != NULL && view->number == number && view->version == version)
    return;
  if (visible == NULL && !view->offered)
    {
      g_hash_table_remove (reader->views, entry->ref);
      return;
    }
  if (view == NULL)
    {
      view = g_new0 (LkMemoryView, 1);
      g_hash_table_insert (reader->views, g_strdup (entry->ref), view);
    }
  view->number = number;
  view->version = version;
  view->since = ++reader->counter;
}

/* What is to be given: a ref and its view. */
typedef struct
{
  const char *ref;
  LkMemoryView *view;
} News;

static int
compare_news (gconstpointer a, gconstpointer b)
{
  const News *first = a, *second = b;

  return first->view->since < second->view->since ? -1 : first->view->since > second->view->since;
}

static GArray *
list_news (LkMemoryAccount *reader, gint64 position)
{
  GArray *news = g_array_new (FALSE, FALSE, sizeof (News));
  GHashTableIter iter;
  gpointer ref, view;

  g_hash_table_iter_init (&iter, reader->views);
  while (g_hash_table_iter_next (&iter, &ref, &view))
    {
      News item = { ref, view };

      if (item.view->since > position)
        g_array_append_val (news, item);
    }
  g_array_sort (news, compare_news);
  return news;
}

static void
note_offer (LkMemoryStore *self, LkMemoryAccount *reader, LkMemoryPicture *picture)
{
  LkMemoryDelivery *delivery;

  if (g_hash_table_contains (picture->deliveries, &reader->handle))
    return;
  delivery = g_new0 (LkMemoryDelivery, 1);
  delivery->state = LK_DELIVERY_OFFERED;
  delivery->at = lk_clock_get_seconds (self->clock);
  g_hash_table_insert (picture->deliveries, g_memdup2 (&reader->handle, sizeof reader->handle),
                       delivery);
}

static LkPicture *
copy_for_reader (const LkPicture *picture)
{
  LkPicture *copy = lk_picture_new ();

  g_free (copy->id);
  g_free (copy->alt);
  copy->id = g_strdup (picture->id);
  copy->kind = picture->kind;
  copy->alt = g_strdup (picture->alt);
  copy->created = picture->created;
  copy->expires = picture->expires;
  copy->told = -1;
  for (guint i = 0; i < picture->renditions->len; i++)
    g_ptr_array_add (copy->renditions, lk_rendition_copy (picture->renditions->pdata[i]));
  return copy;
}

static void
add_change (LkMemoryStore *self, LkMemoryAccount *reader, LkFeed *feed, const News *news)
{
  LkMemoryPicture *stored = find_by_number (self, news->view->number);
  g_autoptr (LkPicture) picture = NULL;

  if (stored != NULL)
    {
      note_offer (self, reader, stored);
      picture = copy_for_reader (stored->picture);
    }
  news->view->offered = TRUE;
  g_ptr_array_add (feed->changes, lk_feed_change_new (news->ref, picture));
}

static LkFeed *
lk_memory_store_read_feed (LkStore *store,
                           gint64 viewer,
                           const char *cursor,
                           guint limit,
                           GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *reader = lk_memory_store_find_account (self, viewer, error);
  g_autoptr (LkFeed) feed = lk_feed_new ();
  g_autoptr (GArray) news = NULL;
  gint64 position;

  g_return_val_if_fail (limit > 0, NULL);
  if (reader == NULL)
    return NULL;
  position = lk_cursor_parse (cursor, reader->public_id, reader->counter);
  for (guint i = 0; i < reader->book->entries->len; i++)
    refresh_view (self, reader, reader->book->entries->pdata[i]);
  news = list_news (reader, position);
  for (guint i = 0; i < MIN (news->len, limit); i++)
    add_change (self, reader, feed, &g_array_index (news, News, i));
  feed->more = news->len > limit;
  g_free (feed->cursor);
  feed->cursor = lk_cursor_format (reader->public_id,
                                   feed->more ? g_array_index (news, News, limit - 1).view->since
                                              : reader->counter);
  return g_steal_pointer (&feed);
}

static gboolean
lk_memory_store_put_receipt (LkStore *store,
                             gint64 viewer,
                             const char *picture,
                             LkDeliveryState state,
                             GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *owner;
  LkMemoryPicture *stored = find_by_id (self, picture, &owner);
  LkMemoryDelivery *delivery
      = stored != NULL ? g_hash_table_lookup (stored->deliveries, &viewer) : NULL;

  if (delivery == NULL)
    {
      lk_memory_store_not_found (error);
      return FALSE;
    }
  if (lk_receipt_moves_on (delivery->state, state))
    {
      delivery->state = state;
      delivery->at = lk_clock_get_seconds (self->clock);
    }
  return TRUE;
}

static GPtrArray *
lk_memory_store_list_deliveries (LkStore *store,
                                 gint64 account,
                                 const char *picture,
                                 GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *owner = lk_memory_store_find_account (self, account, error);
  LkMemoryPicture *stored;
  GPtrArray *deliveries;
  guint position;

  if (owner == NULL)
    return NULL;
  stored = lk_memory_account_find_picture (owner, picture, &position, error);
  if (stored == NULL)
    return NULL;
  deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_delivery_free);
  for (guint i = 0; i < owner->book->entries->len; i++)
    {
      const LkBookEntry *entry = owner->book->entries->pdata[i];

      for (guint k = 0; k < self->accounts->len; k++)
        {
          LkMemoryAccount *reader = self->accounts->pdata[k];
          const LkMemoryDelivery *delivery
              = g_hash_table_lookup (stored->deliveries, &reader->handle);

          if (delivery != NULL && entry_holds (entry, reader))
            lk_receipt_add_delivery (deliveries, entry->ref, delivery->state, delivery->at);
        }
    }
  return deliveries;
}

void
lk_memory_store_init_feed (LkStoreInterface *iface)
{
  iface->find_rendition = lk_memory_store_find_rendition;
  iface->read_feed = lk_memory_store_read_feed;
  iface->put_receipt = lk_memory_store_put_receipt;
  iface->list_deliveries = lk_memory_store_list_deliveries;
}

/* The refs of the owner's contacts that hold one of the viewer's identifiers. */
GStrv
lk_memory_account_dup_refs_of (LkMemoryAccount *owner, LkMemoryAccount *viewer)
{
  g_autoptr (GStrvBuilder) refs = g_strv_builder_new ();

  for (guint i = 0; i < owner->book->entries->len; i++)
    {
      const LkBookEntry *entry = owner->book->entries->pdata[i];

      if (entry_holds (entry, viewer))
        g_strv_builder_add (refs, entry->ref);
    }
  return g_strv_builder_end (refs);
}

/* Whether the viewer's book holds one of the owner's identifiers. */
gboolean
lk_memory_account_has (LkMemoryAccount *viewer, LkMemoryAccount *owner)
{
  for (guint i = 0; i < viewer->book->entries->len; i++)
    if (entry_holds (viewer->book->entries->pdata[i], owner))
      return TRUE;
  return FALSE;
}

LkMemoryPicture *
lk_memory_account_find_visible (LkMemoryAccount *owner, LkMemoryAccount *viewer, gint64 now)
{
  g_auto (GStrv) refs = lk_memory_account_dup_refs_of (owner, viewer);
  g_autoptr (GPtrArray) pictures = g_ptr_array_new ();
  const LkPicture *first;

  for (guint i = 0; i < owner->pictures->len; i++)
    g_ptr_array_add (pictures, ((LkMemoryPicture *)owner->pictures->pdata[i])->picture);
  first = lk_picture_first_visible (pictures, lk_memory_account_has (viewer, owner),
                                    (const char *const *)refs, now);
  for (guint i = 0; i < owner->pictures->len; i++)
    if (pictures->pdata[i] == first)
      return owner->pictures->pdata[i];
  return NULL;
}
