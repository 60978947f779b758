/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-recipe.h"

/* What a recipe draws on top of the picture: its texts and its border, at one size. Immutable and
 * reference-counted; any thread. */

/** The largest side in px. */
#define LK_OVERLAY_MAX_SIZE 8192

typedef struct _LkOverlay LkOverlay;

gboolean lk_overlay_is_empty (LkRecipe *recipe);
LkOverlay *lk_overlay_new (LkRecipe *recipe, guint size);
LkOverlay *lk_overlay_ref (LkOverlay *self);
void lk_overlay_unref (LkOverlay *self);
guint lk_overlay_get_size (LkOverlay *self);
gsize lk_overlay_get_stride (LkOverlay *self);
GBytes *
lk_overlay_get_pixels (LkOverlay *self); /* (transfer none): Cairo's ARGB32, premultiplied */
gboolean lk_overlay_get_extent (LkOverlay *self, guint row, guint *first, guint *end);
void lk_overlay_blend_row (LkOverlay *self, guint row, guint8 *pixels);
void lk_overlay_blend (LkOverlay *self, guint8 *pixels, gsize stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkOverlay, lk_overlay_unref)
