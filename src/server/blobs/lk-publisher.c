/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-publisher.h"

struct _LkPublisher
{
  GObject parent_instance;

  LkStore *store;
  LkBlobStore *blobs;

  /* While a blob is pinned, its row is being written: it stays, though no row names it yet.
   * Removing holds the lock from the look at pins and rows to the end, so that whoever pins
   * afterwards finds it gone and writes it anew. */
  GMutex mutex;
  GHashTable *pins; /* SHA-256 → how many publishings hold it */
};

G_DEFINE_FINAL_TYPE (LkPublisher, lk_publisher, G_TYPE_OBJECT)

static void
pin (LkPublisher *self, GPtrArray *renditions)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = 0; i < renditions->len; i++)
    {
      const LkRendition *rendition = renditions->pdata[i];
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->pins, rendition->sha256));

      g_hash_table_insert (self->pins, g_strdup (rendition->sha256), GUINT_TO_POINTER (count + 1));
    }
}

static void
unpin (LkPublisher *self, GPtrArray *renditions)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = 0; i < renditions->len; i++)
    {
      const LkRendition *rendition = renditions->pdata[i];
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->pins, rendition->sha256));

      if (count > 1)
        g_hash_table_insert (self->pins, g_strdup (rendition->sha256),
                             GUINT_TO_POINTER (count - 1));
      else
        g_hash_table_remove (self->pins, rendition->sha256);
    }
}

static gboolean
remove_unless_used (LkPublisher *self, const char *sha256, gboolean *removed, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gboolean named;

  if (g_hash_table_contains (self->pins, sha256))
    return TRUE;
  if (!lk_store_names_blob (self->store, sha256, &named, error))
    return FALSE;
  if (named)
    return TRUE;
  *removed = TRUE;
  return lk_blob_store_remove (self->blobs, sha256, error);
}

/* The rows are gone, and that is what was asked for: a blob that cannot be removed is left for the
 * next collection. */
static void
remove_orphans (LkPublisher *self, GPtrArray *orphans)
{
  for (guint i = 0; i < orphans->len; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean removed;

      if (!remove_unless_used (self, orphans->pdata[i], &removed, &error))
        g_warning ("Cannot remove a blob that nothing names: %s", error->message);
    }
}

/* Renditions may share a blob with each other or with another picture. */
static void
remove_blobs_of (LkPublisher *self, GPtrArray *renditions)
{
  g_autoptr (GPtrArray) orphans = g_ptr_array_new ();

  for (guint i = 0; i < renditions->len; i++)
    g_ptr_array_add (orphans, ((LkRendition *)renditions->pdata[i])->sha256);
  remove_orphans (self, orphans);
}

static gboolean
put_blobs (LkPublisher *self, GPtrArray *renditions, GPtrArray *blobs, GError **error)
{
  for (guint i = 0; i < renditions->len; i++)
    {
      const LkRendition *rendition = renditions->pdata[i];

      if (!lk_blob_store_put (self->blobs, rendition->sha256, blobs->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

static void
lk_publisher_finalize (GObject *object)
{
  LkPublisher *self = LK_PUBLISHER (object);

  g_clear_object (&self->store);
  g_clear_object (&self->blobs);
  g_hash_table_unref (self->pins);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (lk_publisher_parent_class)->finalize (object);
}

static void
lk_publisher_class_init (LkPublisherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_publisher_finalize;
}

static void
lk_publisher_init (LkPublisher *self)
{
  g_mutex_init (&self->mutex);
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lk_publisher_new:
 *
 * Returns: (transfer full): what keeps @store and @blobs in step; there must be no other for them
 */
LkPublisher *
lk_publisher_new (LkStore *store, LkBlobStore *blobs)
{
  LkPublisher *self = g_object_new (LK_TYPE_PUBLISHER, NULL);

  self->store = g_object_ref (store);
  self->blobs = g_object_ref (blobs);
  return self;
}

/**
 * lk_publisher_publish:
 * @picture: see lk_store_publish()
 * @blobs: (element-type GBytes): the content of each of @picture's renditions, in their order; the
 * hashes were checked
 *
 * Writes the blobs, then the row: when this returns, both are durable, and a crash before leaves no
 * trace but blobs that the next lk_publisher_collect() removes. Errors as lk_store_publish() and
 * lk_blob_store_put().
 *
 * Returns: (transfer full): as lk_store_publish()
 */
LkPicture *
lk_publisher_publish (LkPublisher *self,
                      gint64 account,
                      const LkPicture *picture,
                      GPtrArray *blobs,
                      const char *key,
                      const char *bundle_sha256,
                      GError **error)
{
  g_autoptr (GError) not_found = NULL;
  g_autoptr (LkPicture) published = NULL;

  g_return_val_if_fail (picture->renditions->len == blobs->len, NULL);
  published = lk_store_find_published (self->store, account, key, bundle_sha256, &not_found);
  if (published != NULL)
    return g_steal_pointer (&published);
  if (!g_error_matches (not_found, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&not_found));
      return NULL;
    }

  pin (self, picture->renditions);
  if (put_blobs (self, picture->renditions, blobs, error))
    published = lk_store_publish (self->store, account, picture, key, bundle_sha256, error);
  unpin (self, picture->renditions);
  if (published == NULL)
    remove_blobs_of (self, picture->renditions);
  return g_steal_pointer (&published);
}

/**
 * lk_publisher_withdraw:
 *
 * Withdraws a picture and removes the blobs that only it named. Errors as
 * lk_store_withdraw_picture().
 */
gboolean
lk_publisher_withdraw (LkPublisher *self, gint64 account, const char *picture, GError **error)
{
  g_autoptr (GPtrArray) orphans = NULL;

  if (!lk_store_withdraw_picture (self->store, account, picture, &orphans, error))
    return FALSE;
  remove_orphans (self, orphans);
  return TRUE;
}

/**
 * lk_publisher_erase_account:
 *
 * Erases an account and removes the blobs that only it named. Errors as lk_store_erase_account().
 */
gboolean
lk_publisher_erase_account (LkPublisher *self, gint64 account, GError **error)
{
  g_autoptr (GPtrArray) orphans = NULL;

  if (!lk_store_erase_account (self->store, account, &orphans, error))
    return FALSE;
  remove_orphans (self, orphans);
  return TRUE;
}

/**
 * lk_publisher_collect:
 * @removed: (out) (optional): how many blobs were removed
 *
 * Removes blobs that no row names, as a crash leaves them. For the start of the server, but
 * harmless at any time.
 */
gboolean
lk_publisher_collect (LkPublisher *self, guint *removed, GError **error)
{
  g_autoptr (GPtrArray) blobs = lk_blob_store_list (self->blobs, error);
  g_autoptr (GHashTable) named = NULL;
  guint count = 0;

  if (blobs == NULL)
    return FALSE;
  named = lk_store_list_blobs (self->store, error);
  if (named == NULL)
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    {
      gboolean gone = FALSE;

      if (g_hash_table_contains (named, blobs->pdata[i]))
        continue;
      if (!remove_unless_used (self, blobs->pdata[i], &gone, error))
        return FALSE;
      count += gone ? 1 : 0;
    }
  if (removed != NULL)
    *removed = count;
  return TRUE;
}
