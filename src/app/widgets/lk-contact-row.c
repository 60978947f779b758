/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-row.h"

#include <glib/gi18n.h>
#include "lk-async.h"
#include "lk-face.h"

struct _LkContactRow
{
  AdwBin parent_instance;

  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *identifiers_label;

  LkContact *contact;
  GCancellable *cancellable; /* of the face that is being decoded */
};

G_DEFINE_FINAL_TYPE (LkContactRow, lk_contact_row, ADW_TYPE_BIN)

static void
on_face_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkContactRow) self = LK_CONTACT_ROW (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = lk_face_load_finish (result, &error);

  if (texture != NULL)
    adw_avatar_set_custom_image (self->avatar, GDK_PAINTABLE (texture));
  else if (!lk_error_is_cancelled (error))
    g_info ("A contact’s photo cannot be shown: %s", error->message);
}

static void
update_face (LkContactRow *self)
{
  GBytes *photo = self->contact != NULL ? lk_contact_get_photo (self->contact) : NULL;
  int size = adw_avatar_get_size (self->avatar) * gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  adw_avatar_set_custom_image (self->avatar, NULL);
  if (photo == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  lk_face_load_async (photo, size, self->cancellable, on_face_ready, g_object_ref (self));
}

static void
update_texts (LkContactRow *self)
{
  const char *name = NULL;
  g_autofree char *identifiers = NULL;

  if (self->contact == NULL)
    return;
  name = lk_contact_get_name (self->contact);
  identifiers = g_strjoinv (" · ", (char **)lk_contact_get_identifiers (self->contact));
  gtk_label_set_label (self->name_label, name != NULL && *name != '\0' ? name : _ ("No Name"));
  gtk_label_set_label (self->identifiers_label,
                       *identifiers != '\0' ? identifiers : _ ("No number or email address"));
  adw_avatar_set_text (self->avatar, name);
}

static void
lk_contact_row_dispose (GObject *object)
{
  LkContactRow *self = LK_CONTACT_ROW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->contact);

  G_OBJECT_CLASS (lk_contact_row_parent_class)->dispose (object);
}

static void
lk_contact_row_class_init (LkContactRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_contact_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/contact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LkContactRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, LkContactRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, LkContactRow, identifiers_label);
}

static void
lk_contact_row_init (LkContactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (update_face), NULL);
}

GtkWidget *
lk_contact_row_new (void)
{
  return g_object_new (LK_TYPE_CONTACT_ROW, NULL);
}

/**
 * lk_contact_row_set_contact:
 * @contact: (nullable): whom to show; followed until another is set
 */
void
lk_contact_row_set_contact (LkContactRow *self, LkContact *contact)
{
  g_return_if_fail (LK_IS_CONTACT_ROW (self));

  if (self->contact == contact)
    return;
  if (self->contact != NULL)
    g_signal_handlers_disconnect_by_data (self->contact, self);
  g_set_object (&self->contact, contact);
  if (contact != NULL)
    {
      g_signal_connect_object (contact, "notify::name", G_CALLBACK (update_texts), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (contact, "notify::identifiers", G_CALLBACK (update_texts), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (contact, "notify::photo", G_CALLBACK (update_face), self,
                               G_CONNECT_SWAPPED);
    }
  update_texts (self);
  update_face (self);
}
