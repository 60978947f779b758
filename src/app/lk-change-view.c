/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-change-view.h"

#include <glib/gi18n.h>

#include "lk-account-model.h"
#include "lk-async.h"
#include "lk-compat.h"
#include "lk-draft.h"
#include "lk-edit-page.h"
#include "lk-error-text.h"
#include "lk-preview-page.h"
#include "lk-publish-page.h"
#include "lk-publisher.h"
#include "lk-source-page.h"

typedef enum
{
  STEP_SOURCE,
  STEP_EDIT,
  STEP_PREVIEW,
  STEP_PUBLISH,
} Step;

typedef struct
{
  const char *page;
  const char *title;
} StepInfo;

static const StepInfo STEPS[] = {
  [STEP_SOURCE] = { "source", N_ ("Choose a Picture") },
  [STEP_EDIT] = { "edit", N_ ("Edit") },
  [STEP_PREVIEW] = { "preview", N_ ("Preview") },
  [STEP_PUBLISH] = { "publish", N_ ("Publish") },
};

struct _LkChangeView
{
  AdwBin parent_instance;

  LkAccountModel *account;
  LkPublisher *publisher;
  LkDraft *draft;
  GCancellable *cancellable; /* of what ends with the view */
  Step step;
  gboolean publishing; /* what the publisher has is the draft as it is now */

  GtkWidget *title_bin;
  AdwWindowTitle *title;
  GtkWidget *next_button;
  GtkWidget *publish_button;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  LkSourcePage *source_page;
  LkEditPage *edit_page;
  LkPreviewPage *preview_page;
  LkPublishPage *publish_page;
};

enum
{
  SIGNAL_CLOSED,
  SIGNAL_PUBLISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkChangeView, lk_change_view, ADW_TYPE_BIN)

static void
update_step (LkChangeView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const char *obstacle = lk_preview_page_get_obstacle (self->preview_page);
  LkPublishPhase phase
      = self->publisher != NULL ? lk_publisher_get_phase (self->publisher) : LK_PUBLISH_IDLE;
  gboolean busy = phase == LK_PUBLISH_ENCODING || phase == LK_PUBLISH_UPLOADING;
  gboolean signed_in
      = self->account != NULL && lk_account_model_get_state (self->account) == LK_ACCOUNT_SIGNED_IN;

  gtk_widget_set_visible (self->next_button, self->step == STEP_EDIT);
  gtk_widget_set_visible (self->publish_button, self->step == STEP_PREVIEW);
  gtk_widget_set_tooltip_text (self->publish_button, obstacle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->publish_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  obstacle != NULL ? obstacle : "", -1);
  gtk_widget_action_set_enabled (widget, "change.next", self->step == STEP_EDIT);
  gtk_widget_action_set_enabled (widget, "change.publish",
                                 self->step == STEP_PREVIEW && obstacle == NULL && !busy
                                     && signed_in);
  gtk_widget_action_set_enabled (widget, "change.back",
                                 self->step != STEP_PUBLISH || phase == LK_PUBLISH_FAILED
                                     || phase == LK_PUBLISH_IDLE);
}

static void
go_to (LkChangeView *self, Step step)
{
  self->step = step;
  adw_window_title_set_title (self->title, _ (STEPS[step].title));
  gtk_stack_set_visible_child_name (self->stack, STEPS[step].page);
  update_step (self);
  gtk_widget_grab_focus (gtk_stack_get_visible_child (self->stack));
}

static void
toast (LkChangeView *self, const char *text)
{
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

static void
on_phase_changed (LkChangeView *self)
{
  LkPublishPhase phase = lk_publisher_get_phase (self->publisher);

  if (phase == LK_PUBLISH_DONE && self->publishing)
    {
      self->publishing = FALSE;
      lk_draft_clear (self->draft);
    }
  update_step (self);
}

/* The draft has moved on from what the publisher has. */
static void
on_draft_changed (LkChangeView *self)
{
  self->publishing = FALSE;
}

static void
on_save_failed (LkChangeView *self, GError *error)
{
  g_autofree char *text = lk_error_text (error);
  /* Translators: %s is a sentence that says what went wrong */
  g_autofree char *sentence = g_strdup_printf (_ ("Your edits cannot be kept on disk. %s"), text);

  toast (self, sentence);
}

static void
on_load_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkChangeView) self = data;
  g_autoptr (GError) error = NULL;

  if (lk_draft_load_finish (LK_DRAFT (source), result, &error) || lk_error_is_cancelled (error))
    return;
  if (g_error_matches (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_SOURCE_GONE))
    lk_source_page_show_error (
        self->source_page,
        _ ("The picture that you were editing is not where it was. Choose it again to go on, or "
           "choose another one."));
  else if (g_error_matches (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_CORRUPT))
    lk_source_page_show_error (
        self->source_page,
        _ ("The picture that you were editing could not be read. Choose it again."));
  else
    {
      g_autofree char *text = lk_error_text (error);

      lk_source_page_show_error (self->source_page, text);
    }
}

