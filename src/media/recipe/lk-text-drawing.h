/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include "lk-border.h"
#include "lk-text-layer.h"

void lk_text_layer_draw (const LkTextLayer *self, cairo_t *cairo, double size);
void lk_border_draw_caption (const LkBorder *self, cairo_t *cairo, double height, double size);
