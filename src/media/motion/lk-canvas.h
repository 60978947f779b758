/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-color.h"
#include "lk-frame.h"
#include "lk-patch.h"

/**
 * LkCanvas: what an animation looks like by now. Each patch touches the px of its own rectangle
 * only; what of it hangs over the edge is left aside. R, G, B, A, not premultiplied, as the file
 * has them; transparent at first.
 */
typedef struct _LkCanvas LkCanvas;

LkCanvas *lk_canvas_new (guint width, guint height, GError **error);
void lk_canvas_free (LkCanvas *self);
void lk_canvas_clear (LkCanvas *self);

gboolean lk_canvas_begin (LkCanvas *self, const LkPatch *patch, GError **error);
void lk_canvas_draw_indexed (LkCanvas *self,
                             guint row,
                             const guint8 *indices,
                             const guint32 *colors,
                             gboolean has_holes);
void lk_canvas_draw_rgba (LkCanvas *self, guint row, const guint8 *pixels);
guint8 *lk_canvas_get_place (LkCanvas *self, gsize *stride);
void lk_canvas_end (LkCanvas *self, gboolean has_alpha);

LkFrame *lk_canvas_copy (LkCanvas *self, LkColorTransform *transform, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkCanvas, lk_canvas_free)
