/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/base/gstbasesrc.h>
#include "lk-source.h"

#define LK_TYPE_VIDEO_SOURCE (lk_video_source_get_type ())
G_DECLARE_FINAL_TYPE (LkVideoSource, lk_video_source, LK, VIDEO_SOURCE, GstBaseSrc)

GstElement *lk_video_source_new (LkSource *source);
void lk_video_source_bound (LkVideoSource *self, GCancellable *cancellable, gint64 deadline);
