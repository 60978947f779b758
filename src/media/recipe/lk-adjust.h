/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/**
 * LkAdjust: each from −1 to 1, 0 leaves the picture as it is.
 * @brightness: darker or brighter
 * @contrast: flatter or harder, about the middle gray
 * @saturation: −1 is black and white, 1 twice the colour
 * @warmth: towards blue or towards amber, as bright as before
 */
typedef struct
{
  double brightness;
  double contrast;
  double saturation;
  double warmth;
} LkAdjust;

/** LkAdjustMatrix: rows R, G, B; columns R, G, B and a constant; in values from 0 to 1. */
typedef struct
{
  double m[3][4];
} LkAdjustMatrix;

void lk_adjust_sanitize (LkAdjust *self);
gboolean lk_adjust_is_neutral (const LkAdjust *self);
gboolean lk_adjust_equal (const LkAdjust *a, const LkAdjust *b);
void lk_adjust_get_matrix (const LkAdjust *self, LkAdjustMatrix *matrix);
void lk_adjust_apply (const LkAdjustMatrix *matrix, guint8 *pixels, gsize n_pixels);
JsonObject *lk_adjust_to_json (const LkAdjust *self);
gboolean lk_adjust_read_json (LkAdjust *self, JsonObject *object, GError **error);
