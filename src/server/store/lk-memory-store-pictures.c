/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-memory-store-private.h"

#include <string.h>

void
lk_memory_picture_free (gpointer data)
{
  LkMemoryPicture *self = data;

  lk_picture_unref (self->picture);
  g_hash_table_unref (self->deliveries);
  g_free (self);
}

static LkPicture *
copy_picture (const LkPicture *picture)
{
  LkPicture *copy = lk_picture_new ();

  g_free (copy->id);
  g_free (copy->alt);
  copy->id = g_strdup (picture->id);
  copy->kind = picture->kind;
  copy->alt = g_strdup (picture->alt);
  copy->created = picture->created;
  copy->expires = picture->expires;
  copy->audience = picture->audience != NULL ? lk_audience_ref (picture->audience)
                                             : lk_audience_new (LK_AUDIENCE_CONTACTS, NULL);
  copy->told = -1;
  for (guint i = 0; i < picture->renditions->len; i++)
    g_ptr_array_add (copy->renditions, lk_rendition_copy (picture->renditions->pdata[i]));
  return copy;
}

static LkPicture *
copy_own (LkMemoryAccount *account, guint position)
{
  LkPicture *copy = copy_picture (((LkMemoryPicture *)account->pictures->pdata[position])->picture);

  copy->position = position;
  return copy;
}

/* What the key was used for: @picture stays NULL when it is new. */
static gboolean
look_up_key (LkMemoryAccount *account,
             const char *key,
             const char *bundle_sha256,
             LkPicture **picture,
             GError **error)
{
  const LkMemoryKey *used = g_hash_table_lookup (account->keys, key);
  guint position;

  if (used == NULL)
    return TRUE;
  if (strcmp (used->bundle_sha256, bundle_sha256) != 0
      || lk_memory_account_find_picture (account, used->picture, &position, NULL) == NULL)
    {
      g_set_error_literal (
          error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT,
          "The key was used for another bundle, or its picture has been withdrawn");
      return FALSE;
    }
  *picture = copy_own (account, position);
  (*picture)->told = used->told;
  return TRUE;
}

static LkPicture *
lk_memory_store_find_published (LkStore *store,
                                gint64 account,
                                const char *key,
                                const char *bundle_sha256,
                                GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  g_autoptr (LkPicture) picture = NULL;

  if (found == NULL || !look_up_key (found, key, bundle_sha256, &picture, error))
    return NULL;
  if (picture == NULL)
    lk_memory_store_not_found (error);
  return g_steal_pointer (&picture);
}

static gint64
count_told (LkMemoryStore *self, LkMemoryAccount *owner, const LkMemoryPicture *picture)
{
  gint64 now = lk_clock_get_seconds (self->clock), count = 0;

  for (guint i = 0; i < self->accounts->len && count < LK_STORE_TOLD_LIMIT; i++)
    {
      LkMemoryAccount *viewer = self->accounts->pdata[i];

      if (viewer != owner && lk_memory_account_find_visible (owner, viewer, now) == picture)
        count++;
    }
  return count;
}

static gboolean
check_room (LkMemoryAccount *account, GError **error)
{
  if (account->pictures->len < LK_STORE_MAX_PICTURES)
    return TRUE;
  g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY, "%d pictures at most",
               LK_STORE_MAX_PICTURES);
  return FALSE;
}

static LkPicture *
lk_memory_store_publish (LkStore *store,
                         gint64 account,
                         const LkPicture *picture,
                         const char *key,
                         const char *bundle_sha256,
                         GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *owner = lk_memory_store_find_account (self, account, error);
  LkPicture *result = NULL;
  LkMemoryPicture *made;
  LkMemoryKey *used;

  if (owner == NULL || !look_up_key (owner, key, bundle_sha256, &result, error) || result != NULL)
    return result;
  if (!check_room (owner, error))
    return NULL;
  made = g_new0 (LkMemoryPicture, 1);
  made->number = made->version = ++self->last_number;
  made->picture = copy_picture (picture);
  g_free (made->picture->id);
  made->picture->id = lk_rng_dup_id (self->rng);
  made->deliveries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_ptr_array_insert (owner->pictures, 0, made);

  used = g_new0 (LkMemoryKey, 1);
  used->bundle_sha256 = g_strdup (bundle_sha256);
  used->picture = g_strdup (made->picture->id);
  used->told = count_told (self, owner, made);
  used->at = lk_clock_get_seconds (self->clock);
  g_hash_table_insert (owner->keys, g_strdup (key), used);
  result = copy_own (owner, 0);
  result->told = used->told;
  return result;
}