static void
on_loaded (LkChangeView *self, LkMipmap *mipmap, LkWorker *worker)
{
  lk_preview_page_set_worker (self->preview_page, worker);
  lk_edit_page_set_mipmap (self->edit_page, mipmap);
  go_to (self, STEP_EDIT);
}

static void
on_undo_discard (LkChangeView *self)
{
  lk_draft_restore (self->draft);
}

static void
on_discard_dismissed (LkChangeView *self)
{
  lk_draft_forget (self->draft);
}

static void
on_discarded (LkChangeView *self)
{
  AdwToast *undo = adw_toast_new (_ ("The unpublished picture was discarded"));

  adw_toast_set_button_label (undo, _ ("_Undo"));
  adw_toast_set_timeout (undo, LK_UNDO_SECONDS);
  g_signal_connect_object (undo, "button-clicked", G_CALLBACK (on_undo_discard), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (undo, "dismissed", G_CALLBACK (on_discard_dismissed), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, undo);
}

static void
on_publish_cancelled (LkChangeView *self)
{
  self->publishing = FALSE;
  go_to (self, STEP_PREVIEW);
}

/* What waits for the server is the publisher's now; the draft has done its work. */
static void
on_publish_done (LkChangeView *self)
{
  if (self->publishing)
    {
      self->publishing = FALSE;
      lk_draft_clear (self->draft);
    }
  if (lk_publisher_get_phase (self->publisher) == LK_PUBLISH_DONE)
    lk_publisher_dismiss (self->publisher);
  go_to (self, STEP_SOURCE);
  g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0);
}

static void
on_back_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkChangeView *self = LK_CHANGE_VIEW (widget);

  switch (self->step)
    {
    case STEP_SOURCE:
      lk_source_page_cancel (self->source_page);
      g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
      break;
    case STEP_EDIT:
      go_to (self, STEP_SOURCE);
      break;
    case STEP_PREVIEW:
      go_to (self, STEP_EDIT);
      break;
    case STEP_PUBLISH:
    default:
      lk_publisher_dismiss (self->publisher);
      go_to (self, STEP_PREVIEW);
      break;
    }
}

static void
on_next_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkChangeView *self = LK_CHANGE_VIEW (widget);

  lk_draft_seal (self->draft);
  lk_preview_page_render (self->preview_page);
  go_to (self, STEP_PREVIEW);
}

static void
on_publish_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkChangeView *self = LK_CHANGE_VIEW (widget);

  /* Without one there is an obstacle, and this cannot be activated. */
  self->publishing = TRUE;
  lk_publish_page_set_photo (self->publish_page,
                             lk_preview_page_get_preview (self->preview_page)->photo);
  lk_publisher_publish (self->publisher, lk_draft_get_source (self->draft),
                        lk_draft_get_recipe (self->draft), lk_draft_get_alt (self->draft),
                        lk_draft_get_audience (self->draft));
  go_to (self, STEP_PUBLISH);
}

static void
on_paste_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkChangeView *self = LK_CHANGE_VIEW (widget);

  if (self->step == STEP_SOURCE)
    lk_source_page_paste (self->source_page);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  LkChangeView *self = LK_CHANGE_VIEW (widget);

  if (self->step != STEP_SOURCE)
    return GDK_EVENT_PROPAGATE;
  return gtk_widget_activate_action (widget, "change.back", NULL);
}

/* Where a button with a long name needs its room, the title is left out. */

static void
measure_title (GtkWidget *bin,
               GtkOrientation orientation,
               int for_size,
               int *minimum,
               int *natural,
               int *minimum_baseline,
               int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (bin), orientation, -1, minimum, natural, NULL,
                      NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = 0;
}

