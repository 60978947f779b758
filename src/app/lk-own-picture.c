/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-own-picture.h"

struct _LkOwnPicture
{
  GObject parent_instance;

  LkPicture *picture;
  GdkPaintable *paintable;
  int reached;
  int offered;
};

G_DEFINE_FINAL_TYPE (LkOwnPicture, lk_own_picture, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PAINTABLE,
  PROP_REACHED,
  PROP_OFFERED,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
lk_own_picture_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkOwnPicture *self = LK_OWN_PICTURE (object);

  switch (id)
    {
    case PROP_PAINTABLE:
      g_value_set_object (value, self->paintable);
      break;
    case PROP_REACHED:
      g_value_set_int (value, self->reached);
      break;
    case PROP_OFFERED:
      g_value_set_int (value, self->offered);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_own_picture_finalize (GObject *object)
{
  LkOwnPicture *self = LK_OWN_PICTURE (object);

  g_clear_pointer (&self->picture, lk_picture_unref);
  g_clear_object (&self->paintable);

  G_OBJECT_CLASS (lk_own_picture_parent_class)->finalize (object);
}

static void
lk_own_picture_class_init (LkOwnPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lk_own_picture_get_property;
  object_class->finalize = lk_own_picture_finalize;

  properties[PROP_PAINTABLE]
      = g_param_spec_object ("paintable", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  properties[PROP_REACHED] = g_param_spec_int ("reached", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_OFFERED] = g_param_spec_int ("offered", NULL, NULL, -1, G_MAXINT, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LK_TYPE_OWN_PICTURE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lk_own_picture_init (LkOwnPicture *self)
{
  self->reached = -1;
  self->offered = -1;
}

/**
 * lk_own_picture_new:
 * @picture: a picture with the server's id; a reference is taken
 */
LkOwnPicture *
lk_own_picture_new (LkPicture *picture)
{
  LkOwnPicture *self = g_object_new (LK_TYPE_OWN_PICTURE, NULL);

  self->picture = lk_picture_ref (picture);
  return self;
}

const char *
lk_own_picture_get_id (LkOwnPicture *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURE (self), NULL);

  return self->picture->id;
}

/**
 * lk_own_picture_get_picture:
 *
 * Returns: (transfer none): what the server says of it
 */
LkPicture *
lk_own_picture_get_picture (LkOwnPicture *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURE (self), NULL);

  return self->picture;
}

/**
 * lk_own_picture_set_picture:
 * @picture: a newer answer of the server's on the same picture; a reference is taken
 */
void
lk_own_picture_set_picture (LkOwnPicture *self, LkPicture *picture)
{
  g_return_if_fail (LK_IS_OWN_PICTURE (self));
  g_return_if_fail (g_strcmp0 (picture->id, self->picture->id) == 0);

  lk_picture_ref (picture);
  lk_picture_unref (self->picture);
  self->picture = picture;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

GdkPaintable *
lk_own_picture_get_paintable (LkOwnPicture *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURE (self), NULL);

  return self->paintable;
}

void
lk_own_picture_set_paintable (LkOwnPicture *self, GdkPaintable *paintable)
{
  g_return_if_fail (LK_IS_OWN_PICTURE (self));

  if (g_set_object (&self->paintable, paintable))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAINTABLE]);
}

int
lk_own_picture_get_reached (LkOwnPicture *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURE (self), -1);

  return self->reached;
}

int
lk_own_picture_get_offered (LkOwnPicture *self)
{
  g_return_val_if_fail (LK_IS_OWN_PICTURE (self), -1);

  return self->offered;
}

/**
 * lk_own_picture_set_deliveries:
 * @deliveries: (element-type LkDelivery): how far it got, one entry for each reader
 *
 * A reader who fetched or accepted it has it on a device; one who declined does not.
 */
void
lk_own_picture_set_deliveries (LkOwnPicture *self, GPtrArray *deliveries)
{
  int reached = 0;

  g_return_if_fail (LK_IS_OWN_PICTURE (self));

  for (guint i = 0; i < deliveries->len; i++)
    {
      const LkDelivery *delivery = g_ptr_array_index (deliveries, i);

      if (delivery->state == LK_DELIVERY_FETCHED || delivery->state == LK_DELIVERY_ACCEPTED)
        reached++;
    }

  g_object_freeze_notify (G_OBJECT (self));
  if (self->reached != reached)
    {
      self->reached = reached;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REACHED]);
    }
  if (self->offered != (int)deliveries->len)
    {
      self->offered = deliveries->len;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OFFERED]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}
