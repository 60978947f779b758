/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-view-as.h"

#include <glib/gi18n.h>

#include "lk-compat.h"
#include "lk-contact-label.h"
#include "lk-shaped-picture.h"

struct _LkViewAs
{
  AdwBin parent_instance;

  LkAccountModel *account;
  LkAudience *audience; /* (nullable) */
  GdkTexture *photo;    /* (nullable) */

  GtkDropDown *person_drop_down;
  GtkWidget *answer_box;
  LkShapedPicture *picture;
  GtkLabel *answer_label;
};

G_DEFINE_FINAL_TYPE (LkViewAs, lk_view_as, ADW_TYPE_BIN)

static gboolean
shares_identifier (LkContact *a, LkContact *b)
{
  const char *const *identifiers = lk_contact_get_identifiers (a);
  const char *const *others = lk_contact_get_identifiers (b);

  for (gsize i = 0; identifiers[i] != NULL; i++)
    if (g_strv_contains (others, identifiers[i]))
      return TRUE;
  return FALSE;
}

/* The refs under which the person is in the address book: one may be there twice. */
static GStrv
dup_refs (LkViewAs *self, LkContact *person)
{
  GListModel *contacts = G_LIST_MODEL (lk_account_model_get_address_book (self->account));
  g_autoptr (GStrvBuilder) refs = g_strv_builder_new ();
  guint n_contacts = g_list_model_get_n_items (contacts);

  if (lk_account_model_get_sharing (self->account) != LK_SHARING_ALLOWED)
    return g_strv_builder_end (refs);
  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (contacts, i);

      if (shares_identifier (person, contact))
        g_strv_builder_add (refs, lk_contact_get_ref (contact));
    }
  return g_strv_builder_end (refs);
}

/* Of those that are published already, the one that the person would go on seeing. */
static LkOwnPicture *
find_earlier (LkViewAs *self, const char *const *refs)
{
  GListModel *pictures = G_LIST_MODEL (lk_account_model_get_pictures (self->account));
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint n_pictures = g_list_model_get_n_items (pictures);

  for (guint i = 0; i < n_pictures; i++)
    {
      g_autoptr (LkOwnPicture) own = g_list_model_get_item (pictures, i);
      g_autoptr (GPtrArray) one = g_ptr_array_new ();

      g_ptr_array_add (one, lk_own_picture_get_picture (own));
      if (lk_picture_first_visible (one, TRUE, refs, now) != NULL)
        return own; /* the model keeps it */
    }
  return NULL;
}

/* NULL while it is still to be chosen. */
static LkContact *
get_person (LkViewAs *self)
{
  gpointer item = gtk_drop_down_get_selected_item (self->person_drop_down);

  return LK_IS_CONTACT (item) ? LK_CONTACT (item) : NULL;
}

static void
update (LkViewAs *self)
{
  LkContact *person = get_person (self);
  GdkPaintable *paintable = NULL;
  g_autofree char *name = NULL;
  g_autofree char *answer = NULL;
  g_auto (GStrv) refs = NULL;
  LkOwnPicture *earlier;

  gtk_widget_set_visible (self->answer_box, person != NULL && self->audience != NULL);
  if (person == NULL || self->audience == NULL)
    return;
  name = lk_contact_dup_label (person);
  refs = dup_refs (self, person);
  earlier = find_earlier (self, (const char *const *)refs);
  if (lk_contact_get_identifiers (person)[0] == NULL)
    answer = g_strdup_printf (
        _ ("%s has neither a phone number nor an email address and cannot get a picture."), name);
  else if (lk_audience_takes (self->audience, TRUE, (const char *const *)refs))
    {
      answer = g_strdup_printf (
          _ ("%s gets this picture, if they have your number or email address."), name);
      paintable = self->photo != NULL ? GDK_PAINTABLE (self->photo) : NULL;
    }
  else if (earlier != NULL)
    {
      answer = g_strdup_printf (
          _ ("%s does not get this picture, and goes on seeing an earlier one of yours."), name);
      paintable = lk_own_picture_get_paintable (earlier);
    }
  else
    answer = g_strdup_printf (_ ("%s does not get a picture of you."), name);
  gtk_label_set_text (self->answer_label, answer);
  lk_shaped_picture_set_paintable (self->picture, paintable);
}

static char *
label_of_item (GObject *item)
{
  if (LK_IS_CONTACT (item))
    return lk_contact_dup_label (LK_CONTACT (item));
  return GTK_IS_STRING_OBJECT (item)
             ? g_strdup (gtk_string_object_get_string (GTK_STRING_OBJECT (item)))
             : NULL;
}

/* The address book after a line for nobody: a drop-down selects its first line by itself as soon as
 * there is one, and GTK 4.18 does not let that be undone. */
static GListModel *
build_people (GListModel *address_book)
{
  const char *const nobody[] = { _ ("Choose a Person"), NULL };
  g_autoptr (GtkStringList) first = gtk_string_list_new (nobody);
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);

  g_list_store_append (parts, first);
  g_list_store_append (parts, address_book);
  return G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (parts)));
}

static void
lk_view_as_dispose (GObject *object)
{
  LkViewAs *self = LK_VIEW_AS (object);

  g_clear_object (&self->account);
  g_clear_object (&self->photo);
  g_clear_pointer (&self->audience, lk_audience_unref);

  G_OBJECT_CLASS (lk_view_as_parent_class)->dispose (object);
}

static void
lk_view_as_class_init (LkViewAsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lk_view_as_dispose;

  g_type_ensure (LK_TYPE_SHAPED_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class, "/app/likeness/Likeness/view-as.ui");
  gtk_widget_class_bind_template_child (widget_class, LkViewAs, person_drop_down);
  gtk_widget_class_bind_template_child (widget_class, LkViewAs, answer_box);
  gtk_widget_class_bind_template_child (widget_class, LkViewAs, picture);
  gtk_widget_class_bind_template_child (widget_class, LkViewAs, answer_label);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
lk_view_as_init (LkViewAs *self)
{
  g_autoptr (GtkExpression) label = gtk_cclosure_expression_new (
      G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (label_of_item), NULL, NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_expression (self->person_drop_down, label);
  lk_compat_name_drop_down (self->person_drop_down, _ ("View As…"));
}

/**
 * lk_view_as_set_account:
 * @account: whose address book and pictures; set it once
 */
void
lk_view_as_set_account (LkViewAs *self, LkAccountModel *account)
{
  g_autoptr (GListModel) people = NULL;

  g_return_if_fail (LK_IS_VIEW_AS (self));
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (account));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  people = build_people (G_LIST_MODEL (lk_account_model_get_address_book (account)));
  gtk_drop_down_set_model (self->person_drop_down, people);
  g_signal_connect_object (account, "notify::sharing", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/**
 * lk_view_as_set_audience:
 * @audience: for whom it would be published
 */
void
lk_view_as_set_audience (LkViewAs *self, LkAudience *audience)
{
  g_return_if_fail (LK_IS_VIEW_AS (self));
  g_return_if_fail (audience != NULL);

  lk_audience_ref (audience);
  g_clear_pointer (&self->audience, lk_audience_unref);
  self->audience = audience;
  update (self);
}

/**
 * lk_view_as_set_photo:
 * @photo: (nullable): the picture that would be published
 */
void
lk_view_as_set_photo (LkViewAs *self, GdkTexture *photo)
{
  g_return_if_fail (LK_IS_VIEW_AS (self));

  if (g_set_object (&self->photo, photo))
    update (self);
}
