/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-span.h"

/* Tells whether a picture flashes so that it can bring about seizures: WCAG 2.2, success criterion
 * 2.3.1, by its definition of “general flash and red flash thresholds”. One thread at a time. */

typedef struct _LkFlash LkFlash;

LkFlash *lk_flash_new (void);
void lk_flash_free (LkFlash *self);
void lk_flash_add (LkFlash *self, LkFrame *frame, gint64 time);
void lk_flash_end (LkFlash *self, gint64 end, gboolean loops);
const LkSpan *lk_flash_get_spans (LkFlash *self, guint *n);
gboolean lk_flash_check (LkFlash *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkFlash, lk_flash_free)
