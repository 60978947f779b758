/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"
#include "lk-recipe.h"
#include "lk-rendered.h"

/**
 * LkRenderProgress:
 * @fraction: how far it is, from 0 to 1, never less than before
 *
 * Called on the thread that renders, often, and with the same fraction again where it got no
 * further: who is not told anything for seconds may take it that nothing goes on.
 */
typedef void (*LkRenderProgress) (double fraction, gpointer data);

/* Applies @recipe to a frame that is upright and sRGB: size × size px, opaque. The same for preview
 * and export. */
LkFrame *lk_render_frame (LkFrame *source, LkRecipe *recipe, guint size, GError **error);

LkRendered *lk_render (GFile *source,
                       LkRecipe *recipe,
                       LkRenderProgress progress,
                       gpointer data,
                       GCancellable *cancellable,
                       GError **error);
