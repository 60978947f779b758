/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include "lk-config.h"

static const char *const developers[] = { "The Likeness contributors", NULL };

void
lk_compat_show_about (GtkWidget *parent)
{
  g_return_if_fail (GTK_IS_WIDGET (parent));

#if ADW_CHECK_VERSION(1, 5, 0)
  AdwDialog *about = adw_about_dialog_new ();
#else
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *about = adw_about_window_new ();

  gtk_window_set_transient_for (GTK_WINDOW (about), GTK_WINDOW (root));
  gtk_window_set_modal (GTK_WINDOW (about), TRUE);
#endif
  g_object_set (about, "application-name", _ ("Likeness"), "application-icon", LK_APP_ID, "version",
                LK_VERSION, "developer-name", developers[0], "developers", developers, "comments",
                _ ("Set the picture that other people’s address books show for you"), "copyright",
                _ ("© 2026 The Likeness contributors"), "license-type", GTK_LICENSE_GPL_3_0,
                /* Translators: put your names here, one a line. */
                "translator-credits", _ ("translator-credits"), NULL);
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (about, parent);
#else
  gtk_window_present (GTK_WINDOW (about));
#endif
}
