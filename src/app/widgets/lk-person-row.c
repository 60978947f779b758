/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-person-row.h"

#include "lk-async.h"
#include "lk-contact-label.h"
#include "lk-face.h"

struct _LkPersonRow
{
  AdwBin parent_instance;

  LkContact *contact;
  GCancellable *loading; /* (nullable): the face that is being decoded */
  gboolean updating;

  GtkCheckButton *check;
  AdwAvatar *avatar;
  GtkLabel *name_label;
  GtkLabel *identifier_label;
};

enum
{
  PROP_CONTACT = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkPersonRow, lk_person_row, ADW_TYPE_BIN)

static void
on_face_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPersonRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = lk_face_load_finish (result, &error);

  if (texture != NULL)
    adw_avatar_set_custom_image (self->avatar, GDK_PAINTABLE (texture));
  else if (!lk_error_is_cancelled (error))
    g_debug ("A contact's photo cannot be shown: %s", error->message);
}

static void
load_face (LkPersonRow *self)
{
  GBytes *photo = self->contact != NULL ? lk_contact_get_photo (self->contact) : NULL;

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  adw_avatar_set_custom_image (self->avatar, NULL);
  if (photo == NULL)
    return;
  self->loading = g_cancellable_new ();
  lk_face_load_async (photo, adw_avatar_get_size (self->avatar) * 2, self->loading, on_face_ready,
                      g_object_ref (self));
}

static void
on_toggled (LkPersonRow *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
lk_person_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONTACT)
    g_value_set_object (value, LK_PERSON_ROW (object)->contact);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_person_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONTACT)
    lk_person_row_set_contact (LK_PERSON_ROW (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_person_row_dispose (GObject *object)
{
  LkPersonRow *self = LK_PERSON_ROW (object);

  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->contact);

  G_OBJECT_CLASS (lk_person_row_parent_class)->dispose (object);
}

static void
lk_person_row_class_init (LkPersonRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_person_row_get_property;
  object_class->set_property = lk_person_row_set_property;
  object_class->dispose = lk_person_row_dispose;

  properties[PROP_CONTACT]
      = g_param_spec_object ("contact", NULL, NULL, LK_TYPE_CONTACT,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/person-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPersonRow, check);
  gtk_widget_class_bind_template_child (widget_class, LkPersonRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, LkPersonRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, LkPersonRow, identifier_label);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
lk_person_row_init (LkPersonRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
lk_person_row_new (void)
{
  return g_object_new (LK_TYPE_PERSON_ROW, NULL);
}

LkContact *
lk_person_row_get_contact (LkPersonRow *self)
{
  g_return_val_if_fail (LK_IS_PERSON_ROW (self), NULL);

  return self->contact;
}

/**
 * lk_person_row_set_contact:
 * @contact: (nullable): whom to show
 */
void
lk_person_row_set_contact (LkPersonRow *self, LkContact *contact)
{
  g_autofree char *label = NULL;
  const char *const *identifiers;
  const char *identifier;

  g_return_if_fail (LK_IS_PERSON_ROW (self));
  g_return_if_fail (contact == NULL || LK_IS_CONTACT (contact));

  if (!g_set_object (&self->contact, contact))
    return;
  load_face (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTACT]);
  if (contact == NULL)
    return;
  label = lk_contact_dup_label (contact);
  identifiers = lk_contact_get_identifiers (contact);
  identifier = identifiers != NULL ? identifiers[0] : NULL;
  adw_avatar_set_text (self->avatar, label);
  gtk_label_set_text (self->name_label, label);
  gtk_label_set_text (self->identifier_label, identifier != NULL ? identifier : "");
  gtk_widget_set_visible (GTK_WIDGET (self->identifier_label), g_strcmp0 (label, identifier) != 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

gboolean
lk_person_row_get_chosen (LkPersonRow *self)
{
  g_return_val_if_fail (LK_IS_PERSON_ROW (self), FALSE);

  return gtk_check_button_get_active (self->check);
}

/**
 * lk_person_row_set_chosen:
 *
 * Shows what the model says. Emits no "chosen".
 */
void
lk_person_row_set_chosen (LkPersonRow *self, gboolean chosen)
{
  g_return_if_fail (LK_IS_PERSON_ROW (self));

  self->updating = TRUE;
  gtk_check_button_set_active (self->check, chosen);
  self->updating = FALSE;
}
