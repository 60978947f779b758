/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>
#include "lk-source.h"

/* file → demuxer of the type that its start tells → decodebin on the first video stream → queue:
 * the decoded frames of a video, as GStreamer gives them. One thread at a time. */

typedef struct _LkVideoPipeline LkVideoPipeline;

LkVideoPipeline *lk_video_pipeline_new (LkSource *source, const char *type, GError **error);
void lk_video_pipeline_free (LkVideoPipeline *self);
GstSample *lk_video_pipeline_pull (LkVideoPipeline *self,
                                   gint64 deadline,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean lk_video_pipeline_seek (LkVideoPipeline *self,
                                 gint64 time,
                                 gint64 last_key,
                                 gint64 deadline,
                                 GCancellable *cancellable,
                                 GError **error);
void lk_video_pipeline_hurry (LkVideoPipeline *self, GstClockTime until);
gboolean lk_video_pipeline_is_cut (LkVideoPipeline *self);
GstVideoOrientationMethod lk_video_pipeline_get_orientation (LkVideoPipeline *self);
gint64 lk_video_pipeline_get_duration (LkVideoPipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoPipeline, lk_video_pipeline_free)
