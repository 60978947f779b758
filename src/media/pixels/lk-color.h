/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-rgb.h"

/** The largest profile that is looked at; what is larger counts as broken. Real ones with tables
 * take up to 3 MB. */
#define LK_COLOR_MAX_PROFILE_BYTES (4 * 1024 * 1024)

/**
 * LkColorModel: what a frame's four channels hold before they are made sRGB.
 * @LK_COLOR_MODEL_RGB: R, G, B, alpha
 * @LK_COLOR_MODEL_CMYK_INVERTED: C, M, Y, K, where 255 is no ink (as Adobe writes it into JPEG)
 */
typedef enum
{
  LK_COLOR_MODEL_RGB,
  LK_COLOR_MODEL_CMYK_INVERTED,
} LkColorModel;

/**
 * LkColorTransform: rows of some profile → sRGB.
 */
typedef struct _LkColorTransform LkColorTransform;

GBytes *lk_color_profile_from_cicp (guint primaries, guint transfer);
LkColorTransform *lk_color_transform_new (LkColorModel model, GBytes *profile, guint max_width);
void lk_color_transform_free (LkColorTransform *self);
void lk_color_transform_row (LkColorTransform *self, const guint8 *row, guint width, guint8 *out);
LkFrame *lk_color_to_srgb (LkFrame *frame, LkColorModel model, GBytes *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkColorTransform, lk_color_transform_free)
