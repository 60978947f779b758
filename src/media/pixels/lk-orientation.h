/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

/* The eight ways to lay a rectangle, numbered as EXIF does (EXIF 2.32, 4.6.4, tag 0x0112): what
 * must be done to the pixels as they are stored ("raw") so that they stand upright. 1 nothing, 2
 * flip left-right, 3 turn by 180°, 4 flip top-bottom, 5 transpose, 6 turn clockwise, 7 transverse,
 * 8 turn counter-clockwise. */

#define LK_ORIENTATION_UPRIGHT 1

gboolean lk_orientation_is_valid (int orientation);
gboolean lk_orientation_swaps (int orientation);
int lk_orientation_from_rotation (int degrees);
void lk_orientation_to_raw (int orientation, double *x, double *y);
gboolean lk_orientation_mirrors (int orientation);
int lk_orientation_combine (int first, int then);
void lk_orientation_copy_row (LkFrame *frame, int orientation, guint row, guint8 *out);
void lk_orientation_turn (const guint8 *source,
                          gsize stride,
                          guint width,
                          guint height,
                          guint channels,
                          int orientation,
                          guint8 *out,
                          gsize out_stride);
LkFrame *lk_orientation_apply (LkFrame *frame, int orientation);
