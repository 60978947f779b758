/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rate-limiter.h"

/* A bucket is kept as the moment at which it will be full again (the "theoretical arrival time" of
 * the generic cell rate algorithm, ITU-T I.371): one number, and a bucket whose moment has passed
 * need not be remembered. */

struct _LkRateLimiter
{
  GMutex mutex;
  LkClock *clock;
  LkRate rate;
  guint max_keys;
  GHashTable *buckets; /* key → Bucket, which the queue owns */
  GQueue queue;        /* the one used last at the tail */
};

typedef struct
{
  char *key;
  gint64 full_at; /* µs */
  GList link;
} Bucket;

static void
bucket_free (Bucket *self)
{
  g_free (self->key);
  g_free (self);
}

static void
drop (LkRateLimiter *self, Bucket *bucket)
{
  g_queue_unlink (&self->queue, &bucket->link);
  g_hash_table_remove (self->buckets, bucket->key);
  bucket_free (bucket);
}

static gint64
get_interval (LkRateLimiter *self)
{
  return (gint64)self->rate.interval * G_USEC_PER_SEC;
}

/* In seconds, rounded up: who waits that long is let in. */
static guint
get_wait (LkRateLimiter *self, const Bucket *bucket, gint64 now)
{
  gint64 free_at;

  if (self->rate.burst == 0 || bucket == NULL)
    return 0;
  free_at = bucket->full_at - (gint64)(self->rate.burst - 1) * get_interval (self);
  return free_at <= now ? 0 : (guint)((free_at - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

/* Buckets come to the tail as they are used and all fill at the same rate, so the head is filled
 * first or nearly so. When none is full, the one that was used longest ago is given up: it has the
 * least to remember. */
static void
make_room (LkRateLimiter *self, gint64 now)
{
  while (self->queue.head != NULL)
    {
      Bucket *oldest = self->queue.head->data;

      if (oldest->full_at > now && self->queue.length < self->max_keys)
        return;
      drop (self, oldest);
    }
}

static void
take_one (LkRateLimiter *self, const char *key, Bucket *bucket, gint64 now)
{
  if (bucket == NULL)
    {
      make_room (self, now);
      bucket = g_new0 (Bucket, 1);
      bucket->key = g_strdup (key);
      bucket->link.data = bucket;
      g_hash_table_insert (self->buckets, bucket->key, bucket);
    }
  else
    g_queue_unlink (&self->queue, &bucket->link);
  g_queue_push_tail_link (&self->queue, &bucket->link);
  bucket->full_at = MAX (bucket->full_at, now) + get_interval (self);
}

/**
 * lk_rate_limiter_new:
 * @rate: of every key's bucket
 * @max_keys: how many buckets are remembered at most, above 0
 *
 * Returns: (transfer full): a limiter whose buckets are full
 */
LkRateLimiter *
lk_rate_limiter_new (LkClock *clock, LkRate rate, guint max_keys)
{
  LkRateLimiter *self = g_new0 (LkRateLimiter, 1);

  g_mutex_init (&self->mutex);
  self->clock = lk_clock_ref (clock);
  self->rate = rate;
  self->max_keys = max_keys;
  self->buckets = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->queue);
  return self;
}

void
lk_rate_limiter_free (LkRateLimiter *self)
{
  if (self == NULL)
    return;
  while (self->queue.head != NULL)
    drop (self, self->queue.head->data);
  g_hash_table_unref (self->buckets);
  lk_clock_unref (self->clock);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * lk_rate_limiter_peek:
 *
 * Returns: how many seconds until @key may take one; 0 for now
 */
guint
lk_rate_limiter_peek (LkRateLimiter *self, const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return get_wait (self, g_hash_table_lookup (self->buckets, key),
                   lk_clock_get_microseconds (self->clock));
}

/**
 * lk_rate_limiter_take:
 *
 * Takes one for @key when that is allowed now. Who is refused is not remembered for it: asking on
 * costs nothing.
 *
 * Returns: 0 when it was taken, else how many seconds until it may be
 */
guint
lk_rate_limiter_take (LkRateLimiter *self, const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gint64 now = lk_clock_get_microseconds (self->clock);
  Bucket *bucket = g_hash_table_lookup (self->buckets, key);
  guint wait = get_wait (self, bucket, now);

  if (wait == 0 && self->rate.burst > 0)
    take_one (self, key, bucket, now);
  return wait;
}

/**
 * lk_rate_limiter_get_n_keys:
 *
 * Returns: how many buckets are remembered
 */
guint
lk_rate_limiter_get_n_keys (LkRateLimiter *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->queue.length;
}
