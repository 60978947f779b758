/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-application.h"

#include <glib/gi18n.h>
#include "lk-account-model.h"
#include "lk-config.h"
#include "lk-publisher.h"
#include "lk-resources.h"
#include "lk-window.h"

struct _LkApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  LkAccountModel *account;
  LkPublisher *publisher;
};

G_DEFINE_FINAL_TYPE (LkApplication, lk_application, ADW_TYPE_APPLICATION)

static void
set_accels (LkApplication *self, const char *action, const char *accel)
{
  const char *accels[] = { accel, NULL };

  gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, accels);
}

static void
on_quit_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  /* The window keeps its size as it closes, and it is the only one. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (data));
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = on_quit_activated },
};

static LkWindow *
ensure_window (LkApplication *self)
{
  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL;
       link = link->next)
    {
      if (LK_IS_WINDOW (link->data))
        return link->data;
    }
  return lk_window_new (self, self->account, self->publisher, self->settings);
}

static LkAddressBook *
new_address_book (void)
{
  LkAddressBook *address_book = lk_address_book_eds_new ();
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  if (address_book != NULL)
    return address_book;
  /* Built without Evolution Data Server. */
  path = g_build_filename (g_get_user_data_dir (), "likeness", "contacts.vcf", NULL);
  file = g_file_new_for_path (path);
  return lk_address_book_file_new (file);
}

static void
lk_application_startup (GApplication *application)
{
  LkApplication *self = LK_APPLICATION (application);
  g_autoptr (LkAddressBook) address_book = NULL;
  g_autofree char *outbox = g_build_filename (g_get_user_data_dir (), "likeness", "outbox", NULL);

  lk_resources_register_resource ();

  G_APPLICATION_CLASS (lk_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (LK_APP_ID);
  self->settings = g_settings_new (LK_APP_ID);
  address_book = new_address_book ();
  self->account = lk_account_model_new (self->settings, address_book, NULL);
  self->publisher = lk_publisher_new (self->account, outbox);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (self, "app.quit", "<Control>q");
  set_accels (self, "window.close", "<Control>w");
  set_accels (self, "win.change-picture", "<Control>n");
  set_accels (self, "win.search", "<Control>f");
  set_accels (self, "win.preferences", "<Control>comma");
  set_accels (self, "win.shortcuts", "<Control>question");
}

static void
lk_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (LK_APPLICATION (application))));
}

static void
lk_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  LkWindow *window = ensure_window (LK_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  lk_window_change_picture (window, files[0]);
  if (n_files > 1)
    lk_window_toast (window, _ ("Only the first file was opened: you have one picture."));
}

static int
lk_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("likeness %s\n", LK_VERSION);
  return 0;
}

static void
lk_application_shutdown (GApplication *application)
{
  LkApplication *self = LK_APPLICATION (application);

  g_clear_object (&self->publisher);
  g_clear_object (&self->account);
  g_clear_object (&self->settings);

  G_APPLICATION_CLASS (lk_application_parent_class)->shutdown (application);
}

static void
lk_application_class_init (LkApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = lk_application_startup;
  application_class->activate = lk_application_activate;
  application_class->open = lk_application_open;
  application_class->handle_local_options = lk_application_handle_local_options;
  application_class->shutdown = lk_application_shutdown;
}

static void
lk_application_init (LkApplication *self)
{
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[FILE]"));
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("Set the picture that other people’s address books show for you."));
  g_application_add_main_option (G_APPLICATION (self), "version", 'v', 0, G_OPTION_ARG_NONE,
                                 _ ("Show the version and stop"), NULL);
}

/**
 * lk_application_new:
 *
 * Returns: (transfer full): the application, not registered yet
 */
LkApplication *
lk_application_new (void)
{
  return g_object_new (LK_TYPE_APPLICATION, "application-id", LK_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/app/likeness/Likeness",
                       NULL);
}
