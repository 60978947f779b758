/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"
#include "lk-video-decoder.h"

/* Decoded frames of a video → the square that is sent: all edits but those of time. One thread at a
 * time. */

/** How many frames there are at a time where their memory is used again: one is being made, one is
 * kept until the next one tells how long it is shown, four wait for the encoder, which looks at one
 * more. */
#define LK_CLIP_STAGE_RING 8

typedef struct _LkClipStage LkClipStage;

double lk_clip_stage_get_side (const LkVideoInfo *info, LkRecipe *recipe);
guint lk_clip_stage_fit (const LkVideoInfo *info, LkRecipe *recipe, guint most);
LkClipStage *lk_clip_stage_new (const LkVideoInfo *info, LkRecipe *recipe, guint size);
void lk_clip_stage_free (LkClipStage *self);
GstBuffer *lk_clip_stage_apply (LkClipStage *self,
                                const LkVideoPicture *picture,
                                gboolean reuses,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkClipStage, lk_clip_stage_free)
