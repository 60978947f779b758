/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkYuvPlanes: a frame of luma and two colour differences, 8 bits each.
 * @width: columns of luma
 * @height: rows of luma
 * @data: (array fixed-size=4): first values of Y, Cb, Cr and alpha; alpha NULL where all is opaque
 * @stride: (array fixed-size=4): bytes from one row to the next
 * @step: (array fixed-size=4): bytes from one column to the next
 * @half_width: a column of Cb and Cr stands for two of luma
 * @half_height: a row of them stands for two of luma
 * @is_left: where that is so, the column lies on the left one of the two (as MPEG-2, H.264 and what
 * came after have it), not between them
 */
typedef struct
{
  guint width;
  guint height;
  const guint8 *data[4];
  gsize stride[4];
  guint step[4];
  gboolean half_width;
  gboolean half_height;
  gboolean is_left;
} LkYuvPlanes;

/**
 * LkYuvMatrix: what makes R, G and B of them, see lk_yuv_matrix_init().
 */
typedef struct
{
  int black;
  int luma;
  int cr_to_red;
  int cb_to_green;
  int cr_to_green;
  int cb_to_blue;
} LkYuvMatrix;

void lk_yuv_matrix_init (LkYuvMatrix *self, double kr, double kb, gboolean is_full_range);
void
lk_yuv_to_rgba (const LkYuvPlanes *planes, const LkYuvMatrix *matrix, guint8 *out, gsize stride);
