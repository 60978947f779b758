/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/video/video.h>
#include "lk-yuv.h"

typedef struct _LkPlaneScaler LkPlaneScaler;

gboolean lk_plane_scaler_knows (const GstVideoInfo *from);
LkPlaneScaler *lk_plane_scaler_new (const GstVideoInfo *from, guint width, guint height);
void lk_plane_scaler_free (LkPlaneScaler *self);
void lk_plane_scaler_run (LkPlaneScaler *self, const GstVideoFrame *from, LkYuvPlanes *to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPlaneScaler, lk_plane_scaler_free)
