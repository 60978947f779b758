/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-yuv.h"

#include <math.h>

/* GStreamer's own conversion of 8-bit frames is too dark by 2.4 levels of 255 on average, and by 6
 * at worst; this one is exact to the rounding. It interpolates the colour differences, without
 * which edges between colours are stairs of two pixels. */

/* Fixed point: of the matrix, and of differences that lie between those of the frame. */
#define MATRIX_BITS 14
#define BETWEEN_BITS 4
#define BETWEEN (1 << BETWEEN_BITS)
#define NEUTRAL 128

static int
to_fixed (double value)
{
  return (int)lround (value * (1 << MATRIX_BITS));
}

/**
 * lk_yuv_matrix_init:
 * @kr: the part of red in luma (ITU-R BT.601: 0.299, BT.709: 0.2126, BT.2020: 0.2627)
 * @kb: of blue (0.114, 0.0722, 0.0593)
 * @is_full_range: black is 0 and white 255, not 16 and 235
 */
void
lk_yuv_matrix_init (LkYuvMatrix *self, double kr, double kb, gboolean is_full_range)
{
  double kg = 1 - kr - kb;
  double luma = is_full_range ? 1 : 255 / 219.0;
  double color = is_full_range ? 2 : 2 * 255 / 224.0;

  self->black = is_full_range ? 0 : 16;
  self->luma = to_fixed (luma);
  self->cr_to_red = to_fixed (color * (1 - kr));
  self->cb_to_blue = to_fixed (color * (1 - kb));
  self->cr_to_green = to_fixed (color * (1 - kr) * kr / kg);
  self->cb_to_green = to_fixed (color * (1 - kb) * kb / kg);
}

/* One row of differences between the rows of the frame, as many columns as the plane has, times 4.
 */
static void
blend_rows (const LkYuvPlanes *planes, guint plane, guint y, guint columns, gint16 *out)
{
  guint rows = planes->half_height ? (planes->height + 1) / 2 : planes->height;
  guint row = planes->half_height ? y / 2 : y;
  guint step = planes->step[plane];
  guint other = row;
  const guint8 *near;
  const guint8 *far;

  /* The two rows lie a quarter and three quarters away. */
  if (planes->half_height && y % 2 == 1)
    other = MIN (row + 1, rows - 1);
  else if (planes->half_height && row > 0)
    other = row - 1;

  near = planes->data[plane] + row * planes->stride[plane];
  far = planes->data[plane] + other * planes->stride[plane];
  for (guint x = 0; x < columns; x++, near += step, far += step)
    out[x] = (gint16)(3 * *near + *far - 4 * NEUTRAL);
}

/* Then between its columns: one for each of luma, times BETWEEN. */
static void
blend_columns (const LkYuvPlanes *planes, const gint16 *row, guint columns, gint16 *out)
{
  guint width = planes->width;

  if (!planes->half_width)
    {
      for (guint x = 0; x < width; x++)
        out[x] = (gint16)(row[x] * 4);
      return;
    }

  for (guint i = 0; i < columns; i++)
    {
      int here = row[i];
      int before = row[i > 0 ? i - 1 : 0];
      int after = row[i + 1 < columns ? i + 1 : i];

      out[2 * i] = (gint16)(planes->is_left ? here * 4 : here * 3 + before);
      if (2 * i + 1 < width)
        out[2 * i + 1] = (gint16)(planes->is_left ? (here + after) * 2 : here * 3 + after);
    }
}

static inline guint8
to_byte (int fixed)
{
  int value = (fixed + (1 << (MATRIX_BITS + BETWEEN_BITS - 1))) >> (MATRIX_BITS + BETWEEN_BITS);

  return (guint8)CLAMP (value, 0, 255);
}

/**
 * lk_yuv_to_rgba:
 * @out: room for @planes' rows of @stride bytes, at least 4 × columns: R, G, B, A
 */
void
lk_yuv_to_rgba (const LkYuvPlanes *planes, const LkYuvMatrix *matrix, guint8 *out, gsize stride)
{
  guint width = planes->width;
  guint columns = planes->half_width ? (width + 1) / 2 : width;
  g_autofree gint16 *row = g_new (gint16, columns);
  g_autofree gint16 *cb = g_new (gint16, width);
  g_autofree gint16 *cr = g_new (gint16, width);

  for (guint y = 0; y < planes->height; y++, out += stride)
    {
      const guint8 *luma = planes->data[0] + y * planes->stride[0];
      const guint8 *alpha
          = planes->data[3] != NULL ? planes->data[3] + y * planes->stride[3] : NULL;
      guint8 *pixel = out;

      blend_rows (planes, 1, y, columns, row);
      blend_columns (planes, row, columns, cb);
      blend_rows (planes, 2, y, columns, row);
      blend_columns (planes, row, columns, cr);
      for (guint x = 0; x < width; x++, pixel += 4)
        {
          int gray = (luma[(gsize)x * planes->step[0]] - matrix->black) * BETWEEN * matrix->luma;

          pixel[0] = to_byte (gray + matrix->cr_to_red * cr[x]);
          pixel[1] = to_byte (gray - matrix->cr_to_green * cr[x] - matrix->cb_to_green * cb[x]);
          pixel[2] = to_byte (gray + matrix->cb_to_blue * cb[x]);
          pixel[3] = alpha != NULL ? alpha[(gsize)x * planes->step[3]] : 255;
        }
    }
}
