/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-window.h"

#include <glib/gi18n.h>
#include "lk-async.h"
#include "lk-change-view.h"
#include "lk-clipboard.h"
#include "lk-compat.h"
#include "lk-config.h"
#include "lk-error-text.h"
#include "lk-my-picture-page.h"
#include "lk-people-page.h"
#include "lk-preferences-window.h"
#include "lk-shortcuts-window.h"
#include "lk-sign-in-page.h"
#include "lk-status-bar.h"
#include "lk-switcher-title.h"
#include "lk-welcome-page.h"

struct _LkWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkSpinner *starting_spinner;
  LkSignInPage *sign_in_page;
  LkWelcomePage *welcome_page;
  LkSwitcherTitle *switcher_title;
  LkStatusBar *status_bar;
  AdwViewStack *views;
  GtkWidget *switcher_bar;
  LkMyPicturePage *my_picture_page;
  LkPeoplePage *people_page;
  LkChangeView *change_view; /* made when it is first needed */

  LkAccountModel *account;
  LkPublisher *publisher;
  GSettings *settings;
  GCancellable *cancellable;
  gboolean changing;
  GFile *waiting; /* to be opened after signing in */
  gboolean started;
};

G_DEFINE_FINAL_TYPE (LkWindow, lk_window, ADW_TYPE_APPLICATION_WINDOW)

static void update_stack (LkWindow *self);

static void
report (LkWindow *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (lk_error_is_cancelled (error))
    return;
  text = lk_error_text (error);
  lk_window_toast (self, text);
}

/* The Change flow */

static void
end_changing (LkWindow *self)
{
  self->changing = FALSE;
  update_stack (self);
}

static void
on_change_published (LkWindow *self)
{
  adw_view_stack_set_visible_child_name (self->views, "my-picture");
  end_changing (self);
}

static LkChangeView *
ensure_change_view (LkWindow *self)
{
  if (self->change_view == NULL)
    {
      self->change_view = LK_CHANGE_VIEW (lk_change_view_new (self->account, self->publisher));
      g_signal_connect_object (self->change_view, "closed", G_CALLBACK (end_changing), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->change_view, "published", G_CALLBACK (on_change_published),
                               self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->change_view), "change");
    }
  return self->change_view;
}

static gboolean
can_change (LkWindow *self)
{
  return lk_account_model_get_state (self->account) == LK_ACCOUNT_SIGNED_IN;
}

static LkChangeView *
begin_changing (LkWindow *self)
{
  LkChangeView *view = ensure_change_view (self);

  if (!self->changing)
    {
      self->changing = TRUE;
      lk_change_view_start (view);
      update_stack (self);
    }
  return view;
}

/* What the stack shows follows from the models. */
static const char *
find_page (LkWindow *self)
{
  switch (lk_account_model_get_state (self->account))
    {
    case LK_ACCOUNT_STARTING:
      return "starting";
    case LK_ACCOUNT_SIGNED_OUT:
      return "sign-in";
    case LK_ACCOUNT_SIGNED_IN:
    default:
      if (lk_account_model_get_sharing (self->account) == LK_SHARING_UNDECIDED)
        return "welcome";
      return self->changing ? "change" : "main";
    }
}

static void
update_actions (LkWindow *self)
{
  gboolean signed_in = can_change (self);
  gboolean decided
      = signed_in && lk_account_model_get_sharing (self->account) != LK_SHARING_UNDECIDED;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.change-picture", decided);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.search", decided && !self->changing);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.import-contacts", signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.preferences", signed_in);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.sign-out", signed_in);
}

static void
update_stack (LkWindow *self)
{
  const char *page = find_page (self);
  gboolean other = g_strcmp0 (page, gtk_stack_get_visible_child_name (self->stack)) != 0;

  gtk_spinner_set_spinning (self->starting_spinner, g_str_equal (page, "starting"));
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->switcher_bar, g_str_equal (page, "main"));
  update_actions (self);
  if (!other)
    return;
  if (g_str_equal (page, "sign-in"))
    gtk_widget_grab_focus (GTK_WIDGET (self->sign_in_page));
  if (g_str_equal (page, "main") && self->waiting != NULL)
    {
      g_autoptr (GFile) file = g_steal_pointer (&self->waiting);

      lk_change_view_open_file (begin_changing (self), file);
    }
}

