/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-my-picture-page.h"

#include <glib/gi18n.h>
#include "lk-async.h"
#include "lk-audience-text.h"
#include "lk-compat.h"
#include "lk-shaped-picture.h"

#define PREVIOUS_SIZE 72
/* Older ones stay on the server; a row is not an archive. */
#define MAX_PREVIOUS 30

struct _LkMyPicturePage
{
  AdwBin parent_instance;

  GtkStack *stack;
  LkShapedPicture *current_picture;
  GtkLabel *audience_label;
  GtkLabel *reached_label;
  GtkWidget *withdraw_button;
  GtkWidget *previous_box;
  GtkBox *previous_row;

  LkAccountModel *account;
  LkOwnPictures *pictures;
  LkOwnPicture *current;
  LkOwnPicture *moved; /* what undo puts back */
  gint64 moved_from;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (LkMyPicturePage, lk_my_picture_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_BROUGHT_BACK,
  SIGNAL_WITHDRAWN,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_busy (LkMyPicturePage *self, gboolean busy)
{
  self->busy = busy;
  gtk_widget_set_sensitive (self->withdraw_button, !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->previous_row), !busy);
}

static void
report (LkMyPicturePage *self, const GError *error)
{
  if (!lk_error_is_cancelled (error))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
}

static void
update_stack (LkMyPicturePage *self)
{
  const char *name = "picture";

  if (self->current == NULL && lk_own_pictures_get_loaded (self->pictures))
    name = "empty";
  else if (self->current == NULL)
    name = lk_account_model_get_online (self->account) ? "loading" : "offline";
  gtk_stack_set_visible_child_name (self->stack, name);
}

static void
update_reached (LkMyPicturePage *self)
{
  int offered = self->current != NULL ? lk_own_picture_get_offered (self->current) : -1;
  int reached = self->current != NULL ? lk_own_picture_get_reached (self->current) : -1;
  g_autofree char *text = NULL;

  if (offered < 0)
    text = g_strdup (_ ("Looking how far it got…"));
  else if (offered == 0)
    text = g_strdup (_ ("On no device yet"));
  else
    text = g_strdup_printf (ngettext ("On %d of %d device", "On %d of %d devices", offered),
                            reached, offered);
  gtk_label_set_label (self->reached_label, text);
}

static void
update_current (LkMyPicturePage *self)
{
  LkPicture *picture = NULL;
  g_autofree char *audience = NULL;
  const char *label = NULL;

  if (self->current == NULL)
    return;
  picture = lk_own_picture_get_picture (self->current);
  audience = lk_audience_text (picture->audience);
  label = *picture->alt != '\0' ? picture->alt : _ ("Your picture, without a description");
  gtk_label_set_label (self->audience_label, audience);
  lk_shaped_picture_set_paintable (self->current_picture,
                                   lk_own_picture_get_paintable (self->current));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->current_picture),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_move_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkMyPicturePage) self = LK_MY_PICTURE_PAGE (data);
  g_autoptr (GError) error = NULL;
  gboolean moved = lk_own_pictures_move_finish (LK_OWN_PICTURES (source), result, &error);

  set_busy (self, FALSE);
  if (!moved)
    report (self, error);
  else if (self->moved != NULL)
    g_signal_emit (self, signals[SIGNAL_BROUGHT_BACK], 0, self->moved);
}

static void
on_previous_clicked (GtkButton *button, LkMyPicturePage *self)
{
  LkOwnPicture *picture = g_object_get_data (G_OBJECT (button), "picture");

  if (self->busy)
    return;
  set_busy (self, TRUE);
  g_set_object (&self->moved, picture);
  self->moved_from = lk_own_picture_get_picture (picture)->position;
  lk_own_pictures_move_async (self->pictures, picture, 0, NULL, on_move_ready, g_object_ref (self));
}

