/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-shortcuts-window.h"

#include <glib/gi18n.h>

struct _LkShortcutsWindow
{
  AdwWindow parent_instance;

  AdwPreferencesPage *page;
};

G_DEFINE_FINAL_TYPE (LkShortcutsWindow, lk_shortcuts_window, ADW_TYPE_WINDOW)

typedef struct
{
  const char *title; /* NULL ends a group */
  const char *accelerator;
} Shortcut;

static const Shortcut general[] = {
  { N_ ("Change Picture"), "<Control>n" },
  { N_ ("Change Picture to What Was Copied"), "<Control>v" },
  { N_ ("Search People"), "<Control>f" },
  { N_ ("Preferences"), "<Control>comma" },
  { N_ ("Keyboard Shortcuts"), "<Control>question" },
  { N_ ("Main Menu"), "F10" },
  { N_ ("Close Window"), "<Control>w" },
  { N_ ("Quit"), "<Control>q" },
};

static const Shortcut editing[] = {
  { N_ ("Undo"), "<Control>z" },
  { N_ ("Redo"), "<Control><Shift>z" },
  { N_ ("Back"), "Escape" },
};

/* GtkShortcutsWindow and its labels are gone from the newest GTK, so this is a list like any other.
 */
static void
add_group (LkShortcutsWindow *self, const char *title, const Shortcut *shortcuts, gsize n)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *row = adw_action_row_new ();
      GtkWidget *label = NULL;
      g_autofree char *keys = NULL;
      guint key = 0;
      GdkModifierType modifiers = 0;

      gtk_accelerator_parse (shortcuts[i].accelerator, &key, &modifiers);
      keys = gtk_accelerator_get_label (key, modifiers);
      label = gtk_label_new (keys);
      gtk_widget_add_css_class (label, "dim-label");
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (shortcuts[i].title));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  adw_preferences_page_add (self->page, ADW_PREFERENCES_GROUP (group));
}

static void
lk_shortcuts_window_class_init (LkShortcutsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/shortcuts-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LkShortcutsWindow, page);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lk_shortcuts_window_init (LkShortcutsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_group (self, _ ("General"), general, G_N_ELEMENTS (general));
  add_group (self, _ ("Changing the Picture"), editing, G_N_ELEMENTS (editing));
}

/**
 * lk_shortcuts_window_new:
 * @parent: above which it stays
 */
GtkWidget *
lk_shortcuts_window_new (GtkWindow *parent)
{
  return g_object_new (LK_TYPE_SHORTCUTS_WINDOW, "transient-for", parent, NULL);
}
