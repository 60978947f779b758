/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clock.h"

struct _LkClock
{
  gatomicrefcount ref_count;
  LkClockFunc func;
  gpointer data;
  GDestroyNotify destroy;
  GMutex mutex;
  gint64 latest;
};

static gint64
read_system_time (gpointer data)
{
  return g_get_real_time ();
}

/**
 * lk_clock_new_system:
 *
 * Returns: (transfer full): the system's clock
 */
LkClock *
lk_clock_new_system (void)
{
  return lk_clock_new (read_system_time, NULL, NULL);
}

/**
 * lk_clock_new:
 * @func: reads the time
 * @data: for @func
 * @destroy: (nullable): frees @data
 *
 * Returns: (transfer full): a clock
 */
LkClock *
lk_clock_new (LkClockFunc func, gpointer data, GDestroyNotify destroy)
{
  LkClock *self = g_new0 (LkClock, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->func = func;
  self->data = data;
  self->destroy = destroy;
  return self;
}

LkClock *
lk_clock_ref (LkClock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
lk_clock_unref (LkClock *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * lk_clock_get_seconds:
 *
 * Returns: seconds since 1970 (UTC); as lk_clock_get_microseconds()
 */
gint64
lk_clock_get_seconds (LkClock *self)
{
  return lk_clock_get_microseconds (self) / G_USEC_PER_SEC;
}

/**
 * lk_clock_get_microseconds:
 *
 * Never earlier than an answer before: when the system's clock is set back, this one stands still
 * until it is caught up, so that no wait becomes negative.
 *
 * Returns: microseconds since 1970 (UTC)
 */
gint64
lk_clock_get_microseconds (LkClock *self)
{
  gint64 now = self->func (self->data);

  g_mutex_lock (&self->mutex);
  if (now > self->latest)
    self->latest = now;
  else
    now = self->latest;
  g_mutex_unlock (&self->mutex);
  return now;
}
