/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>
#include "lk-yuv.h"

typedef struct _LkVideoScaler LkVideoScaler;

gboolean lk_video_scaler_knows (const GstVideoInfo *from);
LkVideoScaler *lk_video_scaler_new (const GstVideoInfo *from, guint width, guint height);
void lk_video_scaler_free (LkVideoScaler *self);
void lk_video_scaler_run (LkVideoScaler *self, const GstVideoFrame *from, LkYuvPlanes *to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoScaler, lk_video_scaler_free)
