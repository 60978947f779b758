/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sign-in-page.h"

#include <glib/gi18n.h>
#include "lk-code-entry.h"
#include "lk-error-text.h"
#include "lk-identifier.h"
#include "lk-phone.h"
#include "lk-sign-in.h"

struct _LkSignInPage
{
  AdwBin parent_instance;

  GtkStack *steps;
  GtkEntry *identifier_entry;
  GtkLabel *hint_label;
  GtkButton *continue_button;
  GtkLabel *sent_label;
  LkCodeEntry *code_entry;
  GtkButton *resend_button;
  GtkButton *back_button;
  GtkSpinner *spinner;
  GtkLabel *error_label;
  GtkLabel *keyring_label;
  GtkExpander *advanced;
  GtkEntry *server_entry;
  GtkButton *use_server_button;
  GtkLabel *server_label;

  LkAccountModel *account;
  LkSignIn *sign_in;
};

G_DEFINE_FINAL_TYPE (LkSignInPage, lk_sign_in_page, ADW_TYPE_BIN)

static void
show_error (LkSignInPage *self, const char *text)
{
  /* The same text again is heard again. */
  gtk_label_set_label (self->error_label, "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), text != NULL);
  gtk_label_set_label (self->error_label, text != NULL ? text : "");
}

static void
show_hint (LkSignInPage *self, const char *identifier)
{
  g_autofree char *region = NULL;
  g_autofree char *calling_code = NULL;
  g_autofree char *hint = NULL;

  switch (identifier != NULL ? lk_identifier_get_kind (identifier) : LK_IDENTIFIER_NONE)
    {
    case LK_IDENTIFIER_PHONE:
      hint = g_strdup_printf (_ ("A code will be sent to %s as a text message."), identifier);
      break;
    case LK_IDENTIFIER_EMAIL:
      hint = g_strdup_printf (_ ("A code will be sent to %s as an email."), identifier);
      break;
    case LK_IDENTIFIER_NONE:
    default:
      region = lk_phone_dup_region ();
      calling_code = lk_phone_dup_calling_code (region);
      if (calling_code != NULL)
        /* Translators: %s is a country’s calling code, such as “+49”. */
        hint = g_strdup_printf (_ ("A number without a country code is taken as one of %s."),
                                calling_code);
      else
        hint = g_strdup (_ ("Start a phone number with its country code, such as +49."));
    }
  gtk_label_set_label (self->hint_label, hint);
}

static void
update_identifier (LkSignInPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->identifier_entry));
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  /* What knows phone numbers takes a while to load: not before somebody looks. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      g_autofree char *identifier = lk_identifier_from_input (text, NULL, NULL);

      show_hint (self, identifier);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->continue_button),
                            *stripped != '\0' && self->sign_in != NULL
                                && !lk_sign_in_get_busy (self->sign_in));
}

static void
update_resend (LkSignInPage *self)
{
  guint wait = lk_sign_in_get_resend_wait (self->sign_in);
  g_autofree char *label = NULL;

  if (wait == 0)
    label = g_strdup (_ ("Send a New Code"));
  else
    /* Translators: minutes and seconds. */
    label = g_strdup_printf (_ ("Send a New Code in %u:%02u"), wait / 60, wait % 60);
  gtk_button_set_label (self->resend_button, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->resend_button),
                            wait == 0 && !lk_sign_in_get_busy (self->sign_in));
}

static void
update_code_sensitive (LkSignInPage *self)
{
  gboolean before = gtk_widget_get_sensitive (GTK_WIDGET (self->code_entry));
  gboolean can_check
      = !lk_sign_in_get_busy (self->sign_in) && lk_sign_in_get_check_wait (self->sign_in) == 0;

  /* A text that cannot be typed into any more while it has the focus goes on waiting for keys. */
  if (before && !can_check && gtk_widget_get_focus_child (GTK_WIDGET (self->code_entry)) != NULL)
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->code_entry), can_check);
  if (!before && can_check && lk_sign_in_get_step (self->sign_in) == LK_SIGN_IN_CODE)
    gtk_widget_grab_focus (GTK_WIDGET (self->code_entry));
}

static void
on_busy_changed (LkSignInPage *self)
{
  gboolean busy = lk_sign_in_get_busy (self->sign_in);

  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->identifier_entry), !busy);
  update_identifier (self);
  update_resend (self);
  update_code_sensitive (self);
}

static void
on_step_changed (LkSignInPage *self)
{
  gboolean code = lk_sign_in_get_step (self->sign_in) == LK_SIGN_IN_CODE;

  gtk_stack_set_visible_child_name (self->steps, code ? "code" : "identifier");
  gtk_widget_set_visible (GTK_WIDGET (self->advanced), !code);
  lk_code_entry_clear (self->code_entry);
  gtk_widget_grab_focus (code ? GTK_WIDGET (self->code_entry)
                              : GTK_WIDGET (self->identifier_entry));
}

static void
on_sign_in_identifier_changed (LkSignInPage *self)
{
  const char *identifier = lk_sign_in_get_identifier (self->sign_in);
  g_autofree char *text = NULL;

  if (identifier == NULL)
    return;
  if (lk_identifier_get_kind (identifier) == LK_IDENTIFIER_PHONE)
    text = g_strdup_printf (_ ("A text message with a code is on its way to %s."), identifier);
  else
    text = g_strdup_printf (_ ("An email with a code is on its way to %s."), identifier);
  gtk_label_set_label (self->sent_label, text);
}

