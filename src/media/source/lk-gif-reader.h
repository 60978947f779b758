/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-patch.h"
#include "lk-source.h"

/** An index that stands for no colour. */
#define LK_GIF_NO_INDEX (-1)

/**
 * LkGif: a GIF file, patch after patch, by giflib. Keeps no pixel.
 */
typedef struct _LkGif LkGif;

LkHeader *lk_gif_read_header (LkSource *source, GCancellable *cancellable, GError **error);

LkGif *lk_gif_open (LkSource *source, GCancellable *cancellable, GError **error);
void lk_gif_close (LkGif *self);
LkStep lk_gif_next (LkGif *self, LkPatch *patch, GCancellable *cancellable, GError **error);
LkStep lk_gif_skip_pixels (LkGif *self, GCancellable *cancellable, GError **error);
LkStep
lk_gif_read_row (LkGif *self, guint8 *row, guint width, GCancellable *cancellable, GError **error);
gboolean lk_gif_is_interlaced (LkGif *self);
int lk_gif_get_transparent (LkGif *self);
guint lk_gif_get_palette (LkGif *self, guint8 *palette);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkGif, lk_gif_close)
