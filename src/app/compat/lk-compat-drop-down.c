/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

static GtkStack *
find_stack (GtkWidget *widget)
{
  GtkStack *stack = GTK_IS_STACK (widget) ? GTK_STACK (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && stack == NULL;
       child = gtk_widget_get_next_sibling (child))
    stack = find_stack (child);
  return stack;
}

void
lk_compat_set_drop_down_placeholder (GtkDropDown *drop_down, const char *text)
{
  GtkStack *stack = find_stack (gtk_widget_get_first_child (GTK_WIDGET (drop_down)));
  GtkWidget *label = stack != NULL ? gtk_stack_get_child_by_name (stack, "empty") : NULL;

  /* another GTK may be built otherwise */
  if (GTK_IS_LABEL (label))
    gtk_label_set_text (GTK_LABEL (label), text);
}

void
lk_compat_name_drop_down (GtkDropDown *drop_down, const char *name)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));

  g_return_if_fail (GTK_IS_TOGGLE_BUTTON (button));

  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
