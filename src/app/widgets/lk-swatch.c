/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-swatch.h"

/* In logical px. */
#define SIZE 24

struct _LkSwatch
{
  GtkWidget parent_instance;

  LkColor color;
};

G_DEFINE_FINAL_TYPE (LkSwatch, lk_swatch, GTK_TYPE_WIDGET)

static void
lk_swatch_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
lk_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const LkColor *color = &LK_SWATCH (widget)->color;
  const GdkRGBA fill = { color->red / 255.0f, color->green / 255.0f, color->blue / 255.0f, 1 };
  const GdkRGBA edge = { 0.5, 0.5, 0.5, 1 };
  const GdkRGBA edges[] = { edge, edge, edge, edge };
  const float widths[] = { 1, 1, 1, 1 };
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (
      &shape,
      &GRAPHENE_RECT_INIT ((gtk_widget_get_width (widget) - SIZE) / 2.0f,
                           (gtk_widget_get_height (widget) - SIZE) / 2.0f, SIZE, SIZE),
      SIZE / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &fill, &shape.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &shape, widths, edges);
}

static void
lk_swatch_class_init (LkSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = lk_swatch_measure;
  widget_class->snapshot = lk_swatch_snapshot;
  gtk_widget_class_set_css_name (widget_class, "swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
lk_swatch_init (LkSwatch *self)
{
}

GtkWidget *
lk_swatch_new (LkColor color)
{
  LkSwatch *self = g_object_new (LK_TYPE_SWATCH, NULL);

  self->color = color;
  return GTK_WIDGET (self);
}

LkColor
lk_swatch_get_color (LkSwatch *self)
{
  g_return_val_if_fail (LK_IS_SWATCH (self), (LkColor){ 0 });

  return self->color;
}
