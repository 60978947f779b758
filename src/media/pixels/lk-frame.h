/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkFrame: pixels, immutable and reference-counted; safe on any thread.
 * Rows × columns of 4 bytes R, G, B, A: 8-bit sRGB, alpha not premultiplied, stride in bytes.
 */
typedef struct _LkFrame LkFrame;

LkFrame *lk_frame_new (GBytes *pixels, guint width, guint height, gsize stride, gboolean has_alpha);
LkFrame *lk_frame_ref (LkFrame *self);
void lk_frame_unref (LkFrame *self);
guint8 *lk_frame_unref_to_data (LkFrame *self);
guint lk_frame_get_width (LkFrame *self);
guint lk_frame_get_height (LkFrame *self);
gsize lk_frame_get_stride (LkFrame *self);
gboolean lk_frame_has_alpha (LkFrame *self);
GBytes *lk_frame_get_pixels (LkFrame *self); /* (transfer none) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkFrame, lk_frame_unref)
