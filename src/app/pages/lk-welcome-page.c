/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-welcome-page.h"

#include <glib/gi18n.h>

struct _LkWelcomePage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwActionRow *sent_row;
  GtkWidget *share_button;
  AdwStatusPage *empty_page;
  GtkWidget *try_again_button;
  GtkWidget *import_button;

  LkAccountModel *account;
};

G_DEFINE_FINAL_TYPE (LkWelcomePage, lk_welcome_page, ADW_TYPE_BIN)

static void
show_consent (LkWelcomePage *self, guint n)
{
  g_autofree char *text
      = g_strdup_printf (ngettext ("Phone numbers and email addresses of %u contact",
                                   "Phone numbers and email addresses of %u contacts", n),
                         n);

  adw_action_row_set_subtitle (self->sent_row, text);
  gtk_stack_set_visible_child_name (self->stack, "consent");
}

static void
show_empty (LkWelcomePage *self, gboolean failed)
{
  adw_status_page_set_title (self->empty_page, failed ? _ ("The Address Book Does Not Answer")
                                                      : _ ("No Contacts Yet"));
  adw_status_page_set_description (
      self->empty_page,
      failed ? _ ("Your contacts are safe; they cannot be read at the moment.")
             : _ ("Your picture goes to the people in your address book, and nobody is in it. Add "
                  "some in Contacts, or import a vCard file: most phones and mail programs can "
                  "export one."));
  gtk_widget_set_visible (self->try_again_button, failed);
  gtk_widget_set_visible (self->import_button, !failed);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
update (LkWelcomePage *self)
{
  guint n
      = g_list_model_get_n_items (G_LIST_MODEL (lk_account_model_get_address_book (self->account)));

  switch (lk_account_model_get_address_book_state (self->account))
    {
    case LK_ADDRESS_BOOK_FAILED:
      show_empty (self, TRUE);
      break;
    case LK_ADDRESS_BOOK_READY:
      if (n > 0)
        show_consent (self, n);
      else
        show_empty (self, FALSE);
      break;
    case LK_ADDRESS_BOOK_OPENING:
    default:
      gtk_stack_set_visible_child_name (self->stack, "loading");
    }
}

static void
on_share_clicked (LkWelcomePage *self)
{
  lk_account_model_set_sharing (self->account, LK_SHARING_ALLOWED);
}

static void
on_refuse_clicked (LkWelcomePage *self)
{
  lk_account_model_set_sharing (self->account, LK_SHARING_REFUSED);
}

static void
on_try_again_clicked (LkWelcomePage *self)
{
  lk_contact_sync_open (lk_account_model_get_sync (self->account));
}

static void
lk_welcome_page_dispose (GObject *object)
{
  LkWelcomePage *self = LK_WELCOME_PAGE (object);

  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_welcome_page_parent_class)->dispose (object);
}

static void
lk_welcome_page_class_init (LkWelcomePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_welcome_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, sent_row);
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, share_button);
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, try_again_button);
  gtk_widget_class_bind_template_child (widget_class, LkWelcomePage, import_button);
  gtk_widget_class_bind_template_callback (widget_class, on_share_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_refuse_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again_clicked);
}

static void
lk_welcome_page_init (LkWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_welcome_page_set_account:
 * @account: who was welcomed; set once
 */
void
lk_welcome_page_set_account (LkWelcomePage *self, LkAccountModel *account)
{
  g_return_if_fail (LK_IS_WELCOME_PAGE (self));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify::address-book-state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (lk_account_model_get_address_book (account), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