static GtkWidget *
build_previous (LkMyPicturePage *self, LkOwnPicture *own)
{
  LkPicture *picture = lk_own_picture_get_picture (own);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *shape = lk_shaped_picture_new ();
  g_autoptr (GDateTime) created = g_date_time_new_from_unix_local (picture->created);
  g_autofree char *date = created != NULL ? g_date_time_format (created, "%x, %X") : g_strdup ("");
  g_autofree char *label = NULL;

  if (*picture->alt != '\0')
    /* Translators: the first %s is a date and time, the second describes a picture. */
    label = g_strdup_printf (_ ("Show the Picture of %s Again: %s"), date, picture->alt);
  else
    label = g_strdup_printf (_ ("Show the Picture of %s Again"), date);
  lk_shaped_picture_set_size (LK_SHAPED_PICTURE (shape), PREVIOUS_SIZE);
  g_object_bind_property (own, "paintable", shape, "paintable", G_BINDING_SYNC_CREATE);
  gtk_button_set_child (GTK_BUTTON (button), shape);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "previous-picture");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "picture", g_object_ref (own), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_previous_clicked), self);
  return button;
}

static void
update_previous (LkMyPicturePage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->pictures));
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->previous_row))) != NULL)
    gtk_box_remove (self->previous_row, child);
  for (guint i = 1; i < MIN (n, MAX_PREVIOUS + 1); i++)
    {
      g_autoptr (LkOwnPicture) own = g_list_model_get_item (G_LIST_MODEL (self->pictures), i);

      gtk_box_append (self->previous_row, build_previous (self, own));
    }
  gtk_widget_set_visible (self->previous_box, n > 1);
}

static void
on_current_changed (LkMyPicturePage *self)
{
  LkOwnPicture *current = lk_own_pictures_get_current (self->pictures);

  if (self->current != current)
    {
      if (self->current != NULL)
        g_signal_handlers_disconnect_by_data (self->current, self);
      g_set_object (&self->current, current);
      if (current != NULL)
        {
          g_signal_connect_object (current, "notify::paintable", G_CALLBACK (update_current), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (current, "changed", G_CALLBACK (update_current), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (current, "notify::reached", G_CALLBACK (update_reached), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (current, "notify::offered", G_CALLBACK (update_reached), self,
                                   G_CONNECT_SWAPPED);
        }
    }
  update_current (self);
  update_reached (self);
  update_stack (self);
}

static void
on_withdraw_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkMyPicturePage) self = LK_MY_PICTURE_PAGE (data);
  g_autoptr (GError) error = NULL;
  gboolean withdrawn = lk_own_pictures_withdraw_finish (LK_OWN_PICTURES (source), result, &error);

  set_busy (self, FALSE);
  if (withdrawn)
    g_signal_emit (self, signals[SIGNAL_WITHDRAWN], 0);
  else
    report (self, error);
}

static void
on_confirm_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkMyPicturePage *self = LK_MY_PICTURE_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *response = lk_compat_confirm_finish (GTK_WIDGET (self), result, &error);

  if (response == NULL)
    {
      report (self, error);
      return;
    }
  if (self->current == NULL)
    return;
  set_busy (self, TRUE);
  lk_own_pictures_withdraw_async (self->pictures,
                                  g_str_equal (response, "all") ? NULL : self->current, NULL,
                                  on_withdraw_ready, g_object_ref (self));
}

static void
on_withdraw_clicked (LkMyPicturePage *self)
{
  gboolean several = g_list_model_get_n_items (G_LIST_MODEL (self->pictures)) > 1;
  const LkResponse one[] = { { "one", _ ("Withdraw"), LK_RESPONSE_DESTRUCTIVE } };
  const LkResponse both[] = { { "one", _ ("Withdraw This One"), LK_RESPONSE_DESTRUCTIVE },
                              { "all", _ ("Withdraw All"), LK_RESPONSE_DESTRUCTIVE } };
  LkConfirmation confirmation = {
    .heading = _ ("Withdraw Your Picture?"),
    .body = several
                ? _ ("Nobody new gets it, and those who see it now see your previous picture "
                     "again. A copy that someone accepted into their address book stays theirs.")
                : _ ("Nobody new gets it. A copy that someone accepted into their address book "
                     "stays theirs."),
    .responses = several ? both : one,
    .n_responses = several ? G_N_ELEMENTS (both) : G_N_ELEMENTS (one),
  };

  lk_compat_confirm_async (GTK_WIDGET (self), &confirmation, NULL, on_confirm_ready, NULL);
}

