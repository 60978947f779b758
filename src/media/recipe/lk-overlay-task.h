/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-overlay.h"

/* An overlay that is being drawn by a thread of its own, while its owner does something else. */

typedef struct _LkOverlayTask LkOverlayTask;

LkOverlayTask *lk_overlay_task_new (LkRecipe *recipe, guint size);
LkOverlay *lk_overlay_task_wait (LkOverlayTask *self);
void lk_overlay_task_free (LkOverlayTask *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkOverlayTask, lk_overlay_task_free)
