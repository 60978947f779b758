/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"

/* Frames, one by one → an animated WebP file, on as many threads as there are processors, or nearly
 * so. It is one thread at a time that calls. */

typedef struct _LkWebpWriter LkWebpWriter;

LkWebpWriter *
lk_webp_writer_new (guint width, guint height, int quality, guint loops, GCancellable *cancellable);
void lk_webp_writer_free (LkWebpWriter *self);
gboolean lk_webp_writer_add (LkWebpWriter *self, LkFrame *frame, gint64 time, GError **error);
gint64 lk_webp_writer_get_written (LkWebpWriter *self, gsize *bytes);
GBytes *lk_webp_writer_finish (LkWebpWriter *self, gint64 end, guint *frames, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkWebpWriter, lk_webp_writer_free)
