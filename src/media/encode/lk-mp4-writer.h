/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-h264-encoder.h"

/* Frames → an MP4 file in memory: H.264 of 4:2:0, BT.709, no sound, its header in front. One thread
 * at a time. */

typedef struct _LkMp4Writer LkMp4Writer;

LkMp4Writer *
lk_mp4_writer_new (const char *encoder, const LkH264Settings *settings, GError **error);
gboolean lk_mp4_writer_push (LkMp4Writer *self,
                             GstBuffer *frame,
                             gint64 time,
                             gint64 duration,
                             GCancellable *cancellable,
                             GError **error);
void lk_mp4_writer_get_output (LkMp4Writer *self, guint *frames, gsize *bytes);
gboolean lk_mp4_writer_end (LkMp4Writer *self, GError **error);
gboolean
lk_mp4_writer_wait (LkMp4Writer *self, gboolean *ended, GCancellable *cancellable, GError **error);
GBytes *lk_mp4_writer_steal (LkMp4Writer *self, GError **error);
void lk_mp4_writer_abandon (LkMp4Writer *self, GCancellable *cancellable);
void lk_mp4_writer_free (LkMp4Writer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkMp4Writer, lk_mp4_writer_free)
