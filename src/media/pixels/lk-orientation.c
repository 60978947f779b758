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

/* The way through raw px in which the upright picture is read. */
typedef struct
{
  const guint8 *start;
  gssize row_step; /* in bytes */
  gssize column_step;
  guint columns; /* of the upright picture */
  guint rows;
} Walk;

static Walk
plan_walk (const guint8 *source,
           gsize stride,
           guint width,
           guint height,
           guint channels,
           int orientation)
{
  Walk walk = { source, (gssize)stride, (gssize)channels, width, height };
  double x = 0;
  double y = 0;

  /* The upright top left corner lies in the raw corner at (x, y); from there one walks towards the
   * other corners. */
  lk_orientation_to_raw (orientation, &x, &y);
  if (x > 0)
    {
      walk.start += (gsize)(width - 1) * channels;
      walk.column_step = -walk.column_step;
    }
  if (y > 0)
    {
      walk.start += (gsize)(height - 1) * stride;
      walk.row_step = -walk.row_step;
    }
  if (lk_orientation_swaps (orientation))
    {
      gssize step = walk.row_step;

      walk.row_step = walk.column_step;
      walk.column_step = step;
      walk.columns = height;
      walk.rows = width;
    }

  return walk;
}

static void
copy_row (const Walk *walk, guint channels, guint row, guint8 *out)
{
  const guint8 *from = walk->start + (gssize)row * walk->row_step;

  if (walk->column_step == (gssize)channels)
    memcpy (out, from, (gsize)walk->columns * channels);
  else if (channels == 1)
    for (guint column = 0; column < walk->columns; column++)
      out[column] = from[(gssize)column * walk->column_step];
  else
    for (guint column = 0; column < walk->columns; column++)
      memcpy (out + (gsize)column * 4, from + (gssize)column * walk->column_step, 4);
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
  Walk walk = plan_walk (g_bytes_get_data (lk_frame_get_pixels (frame), NULL),
                         lk_frame_get_stride (frame), lk_frame_get_width (frame),
                         lk_frame_get_height (frame), 4, orientation);

  copy_row (&walk, 4, row, out);
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
  Walk walk = plan_walk (source, stride, width, height, channels, orientation);

  for (guint row = 0; row < walk.rows; row++)
    copy_row (&walk, channels, row, out + row * out_stride);
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
  lk_orientation_turn (g_bytes_get_data (lk_frame_get_pixels (frame), NULL),
                       lk_frame_get_stride (frame), lk_frame_get_width (frame),
                       lk_frame_get_height (frame), 4, orientation, pixels, stride);

  return lk_frame_new (bytes, width, height, stride, lk_frame_has_alpha (frame));
}
