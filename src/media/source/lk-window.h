/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"

/* Where a loader has to look on a source, and how closely. Decided once the size is known, so that
 * what lies outside of the crop, and detail that the rendition cannot hold, is never kept. */

/** LkSquare: top left corner and side, in px of some frame; fractions of a pixel count. */
typedef struct
{
  double x;
  double y;
  double side;
} LkSquare;

/**
 * LkRequest:
 * @crop: the square that is wanted, on the upright source
 * @straighten: degrees that the picture is turned by below it
 * @whole: everything is wanted, @crop is not looked at
 * @min_side: the least px that the square's (or the whole's shorter) side is needed in
 */
typedef struct
{
  LkCrop crop;
  double straighten;
  gboolean whole;
  guint min_side;
} LkRequest;

/**
 * LkWindow:
 * @x: first column of the raw source
 * @y: first row
 * @width: columns, at least 1
 * @height: rows, at least 1
 * @shrink: how many px may become one without falling below min_side, at least 1
 */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
  guint shrink;
} LkWindow;

LkSquare
lk_square_from_crop (LkCrop crop, double straighten, guint width, guint height, int orientation);
LkWindow lk_window_plan (const LkRequest *request, guint width, guint height, int orientation);