static void
on_signed_out (LkWindow *self, LkSignedOutReason reason)
{
  const char *text = NULL;

  self->changing = FALSE;
  /* The draft of somebody else is not shown to whoever comes next. */
  if (self->change_view != NULL)
    {
      update_stack (self);
      gtk_stack_remove (self->stack, GTK_WIDGET (self->change_view));
      self->change_view = NULL;
    }
  switch (reason)
    {
    case LK_SIGNED_OUT_BY_SERVER:
      text = _ ("You were signed out. Sign in again to go on.");
      break;
    case LK_SIGNED_OUT_DELETED:
      text = _ ("Your account and everything of it was deleted.");
      break;
    case LK_SIGNED_OUT_BY_PERSON:
    default:
      text = _ ("You are signed out.");
    }
  lk_window_toast (self, text);
}

static void
on_account_failed (LkWindow *self, const GError *error)
{
  report (self, error);
}

static void
on_phase_changed (LkWindow *self)
{
  g_autofree char *text = NULL;
  gint64 told = 0;

  /* The flow tells by itself while it is there. */
  if (self->changing || lk_publisher_get_phase (self->publisher) != LK_PUBLISH_DONE)
    return;
  told = lk_publisher_get_told (self->publisher);
  if (told > 0)
    text = g_strdup_printf (ngettext ("Your picture is out, and %d person was told.",
                                      "Your picture is out, and %d people were told.", told),
                            (int)told);
  else
    text = g_strdup (_ ("Your picture is out."));
  lk_window_toast (self, text);
  lk_publisher_dismiss (self->publisher);
}

static void
on_view_changed (LkWindow *self)
{
  if (self->account != NULL)
    update_actions (self);
}

static void
on_brought_back (LkWindow *self)
{
  AdwToast *toast = adw_toast_new (_ ("Your previous picture shows again"));

  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_action_name (toast, "win.undo-bring-back");
  adw_toast_set_timeout (toast, LK_UNDO_SECONDS);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_withdrawn (LkWindow *self)
{
  lk_window_toast (self, _ ("Withdrawn"));
}

static void
on_failed (LkWindow *self, const GError *error)
{
  report (self, error);
}

/* Actions */

static void
on_change_picture_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  lk_window_change_picture (LK_WINDOW (widget), NULL);
}

static void
on_paste_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkWindow) self = LK_WINDOW (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!lk_clipboard_read_finish (result, &file, &bytes, &error))
    {
      if (!lk_error_is_cancelled (error))
        lk_window_toast (self, _ ("There is no picture to paste. Copy one first."));
      return;
    }
  if (!can_change (self))
    return;
  if (file != NULL)
    lk_change_view_open_file (begin_changing (self), file);
  else
    lk_change_view_open_bytes (begin_changing (self), bytes);
}

static void
on_paste_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkWindow *self = LK_WINDOW (widget);

  if (g_strcmp0 (find_page (self), "main") == 0)
    lk_clipboard_read_async (gtk_widget_get_clipboard (widget), self->cancellable, on_paste_ready,
                             g_object_ref (self));
}

static void
on_search_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkWindow *self = LK_WINDOW (widget);

  adw_view_stack_set_visible_child_name (self->views, "people");
  lk_people_page_search (self->people_page);
}

static void
on_undo_bring_back_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  lk_my_picture_page_undo (LK_WINDOW (widget)->my_picture_page);
}

static void
on_import_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkWindow) self = LK_WINDOW (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int n = lk_address_book_import_finish (LK_ADDRESS_BOOK (source), result, &error);

  if (n < 0)
    {
      report (self, error);
      return;
    }
  text = g_strdup_printf (ngettext ("%d contact was added", "%d contacts were added", n), n);
  lk_window_toast (self, text);
}

static void
on_open_contacts_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkWindow *self = LK_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = lk_compat_open_file_finish (GTK_WIDGET (self), result, &error);

  if (file == NULL)
    {
      report (self, error);
      return;
    }
  lk_address_book_import_async (lk_account_model_get_address_book (self->account), file,
                                self->cancellable, on_import_ready, g_object_ref (self));
}

