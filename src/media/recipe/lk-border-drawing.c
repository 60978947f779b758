/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-border-drawing.h"

#include <glib.h>
#include "lk-text-drawing.h"

static void
add_rounded_rectangle (cairo_t *cairo, double inset, double size, double radius)
{
  double near = inset + radius;
  double far = size - inset - radius;

  cairo_new_sub_path (cairo);
  cairo_arc (cairo, far, near, radius, -G_PI / 2, 0);
  cairo_arc (cairo, far, far, radius, 0, G_PI / 2);
  cairo_arc (cairo, near, far, radius, G_PI / 2, G_PI);
  cairo_arc (cairo, near, near, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cairo);
}

/* The part of the picture that is left to be seen. */
static void
add_opening (cairo_t *cairo, const LkBorder *self, double size)
{
  double width = self->width * size;

  switch (self->kind)
    {
    case LK_BORDER_RING:
      cairo_new_sub_path (cairo);
      cairo_arc (cairo, size / 2, size / 2, size / 2 - width, 0, 2 * G_PI);
      cairo_close_path (cairo);
      break;
    case LK_BORDER_ROUNDED:
      add_rounded_rectangle (cairo, width, size, LK_BORDER_RADIUS * size);
      break;
    case LK_BORDER_POLAROID:
      cairo_rectangle (cairo, width, width, size - 2 * width,
                       size - (1 + LK_BORDER_POLAROID_FOOT) * width);
      break;
    case LK_BORDER_SQUARE:
    case LK_BORDER_NONE:
    default:
      cairo_rectangle (cairo, width, width, size - 2 * width, size - 2 * width);
      break;
    }
}

/**
 * lk_border_draw:
 * @cairo: whose unit is the px, and whose origin is the picture's top left corner
 * @size: px of the picture's side
 *
 * Any thread.
 */
void
lk_border_draw (const LkBorder *self, cairo_t *cairo, double size)
{
  if (self->kind == LK_BORDER_NONE)
    return;

  cairo_save (cairo);
  cairo_new_path (cairo);
  cairo_rectangle (cairo, 0, 0, size, size);
  add_opening (cairo, self, size);
  cairo_set_fill_rule (cairo, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_set_source_rgb (cairo, self->color.red / 255.0, self->color.green / 255.0,
                        self->color.blue / 255.0);
  cairo_fill (cairo);
  cairo_restore (cairo);

  if (self->kind == LK_BORDER_POLAROID)
    lk_border_draw_caption (self, cairo, LK_BORDER_POLAROID_FOOT * self->width * size, size);
}
