/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-patch.h"

/* Animations of known patches, written by giflib, libpng and libwebp. */

/** LkTestPatch: @pixels are R, G, B, A of the whole patch. */
typedef struct
{
  LkPatch patch;
  guint8 *pixels;
} LkTestPatch;

/**
 * LkTestMovie:
 * @loops: as the file counts them; -1 for a file that does not say
 * @interlaced: GIF and APNG only
 * @hidden: an APNG whose default image is none of its frames
 * @lossy: WebP only: with a chunk for alpha beside that for the colours
 * @profile: (nullable): ICC, APNG and WebP only
 * @orientation: EXIF, WebP only; 0 for none
 */
typedef struct
{
  guint width;
  guint height;
  int loops;
  gboolean interlaced;
  gboolean hidden;
  gboolean lossy;
  GBytes *profile;
  int orientation;
  GPtrArray *patches;
} LkTestMovie;

LkTestMovie *lk_test_movie_new (guint width, guint height);
LkTestMovie *
lk_test_movie_new_random (GRand *rand, guint width, guint height, guint n, gboolean has_shades);
void lk_test_movie_free (LkTestMovie *self);
LkTestPatch *lk_test_movie_add (LkTestMovie *self,
                                guint x,
                                guint y,
                                guint width,
                                guint height,
                                guint32 rgba,
                                LkDispose dispose);

GBytes *lk_test_movie_to_gif (LkTestMovie *self);
GBytes *lk_test_movie_to_apng (LkTestMovie *self);
GBytes *lk_test_movie_to_webp (LkTestMovie *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkTestMovie, lk_test_movie_free)
