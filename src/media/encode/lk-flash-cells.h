/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

/** The most cells of a row or column: with the picture as wide as 10° of what is seen, a cell is
 * 0.16°. */
#define LK_FLASH_MAX_CELLS 64

/**
 * LkFlashLight: linear in light.
 * @luminance: relative luminance, 0 to 1
 * @red: (R − G − B) × 320, not below 0
 * @saturated: R / (R + G + B) is 0.8 or more
 */
typedef struct
{
  float luminance;
  float red;
  gboolean saturated;
} LkFlashLight;

/**
 * LkFlashCell:
 * @own: the mean of the cell
 * @around: that of the cell and of those that touch it
 */
typedef struct
{
  LkFlashLight own;
  LkFlashLight around;
} LkFlashCell;

guint lk_flash_cells_count (LkFrame *frame);
void lk_flash_cells_measure (LkFrame *frame, guint8 background, guint n, LkFlashCell *cells);
