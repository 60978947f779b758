/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-preview-scene.h"

#include <glib/gi18n.h>

#include "lk-fit-label.h"
#include "lk-shaped-picture.h"
#include "lk-split-layout.h"

struct _LkPreviewScene
{
  AdwBin parent_instance;

  gboolean dark;
  GdkTexture *photo;
  GdkTexture *thumbnail;

  LkShapedPicture *list_picture;
  GtkLabel *list_name;
  LkShapedPicture *call_picture;
  LkFitLabel *call_name;
  LkShapedPicture *message_picture;
  LkShapedPicture *round_picture;
  LkShapedPicture *square_picture;
};

enum
{
  PROP_DARK = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkPreviewScene, lk_preview_scene, ADW_TYPE_BIN)

static void
update_ground (LkPreviewScene *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_add_css_class (widget, self->dark ? "dark-ground" : "light-ground");
  gtk_widget_remove_css_class (widget, self->dark ? "light-ground" : "dark-ground");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->dark ? _ ("Preview on dark") : _ ("Preview on light"), -1);
}

/* As a device does: the thumbnail wherever it has pixels enough, else the photo. */
static void
show_picture (LkPreviewScene *self, LkShapedPicture *picture)
{
  int pixels
      = lk_shaped_picture_get_size (picture) * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gboolean small = self->thumbnail != NULL && pixels <= gdk_texture_get_width (self->thumbnail);
  GdkTexture *texture = small ? self->thumbnail : self->photo;

  lk_shaped_picture_set_paintable (picture, texture != NULL ? GDK_PAINTABLE (texture) : NULL);
}

static void
update_pictures (LkPreviewScene *self)
{
  show_picture (self, self->list_picture);
  show_picture (self, self->call_picture);
  show_picture (self, self->message_picture);
  show_picture (self, self->round_picture);
  show_picture (self, self->square_picture);
}

static void
lk_preview_scene_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DARK)
    g_value_set_boolean (value, LK_PREVIEW_SCENE (object)->dark);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_preview_scene_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DARK)
    lk_preview_scene_set_dark (LK_PREVIEW_SCENE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_preview_scene_finalize (GObject *object)
{
  LkPreviewScene *self = LK_PREVIEW_SCENE (object);

  g_clear_object (&self->photo);
  g_clear_object (&self->thumbnail);

  G_OBJECT_CLASS (lk_preview_scene_parent_class)->finalize (object);
}

static void
lk_preview_scene_class_init (LkPreviewSceneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_preview_scene_get_property;
  object_class->set_property = lk_preview_scene_set_property;
  object_class->finalize = lk_preview_scene_finalize;

  properties[PROP_DARK]
      = g_param_spec_boolean ("dark", NULL, NULL, FALSE,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LK_TYPE_FIT_LABEL);
  g_type_ensure (LK_TYPE_SHAPED_PICTURE);
  g_type_ensure (LK_TYPE_SPLIT_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/preview-scene.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, list_picture);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, list_name);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, call_picture);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, call_name);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, message_picture);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, round_picture);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewScene, square_picture);
}

static void
lk_preview_scene_init (LkPreviewScene *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (update_pictures), NULL);
  update_ground (self);
}

gboolean
lk_preview_scene_get_dark (LkPreviewScene *self)
{
  g_return_val_if_fail (LK_IS_PREVIEW_SCENE (self), FALSE);

  return self->dark;
}

void
lk_preview_scene_set_dark (LkPreviewScene *self, gboolean dark)
{
  g_return_if_fail (LK_IS_PREVIEW_SCENE (self));

  dark = !!dark;
  if (self->dark == dark)
    return;
  self->dark = dark;
  update_ground (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DARK]);
}

/**
 * lk_preview_scene_set_name:
 * @name: what to write beside the picture
 */
void
lk_preview_scene_set_name (LkPreviewScene *self, const char *name)
{
  g_return_if_fail (LK_IS_PREVIEW_SCENE (self));

  gtk_label_set_text (self->list_name, name);
  lk_fit_label_set_text (self->call_name, name);
}

/**
 * lk_preview_scene_set_pictures:
 * @photo: (nullable): the photo
 * @thumbnail: (nullable): the thumbnail
 */
void
lk_preview_scene_set_pictures (LkPreviewScene *self, GdkTexture *photo, GdkTexture *thumbnail)
{
  g_return_if_fail (LK_IS_PREVIEW_SCENE (self));

  g_set_object (&self->photo, photo);
  g_set_object (&self->thumbnail, thumbnail);
  update_pictures (self);
}
