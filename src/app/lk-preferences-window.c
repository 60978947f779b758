/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-preferences-window.h"

#include <glib/gi18n.h>
#include "lk-async.h"
#include "lk-compat.h"
#include "lk-error-text.h"

struct _LkPreferencesWindow
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwActionRow *identifiers_row;
  AdwActionRow *server_row;
  GtkSwitch *sharing_switch;
  AdwPreferencesGroup *devices_group;
  GtkSpinner *devices_spinner;
  AdwActionRow *devices_failed_row;
  GtkWidget *delete_button;

  LkAccountModel *account;
  GPtrArray *device_rows; /* (element-type GtkWidget) */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (LkPreferencesWindow, lk_preferences_window, ADW_TYPE_WINDOW)

static void load_devices (LkPreferencesWindow *self);

static void
report (LkPreferencesWindow *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (lk_error_is_cancelled (error))
    return;
  text = lk_error_text (error);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

static void
on_delete_session_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPreferencesWindow) self = LK_PREFERENCES_WINDOW (data);
  g_autoptr (GError) error = NULL;

  if (!lk_client_delete_session_finish (LK_CLIENT (source), result, &error))
    report (self, error);
  if (!lk_error_is_cancelled (error))
    load_devices (self);
}

static void
on_sign_device_out_clicked (GtkWidget *button, LkPreferencesWindow *self)
{
  const char *id = g_object_get_data (G_OBJECT (button), "session");

  gtk_widget_set_sensitive (button, FALSE);
  lk_client_delete_session_async (lk_account_model_get_client (self->account), id,
                                  self->cancellable, on_delete_session_ready, g_object_ref (self));
}

static char *
format_seen (const LkSession *session)
{
  g_autoptr (GDateTime) seen = g_date_time_new_from_unix_local (session->last_seen);
  g_autofree char *date = seen != NULL ? g_date_time_format (seen, "%x, %X") : NULL;

  if (session->current)
    return g_strdup (_ ("This device"));
  return date != NULL ? g_strdup_printf (_ ("Last used %s"), date) : NULL;
}

static GtkWidget *
build_device_row (LkPreferencesWindow *self, const LkSession *session)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *seen = format_seen (session);
  g_autofree char *name = g_markup_escape_text (session->name, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), seen);
  if (!session->current)
    {
      GtkWidget *button = gtk_button_new_with_label (_ ("Sign Out"));
      g_autofree char *label = g_strdup_printf (_ ("Sign Out %s"), session->name);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      lk_compat_name_button (GTK_BUTTON (button), label);
      g_object_set_data_full (G_OBJECT (button), "session", g_strdup (session->id), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_sign_device_out_clicked), self);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  return row;
}

static void
show_devices (LkPreferencesWindow *self, GPtrArray *sessions)
{
  for (guint i = 0; i < self->device_rows->len; i++)
    adw_preferences_group_remove (self->devices_group, g_ptr_array_index (self->device_rows, i));
  g_ptr_array_set_size (self->device_rows, 0);
  for (guint i = 0; i < sessions->len; i++)
    {
      GtkWidget *row = build_device_row (self, g_ptr_array_index (sessions, i));

      adw_preferences_group_add (self->devices_group, row);
      g_ptr_array_add (self->device_rows, row);
    }
}

static void
on_list_sessions_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPreferencesWindow) self = LK_PREFERENCES_WINDOW (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions
      = lk_client_list_sessions_finish (LK_CLIENT (source), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  gtk_spinner_set_spinning (self->devices_spinner, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->devices_failed_row), sessions == NULL);
  if (sessions != NULL)
    show_devices (self, sessions);
  else
    {
      g_autofree char *text = lk_error_text (error);

      adw_action_row_set_subtitle (self->devices_failed_row, text);
    }
}

static void
load_devices (LkPreferencesWindow *self)
{
  gtk_spinner_set_spinning (self->devices_spinner, TRUE);
  lk_client_list_sessions_async (lk_account_model_get_client (self->account), self->cancellable,
                                 on_list_sessions_ready, g_object_ref (self));
}

static void
on_try_again_clicked (LkPreferencesWindow *self)
{
  load_devices (self);
}

static void
on_sharing_switched (LkPreferencesWindow *self)
{
  if (self->account != NULL)
    lk_account_model_set_sharing (self->account, gtk_switch_get_active (self->sharing_switch)
                                                     ? LK_SHARING_ALLOWED
                                                     : LK_SHARING_REFUSED);
}