static void
allocate_title (GtkWidget *bin, int width, int height, int baseline)
{
  GtkWidget *title = gtk_widget_get_first_child (bin);
  int natural = 0;

  gtk_widget_measure (title, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  gtk_widget_set_child_visible (title, width >= natural);
  if (width >= natural)
    gtk_widget_allocate (title, width, height, baseline, NULL);
}

static void
lk_change_view_dispose (GObject *object)
{
  LkChangeView *self = LK_CHANGE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->draft);
  g_clear_object (&self->publisher);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_change_view_parent_class)->dispose (object);
}

static void
lk_change_view_class_init (LkChangeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lk_change_view_dispose;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PUBLISHED] = g_signal_new ("published", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "change.back", NULL, on_back_activated);
  gtk_widget_class_install_action (widget_class, "change.next", NULL, on_next_activated);
  gtk_widget_class_install_action (widget_class, "change.publish", NULL, on_publish_activated);
  gtk_widget_class_install_action (widget_class, "change.paste", NULL, on_paste_activated);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "change.paste",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "change.back",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Back, 0, "change.back", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);

  g_type_ensure (LK_TYPE_SOURCE_PAGE);
  g_type_ensure (LK_TYPE_EDIT_PAGE);
  g_type_ensure (LK_TYPE_PREVIEW_PAGE);
  g_type_ensure (LK_TYPE_PUBLISH_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/change-view.ui");
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, title_bin);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, title);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, next_button);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, publish_button);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, toasts);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, stack);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, source_page);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, edit_page);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, preview_page);
  gtk_widget_class_bind_template_child (widget_class, LkChangeView, publish_page);
  gtk_widget_class_bind_template_callback (widget_class, update_step);
  gtk_widget_class_bind_template_callback (widget_class, on_loaded);
  gtk_widget_class_bind_template_callback (widget_class, on_discarded);
  gtk_widget_class_bind_template_callback (widget_class, on_publish_cancelled);
  gtk_widget_class_bind_template_callback (widget_class, on_publish_done);
}

static void
lk_change_view_init (LkChangeView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->title_bin,
                                 gtk_custom_layout_new (NULL, measure_title, allocate_title));
  lk_compat_name_toasts (self->toasts);
  self->cancellable = g_cancellable_new ();
}

static void
connect_models (LkChangeView *self)
{
  g_signal_connect_object (self->publisher, "notify::phase", G_CALLBACK (on_phase_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->account, "notify::state", G_CALLBACK (update_step), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "notify::recipe", G_CALLBACK (on_draft_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "notify::alt", G_CALLBACK (on_draft_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "notify::audience", G_CALLBACK (on_draft_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "save-failed", G_CALLBACK (on_save_failed), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
lk_change_view_new (LkAccountModel *account, LkPublisher *publisher)
{
  LkChangeView *self;

  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (account), NULL);
  g_return_val_if_fail (LK_IS_PUBLISHER (publisher), NULL);

  self = g_object_new (LK_TYPE_CHANGE_VIEW, NULL);
  self->account = g_object_ref (account);
  self->publisher = g_object_ref (publisher);
  self->draft = lk_draft_new (NULL);
  lk_source_page_set_draft (self->source_page, self->draft);
  lk_edit_page_set_draft (self->edit_page, self->draft);
  lk_preview_page_set_models (self->preview_page, account, self->draft);
  lk_publish_page_set_publisher (self->publish_page, publisher);
  connect_models (self);
  go_to (self, STEP_SOURCE);
  lk_draft_load_async (self->draft, self->cancellable, on_load_ready, g_object_ref (self));
  return GTK_WIDGET (self);
}

void
lk_change_view_start (LkChangeView *self)
{
  g_return_if_fail (LK_IS_CHANGE_VIEW (self));

  go_to (self, self->step);
}

void
lk_change_view_open_file (LkChangeView *self, GFile *file)
{
  g_return_if_fail (LK_IS_CHANGE_VIEW (self));
  g_return_if_fail (G_IS_FILE (file));

  go_to (self, STEP_SOURCE);
  lk_source_page_open_file (self->source_page, file);
}

void
lk_change_view_open_bytes (LkChangeView *self, GBytes *bytes)
{
  g_return_if_fail (LK_IS_CHANGE_VIEW (self));
  g_return_if_fail (bytes != NULL);

  go_to (self, STEP_SOURCE);
  lk_source_page_open_bytes (self->source_page, bytes);
}

void
lk_change_view_open_texture (LkChangeView *self, GdkTexture *texture)
{
  g_return_if_fail (LK_IS_CHANGE_VIEW (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  go_to (self, STEP_SOURCE);
  lk_source_page_open_texture (self->source_page, texture);
}
