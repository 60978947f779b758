/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>

typedef struct _LkVideoSink LkVideoSink;

LkVideoSink *lk_video_sink_new (void);
void lk_video_sink_free (LkVideoSink *self);
GstPad *lk_video_sink_get_pad (LkVideoSink *self);
GstSample *lk_video_sink_pull (LkVideoSink *self, gint64 deadline);
gboolean lk_video_sink_has_ended (LkVideoSink *self);
void lk_video_sink_stop (LkVideoSink *self);
