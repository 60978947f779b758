/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-send-history.h"

#define SECOND G_USEC_PER_SEC

/* How long to wait after the first send, the second and so on, in seconds; the last one counts for
 * all that follow. */
static const guint resend_waits[] = { 30, 60, 120, 300, 600 };

struct _LkSendHistory
{
  guint max_keys;
  GHashTable *entries; /* key → Entry, which the queue owns */
  GQueue queue;        /* by last_sent, the newest at the tail */
};

typedef struct
{
  char *key;
  guint count;
  gint64 last_sent; /* µs */
  GList link;
} Entry;

static void
drop (LkSendHistory *self, Entry *entry)
{
  g_queue_unlink (&self->queue, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
  g_free (entry->key);
  g_free (entry);
}

static gboolean
is_over (const Entry *entry, gint64 now)
{
  return now - entry->last_sent >= (gint64)LK_SEND_HISTORY_MEMORY * SECOND;
}

static Entry *
look_up (LkSendHistory *self, const char *key, gint64 now)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  return entry != NULL && !is_over (entry, now) ? entry : NULL;
}

static void
make_room (LkSendHistory *self, gint64 now)
{
  while (self->queue.head != NULL)
    {
      Entry *oldest = self->queue.head->data;

      if (!is_over (oldest, now) && self->queue.length < self->max_keys)
        return;
      drop (self, oldest);
    }
}

/**
 * lk_send_history_new:
 * @max_keys: how many askers are remembered at most, above 0; past that the one who asked longest
 * ago is forgotten
 *
 * Returns: (transfer full): an empty history
 */
LkSendHistory *
lk_send_history_new (guint max_keys)
{
  LkSendHistory *self = g_new0 (LkSendHistory, 1);

  self->max_keys = max_keys;
  self->entries = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->queue);
  return self;
}

void
lk_send_history_free (LkSendHistory *self)
{
  if (self == NULL)
    return;
  while (self->queue.head != NULL)
    drop (self, self->queue.head->data);
  g_hash_table_unref (self->entries);
  g_free (self);
}

/**
 * lk_send_history_knows:
 * @now: µs
 *
 * Returns: whether something was sent for @key within LK_SEND_HISTORY_MEMORY
 */
gboolean
lk_send_history_knows (LkSendHistory *self, const char *key, gint64 now)
{
  return look_up (self, key, now) != NULL;
}

/**
 * lk_send_history_get_wait:
 * @now: µs
 *
 * Returns: how many seconds until the next send; 0 for now
 */
guint
lk_send_history_get_wait (LkSendHistory *self, const char *key, gint64 now)
{
  const Entry *entry = look_up (self, key, now);
  gint64 free_at;

  if (entry == NULL)
    return 0;
  free_at = entry->last_sent
            + resend_waits[MIN (entry->count, G_N_ELEMENTS (resend_waits)) - 1] * (gint64)SECOND;
  return free_at <= now ? 0 : (guint)((free_at - now + SECOND - 1) / SECOND);
}

/**
 * lk_send_history_add:
 * @now: µs
 *
 * Notes a send.
 */
void
lk_send_history_add (LkSendHistory *self, const char *key, gint64 now)
{
  Entry *entry;

  make_room (self, now);
  entry = g_hash_table_lookup (self->entries, key);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->key = g_strdup (key);
      entry->link.data = entry;
      g_hash_table_insert (self->entries, entry->key, entry);
    }
  else
    g_queue_unlink (&self->queue, &entry->link);
  g_queue_push_tail_link (&self->queue, &entry->link);
  entry->count++;
  entry->last_sent = now;
}

/**
 * lk_send_history_take_back:
 *
 * Forgets that anything was sent for @key: what was sent last did not get out, and the asker must
 * not wait for it.
 */
void
lk_send_history_take_back (LkSendHistory *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    drop (self, entry);
}

guint
lk_send_history_get_n_keys (LkSendHistory *self)
{
  return self->queue.length;
}
