/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Another program that has a picture: picture-giver [--file] PATH. It puts it on the clipboard, as
 * an image or as a copied file, prints "ready", and lets it be dragged out of its window. */

#include <gtk/gtk.h>

#define SIZE 200

static gboolean option_file = FALSE;
static char **option_paths = NULL;

static const GOptionEntry OPTIONS[] = {
  { "file", 0, 0, G_OPTION_ARG_NONE, &option_file, "Give the file, not the image", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &option_paths, "The picture", "PATH" },
  { NULL },
};

static GdkContentProvider *
make_provider (void)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (option_paths[0]);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *content_type = NULL;
  g_autofree char *mime_type = NULL;
  g_autoptr (GError) error = NULL;

  if (option_file)
    return gdk_content_provider_new_typed (G_TYPE_FILE, file);
  bytes = g_file_load_bytes (file, NULL, NULL, &error);
  g_assert_no_error (error);
  content_type = g_content_type_guess (option_paths[0], NULL, 0, NULL);
  mime_type = g_content_type_get_mime_type (content_type);
  return gdk_content_provider_new_for_bytes (mime_type, bytes);
}

static void
on_map (GtkWidget *window, GdkContentProvider *provider)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (window);

  g_assert_true (gdk_clipboard_set_content (clipboard, provider));
  g_print ("ready\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GdkContentProvider) provider = NULL;
  g_autoptr (GError) error = NULL;
  GtkDragSource *source = gtk_drag_source_new ();
  GtkWidget *window;

  g_option_context_add_main_entries (context, OPTIONS, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || option_paths == NULL)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "No picture is named");
      return 2;
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  gtk_init ();
  provider = make_provider ();
  gtk_drag_source_set_content (source, provider);

  window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (window), "Giver");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), SIZE, SIZE);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (window, "map", G_CALLBACK (on_map), provider);
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (loop);
  return 0;
}