static void
lk_my_picture_page_map (GtkWidget *widget)
{
  LkMyPicturePage *self = LK_MY_PICTURE_PAGE (widget);

  GTK_WIDGET_CLASS (lk_my_picture_page_parent_class)->map (widget);

  if (self->pictures != NULL)
    lk_own_pictures_set_watched (self->pictures, TRUE);
}

static void
lk_my_picture_page_unmap (GtkWidget *widget)
{
  LkMyPicturePage *self = LK_MY_PICTURE_PAGE (widget);

  if (self->pictures != NULL)
    lk_own_pictures_set_watched (self->pictures, FALSE);

  GTK_WIDGET_CLASS (lk_my_picture_page_parent_class)->unmap (widget);
}

static void
lk_my_picture_page_dispose (GObject *object)
{
  LkMyPicturePage *self = LK_MY_PICTURE_PAGE (object);

  g_clear_object (&self->moved);
  g_clear_object (&self->current);
  g_clear_object (&self->pictures);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_my_picture_page_parent_class)->dispose (object);
}

static void
lk_my_picture_page_class_init (LkMyPicturePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_my_picture_page_dispose;
  widget_class->map = lk_my_picture_page_map;
  widget_class->unmap = lk_my_picture_page_unmap;

  signals[SIGNAL_BROUGHT_BACK]
      = g_signal_new ("brought-back", LK_TYPE_MY_PICTURE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, LK_TYPE_OWN_PICTURE);
  signals[SIGNAL_WITHDRAWN] = g_signal_new ("withdrawn", LK_TYPE_MY_PICTURE_PAGE, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", LK_TYPE_MY_PICTURE_PAGE, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  g_type_ensure (LK_TYPE_SHAPED_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/my-picture-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, stack);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, current_picture);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, audience_label);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, reached_label);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, withdraw_button);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, previous_box);
  gtk_widget_class_bind_template_child (widget_class, LkMyPicturePage, previous_row);
  gtk_widget_class_bind_template_callback (widget_class, on_withdraw_clicked);
}

static void
lk_my_picture_page_init (LkMyPicturePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_my_picture_page_set_account:
 * @account: whose pictures; set once
 */
void
lk_my_picture_page_set_account (LkMyPicturePage *self, LkAccountModel *account)
{
  g_return_if_fail (LK_IS_MY_PICTURE_PAGE (self));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  self->pictures = g_object_ref (lk_account_model_get_pictures (account));
  g_signal_connect_object (account, "notify::online", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "notify::loaded", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "notify::current", G_CALLBACK (on_current_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pictures, "items-changed", G_CALLBACK (update_previous), self,
                           G_CONNECT_SWAPPED);
  on_current_changed (self);
  update_previous (self);
}

/**
 * lk_my_picture_page_undo:
 *
 * Puts the picture that was brought back last where it was.
 */
void
lk_my_picture_page_undo (LkMyPicturePage *self)
{
  g_autoptr (LkOwnPicture) moved = NULL;

  g_return_if_fail (LK_IS_MY_PICTURE_PAGE (self));

  moved = g_steal_pointer (&self->moved);
  if (moved == NULL || self->busy)
    return;
  set_busy (self, TRUE);
  lk_own_pictures_move_async (self->pictures, moved, self->moved_from, NULL, on_move_ready,
                              g_object_ref (self));
}