static void
on_error_changed (LkSignInPage *self)
{
  const GError *error = lk_sign_in_get_error (self->sign_in);
  g_autofree char *text = error != NULL ? lk_error_text (error) : NULL;

  show_error (self, text);
  /* What was typed is kept where it was not the code that was wrong. */
  if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_WRONG_CODE)
      || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_CODE_EXPIRED))
    lk_code_entry_clear (self->code_entry);
}

static void
on_code_length_changed (LkSignInPage *self)
{
  lk_code_entry_set_length (self->code_entry, lk_sign_in_get_code_length (self->sign_in));
}

static void
on_server_shown_changed (LkSignInPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->server_entry),
                         lk_account_model_get_server (self->account));
}

static void
on_persistent_changed (LkSignInPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->keyring_label),
                          !lk_account_model_get_persistent (self->account));
}

static void
on_identifier_changed (LkSignInPage *self)
{
  show_error (self, NULL);
  update_identifier (self);
}

static void
on_continue_clicked (LkSignInPage *self)
{
  if (gtk_widget_get_sensitive (GTK_WIDGET (self->continue_button)))
    lk_sign_in_send_code (self->sign_in,
                          gtk_editable_get_text (GTK_EDITABLE (self->identifier_entry)));
}

static void
on_code_changed (LkSignInPage *self)
{
  g_autofree char *code = lk_code_entry_dup_code (self->code_entry);

  if (*code != '\0')
    show_error (self, NULL);
}

static void
on_code_complete (LkSignInPage *self)
{
  g_autofree char *code = lk_code_entry_dup_code (self->code_entry);

  lk_sign_in_check (self->sign_in, code);
}

static void
on_resend_clicked (LkSignInPage *self)
{
  lk_code_entry_clear (self->code_entry);
  lk_sign_in_resend (self->sign_in);
}

static void
on_back_clicked (LkSignInPage *self)
{
  lk_sign_in_back (self->sign_in);
}

static void
on_server_changed (LkSignInPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->server_entry));
  gboolean other
      = self->account != NULL && g_strcmp0 (text, lk_account_model_get_server (self->account)) != 0;

  gtk_label_set_label (self->server_label,
                       _ ("Only change this if somebody gave you the address of another server."));
  gtk_widget_set_sensitive (GTK_WIDGET (self->use_server_button), other);
}

static void
on_use_server_clicked (LkSignInPage *self)
{
  g_autofree char *address
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->server_entry))));
  g_autoptr (GError) error = NULL;

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->use_server_button)))
    return;
  if (lk_account_model_set_server (self->account, address, &error))
    gtk_label_set_label (self->server_label, _ ("You will sign in to this server."));
  else
    {
      g_autofree char *text = lk_error_text (error);

      gtk_label_set_label (self->server_label, text);
    }
}

static void
lk_sign_in_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lk_sign_in_page_parent_class)->map (widget);

  update_identifier (LK_SIGN_IN_PAGE (widget));
}

static gboolean
lk_sign_in_page_grab_focus (GtkWidget *widget)
{
  LkSignInPage *self = LK_SIGN_IN_PAGE (widget);
  gboolean code = self->sign_in != NULL && lk_sign_in_get_step (self->sign_in) == LK_SIGN_IN_CODE;

  return gtk_widget_grab_focus (code ? GTK_WIDGET (self->code_entry)
                                     : GTK_WIDGET (self->identifier_entry));
}

static void
lk_sign_in_page_dispose (GObject *object)
{
  LkSignInPage *self = LK_SIGN_IN_PAGE (object);

  g_clear_object (&self->sign_in);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_sign_in_page_parent_class)->dispose (object);
}

static void
lk_sign_in_page_class_init (LkSignInPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_sign_in_page_dispose;
  widget_class->map = lk_sign_in_page_map;
  widget_class->grab_focus = lk_sign_in_page_grab_focus;

  g_type_ensure (LK_TYPE_CODE_ENTRY);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, steps);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, identifier_entry);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, hint_label);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, continue_button);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, sent_label);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, code_entry);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, resend_button);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, keyring_label);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, advanced);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, server_entry);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, use_server_button);
  gtk_widget_class_bind_template_child (widget_class, LkSignInPage, server_label);
  gtk_widget_class_bind_template_callback (widget_class, on_identifier_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_continue_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_code_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_code_complete);
  gtk_widget_class_bind_template_callback (widget_class, on_resend_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_server_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_use_server_clicked);
}

static void
lk_sign_in_page_init (LkSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  on_server_changed (self);
}

/**
 * lk_sign_in_page_set_account:
 * @account: what to sign in to; set once
 */
void
lk_sign_in_page_set_account (LkSignInPage *self, LkAccountModel *account)
{
  g_return_if_fail (LK_IS_SIGN_IN_PAGE (self));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  self->sign_in = lk_sign_in_new (account);
  g_signal_connect_object (self->sign_in, "notify::step", G_CALLBACK (on_step_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "notify::busy", G_CALLBACK (on_busy_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "notify::identifier",
                           G_CALLBACK (on_sign_in_identifier_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "notify::code-length",
                           G_CALLBACK (on_code_length_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "notify::resend-wait", G_CALLBACK (update_resend), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "notify::check-wait", G_CALLBACK (update_code_sensitive),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sign_in, "error-changed", G_CALLBACK (on_error_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::server", G_CALLBACK (on_server_shown_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::persistent", G_CALLBACK (on_persistent_changed), self,
                           G_CONNECT_SWAPPED);
  on_busy_changed (self);
  on_server_shown_changed (self);
  on_persistent_changed (self);
}
