/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"
#include "lk-render.h"

LkRendered *lk_render_animation (LkMotion *motion,
                                 LkRecipe *recipe,
                                 gsize budget,
                                 LkRenderProgress progress,
                                 gpointer data,
                                 GCancellable *cancellable,
                                 GError **error);
