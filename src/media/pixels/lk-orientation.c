/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-orientation.h"

#include <string.h>

gboolean
lk_orientation_is_valid (int orientation)
{
  return orientation >= 1 && orientation <= 8;
}

/* Whether width and height change places. */
gboolean
lk_orientation_swaps (int orientation)
{
  return orientation >= 5;
}

/* The orientation that turns by @degrees clockwise: 0, 90, 180 or 270. */
int
lk_orientation_from_rotation (int degrees)
{
  switch (degrees)
    {
    case 90:
      return 6;
    case 180:
      return 3;
    case 270:
      return 8;
    default:
      return LK_ORIENTATION_UPRIGHT;
    }
}

/**
 * lk_orientation_to_raw:
 * @x: (inout): fraction of the upright width in, fraction of the raw width out
 * @y: (inout): fraction of the upright height in, fraction of the raw height out
 */
void
lk_orientation_to_raw (int orientation, double *x, double *y)
{
  double upright_x = *x;
  double upright_y = *y;

  if (lk_orientation_swaps (orientation))
    {
      *x = upright_y;
      *y = upright_x;
    }
  if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
    *x = 1 - *x;
  if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
    *y = 1 - *y;
}

/* Whether left and right change places beside any turn. */
gboolean
lk_orientation_mirrors (int orientation)
{
  return orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
}

/**
 * lk_orientation_combine:
 * @first: 1 to 8
 * @then: 1 to 8
 *
 * Returns: what does the same as applying @first and then @then
 */
int
lk_orientation_combine (int first, int then)
{
  /* No two of the eight send this place to the same one. */
  const double x = 0.25;
  const double y = 0.375;
  double wanted_x = x;
  double wanted_y = y;

  lk_orientation_to_raw (then, &wanted_x, &wanted_y);
  lk_orientation_to_raw (first, &wanted_x, &wanted_y);
  for (int orientation = 1; orientation < 8; orientation++)
    {
      double raw_x = x;
      double raw_y = y;

      lk_orientation_to_raw (orientation, &raw_x, &raw_y);
      if (raw_x == wanted_x && raw_y == wanted_y)
        return orientation;
    }

  return 8;
}

/**
 * lk_orientation_copy_row:
 * @frame: raw pixels, rows × columns
 * @orientation: 1 to 8
 * @row: of the upright picture
 * @out: (out caller-allocates): that row, 4 bytes a px
 */
void
lk_orientation_copy_row (LkFrame *frame, int orientation, guint row, guint8 *out)
{
  const guint8 *source = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  guint width = lk_frame_get_width (frame);
  guint height = lk_frame_get_height (frame);
  gssize row_step = (gssize)lk_frame_get_stride (frame);
  gssize column_step = 4;
  double x = 0;
  double y = 0;

  /* The upright top left corner lies in the raw corner at (x, y); from there one walks towards the
   * other corners. */
  lk_orientation_to_raw (orientation, &x, &y);
  if (x > 0)
    {
      source += (gsize)(width - 1) * 4;
      column_step = -column_step;
    }
  if (y > 0)
    {
      source += (gsize)(height - 1) * lk_frame_get_stride (frame);
      row_step = -row_step;
    }
  if (lk_orientation_swaps (orientation))
    {
      gssize step = row_step;

      row_step = column_step;
      column_step = step;
      width = height;
    }

  source += (gssize)row * row_step;
  if (column_step == 4)
    {
      memcpy (out, source, (gsize)width * 4);
      return;
    }

  for (guint column = 0; column < width; column++, out += 4)
    memcpy (out, source + (gssize)column * column_step, 4);
}

/**
 * lk_orientation_apply:
 * @frame: raw pixels, rows × columns
 * @orientation: 1 to 8
 *
 * Returns: (transfer full): the upright frame; @frame itself when there is nothing to do
 */
LkFrame *
lk_orientation_apply (LkFrame *frame, int orientation)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean swaps = lk_orientation_swaps (orientation);
  guint width = swaps ? lk_frame_get_height (frame) : lk_frame_get_width (frame);
  guint height = swaps ? lk_frame_get_width (frame) : lk_frame_get_height (frame);
  gsize stride = (gsize)width * 4;
  guint8 *pixels;

  g_return_val_if_fail (lk_orientation_is_valid (orientation), NULL);

  if (orientation == LK_ORIENTATION_UPRIGHT)
    return lk_frame_ref (frame);

  pixels = g_malloc (stride * height);
  bytes = g_bytes_new_take (pixels, stride * height);
  for (guint row = 0; row < height; row++)
    lk_orientation_copy_row (frame, orientation, row, pixels + row * stride);

  return lk_frame_new (bytes, width, height, stride, lk_frame_has_alpha (frame));
}
