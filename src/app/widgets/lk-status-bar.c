/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-status-bar.h"

#include <glib/gi18n.h>

typedef enum
{
  NOTHING,
  OFFLINE,
  WAITING,
  FAILED,
  NOT_SHARED,
} Status;

struct _LkStatusBar
{
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *label;
  GtkButton *button;

  LkAccountModel *account;
  LkPublisher *publisher;
  Status status;
};

G_DEFINE_FINAL_TYPE (LkStatusBar, lk_status_bar, ADW_TYPE_BIN)

static Status
find_status (LkStatusBar *self)
{
  LkPublishPhase phase = lk_publisher_get_phase (self->publisher);

  if (lk_account_model_get_state (self->account) != LK_ACCOUNT_SIGNED_IN)
    return NOTHING;
  if (phase == LK_PUBLISH_QUEUED)
    return WAITING;
  if (!lk_account_model_get_online (self->account))
    return OFFLINE;
  if (phase == LK_PUBLISH_FAILED)
    return FAILED;
  if (lk_account_model_get_sharing (self->account) == LK_SHARING_REFUSED)
    return NOT_SHARED;
  return NOTHING;
}

static void
update (LkStatusBar *self)
{
  const char *text = NULL;
  const char *button = NULL;

  self->status = find_status (self);
  switch (self->status)
    {
    case OFFLINE:
      text = _ ("The server cannot be reached. What is shown may have changed.");
      button = _ ("Try Again");
      break;
    case WAITING:
      text = _ ("Your new picture waits here and is sent as soon as the server can be reached.");
      button = _ ("Try Again");
      break;
    case FAILED:
      text = _ ("Your new picture could not be published.");
      button = _ ("Try Again");
      break;
    case NOT_SHARED:
      text = _ ("Your address book is not shared, so your contacts are not told of your picture.");
      button = _ ("Share Address Book");
      break;
    case NOTHING:
    default:
      break;
    }
  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
  /* Nothing of it takes the focus while it is hidden. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), text != NULL);
  if (text == NULL)
    return;
  gtk_label_set_label (self->label, text);
  gtk_button_set_label (self->button, button);
}

static void
on_button_clicked (LkStatusBar *self)
{
  switch (self->status)
    {
    case OFFLINE:
      lk_own_pictures_reload (lk_account_model_get_pictures (self->account));
      break;
    case WAITING:
    case FAILED:
      lk_publisher_retry (self->publisher);
      break;
    case NOT_SHARED:
      lk_account_model_set_sharing (self->account, LK_SHARING_ALLOWED);
      break;
    case NOTHING:
    default:
      break;
    }
}

static void
lk_status_bar_dispose (GObject *object)
{
  LkStatusBar *self = LK_STATUS_BAR (object);

  g_clear_object (&self->account);
  g_clear_object (&self->publisher);

  G_OBJECT_CLASS (lk_status_bar_parent_class)->dispose (object);
}

static void
lk_status_bar_class_init (LkStatusBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lk_status_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LkStatusBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, LkStatusBar, label);
  gtk_widget_class_bind_template_child (widget_class, LkStatusBar, button);
  gtk_widget_class_bind_template_callback (widget_class, on_button_clicked);
}

static void
lk_status_bar_init (LkStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_status_bar_set_models:
 * @account: whether the server answers, and what was agreed to
 * @publisher: whether a picture waits
 *
 * Set once.
 */
void
lk_status_bar_set_models (LkStatusBar *self, LkAccountModel *account, LkPublisher *publisher)
{
  g_return_if_fail (LK_IS_STATUS_BAR (self));
  g_return_if_fail (self->account == NULL);

  self->account = g_object_ref (account);
  self->publisher = g_object_ref (publisher);
  g_signal_connect_object (account, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::online", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::sharing", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (publisher, "notify::phase", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