static void
on_delete_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPreferencesWindow) self = LK_PREFERENCES_WINDOW (data);
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->delete_button, TRUE);
  if (!lk_account_model_delete_finish (LK_ACCOUNT_MODEL (source), result, &error))
    report (self, error);
}

static void
on_confirm_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkPreferencesWindow *self = LK_PREFERENCES_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *response = lk_compat_confirm_finish (GTK_WIDGET (self), result, &error);

  if (response == NULL)
    {
      report (self, error);
      return;
    }
  gtk_widget_set_sensitive (self->delete_button, FALSE);
  lk_account_model_delete_async (self->account, self->cancellable, on_delete_ready,
                                 g_object_ref (self));
}

static void
on_delete_clicked (LkPreferencesWindow *self)
{
  const char *const *identifiers = lk_account_model_get_identifiers (self->account);
  const LkResponse responses[] = { { "delete", _ ("Delete Account"), LK_RESPONSE_DESTRUCTIVE } };
  g_autofree char *label = NULL;
  LkConfirmation confirmation = {
    .heading = _ ("Delete Your Account?"),
    .body = _ ("Your pictures, your shared contacts and your sign-ins are erased from the server, "
               "at once and for good. A copy that someone accepted into their address book stays "
               "theirs."),
    .responses = responses,
    .n_responses = G_N_ELEMENTS (responses),
  };

  confirmation.typed_text = identifiers != NULL && identifiers[0] != NULL ? identifiers[0] : NULL;
  /* Translators: %s is the person’s own phone number or email address. */
  if (confirmation.typed_text != NULL)
    label = g_strdup_printf (_ ("Type %s to confirm"), confirmation.typed_text);
  confirmation.typed_label = label;
  lk_compat_confirm_async (GTK_WIDGET (self), &confirmation, self->cancellable, on_confirm_ready,
                           NULL);
}

static void
show_account (LkPreferencesWindow *self)
{
  char **identifiers = (char **)lk_account_model_get_identifiers (self->account);
  g_autofree char *text = identifiers != NULL ? g_strjoinv ("\n", identifiers) : NULL;
  g_autofree char *escaped = text != NULL ? g_markup_escape_text (text, -1) : NULL;
  g_autofree char *server = g_markup_escape_text (lk_account_model_get_server (self->account), -1);

  adw_action_row_set_subtitle (self->identifiers_row, escaped != NULL ? escaped : "");
  adw_action_row_set_subtitle (self->server_row, server);
  gtk_switch_set_active (self->sharing_switch,
                         lk_account_model_get_sharing (self->account) == LK_SHARING_ALLOWED);
}

static void
lk_preferences_window_dispose (GObject *object)
{
  LkPreferencesWindow *self = LK_PREFERENCES_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_preferences_window_parent_class)->dispose (object);
}

static void
lk_preferences_window_finalize (GObject *object)
{
  LkPreferencesWindow *self = LK_PREFERENCES_WINDOW (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->device_rows);

  G_OBJECT_CLASS (lk_preferences_window_parent_class)->finalize (object);
}

static void
lk_preferences_window_class_init (LkPreferencesWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_preferences_window_dispose;
  object_class->finalize = lk_preferences_window_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, identifiers_row);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, server_row);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, sharing_switch);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, devices_group);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, devices_spinner);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, devices_failed_row);
  gtk_widget_class_bind_template_child (widget_class, LkPreferencesWindow, delete_button);
  gtk_widget_class_bind_template_callback (widget_class, on_sharing_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_try_again_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lk_preferences_window_init (LkPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lk_compat_name_toasts (self->toasts);
  self->device_rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

/**
 * lk_preferences_window_new:
 * @parent: above which it stays
 * @account: signed in; the window closes when it is not any more
 */
GtkWidget *
lk_preferences_window_new (GtkWindow *parent, LkAccountModel *account)
{
  LkPreferencesWindow *self
      = g_object_new (LK_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);

  /* The switch shows what is so before it is listened to. */
  gtk_switch_set_active (self->sharing_switch,
                         lk_account_model_get_sharing (account) == LK_SHARING_ALLOWED);
  self->account = g_object_ref (account);
  g_signal_connect_object (account, "notify::identifiers", G_CALLBACK (show_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::sharing", G_CALLBACK (show_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "signed-out", G_CALLBACK (gtk_window_destroy), self,
                           G_CONNECT_SWAPPED);
  show_account (self);
  load_devices (self);
  return GTK_WIDGET (self);
}
