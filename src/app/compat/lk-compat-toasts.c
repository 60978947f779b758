/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

#include <glib/gi18n.h>

static void
name_icon_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    C_ ("toast", "Dismiss"), -1);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_icon_buttons (child);
}

static void
on_children_changed (GListModel *children,
                     guint position,
                     guint removed,
                     guint added,
                     gpointer data)
{
  AdwToastOverlay *overlay = data;

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      if (child != adw_toast_overlay_get_child (overlay))
        name_icon_buttons (child);
    }
}

void
lk_compat_name_toasts (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect_object (children, "items-changed", G_CALLBACK (on_children_changed), overlay, 0);
  g_object_set_data_full (G_OBJECT (overlay), "lk-children", children, g_object_unref);
}
