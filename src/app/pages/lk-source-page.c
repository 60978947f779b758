/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-source-page.h"

#include <glib/gi18n.h>

#include "lk-async.h"
#include "lk-clipboard.h"
#include "lk-compat.h"
#include "lk-error-text.h"
#include "lk-media-error-text.h"
#include "lk-split-layout.h"

/* After this long a wait is shown, and after this long it can be ended, in ms. */
#define SPINNER_DELAY 500
#define CANCEL_DELAY 2000

struct _LkSourcePage
{
  AdwBin parent_instance;

  LkDraft *draft;
  GCancellable *loading;  /* (nullable): what is being loaded */
  GCancellable *choosing; /* (nullable): the open file chooser */
  GFile *file;            /* (nullable): the file being loaded */
  LkWorker *worker;       /* (nullable): what loads it */
  guint spinner_timer;
  guint cancel_timer;

  GtkWidget *stack;
  GtkWidget *unfinished_box;
  GtkLabel *unfinished_label;
  GtkWidget *drop_box;
  GtkLabel *error_label;
  GtkWidget *choose_button;
  GtkWidget *paste_button;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  GtkRevealer *cancel_revealer;
};

enum
{
  PROP_DRAFT = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_LOADED,
  SIGNAL_DISCARDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkSourcePage, lk_source_page, ADW_TYPE_BIN)

static void
update_unfinished (LkSourcePage *self)
{
  gboolean unfinished = self->draft != NULL && lk_draft_get_source (self->draft) != NULL;

  gtk_widget_set_visible (self->unfinished_box, unfinished);
  if (unfinished)
    {
      g_autofree char *text = g_strdup_printf (_ ("“%s” is not published yet."),
                                               lk_draft_get_source_name (self->draft));

      gtk_label_set_text (self->unfinished_label, text);
    }
}

static void
update_buttons (LkSourcePage *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  gboolean idle = self->loading == NULL;

  gtk_widget_set_sensitive (self->choose_button, idle);
  gtk_widget_set_sensitive (self->paste_button, idle && lk_clipboard_has_picture (clipboard));
}

static gboolean
on_spinner_timeout (gpointer data)
{
  LkSourcePage *self = data;

  self->spinner_timer = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "loading");
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancel_timeout (gpointer data)
{
  LkSourcePage *self = data;

  self->cancel_timer = 0;
  gtk_revealer_set_reveal_child (self->cancel_revealer, TRUE);
  return G_SOURCE_REMOVE;
}

static void
end_loading (LkSourcePage *self)
{
  g_clear_handle_id (&self->spinner_timer, g_source_remove);
  g_clear_handle_id (&self->cancel_timer, g_source_remove);
  g_clear_object (&self->loading);
  g_clear_object (&self->file);
  g_clear_object (&self->worker);
  gtk_spinner_stop (self->spinner);
  gtk_revealer_set_reveal_child (self->cancel_revealer, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "choose");
  update_buttons (self);
}

/* Ends what is loading and begins to wait for something else. Returns what to pass on. */
static GCancellable *
begin_loading (LkSourcePage *self, const char *name)
{
  g_autofree char *text = NULL;

  lk_source_page_cancel (self);
  lk_source_page_show_error (self, NULL);
  text = name != NULL ? g_strdup_printf (_ ("Opening “%s”…"), name)
                      : g_strdup (_ ("Opening the picture…"));
  gtk_label_set_text (self->loading_label, text);
  self->loading = g_cancellable_new ();
  update_buttons (self);
  self->spinner_timer = g_timeout_add (SPINNER_DELAY, on_spinner_timeout, self);
  self->cancel_timer = g_timeout_add (CANCEL_DELAY, on_cancel_timeout, self);
  return self->loading;
}

static void
fail_loading (LkSourcePage *self, const GError *error)
{
  g_autofree char *text = lk_media_error_text (error, self->file);

  end_loading (self);
  lk_source_page_show_error (self, text);
}

static void
on_load_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSourcePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkMipmap) mipmap = lk_mipmap_load_finish (result, &error);
  g_autoptr (GFile) file = NULL;
  g_autoptr (LkWorker) worker = NULL;
  GFile *current;

  if (lk_error_is_cancelled (error))
    return;
  if (mipmap == NULL)
    {
      fail_loading (self, error);
      return;
    }
  file = g_steal_pointer (&self->file);
  worker = g_steal_pointer (&self->worker);
  end_loading (self);
  current = lk_draft_get_source (self->draft);
  if (current == NULL || !g_file_equal (current, file))
    lk_draft_start (self->draft, file);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0, mipmap, worker);
}

