/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clock.h"

/**
 * LkRate:
 * @burst: how many may come at once; 0 for no limit
 * @interval: seconds after which one more may come
 *
 * A token bucket's size and filling.
 */
typedef struct
{
  guint burst;
  guint interval;
} LkRate;

/**
 * LkRateLimiter: token buckets by key. Remembers @max_keys buckets at most, and none that has
 * filled up again. Safe on any thread.
 */
typedef struct _LkRateLimiter LkRateLimiter;

LkRateLimiter *lk_rate_limiter_new (LkClock *clock, LkRate rate, guint max_keys);
void lk_rate_limiter_free (LkRateLimiter *self);
guint lk_rate_limiter_peek (LkRateLimiter *self, const char *key);
guint lk_rate_limiter_take (LkRateLimiter *self, const char *key);
guint lk_rate_limiter_get_n_keys (LkRateLimiter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRateLimiter, lk_rate_limiter_free)
