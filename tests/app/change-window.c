/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A window with nothing but the Change flow in it, with models that a test can set: what the tests
 * of the flow drive through accessibility, pointer and keys, as a person would. */

#include <adwaita.h>
#include <stdlib.h>

#include "lk-account-model.h"
#include "lk-change-view.h"
#include "lk-loader-remarks.h"
#include "lk-preview-page.h"
#include "lk-publisher.h"
#include "lk-resources.h"

static int option_width = 880;
static int option_height = 680;
static int option_contacts = 0;
static gboolean option_dark = FALSE;
static gboolean option_rtl = FALSE;
static char *option_server = NULL;
static char *option_publisher = NULL;
static char **option_files = NULL;

static const GOptionEntry OPTIONS[] = {
  { "width", 0, 0, G_OPTION_ARG_INT, &option_width, "Width of the window", "PX" },
  { "height", 0, 0, G_OPTION_ARG_INT, &option_height, "Height of the window", "PX" },
  { "contacts", 0, 0, G_OPTION_ARG_INT, &option_contacts, "How many people there are", "N" },
  { "dark", 0, 0, G_OPTION_ARG_NONE, &option_dark, "Dark style", NULL },
  { "rtl", 0, 0, G_OPTION_ARG_NONE, &option_rtl, "Right to left", NULL },
  { "server", 0, 0, G_OPTION_ARG_STRING, &option_server,
    "Server to be signed in to with the token in $LK_TEST_TOKEN", "URL" },
  { "outbox", 0, 0, G_OPTION_ARG_FILENAME, &option_publisher, "The publisher's folder", "DIR" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &option_files, "A picture", "FILE" },
  { NULL },
};

static const char *const NAMES[]
    = { "Anna Adler", "Bert Brecht", "Carla Conti", "Dora Diaz", "Emil Esser", "Fatima Farah" };

static LkAddressBook *
make_address_book (void)
{
  LkAddressBook *book = lk_address_book_memory_new ();

  for (int i = 0; i < option_contacts; i++)
    {
      g_autofree char *uid = g_strdup_printf ("uid-%d", i);
      g_autofree char *ref = g_strdup_printf ("ref-%d", i);
      g_autofree char *name = i < (int)G_N_ELEMENTS (NAMES) ? g_strdup (NAMES[i])
                                                            : g_strdup_printf ("Person %03d", i);
      g_autofree char *email = g_strdup_printf ("person%d@example.org", i);
      /* The fourth has no identifier and cannot be reached. */
      const char *const identifiers[] = { i == 3 ? NULL : email, NULL };
      const char *const groups[] = { i % 2 == 0 ? "Family" : "Work", NULL };
      g_autoptr (LkContact) contact = lk_contact_new (uid, ref, name, identifiers, groups, NULL);

      lk_address_book_memory_add (book, contact);
    }
  return book;
}

static void
on_token_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_token_store_save_finish (LK_TOKEN_STORE (source), result, &error);
  g_assert_no_error (error);
  lk_account_model_start (data);
}

static LkAccountModel *
make_account (void)
{
  g_autoptr (GSettings) settings = g_settings_new ("app.likeness.Likeness");
  g_autoptr (LkAddressBook) book = make_address_book ();
  g_autoptr (LkTokenStore) store = lk_token_store_memory_new ();
  const char *token = g_getenv ("LK_TEST_TOKEN");
  LkAccountModel *account;

  if (option_server != NULL)
    g_settings_set_string (settings, "server", option_server);
  account = lk_account_model_new (settings, book, store);
  lk_contact_sync_open (lk_account_model_get_sync (account));
  if (option_server != NULL && token != NULL)
    lk_token_store_save_async (store, lk_account_model_get_server (account), token, NULL,
                               on_token_saved, account);
  return account;
}

static void
on_closed (LkChangeView *view)
{
  g_print ("closed\n");
}

static void
on_published (LkChangeView *view)
{
  g_print ("published\n");
}

/* What the application's window does about it is that window's own test. */
static void
on_import_activated (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_print ("import\n");
}

static const GActionEntry ACTIONS[] = {
  { .name = "import-contacts", .activate = on_import_activated },
};

static LkPreviewPage *
find_preview_page (GtkWidget *widget)
{
  LkPreviewPage *page = LK_IS_PREVIEW_PAGE (widget) ? LK_PREVIEW_PAGE (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); page == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    page = find_preview_page (child);
  return page;
}

/* What the person saw when they pressed Publish. */
static void
on_phase_changed (LkPublisher *publisher, GParamSpec *pspec, GtkWidget *view)
{
  const LkPreview *preview = lk_preview_page_get_preview (find_preview_page (view));
  g_autofree char *photo = NULL;
  g_autofree char *thumbnail = NULL;

  if (lk_publisher_get_phase (publisher) != LK_PUBLISH_ENCODING)
    return;
  photo = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, preview->photo_bytes);
  thumbnail = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, preview->thumbnail_bytes);
  g_print ("shown %s %s\n", photo, thumbnail);
}

static void
on_activate (AdwApplication *application)
{
  g_autofree char *directory = option_publisher != NULL
                                   ? g_strdup (option_publisher)
                                   : g_build_filename (g_get_user_data_dir (), "outbox", NULL);
  LkAccountModel *account = make_account ();
  LkPublisher *publisher = lk_publisher_new (account, directory);
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));
  GtkWidget *view;

  /* Only after GTK has set that of the locale. */
  if (option_rtl)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  if (option_dark)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                        ADW_COLOR_SCHEME_FORCE_DARK);
  g_action_map_add_action_entries (G_ACTION_MAP (window), ACTIONS, G_N_ELEMENTS (ACTIONS), NULL);
  view = lk_change_view_new (account, publisher);
  g_signal_connect (view, "closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect (view, "published", G_CALLBACK (on_published), NULL);
  g_signal_connect (publisher, "notify::phase", G_CALLBACK (on_phase_changed), view);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), view);
  gtk_window_set_title (GTK_WINDOW (window), "Likeness");
  gtk_window_set_default_size (GTK_WINDOW (window), option_width, option_height);
  gtk_window_present (GTK_WINDOW (window));
  lk_change_view_start (LK_CHANGE_VIEW (view));
  if (option_files != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (option_files[0]);

      lk_change_view_open_file (LK_CHANGE_VIEW (view), file);
    }
  /* For as long as the program runs. */
  g_object_set_data_full (G_OBJECT (application), "account", account, g_object_unref);
  g_object_set_data_full (G_OBJECT (application), "publisher", publisher, g_object_unref);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (AdwApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, OPTIONS, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  lk_loader_remarks_hide ();
  lk_resources_register_resource ();
  application = adw_application_new ("app.likeness.Likeness", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
