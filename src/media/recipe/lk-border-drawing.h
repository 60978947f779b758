/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include "lk-border.h"

void lk_border_draw (const LkBorder *self, cairo_t *cairo, double size);
