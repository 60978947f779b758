/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <locale.h>
#include "lk-application.h"
#include "lk-config.h"
#include "lk-loader-remarks.h"

int
main (int argc, char *argv[])
{
  g_autoptr (LkApplication) application = NULL;

  lk_loader_remarks_hide ();
  setlocale (LC_ALL, "");
  bindtextdomain (LK_GETTEXT_PACKAGE, LK_LOCALEDIR);
  bind_textdomain_codeset (LK_GETTEXT_PACKAGE, "UTF-8");
  textdomain (LK_GETTEXT_PACKAGE);
  g_set_application_name (_ ("Likeness"));

  application = lk_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
