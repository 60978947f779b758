/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Planes of 4:2:0 in BT.709, limited range: what every clip is sent as. Y is 16 to 235, U and V are
 * 16 to 240 around 128 (ITU-R BT.709-6, 3). */

/**
 * LkPlanes: rows of 8 bits.
 * @data: Y, U, V
 * @stride: from one row to the next, in bytes
 * @width: of Y in px, even; U and V have half of it
 * @height: of Y in px, even
 */
typedef struct
{
  guint8 *data[3];
  gsize stride[3];
  guint width;
  guint height;
} LkPlanes;

/**
 * LkPlanesMap: takes (Y, U, V, 1), in codes of 0 to 255, to new codes: one row for each.
 */
typedef struct
{
  double rows[3][4];
} LkPlanesMap;

LkPlanesMap
lk_planes_map_new (double kr, double kb, gboolean full_range, const double (*rgb_matrix)[4]);
gboolean lk_planes_map_is_identity (const LkPlanesMap *self);
void lk_planes_map_apply (const LkPlanesMap *self, const LkPlanes *planes);
void lk_planes_from_rgb (const guint8 *pixels, gsize stride, const LkPlanes *planes);
void lk_planes_code (double red, double green, double blue, double *y, double *u, double *v);