static void
on_import_contacts_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkWindow *self = LK_WINDOW (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("vCard Files"));
  gtk_file_filter_add_mime_type (filter, "text/vcard");
  gtk_file_filter_add_mime_type (filter, "text/x-vcard");
  gtk_file_filter_add_suffix (filter, "vcf");
  lk_compat_open_file_async (widget, _ ("Import Contacts"), filter, self->cancellable,
                             on_open_contacts_ready, NULL);
}

static void
on_preferences_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkWindow *self = LK_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (lk_preferences_window_new (GTK_WINDOW (self), self->account)));
}

static void
on_shortcuts_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (lk_shortcuts_window_new (GTK_WINDOW (widget))));
}

static void
on_about_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  lk_compat_show_about (widget);
}

static void
on_confirm_sign_out_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkWindow *self = LK_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *response = lk_compat_confirm_finish (GTK_WIDGET (self), result, &error);

  if (response == NULL)
    report (self, error);
  else if (can_change (self))
    lk_account_model_sign_out (self->account);
}

static void
on_sign_out_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkWindow *self = LK_WINDOW (widget);
  gboolean waits = lk_publisher_get_phase (self->publisher) == LK_PUBLISH_QUEUED;
  const LkResponse responses[] = { { "sign-out", _ ("Sign Out"), LK_RESPONSE_DESTRUCTIVE } };
  LkConfirmation confirmation = {
    .heading = _ ("Sign Out?"),
    .body = waits ? _ ("The picture that waits to be sent is thrown away. Pictures that are out "
                       "stay as they are.")
                  : _ ("Pictures that are out stay as they are. To change them, you sign in "
                       "again."),
    .responses = responses,
    .n_responses = G_N_ELEMENTS (responses),
  };

  lk_compat_confirm_async (widget, &confirmation, self->cancellable, on_confirm_sign_out_ready,
                           NULL);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LkWindow *self)
{
  GSList *files = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && can_change (self))
    {
      lk_change_view_open_texture (begin_changing (self), g_value_get_object (value));
      return TRUE;
    }
  if (!G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    return FALSE;
  files = g_value_get_boxed (value);
  if (files == NULL)
    return FALSE;
  lk_window_change_picture (self, files->data);
  return TRUE;
}

/* The first frame */

static void
on_first_frame (GdkFrameClock *clock, LkWindow *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_frame, self);
  if (self->started)
    return;
  self->started = TRUE;
  if (lk_account_model_get_state (self->account) == LK_ACCOUNT_STARTING)
    lk_account_model_start (self->account);
}

static void
lk_window_realize (GtkWidget *widget)
{
  LkWindow *self = LK_WINDOW (widget);

  GTK_WIDGET_CLASS (lk_window_parent_class)->realize (widget);

  /* Nothing that takes time is done before there is something to see. */
  if (!self->started)
    g_signal_connect_object (gtk_widget_get_frame_clock (widget), "after-paint",
                             G_CALLBACK (on_first_frame), self, 0);
}

static gboolean
lk_window_close_request (GtkWindow *window)
{
  LkWindow *self = LK_WINDOW (window);
  int width = 0;
  int height = 0;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (self->settings, "window-width", MAX (width, 360));
  g_settings_set_int (self->settings, "window-height", MAX (height, 294));
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));

  return GTK_WINDOW_CLASS (lk_window_parent_class)->close_request (window);
}

