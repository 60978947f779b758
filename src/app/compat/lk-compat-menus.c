/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

/* Private to GTK, and the only widget that an item of a menu is. */
#define MODEL_BUTTON "GtkModelButton"

static void
name_items (GtkWidget *widget)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), MODEL_BUTTON))
    {
      g_autofree char *text = NULL;

      g_object_get (widget, "text", &text, NULL);
      gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_items (child);
}

void
lk_compat_name_menus (GtkWidget *widget)
{
  GtkPopover *popover
      = GTK_IS_MENU_BUTTON (widget) ? gtk_menu_button_get_popover (GTK_MENU_BUTTON (widget)) : NULL;

  /* Each time, as items come and go with what can be done. */
  if (popover != NULL)
    g_signal_connect (popover, "map", G_CALLBACK (name_items), NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    lk_compat_name_menus (child);
}
