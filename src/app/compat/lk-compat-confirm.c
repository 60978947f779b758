/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define CANCEL "cancel"

#if ADW_CHECK_VERSION(1, 5, 0)
typedef AdwAlertDialog Dialog;
#define dialog_add_response adw_alert_dialog_add_response
#define dialog_set_appearance adw_alert_dialog_set_response_appearance
#define dialog_set_enabled adw_alert_dialog_set_response_enabled
#define dialog_set_default adw_alert_dialog_set_default_response
#define dialog_set_close adw_alert_dialog_set_close_response
#define dialog_set_extra adw_alert_dialog_set_extra_child
#else
typedef AdwMessageDialog Dialog;
#define dialog_add_response adw_message_dialog_add_response
#define dialog_set_appearance adw_message_dialog_set_response_appearance
#define dialog_set_enabled adw_message_dialog_set_response_enabled
#define dialog_set_default adw_message_dialog_set_default_response
#define dialog_set_close adw_message_dialog_set_close_response
#define dialog_set_extra adw_message_dialog_set_extra_child
#endif

/* One question while it is on the screen. */
typedef struct
{
  Dialog *dialog; /* its own until it has responded */
  GCancellable *cancellable;
  gulong cancelled;
  GStrv ids;
  char *typed_text;
} Question;

static void
question_free (Question *self)
{
  g_clear_object (&self->cancellable);
  g_strfreev (self->ids);
  g_free (self->typed_text);
  g_free (self);
}

static Dialog *
dialog_new (GtkWidget *parent, const char *heading, const char *body)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  return ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));
#else
  GtkRoot *root = gtk_widget_get_root (parent);

  return ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (root != NULL ? GTK_WINDOW (root) : NULL, heading, body));
#endif
}

static void
dialog_present (Dialog *dialog, GtkWidget *parent)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (dialog), parent);
#else
  gtk_window_present (GTK_WINDOW (dialog));
#endif
}

static void
dialog_close (Dialog *dialog)
{
#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_close (ADW_DIALOG (dialog));
#else
  gtk_window_close (GTK_WINDOW (dialog));
#endif
}

static GtkWidget *
build_typed_entry (const char *label_text, GtkWidget **entry)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (label_text);

  *entry = gtk_entry_new ();
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), *entry);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_entry_set_activates_default (GTK_ENTRY (*entry), TRUE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), *entry);
  return box;
}

static gboolean
close_idle (gpointer data)
{
  GTask *task = G_TASK (data);
  Question *question = g_task_get_task_data (task);

  if (question->dialog != NULL)
    dialog_close (question->dialog);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  /* Not from in here: a handler of "cancelled" must not disconnect itself. */
  g_idle_add_full (G_PRIORITY_DEFAULT, close_idle, g_object_ref (task), g_object_unref);
}

static void
on_typed_changed (GtkEditable *entry, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  gboolean enabled = g_strcmp0 (typed, question->typed_text) == 0;

  if (question->dialog == NULL)
    return;
  for (gsize i = 0; question->ids[i] != NULL; i++)
    dialog_set_enabled (question->dialog, question->ids[i], enabled);
}

static void
on_response (Dialog *dialog, const char *response, GTask *task)
{
  Question *question = g_task_get_task_data (task);

  if (question->dialog == NULL)
    return;
  question->dialog = NULL;
  if (question->cancelled != 0)
    g_signal_handler_disconnect (question->cancellable, question->cancelled);
  question->cancelled = 0;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_strcmp0 (response, CANCEL) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The person cancelled");
  else
    g_task_return_pointer (task, g_strdup (response), g_free);
}

void
lk_compat_confirm_async (GtkWidget *parent,
                         const LkConfirmation *confirmation,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  GTask *task = NULL;
  Question *question = NULL;
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (confirmation != NULL && confirmation->n_responses > 0);

  task = g_task_new (parent, cancellable, callback, data);
  g_task_set_source_tag (task, lk_compat_confirm_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  question = g_new0 (Question, 1);
  g_task_set_task_data (task, question, (GDestroyNotify)question_free);
  question->dialog = dialog_new (parent, confirmation->heading, confirmation->body);
  question->typed_text = g_strdup (confirmation->typed_text);

  dialog_add_response (question->dialog, CANCEL, _ ("Cancel"));
  dialog_set_close (question->dialog, CANCEL);
  dialog_set_default (question->dialog, CANCEL);
  for (gsize i = 0; i < confirmation->n_responses; i++)
    {
      const LkResponse *response = &confirmation->responses[i];

      dialog_add_response (question->dialog, response->id, response->label);
      g_strv_builder_add (ids, response->id);
      if (response->look == LK_RESPONSE_SUGGESTED)
        {
          dialog_set_appearance (question->dialog, response->id, ADW_RESPONSE_SUGGESTED);
          dialog_set_default (question->dialog, response->id);
        }
      else if (response->look == LK_RESPONSE_DESTRUCTIVE)
        dialog_set_appearance (question->dialog, response->id, ADW_RESPONSE_DESTRUCTIVE);
    }
  question->ids = g_strv_builder_end (ids);

  /* The dialog holds the task until it goes. */
  g_signal_connect_data (question->dialog, "response", G_CALLBACK (on_response), task,
                         (GClosureNotify)(void (*) (void))g_object_unref, 0);
  if (confirmation->typed_text != NULL)
    {
      GtkWidget *entry = NULL;

      dialog_set_extra (question->dialog, build_typed_entry (confirmation->typed_label, &entry));
      g_signal_connect (entry, "changed", G_CALLBACK (on_typed_changed), task);
      on_typed_changed (GTK_EDITABLE (entry), task);
    }
  if (cancellable != NULL)
    {
      question->cancellable = g_object_ref (cancellable);
      question->cancelled
          = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
    }
  dialog_present (question->dialog, parent);
}

char *
lk_compat_confirm_finish (GtkWidget *parent, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, parent), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
