/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

#include <glib/gi18n.h>

#if GTK_CHECK_VERSION(4, 10, 0)

static void
on_open_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, &error);

  if (file != NULL)
    g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
  else if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_FAILED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "No file was chosen");
}

static void
open_file (GTask *task, GtkWindow *parent, const char *title, GtkFileFilter *filter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, title);
  if (filter != NULL)
    {
      g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);

      g_list_store_append (filters, filter);
      gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
    }
  gtk_file_dialog_open (dialog, parent, g_task_get_cancellable (task), on_open_ready,
                        g_object_ref (task));
}

#else

/* Lives as task data, so that nothing is left of the dialog once the task is done. */
typedef struct
{
  GtkFileChooserNative *native;
  GCancellable *cancellable;
  gulong cancelled;
} Chooser;

static void
chooser_free (Chooser *self)
{
  g_clear_object (&self->native);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
chooser_end (GTask *task, GFile *file)
{
  Chooser *chooser = g_task_get_task_data (task);

  if (chooser->cancelled != 0)
    g_signal_handler_disconnect (chooser->cancellable, chooser->cancelled);
  chooser->cancelled = 0;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (file != NULL)
    g_task_return_pointer (task, g_object_ref (file), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "No file was chosen");
}

static void
on_response (GtkNativeDialog *native, int response, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  g_autoptr (GFile) file = NULL;

  /* The reference that open_file() took for the dialog ends here, once. */
  if (g_signal_handlers_disconnect_by_func (native, on_response, data) == 0)
    return;
  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (native));
  gtk_native_dialog_hide (native);
  chooser_end (task, file);
}

static gboolean
close_idle (gpointer data)
{
  Chooser *chooser = g_task_get_task_data (G_TASK (data));

  /* Hiding does not respond by itself. */
  if (chooser->cancelled != 0)
    g_signal_emit_by_name (chooser->native, "response", GTK_RESPONSE_CANCEL);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  /* Not from in here: a handler of "cancelled" must not disconnect itself. */
  g_idle_add_full (G_PRIORITY_DEFAULT, close_idle, g_object_ref (task), g_object_unref);
}

static void
open_file (GTask *task, GtkWindow *parent, const char *title, GtkFileFilter *filter)
{
  Chooser *chooser = g_new0 (Chooser, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_set_task_data (task, chooser, (GDestroyNotify)chooser_free);
  chooser->native = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_OPEN,
                                                 _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser->native), TRUE);
  if (filter != NULL)
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser->native), filter);
  g_signal_connect (chooser->native, "response", G_CALLBACK (on_response), g_object_ref (task));
  if (cancellable != NULL)
    {
      chooser->cancellable = g_object_ref (cancellable);
      chooser->cancelled
          = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser->native));
}

#endif

void
lk_compat_open_file_async (GtkWidget *parent,
                           const char *title,
                           GtkFileFilter *filter,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (GTask) task = NULL;
  GtkRoot *root = NULL;

  g_return_if_fail (GTK_IS_WIDGET (parent));

  task = g_task_new (parent, cancellable, callback, data);
  g_task_set_source_tag (task, lk_compat_open_file_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  root = gtk_widget_get_root (parent);
  open_file (task, root != NULL ? GTK_WINDOW (root) : NULL, title, filter);
}

GFile *
lk_compat_open_file_finish (GtkWidget *parent, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
