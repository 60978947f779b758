/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Cuts a rectangle out of planes of 8 bits and scales it. One thread at a time. */

/**
 * LkPlaneWindow: where to look on a plane, in px of it; fractions count.
 */
typedef struct
{
  double x;
  double y;
  double width;
  double height;
} LkPlaneWindow;

typedef struct _LkWindowScaler LkWindowScaler;

LkWindowScaler *lk_window_scaler_new (LkPlaneWindow window,
                                      guint source_width,
                                      guint source_height,
                                      guint source_step,
                                      guint width,
                                      guint height);
void lk_window_scaler_free (LkWindowScaler *self);
void lk_window_scaler_run (LkWindowScaler *self,
                           const guint8 *source,
                           gsize source_stride,
                           guint8 *out,
                           gsize stride);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkWindowScaler, lk_window_scaler_free)
