/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-overlay.h"
#include "lk-recipe.h"
#include "lk-window.h"

/* A recipe made ready for pictures of one size: text and border are drawn once. The one renderer of
 * preview and export, of stills, animations and clips. Immutable and reference-counted; any
 * thread, several at once. */

typedef struct _LkRenderer LkRenderer;

LkRenderer *lk_renderer_new (LkRecipe *recipe, guint size, gboolean keep_alpha);
LkRenderer *lk_renderer_new_with_overlay (LkRecipe *recipe,
                                          guint size,
                                          gboolean keep_alpha,
                                          LkOverlay *overlay);
LkRenderer *lk_renderer_ref (LkRenderer *self);
void lk_renderer_unref (LkRenderer *self);
LkOverlay *lk_renderer_get_overlay (LkRenderer *self); /* (transfer none) (nullable) */
LkFrame *lk_renderer_apply (LkRenderer *self, LkFrame *source, GError **error);
LkFrame *lk_renderer_cut (LkRenderer *self,
                          LkFrame *frame,
                          LkSquare square,
                          int orientation,
                          GError **error);
LkFrame *lk_renderer_finish (LkRenderer *self, LkFrame *cut, int orientation, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRenderer, lk_renderer_unref)
