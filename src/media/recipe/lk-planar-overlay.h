/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-overlay.h"
#include "lk-planes.h"

/* An overlay as planes, converted once, to be blended into many frames. Immutable; any thread. */

typedef struct _LkPlanarOverlay LkPlanarOverlay;

LkPlanarOverlay *lk_planar_overlay_new (LkOverlay *overlay);
void lk_planar_overlay_free (LkPlanarOverlay *self);
void lk_planar_overlay_blend (const LkPlanarOverlay *self, const LkPlanes *planes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPlanarOverlay, lk_planar_overlay_free)
