/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** Length in bytes of a random id, without its NUL: 128 bits in lower-case hexadecimal. */
#define LK_ID_LENGTH 32

/**
 * LkRng: where random bytes come from. Immutable and reference-counted; safe on any thread. Tests
 * pass one of their own.
 */
typedef struct _LkRng LkRng;

/**
 * LkRngFunc:
 * @buffer: (out caller-allocates): where @length random bytes go
 * @length: in bytes
 * @data: what was given to lk_rng_new()
 *
 * Called on any thread. It does not fail: a source that cannot give randomness must not return.
 */
typedef void (*LkRngFunc) (guint8 *buffer, gsize length, gpointer data);

LkRng *lk_rng_new_system (void);
LkRng *lk_rng_new (LkRngFunc func, gpointer data, GDestroyNotify destroy);
LkRng *lk_rng_ref (LkRng *self);
void lk_rng_unref (LkRng *self);
void lk_rng_fill (LkRng *self, guint8 *buffer, gsize length);
guint32 lk_rng_below (LkRng *self, guint32 bound);
char *lk_rng_dup_id (LkRng *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRng, lk_rng_unref)
