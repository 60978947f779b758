/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

/* Videos that ffmpeg makes, and what ffmpeg says of them. */

typedef struct
{
  LkSource *source;
  LkHeader *header;
  LkMotion *motion;
} LkTestVideo;

char *lk_test_video_make (const char *name, const char *arguments);
GBytes *lk_test_video_run (const char *command, ...) G_GNUC_PRINTF (1, 2);
GArray *lk_test_video_times (const char *path);
GPtrArray *lk_test_video_frames (const char *path, const char *filter, guint width, guint height);

LkTestVideo *lk_test_video_open (const char *path, guint min_side);
LkTestVideo *lk_test_video_try (const char *path, GError **error);
void lk_test_video_close (LkTestVideo *self);
GPtrArray *lk_test_video_read (LkTestVideo *self);
LkMotionFrame *lk_test_video_at (LkTestVideo *self, gint64 time);
double lk_test_frame_difference (LkFrame *frame, LkFrame *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkTestVideo, lk_test_video_close)
