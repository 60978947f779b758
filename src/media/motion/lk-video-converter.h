/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-video-decoder.h"

typedef struct _LkVideoConverter LkVideoConverter;

gboolean lk_video_converter_check (const LkVideoInfo *info, GError **error);
LkVideoConverter *lk_video_converter_new (const LkVideoInfo *info, guint min_side);
void lk_video_converter_free (LkVideoConverter *self);
LkFrame *
lk_video_converter_convert (LkVideoConverter *self, const LkVideoPicture *picture, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkVideoConverter, lk_video_converter_free)
