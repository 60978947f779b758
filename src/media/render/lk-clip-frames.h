/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"
#include "lk-recipe.h"
#include "lk-video-decoder.h"

/* The frames of a clip as they are sent: trimmed, at the speed and rate that are wanted, forwards
 * and back, each with the time at which it is shown. One thread at a time. */

/**
 * LkClipFrame:
 * @buffer: size × size px of I420; may be stolen
 * @time: when it is shown, in µs from the start of the clip
 * @duration: for how long, in µs
 */
typedef struct
{
  GstBuffer *buffer;
  gint64 time;
  gint64 duration;
} LkClipFrame;

typedef struct _LkClipFrames LkClipFrames;

LkClipFrames *lk_clip_frames_open (LkSource *source,
                                   const LkHeader *header,
                                   LkRecipe *recipe,
                                   GCancellable *cancellable,
                                   GError **error);
void lk_clip_frames_close (LkClipFrames *self);
const LkVideoInfo *lk_clip_frames_get_info (LkClipFrames *self);
gint64 lk_clip_frames_get_duration (LkClipFrames *self);
guint lk_clip_frames_get_size (LkClipFrames *self);
void lk_clip_frames_get_rate (LkClipFrames *self, guint divisor, int *rate_n, int *rate_d);
gboolean lk_clip_frames_start (LkClipFrames *self,
                               guint size,
                               guint divisor,
                               gboolean copies,
                               gboolean again,
                               GCancellable *cancellable,
                               GError **error);
LkClipFrame *lk_clip_frames_next (LkClipFrames *self, GCancellable *cancellable, GError **error);
LkVideoPicture *lk_clip_frames_steal_poster (LkClipFrames *self);
void lk_clip_frame_free (LkClipFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkClipFrames, lk_clip_frames_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkClipFrame, lk_clip_frame_free)
