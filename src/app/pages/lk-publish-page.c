/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-publish-page.h"

#include <glib/gi18n.h>

#include "lk-error-text.h"
#include "lk-shaped-picture.h"

struct _LkPublishPage
{
  AdwBin parent_instance;

  LkPublisher *publisher;

  AdwStatusPage *status_page;
  LkShapedPicture *picture;
  GtkProgressBar *progress_bar;
  GtkWidget *done_button;
  GtkWidget *retry_button;
  GtkWidget *cancel_button;
};

enum
{
  SIGNAL_CANCELLED,
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkPublishPage, lk_publish_page, ADW_TYPE_BIN)

static char *
dup_told (LkPublisher *publisher)
{
  gint64 told = lk_publisher_get_told (publisher);

  if (told < 0)
    return g_strdup (_ ("Your picture is out. People get it as soon as their devices ask."));
  if (told == 0)
    return g_strdup (_ ("Your picture is out. Nobody who may have it uses Likeness yet; they get "
                        "it when they do."));
  return g_strdup_printf (ngettext ("%d person was told.", "%d people were told.", (gulong)told),
                          (int)told);
}

static void
show (LkPublishPage *self, const char *icon, const char *title, const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->status_page, icon);
  adw_status_page_set_title (self->status_page, title);
  adw_status_page_set_description (self->status_page, escaped);
}

static void
show_failure (LkPublishPage *self)
{
  const GError *error = lk_publisher_get_error (self->publisher);
  g_autofree char *text
      = error != NULL ? lk_error_text (error) : g_strdup (_ ("That did not work. Try again."));
  g_autofree char *description
      /* Translators: %s is a sentence that says what went wrong */
      = g_strdup_printf (_ ("%s Your picture and your edits are kept."), text);

  show (self, "dialog-warning-symbolic", _ ("Not Published"), description);
}

static void
show_phase (LkPublishPage *self, LkPublishPhase phase)
{
  g_autofree char *told = NULL;

  switch (phase)
    {
    case LK_PUBLISH_ENCODING:
      show (self, NULL, _ ("Preparing the Picture…"), "");
      break;
    case LK_PUBLISH_UPLOADING:
      show (self, NULL, _ ("Publishing…"), "");
      break;
    case LK_PUBLISH_QUEUED:
      show (self, "network-offline-symbolic", _ ("Waiting for the Server"),
            _ ("The server cannot be reached. Your picture is kept and goes out by itself as soon "
               "as it can, even "
               "if you close this window."));
      break;
    case LK_PUBLISH_DONE:
      told = dup_told (self->publisher);
      show (self, "object-select-symbolic", _ ("Published"), told);
      break;
    case LK_PUBLISH_FAILED:
      show_failure (self);
      break;
    case LK_PUBLISH_IDLE:
    default:
      show (self, NULL, _ ("Not Published"), "");
      break;
    }
}

static void
update_progress (LkPublishPage *self)
{
  gtk_progress_bar_set_fraction (self->progress_bar, lk_publisher_get_progress (self->publisher));
}

/* A button that has the focus and goes away hands it to what takes its place. */
static void
update_phase (LkPublishPage *self)
{
  LkPublishPhase phase = lk_publisher_get_phase (self->publisher);
  gboolean busy = phase == LK_PUBLISH_ENCODING || phase == LK_PUBLISH_UPLOADING;
  gboolean done = phase == LK_PUBLISH_DONE || phase == LK_PUBLISH_QUEUED;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean focused = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));

  show_phase (self, phase);
  gtk_widget_set_visible (GTK_WIDGET (self->picture), phase != LK_PUBLISH_FAILED);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), busy);
  gtk_widget_set_visible (self->done_button, done);
  gtk_widget_set_visible (self->retry_button,
                          phase == LK_PUBLISH_FAILED || phase == LK_PUBLISH_QUEUED);
  gtk_widget_set_visible (self->cancel_button, busy || phase == LK_PUBLISH_QUEUED);
  update_progress (self);
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_done_clicked (LkPublishPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_retry_clicked (LkPublishPage *self)
{
  lk_publisher_retry (self->publisher);
}

static void
on_cancel_clicked (LkPublishPage *self)
{
  lk_publisher_cancel (self->publisher);
  g_signal_emit (self, signals[SIGNAL_CANCELLED], 0);
}

static gboolean
lk_publish_page_grab_focus (GtkWidget *widget)
{
  LkPublishPage *self = LK_PUBLISH_PAGE (widget);

  if (gtk_widget_get_visible (self->done_button))
    return gtk_widget_grab_focus (self->done_button);
  if (gtk_widget_get_visible (self->retry_button))
    return gtk_widget_grab_focus (self->retry_button);
  return gtk_widget_grab_focus (self->cancel_button);
}

static void
lk_publish_page_dispose (GObject *object)
{
  LkPublishPage *self = LK_PUBLISH_PAGE (object);

  g_clear_object (&self->publisher);

  G_OBJECT_CLASS (lk_publish_page_parent_class)->dispose (object);
}

static void
lk_publish_page_class_init (LkPublishPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lk_publish_page_dispose;
  widget_class->grab_focus = lk_publish_page_grab_focus;

  signals[SIGNAL_CANCELLED] = g_signal_new ("cancelled", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (LK_TYPE_SHAPED_PICTURE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/publish-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, status_page);
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, picture);
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, done_button);
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, LkPublishPage, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, on_done_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
lk_publish_page_init (LkPublishPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_publish_page_set_publisher:
 * @publisher: what to show; set it once
 */
void
lk_publish_page_set_publisher (LkPublishPage *self, LkPublisher *publisher)
{
  g_return_if_fail (LK_IS_PUBLISH_PAGE (self));
  g_return_if_fail (LK_IS_PUBLISHER (publisher));
  g_return_if_fail (self->publisher == NULL);

  self->publisher = g_object_ref (publisher);
  g_signal_connect_object (publisher, "notify::phase", G_CALLBACK (update_phase), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (publisher, "notify::progress", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  update_phase (self);
}

/**
 * lk_publish_page_set_photo:
 * @photo: (nullable): what is published
 */
void
lk_publish_page_set_photo (LkPublishPage *self, GdkTexture *photo)
{
  g_return_if_fail (LK_IS_PUBLISH_PAGE (self));

  lk_shaped_picture_set_paintable (self->picture, photo != NULL ? GDK_PAINTABLE (photo) : NULL);
}
