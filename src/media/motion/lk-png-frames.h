/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-apng-reader.h"

/** Called for each row, in order, with R, G, B, A. */
typedef void (*LkPngRowFunc) (guint row, const guint8 *pixels, gpointer data);

/**
 * LkPngFrames: the frames of an animated PNG, each read as if it were a PNG file of its own, by
 * libpng.
 */
typedef struct _LkPngFrames LkPngFrames;

LkPngFrames *lk_png_frames_new (LkSource *source, GCancellable *cancellable, GError **error);
void lk_png_frames_free (LkPngFrames *self);
GBytes *lk_png_frames_read_profile (LkPngFrames *self);
LkStep lk_png_frames_read (LkPngFrames *self,
                           const LkApng *apng,
                           const LkPatch *patch,
                           LkPngRowFunc func,
                           gpointer data,
                           GCancellable *cancellable,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPngFrames, lk_png_frames_free)
