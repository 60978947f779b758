/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-people-page.h"

#include <glib/gi18n.h>
#include "lk-contact-row.h"
#include "lk-contact-search.h"

struct _LkPeoplePage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkSearchEntry *search_entry;
  GtkStack *results;
  GtkListView *list_view;

  LkAccountModel *account;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  char *needle; /* folded; NULL for all */
};

G_DEFINE_FINAL_TYPE (LkPeoplePage, lk_people_page, ADW_TYPE_BIN)

static gboolean
matches (gpointer item, gpointer data)
{
  LkPeoplePage *self = LK_PEOPLE_PAGE (data);

  return self->needle == NULL || lk_contact_search_matches (item, self->needle);
}

static void
update_stack (LkPeoplePage *self)
{
  LkAddressBook *address_book = lk_account_model_get_address_book (self->account);
  const char *name = "loading";

  switch (lk_account_model_get_address_book_state (self->account))
    {
    case LK_ADDRESS_BOOK_OPENING:
      break;
    case LK_ADDRESS_BOOK_FAILED:
      name = "failed";
      break;
    case LK_ADDRESS_BOOK_READY:
    default:
      name = g_list_model_get_n_items (G_LIST_MODEL (address_book)) > 0 ? "people" : "empty";
    }
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_stack_set_visible_child_name (
      self->results,
      g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0 ? "list" : "no-match");
}

static void
on_search_changed (LkPeoplePage *self)
{
  g_clear_pointer (&self->needle, g_free);
  self->needle = lk_contact_search_fold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

static void
on_stop_search (LkPeoplePage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

static void
on_try_again_clicked (LkPeoplePage *self)
{
  lk_contact_sync_open (lk_account_model_get_sync (self->account));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, lk_contact_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  lk_contact_row_set_contact (LK_CONTACT_ROW (gtk_list_item_get_child (item)),
                              gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  lk_contact_row_set_contact (LK_CONTACT_ROW (gtk_list_item_get_child (item)), NULL);
}

static gboolean
lk_people_page_grab_focus (GtkWidget *widget)
{
  LkPeoplePage *self = LK_PEOPLE_PAGE (widget);

  return gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
lk_people_page_dispose (GObject *object)
{
  LkPeoplePage *self = LK_PEOPLE_PAGE (object);

  /* It asks this page, which may go before it. */
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_people_page_parent_class)->dispose (object);
}

static void
lk_people_page_finalize (GObject *object)
{
  LkPeoplePage *self = LK_PEOPLE_PAGE (object);

  g_free (self->needle);

  G_OBJECT_CLASS (lk_people_page_parent_class)->finalize (object);
}

static void
lk_people_page_class_init (LkPeoplePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_people_page_dispose;
  object_class->finalize = lk_people_page_finalize;
  widget_class->grab_focus = lk_people_page_grab_focus;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPeoplePage, stack);
  gtk_widget_class_bind_template_child (widget_class, LkPeoplePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, LkPeoplePage, results);
  gtk_widget_class_bind_template_child (widget_class, LkPeoplePage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again_clicked);
}

static void
lk_people_page_init (LkPeoplePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_people_page_set_account:
 * @account: whose address book; set once
 */
void
lk_people_page_set_account (LkPeoplePage *self, LkAccountModel *account)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;
  LkAddressBook *address_book = NULL;

  g_return_if_fail (LK_IS_PEOPLE_PAGE (self));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  address_book = lk_account_model_get_address_book (account);
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (address_book)),
                                              GTK_FILTER (g_object_ref (self->filter)));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->filtered)));
  gtk_list_view_set_factory (self->list_view, factory);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (account, "notify::address-book-state", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  update_stack (self);
}

/**
 * lk_people_page_search:
 *
 * Takes the focus to the search entry.
 */
void
lk_people_page_search (LkPeoplePage *self)
{
  g_return_if_fail (LK_IS_PEOPLE_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