static void
lk_window_dispose (GObject *object)
{
  LkWindow *self = LK_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);
  g_clear_object (&self->publisher);
  g_clear_object (&self->settings);
  g_clear_object (&self->waiting);

  G_OBJECT_CLASS (lk_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.change-picture", NULL,
                                   on_change_picture_activated);
  gtk_widget_class_install_action (widget_class, "win.paste", NULL, on_paste_activated);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search_activated);
  gtk_widget_class_install_action (widget_class, "win.undo-bring-back", NULL,
                                   on_undo_bring_back_activated);
  gtk_widget_class_install_action (widget_class, "win.import-contacts", NULL,
                                   on_import_contacts_activated);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, on_preferences_activated);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, on_shortcuts_activated);
  gtk_widget_class_install_action (widget_class, "win.about", NULL, on_about_activated);
  gtk_widget_class_install_action (widget_class, "win.sign-out", NULL, on_sign_out_activated);
  /* Not an accelerator of the application: an entry that has the focus pastes by itself. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste",
                                       NULL);
}

static void
lk_window_class_init (LkWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->dispose = lk_window_dispose;
  widget_class->realize = lk_window_realize;
  window_class->close_request = lk_window_close_request;

  g_type_ensure (LK_TYPE_MY_PICTURE_PAGE);
  g_type_ensure (LK_TYPE_PEOPLE_PAGE);
  g_type_ensure (LK_TYPE_SIGN_IN_PAGE);
  g_type_ensure (LK_TYPE_STATUS_BAR);
  g_type_ensure (LK_TYPE_SWITCHER_TITLE);
  g_type_ensure (LK_TYPE_WELCOME_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/app/likeness/Likeness/window.ui");
  gtk_widget_class_bind_template_child (widget_class, LkWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, starting_spinner);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, sign_in_page);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, welcome_page);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, views);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, my_picture_page);
  gtk_widget_class_bind_template_child (widget_class, LkWindow, people_page);
  gtk_widget_class_bind_template_callback (widget_class, on_view_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_brought_back);
  gtk_widget_class_bind_template_callback (widget_class, on_withdrawn);
  gtk_widget_class_bind_template_callback (widget_class, on_failed);
  install_actions (widget_class);
}

static void
lk_window_init (LkWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };

  gtk_widget_init_template (GTK_WIDGET (self));
  lk_compat_name_toasts (self->toasts);
  lk_compat_name_menus (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
connect_models (LkWindow *self)
{
  lk_sign_in_page_set_account (self->sign_in_page, self->account);
  lk_welcome_page_set_account (self->welcome_page, self->account);
  lk_my_picture_page_set_account (self->my_picture_page, self->account);
  lk_people_page_set_account (self->people_page, self->account);
  lk_status_bar_set_models (self->status_bar, self->account, self->publisher);

  g_signal_connect_object (self->account, "notify::state", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->account, "notify::sharing", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->account, "signed-out", G_CALLBACK (on_signed_out), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->account, "failed", G_CALLBACK (on_account_failed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->publisher, "notify::phase", G_CALLBACK (on_phase_changed), self,
                           G_CONNECT_SWAPPED);
}

/**
 * lk_window_new:
 * @application: whose window it is
 * @account: who is signed in; started after the first frame where it was not yet
 * @publisher: what takes pictures to the server
 * @settings: of the schema app.likeness.Likeness, for the size
 */
LkWindow *
lk_window_new (LkApplication *application,
               LkAccountModel *account,
               LkPublisher *publisher,
               GSettings *settings)
{
  LkWindow *self = g_object_new (LK_TYPE_WINDOW, "application", application, NULL);

  self->account = g_object_ref (account);
  self->publisher = g_object_ref (publisher);
  self->settings = g_object_ref (settings);
  gtk_window_set_icon_name (GTK_WINDOW (self), LK_APP_ID);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  connect_models (self);
  update_stack (self);
  return self;
}

/**
 * lk_window_change_picture:
 * @source: (nullable): a file that was chosen already
 *
 * Opens the Change flow: after signing in, where that comes first.
 */
void
lk_window_change_picture (LkWindow *self, GFile *source)
{
  g_return_if_fail (LK_IS_WINDOW (self));

  if (g_str_equal (find_page (self), "main") || g_str_equal (find_page (self), "change"))
    {
      LkChangeView *view = begin_changing (self);

      if (source != NULL)
        lk_change_view_open_file (view, source);
      return;
    }
  g_set_object (&self->waiting, source);
  if (lk_account_model_get_state (self->account) == LK_ACCOUNT_SIGNED_OUT && source != NULL)
    lk_window_toast (self, _ ("Sign in first; the picture is kept until then."));
}

/**
 * lk_window_toast:
 * @text: a sentence; not markup
 *
 * Says something in passing.
 */
void
lk_window_toast (LkWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_return_if_fail (LK_IS_WINDOW (self));

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}
