/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-orientation.h"

#include <math.h>
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

/**
 * lk_orientation_compose:
 * @first: what is done first, 1 to 8
 * @then: what is done to the result of that, 1 to 8
 *
 * Returns: the one orientation that does both
 */
int
lk_orientation_compose (int first, int then)
{
  for (int both = 1; both <= 8; both++)
    {
      /* A point off both axes and off the diagonals goes eight different ways. */
      double x = 0.1;
      double y = 0.3;
      double both_x = x;
      double both_y = y;

      lk_orientation_to_raw (then, &x, &y);
      lk_orientation_to_raw (first, &x, &y);
      lk_orientation_to_raw (both, &both_x, &both_y);
      if (fabs (x - both_x) < 0.01 && fabs (y - both_y) < 0.01)
        return both;
    }

  g_return_val_if_reached (LK_ORIENTATION_UPRIGHT);
}

/**
 * lk_orientation_turn:
 * @source: raw px
 * @stride: bytes from one row to the next
 * @width: columns of the raw picture
 * @height: rows of the raw picture
 * @channels: bytes of a px: 1 or 4
 * @orientation: 1 to 8
 * @out: room for the upright picture
 * @out_stride: of @out
 */
void
lk_orientation_turn (const guint8 *source,
                     gsize stride,
                     guint width,
                     guint height,
                     guint channels,
                     int orientation,
                     guint8 *out,
                     gsize out_stride)
{
  gboolean swaps = lk_orientation_swaps (orientation);
  guint columns = swaps ? height : width;
  guint rows = swaps ? width : height;
  gssize row_step = (gssize)stride;
  gssize column_step = channels;
  double x = 0;
  double y = 0;

  /* The upright top left corner lies in the raw corner at (x, y); from there one walks towards the
   * other corners. */
  lk_orientation_to_raw (orientation, &x, &y);
  source += (x > 0 ? (gsize)(width - 1) * channels : 0) + (y > 0 ? (height - 1) * stride : 0);
  if (x > 0)
    column_step = -column_step;
  if (y > 0)
    row_step = -row_step;
  if (swaps)
    {
      gssize step = row_step;
      row_step = column_step;
      column_step = step;
    }

  for (guint row = 0; row < rows; row++)
    {
      const guint8 *from = source + (gssize)row * row_step;
      guint8 *to = out + row * out_stride;

      if (channels == 1)
        for (guint column = 0; column < columns; column++)
          to[column] = from[(gssize)column * column_step];
      else
        for (guint column = 0; column < columns; column++)
          memcpy (to + (gsize)column * 4, from + (gssize)column * column_step, 4);
    }
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
  guint raw_width = lk_frame_get_width (frame);
  guint raw_height = lk_frame_get_height (frame);
  gboolean swaps = lk_orientation_swaps (orientation);
  guint width = swaps ? raw_height : raw_width;
  guint height = swaps ? raw_width : raw_height;
  guint8 *pixels;

  g_return_val_if_fail (lk_orientation_is_valid (orientation), NULL);

  if (orientation == LK_ORIENTATION_UPRIGHT)
    return lk_frame_ref (frame);

  pixels = g_malloc ((gsize)width * height * 4);
  bytes = g_bytes_new_take (pixels, (gsize)width * height * 4);
  lk_orientation_turn (g_bytes_get_data (lk_frame_get_pixels (frame), NULL),
                       lk_frame_get_stride (frame), raw_width, raw_height, 4, orientation, pixels,
                       (gsize)width * 4);

  return lk_frame_new (bytes, width, height, (gsize)width * 4, lk_frame_has_alpha (frame));
}
