/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** LkColor: 8-bit sRGB, opaque. */
typedef struct
{
  guint8 red;
  guint8 green;
  guint8 blue;
} LkColor;

static inline gboolean
lk_color_equal (LkColor a, LkColor b)
{
  return a.red == b.red && a.green == b.green && a.blue == b.blue;
}
