/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkClock: what time it is. Immutable and reference-counted; safe on any thread. Tests pass one of
 * their own.
 */
typedef struct _LkClock LkClock;

/**
 * LkClockFunc:
 * @data: what was given to lk_clock_new()
 *
 * Called on any thread.
 *
 * Returns: microseconds since 1970 (UTC)
 */
typedef gint64 (*LkClockFunc) (gpointer data);

LkClock *lk_clock_new_system (void);
LkClock *lk_clock_new (LkClockFunc func, gpointer data, GDestroyNotify destroy);
LkClock *lk_clock_ref (LkClock *self);
void lk_clock_unref (LkClock *self);
gint64 lk_clock_get_seconds (LkClock *self);
gint64 lk_clock_get_microseconds (LkClock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkClock, lk_clock_unref)
