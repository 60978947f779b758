/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-shaped-picture.h"

#include "lk-app-enums.h"

#define DEFAULT_SIZE 96
/* Of a square, as a fraction of its side. */
#define CORNER 0.09

/* Where there is no picture yet: fits light and dark. */
static const GdkRGBA EMPTY_COLOR = { 0.5, 0.5, 0.5, 0.25 };

struct _LkShapedPicture
{
  GtkWidget parent_instance;

  GdkPaintable *paintable;
  int size;
  LkPictureShape shape;
};

enum
{
  PROP_PAINTABLE = 1,
  PROP_SIZE,
  PROP_SHAPE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkShapedPicture, lk_shaped_picture, GTK_TYPE_WIDGET)

static void
lk_shaped_picture_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = *natural = LK_SHAPED_PICTURE (widget)->size;
}

static void
lk_shaped_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LkShapedPicture *self = LK_SHAPED_PICTURE (widget);
  double side = self->size;
  double x = (gtk_widget_get_width (widget) - side) / 2;
  double y = (gtk_widget_get_height (widget) - side) / 2;
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x, y, side, side),
                                   self->shape == LK_PICTURE_ROUND ? side / 2 : side * CORNER);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  if (self->paintable != NULL)
    {
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
      gdk_paintable_snapshot (self->paintable, snapshot, side, side);
      gtk_snapshot_restore (snapshot);
    }
  else
    gtk_snapshot_append_color (snapshot, &EMPTY_COLOR, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
lk_shaped_picture_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkShapedPicture *self = LK_SHAPED_PICTURE (object);

  switch (id)
    {
    case PROP_PAINTABLE:
      g_value_set_object (value, self->paintable);
      break;
    case PROP_SIZE:
      g_value_set_int (value, self->size);
      break;
    case PROP_SHAPE:
      g_value_set_enum (value, self->shape);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_shaped_picture_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkShapedPicture *self = LK_SHAPED_PICTURE (object);

  switch (id)
    {
    case PROP_PAINTABLE:
      lk_shaped_picture_set_paintable (self, g_value_get_object (value));
      break;
    case PROP_SIZE:
      lk_shaped_picture_set_size (self, g_value_get_int (value));
      break;
    case PROP_SHAPE:
      lk_shaped_picture_set_shape (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_shaped_picture_finalize (GObject *object)
{
  LkShapedPicture *self = LK_SHAPED_PICTURE (object);

  g_clear_object (&self->paintable);

  G_OBJECT_CLASS (lk_shaped_picture_parent_class)->finalize (object);
}

static void
lk_shaped_picture_class_init (LkShapedPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lk_shaped_picture_get_property;
  object_class->set_property = lk_shaped_picture_set_property;
  object_class->finalize = lk_shaped_picture_finalize;
  widget_class->measure = lk_shaped_picture_measure;
  widget_class->snapshot = lk_shaped_picture_snapshot;

  properties[PROP_PAINTABLE]
      = g_param_spec_object ("paintable", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  properties[PROP_SIZE] = g_param_spec_int ("size", NULL, NULL, 1, 4096, DEFAULT_SIZE, flags);
  properties[PROP_SHAPE]
      = g_param_spec_enum ("shape", NULL, NULL, LK_TYPE_PICTURE_SHAPE, LK_PICTURE_ROUND, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "shapedpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
lk_shaped_picture_init (LkShapedPicture *self)
{
  self->size = DEFAULT_SIZE;
}

GtkWidget *
lk_shaped_picture_new (void)
{
  return g_object_new (LK_TYPE_SHAPED_PICTURE, NULL);
}

GdkPaintable *
lk_shaped_picture_get_paintable (LkShapedPicture *self)
{
  g_return_val_if_fail (LK_IS_SHAPED_PICTURE (self), NULL);

  return self->paintable;
}

/**
 * lk_shaped_picture_set_paintable:
 * @paintable: (nullable): a square picture that does not move
 */
void
lk_shaped_picture_set_paintable (LkShapedPicture *self, GdkPaintable *paintable)
{
  g_return_if_fail (LK_IS_SHAPED_PICTURE (self));
  g_return_if_fail (paintable == NULL || GDK_IS_PAINTABLE (paintable));

  if (!g_set_object (&self->paintable, paintable))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAINTABLE]);
}

int
lk_shaped_picture_get_size (LkShapedPicture *self)
{
  g_return_val_if_fail (LK_IS_SHAPED_PICTURE (self), 0);

  return self->size;
}

/**
 * lk_shaped_picture_set_size:
 * @size: of a side, in logical px, at least 1
 */
void
lk_shaped_picture_set_size (LkShapedPicture *self, int size)
{
  g_return_if_fail (LK_IS_SHAPED_PICTURE (self));
  g_return_if_fail (size > 0);

  if (self->size == size)
    return;
  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}

LkPictureShape
lk_shaped_picture_get_shape (LkShapedPicture *self)
{
  g_return_val_if_fail (LK_IS_SHAPED_PICTURE (self), LK_PICTURE_ROUND);

  return self->shape;
}

void
lk_shaped_picture_set_shape (LkShapedPicture *self, LkPictureShape shape)
{
  g_return_if_fail (LK_IS_SHAPED_PICTURE (self));

  if (self->shape == shape)
    return;
  self->shape = shape;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHAPE]);
}
