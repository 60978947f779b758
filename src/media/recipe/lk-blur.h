/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void lk_blur_mask (guint8 *mask, guint width, guint height, gsize stride, double sigma);