/* Takes @file over. */
static void
load_file (LkSourcePage *self, GFile *file)
{
  g_set_object (&self->file, file);
  g_clear_object (&self->worker);
  self->worker = lk_worker_new (file);
  lk_mipmap_load_async (self->worker, self->loading, on_load_ready, g_object_ref (self));
}

static void
on_import_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSourcePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = lk_draft_import_finish (LK_DRAFT (source), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  if (file == NULL)
    fail_loading (self, error);
  else
    load_file (self, file);
}

static void
on_encode_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSourcePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = lk_clipboard_encode_finish (result, &error);

  if (lk_error_is_cancelled (error))
    return;
  if (bytes == NULL)
    fail_loading (self, error);
  else
    lk_draft_import_async (self->draft, bytes, self->loading, on_import_ready, g_object_ref (self));
}

static void
on_clipboard_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSourcePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (lk_clipboard_read_finish (result, &file, &bytes, &error))
    {
      end_loading (self);
      if (file != NULL)
        lk_source_page_open_file (self, file);
      else
        lk_source_page_open_bytes (self, bytes);
      return;
    }
  if (lk_error_is_cancelled (error))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      end_loading (self);
      lk_source_page_show_error (
          self, _ ("There is no picture to paste. Copy one first, or choose a file."));
    }
  else
    fail_loading (self, error);
}

static void
on_file_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkSourcePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = lk_compat_open_file_finish (GTK_WIDGET (self), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  if (file != NULL)
    {
      lk_source_page_open_file (self, file);
    }
  else
    {
      g_autofree char *text = lk_error_text (error);

      lk_source_page_show_error (self, text);
    }
}

static void
on_choose_clicked (LkSourcePage *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  g_cancellable_cancel (self->choosing);
  g_clear_object (&self->choosing);
  self->choosing = g_cancellable_new ();
  lk_compat_open_file_async (GTK_WIDGET (self), _ ("Choose a Picture"), filter, self->choosing,
                             on_file_ready, g_object_ref (self));
}

static void
on_cancel_clicked (LkSourcePage *self)
{
  lk_source_page_cancel (self);
  gtk_widget_grab_focus (self->choose_button);
}

static void
on_continue_clicked (LkSourcePage *self)
{
  g_autoptr (GFile) source = g_object_ref (lk_draft_get_source (self->draft));

  begin_loading (self, lk_draft_get_source_name (self->draft));
  load_file (self, source);
}

static void
on_discard_clicked (LkSourcePage *self)
{
  lk_source_page_cancel (self);
  gtk_widget_grab_focus (self->choose_button);
  lk_draft_discard (self->draft);
  g_signal_emit (self, signals[SIGNAL_DISCARDED], 0);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, LkSourcePage *self)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      GSList *files = g_value_get_boxed (value);

      if (files == NULL)
        return FALSE;
      lk_source_page_open_file (self, files->data);
      return TRUE;
    }
  if (G_VALUE_HOLDS (value, G_TYPE_FILE))
    lk_source_page_open_file (self, g_value_get_object (value));
  else
    lk_source_page_open_texture (self, g_value_get_object (value));
  return TRUE;
}

static GdkDragAction
on_drop_enter (GtkDropTarget *target, double x, double y, LkSourcePage *self)
{
  gtk_widget_add_css_class (self->drop_box, "drop-hover");
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target, LkSourcePage *self)
{
  gtk_widget_remove_css_class (self->drop_box, "drop-hover");
}

static gboolean
lk_source_page_grab_focus (GtkWidget *widget)
{
  LkSourcePage *self = LK_SOURCE_PAGE (widget);

  return gtk_widget_grab_focus (self->choose_button);
}

