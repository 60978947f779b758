/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rendition-cache.h"

#include <string.h>

#include "lk-token.h"

/* How long an answer is good for, in µs: a picture may expire meanwhile. */
#define MAX_AGE G_USEC_PER_SEC
/* Past these the cache begins anew. */
#define MAX_ENTRIES 2048
#define MAX_BYTES (8 * 1024 * 1024)
/* A rendition that is larger is sent rarely and read from its file. */
#define MAX_RENDITION_BYTES (256 * 1024)

typedef struct
{
  guint8 token[LK_TOKEN_HASH_LENGTH]; /* tokens themselves are kept nowhere */
  const char *picture;
  const char *name;
} Key;

typedef struct
{
  Key key;
  char *picture;
  char *name;
  gint64 added;
  LkCachedRendition *rendition;
} Entry;

struct _LkRenditionCache
{
  GMutex lock;
  GHashTable *entries; /* (element-type Key Entry): guarded by lock */
  gsize bytes;
  guint generation;
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;
  guint hash;

  memcpy (&hash, key->token, sizeof hash);
  return hash ^ g_str_hash (key->picture) ^ g_str_hash (key->name);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *one = a;
  const Key *other = b;

  return memcmp (one->token, other->token, sizeof one->token) == 0
         && g_str_equal (one->picture, other->picture) && g_str_equal (one->name, other->name);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->picture);
  g_free (entry->name);
  lk_cached_rendition_unref (entry->rendition);
  g_free (entry);
}

LkCachedRendition *
lk_cached_rendition_new (const char *type, const char *etag, GBytes *bytes)
{
  LkCachedRendition *self = g_atomic_rc_box_new0 (LkCachedRendition);

  self->type = g_strdup (type);
  self->etag = g_strdup (etag);
  self->bytes = g_bytes_ref (bytes);
  return self;
}

LkCachedRendition *
lk_cached_rendition_ref (LkCachedRendition *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
cached_rendition_clear (gpointer data)
{
  LkCachedRendition *self = data;

  g_free (self->type);
  g_free (self->etag);
  g_bytes_unref (self->bytes);
}

void
lk_cached_rendition_unref (LkCachedRendition *self)
{
  g_atomic_rc_box_release_full (self, cached_rendition_clear);
}

LkRenditionCache *
lk_rendition_cache_new (void)
{
  LkRenditionCache *self = g_new0 (LkRenditionCache, 1);

  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (key_hash, key_equal, NULL, entry_free);
  return self;
}

void
lk_rendition_cache_free (LkRenditionCache *self)
{
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * lk_rendition_cache_get_generation:
 *
 * To be asked before the store is, and given to lk_rendition_cache_add(): an answer that was
 * overtaken by a change is then not kept.
 *
 * Returns: how often everything was forgotten
 */
guint
lk_rendition_cache_get_generation (LkRenditionCache *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->generation;
}

/**
 * lk_rendition_cache_forget:
 *
 * To be called after a change to what anybody may see was stored, and before it is acknowledged.
 */
void
lk_rendition_cache_forget (LkRenditionCache *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->generation++;
  self->bytes = 0;
  g_hash_table_remove_all (self->entries);
}

void
lk_rendition_cache_add (LkRenditionCache *self,
                        guint generation,
                        const char *token,
                        const char *picture,
                        const char *name,
                        LkCachedRendition *rendition)
{
  g_autoptr (GMutexLocker) locker = NULL;
  gsize size = g_bytes_get_size (rendition->bytes);
  Entry *entry;

  if (size > MAX_RENDITION_BYTES)
    return;
  entry = g_new0 (Entry, 1);
  entry->picture = g_strdup (picture);
  entry->name = g_strdup (name);
  entry->key.picture = entry->picture;
  entry->key.name = entry->name;
  entry->added = g_get_monotonic_time ();
  entry->rendition = lk_cached_rendition_ref (rendition);
  if (!lk_token_hash (token, entry->key.token))
    {
      entry_free (entry);
      return;
    }
  locker = g_mutex_locker_new (&self->lock);
  if (generation != self->generation)
    {
      entry_free (entry);
      return;
    }
  if (g_hash_table_size (self->entries) >= MAX_ENTRIES || self->bytes + size > MAX_BYTES)
    {
      g_hash_table_remove_all (self->entries);
      self->bytes = 0;
    }
  self->bytes += size;
  if (!g_hash_table_replace (self->entries, &entry->key, entry))
    self->bytes -= size;
}

/**
 * lk_rendition_cache_find:
 *
 * Returns: (transfer full) (nullable): what the holder of the token is to be given
 */
LkCachedRendition *
lk_rendition_cache_find (LkRenditionCache *self,
                         const char *token,
                         const char *picture,
                         const char *name)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Key key = { .picture = picture, .name = name };
  Entry *entry;

  if (!lk_token_hash (token, key.token))
    return NULL;
  locker = g_mutex_locker_new (&self->lock);
  entry = g_hash_table_lookup (self->entries, &key);
  if (entry == NULL || g_get_monotonic_time () - entry->added > MAX_AGE)
    return NULL;
  return lk_cached_rendition_ref (entry->rendition);
}
