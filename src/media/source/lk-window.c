/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-window.h"

#include <math.h>
#include "lk-orientation.h"

/**
 * lk_square_from_crop:
 * @crop: on the upright picture; clamped to it
 * @straighten: degrees that the picture is turned by below the crop
 * @width: of the raw picture in px
 * @height: of the raw picture in px
 * @orientation: 1 to 8
 *
 * Returns: the crop on the raw picture, in px, inside of it; the bounding box of one that is turned
 */
LkSquare
lk_square_from_crop (LkCrop crop, double straighten, guint width, guint height, int orientation)
{
  gboolean swaps = lk_orientation_swaps (orientation);
  double shorter = MIN (width, height);
  LkSquare square;

  crop = lk_crop_clamp_turned (crop, straighten, swaps ? height : width, swaps ? width : height);
  lk_orientation_to_raw (orientation, &crop.x, &crop.y);

  square.side
      = CLAMP (crop.size * lk_crop_get_reach (straighten) * shorter, MIN (1, shorter), shorter);
  square.x = CLAMP (crop.x * width - square.side / 2, 0, width - square.side);
  square.y = CLAMP (crop.y * height - square.side / 2, 0, height - square.side);

  return square;
}

/**
 * lk_window_plan:
 * @request: what is wanted
 * @width: of the raw source in px, at least 1
 * @height: of the raw source in px, at least 1
 * @orientation: 1 to 8
 *
 * Returns: the part of the raw source to keep; inside of it
 */
LkWindow
lk_window_plan (const LkRequest *request, guint width, guint height, int orientation)
{
  LkWindow window = { .x = 0, .y = 0, .width = width, .height = height, .shrink = 1 };
  guint min_side = MAX (request->min_side, 1);
  double side = MIN (width, height);

  if (!request->whole)
    {
      LkSquare square
          = lk_square_from_crop (request->crop, request->straighten, width, height, orientation);

      window.x = MIN ((guint)floor (square.x), width - 1);
      window.y = MIN ((guint)floor (square.y), height - 1);
      window.width = CLAMP ((guint)ceil (square.x + square.side), window.x + 1, width) - window.x;
      window.height = CLAMP ((guint)ceil (square.y + square.side), window.y + 1, height) - window.y;
      side = square.side / lk_crop_get_reach (request->straighten);
    }

  window.shrink = MAX ((guint)(side / min_side), 1);

  return window;
}