static GPtrArray *
lk_memory_store_list_pictures (LkStore *store, gint64 account, GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  GPtrArray *pictures;

  if (found == NULL)
    return NULL;
  pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_picture_unref);
  for (guint i = 0; i < found->pictures->len; i++)
    g_ptr_array_add (pictures, copy_own (found, i));
  return pictures;
}

static void
apply_change (LkMemoryStore *self, LkMemoryPicture *stored, const LkPictureChange *change)
{
  LkPicture *picture = stored->picture;

  if (change->audience != NULL)
    {
      lk_audience_unref (picture->audience);
      picture->audience = lk_audience_ref (change->audience);
    }
  if ((change->alt == NULL || strcmp (change->alt, picture->alt) == 0)
      && (!change->set_expires || change->expires == picture->expires))
    return;
  stored->version = ++self->last_number;
  if (change->set_expires)
    picture->expires = change->expires;
  if (change->alt != NULL)
    {
      g_free (picture->alt);
      picture->alt = g_strdup (change->alt);
    }
}

static LkPicture *
lk_memory_store_change_picture (LkStore *store,
                                gint64 account,
                                const char *picture,
                                const LkPictureChange *change,
                                GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  LkMemoryPicture *stored;
  guint position;

  if (found == NULL)
    return NULL;
  stored = lk_memory_account_find_picture (found, picture, &position, error);
  if (stored == NULL)
    return NULL;
  apply_change (self, stored, change);
  if (change->set_position)
    {
      g_ptr_array_steal_index (found->pictures, position);
      position = MIN (change->position, found->pictures->len);
      g_ptr_array_insert (found->pictures, (int)position, stored);
    }
  return copy_own (found, position);
}

static gboolean
lk_memory_store_withdraw_picture (LkStore *store,
                                  gint64 account,
                                  const char *picture,
                                  GPtrArray **orphans,
                                  GError **error)
{
  LkMemoryStore *self = LK_MEMORY_STORE (store);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  LkMemoryAccount *found = lk_memory_store_find_account (self, account, error);
  g_autoptr (GHashTable) blobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  LkMemoryPicture *stored;
  guint position;

  if (found == NULL)
    return FALSE;
  stored = lk_memory_account_find_picture (found, picture, &position, error);
  if (stored == NULL)
    return FALSE;
  lk_memory_picture_add_blobs (stored, blobs);
  g_ptr_array_remove_index (found->pictures, position);
  *orphans = lk_memory_store_take_out_orphans (self, blobs);
  return TRUE;
}

void
lk_memory_store_init_pictures (LkStoreInterface *iface)
{
  iface->find_published = lk_memory_store_find_published;
  iface->publish = lk_memory_store_publish;
  iface->list_pictures = lk_memory_store_list_pictures;
  iface->change_picture = lk_memory_store_change_picture;
  iface->withdraw_picture = lk_memory_store_withdraw_picture;
}

LkMemoryPicture *
lk_memory_account_find_picture (LkMemoryAccount *account,
                                const char *picture,
                                guint *position,
                                GError **error)
{
  for (guint i = 0; i < account->pictures->len; i++)
    {
      LkMemoryPicture *stored = account->pictures->pdata[i];

      if (strcmp (stored->picture->id, picture) == 0)
        {
          *position = i;
          return stored;
        }
    }
  lk_memory_store_not_found (error);
  return NULL;
}

void
lk_memory_picture_add_blobs (const LkMemoryPicture *picture, GHashTable *blobs)
{
  GPtrArray *renditions = picture->picture->renditions;

  for (guint i = 0; i < renditions->len; i++)
    g_hash_table_add (blobs, g_strdup (((LkRendition *)renditions->pdata[i])->sha256));
}

gboolean
lk_memory_store_has_blob (LkMemoryStore *self, const char *sha256)
{
  for (guint i = 0; i < self->accounts->len; i++)
    {
      LkMemoryAccount *account = self->accounts->pdata[i];

      for (guint k = 0; k < account->pictures->len; k++)
        {
          GPtrArray *renditions
              = ((LkMemoryPicture *)account->pictures->pdata[k])->picture->renditions;

          for (guint m = 0; m < renditions->len; m++)
            if (strcmp (((LkRendition *)renditions->pdata[m])->sha256, sha256) == 0)
              return TRUE;
        }
    }
  return FALSE;
}

GPtrArray *
lk_memory_store_take_out_orphans (LkMemoryStore *self, GHashTable *candidates)
{
  GPtrArray *orphans = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer sha256;

  g_hash_table_iter_init (&iter, candidates);
  while (g_hash_table_iter_next (&iter, &sha256, NULL))
    if (!lk_memory_store_has_blob (self, sha256))
      g_ptr_array_add (orphans, g_strdup (sha256));
  return orphans;
}
