/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

/* A blurred picture of itself, to lie below its transparent parts. */

typedef struct _LkBackdrop LkBackdrop;

LkBackdrop *lk_backdrop_new (LkFrame *square);
void lk_backdrop_free (LkBackdrop *self);
void lk_backdrop_fill_row (LkBackdrop *self, guint row, guint8 *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkBackdrop, lk_backdrop_free)
