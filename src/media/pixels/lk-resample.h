/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-window.h"

LkFrame *lk_resample_shrink (const guint8 *pixels,
                             gsize stride,
                             guint channels,
                             gboolean has_alpha,
                             const LkWindow *window,
                             GError **error);
LkFrame *lk_resample_square (LkFrame *frame, LkSquare square, guint size, GError **error);
LkFrame *
lk_resample_turned (LkFrame *frame, LkSquare box, double degrees, guint size, GError **error);
LkFrame *lk_resample_shrink_square (LkFrame *frame, LkSquare *square, guint shrink, GError **error);