static void
lk_source_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DRAFT)
    g_value_set_object (value, LK_SOURCE_PAGE (object)->draft);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_source_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_DRAFT)
    lk_source_page_set_draft (LK_SOURCE_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_source_page_dispose (GObject *object)
{
  LkSourcePage *self = LK_SOURCE_PAGE (object);

  g_clear_handle_id (&self->spinner_timer, g_source_remove);
  g_clear_handle_id (&self->cancel_timer, g_source_remove);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_cancellable_cancel (self->choosing);
  g_clear_object (&self->choosing);
  g_clear_object (&self->file);
  g_clear_object (&self->worker);
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (lk_source_page_parent_class)->dispose (object);
}

static void
lk_source_page_class_init (LkSourcePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_source_page_get_property;
  object_class->set_property = lk_source_page_set_property;
  object_class->dispose = lk_source_page_dispose;
  widget_class->grab_focus = lk_source_page_grab_focus;

  properties[PROP_DRAFT]
      = g_param_spec_object ("draft", NULL, NULL, LK_TYPE_DRAFT,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_LOADED]
      = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, LK_TYPE_MIPMAP, LK_TYPE_WORKER);
  signals[SIGNAL_DISCARDED] = g_signal_new ("discarded", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (LK_TYPE_SPLIT_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/source-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, stack);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, unfinished_box);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, unfinished_label);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, drop_box);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, error_label);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, choose_button);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, paste_button);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, loading_label);
  gtk_widget_class_bind_template_child (widget_class, LkSourcePage, cancel_revealer);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
  gtk_widget_class_bind_template_callback (widget_class, lk_source_page_paste);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_continue_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_clicked);
}

static void
lk_source_page_init (LkSourcePage *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_FILE, GDK_TYPE_TEXTURE };
  GtkDropTarget *target;

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_widget_get_clipboard (GTK_WIDGET (self)), "notify::formats",
                           G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
  update_buttons (self);

  target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * lk_source_page_set_draft:
 * @draft: (nullable): where what is chosen goes
 */
void
lk_source_page_set_draft (LkSourcePage *self, LkDraft *draft)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));
  g_return_if_fail (draft == NULL || LK_IS_DRAFT (draft));

  if (self->draft == draft)
    return;
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_set_object (&self->draft, draft);
  if (draft != NULL)
    g_signal_connect_object (draft, "notify::source", G_CALLBACK (update_unfinished), self,
                             G_CONNECT_SWAPPED);
  update_unfinished (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

/**
 * lk_source_page_open_file:
 *
 * Loads it, and makes it the draft's source once it could be read: until then the draft stays as it
 * is.
 */
void
lk_source_page_open_file (LkSourcePage *self, GFile *file)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (LK_IS_SOURCE_PAGE (self));
  g_return_if_fail (G_IS_FILE (file));

  base = g_file_get_basename (file);
  name = base != NULL ? g_filename_display_name (base) : NULL;
  begin_loading (self, name);
  load_file (self, file);
}

/**
 * lk_source_page_open_bytes:
 * @bytes: an image file that is nowhere on disk
 */
void
lk_source_page_open_bytes (LkSourcePage *self, GBytes *bytes)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));
  g_return_if_fail (bytes != NULL);

  begin_loading (self, NULL);
  lk_draft_import_async (self->draft, bytes, self->loading, on_import_ready, g_object_ref (self));
}

void
lk_source_page_open_texture (LkSourcePage *self, GdkTexture *texture)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  begin_loading (self, NULL);
  lk_clipboard_encode_async (texture, self->loading, on_encode_ready, g_object_ref (self));
}

/**
 * lk_source_page_paste:
 *
 * Loads what is on the clipboard, and says so where that is no picture.
 */
void
lk_source_page_paste (LkSourcePage *self)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));

  begin_loading (self, NULL);
  lk_clipboard_read_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->loading,
                           on_clipboard_ready, g_object_ref (self));
}

/**
 * lk_source_page_cancel:
 *
 * Ends what is being loaded, if anything is.
 */
void
lk_source_page_cancel (LkSourcePage *self)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));

  if (self->loading == NULL)
    return;
  g_cancellable_cancel (self->loading);
  end_loading (self);
}

/**
 * lk_source_page_show_error:
 * @text: (nullable): a sentence with a way on; %NULL takes the last one away
 */
void
lk_source_page_show_error (LkSourcePage *self, const char *text)
{
  g_return_if_fail (LK_IS_SOURCE_PAGE (self));

  gtk_label_set_text (self->error_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), text != NULL);
}
