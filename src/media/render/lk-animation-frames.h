/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"
#include "lk-recipe.h"

/* The frames of an animation as they are sent: trimmed, at the speed and rate that are wanted, all
 * edits applied, forwards and back, each with the time at which it is shown. One thread at a time.
 */

typedef struct _LkAnimationFrames LkAnimationFrames;

LkAnimationFrames *lk_animation_frames_new (LkMotion *motion, LkRecipe *recipe);
void lk_animation_frames_free (LkAnimationFrames *self);
guint lk_animation_frames_get_crop (LkAnimationFrames *self);
double lk_animation_frames_get_rate (LkAnimationFrames *self);
gint64 lk_animation_frames_get_duration (LkAnimationFrames *self);
gboolean lk_animation_frames_start (LkAnimationFrames *self,
                                    guint size,
                                    double frame_rate,
                                    GCancellable *cancellable,
                                    GError **error);
LkMotionFrame *
lk_animation_frames_next (LkAnimationFrames *self, GCancellable *cancellable, GError **error);
LkFrame *lk_animation_frames_render_poster (LkAnimationFrames *self,
                                            guint size,
                                            GCancellable *cancellable,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkAnimationFrames, lk_animation_frames_free)
