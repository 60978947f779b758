/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-preview-page.h"

#include <glib/gi18n.h>

#include "lk-async.h"
#include "lk-audience-picker.h"
#include "lk-media-error-text.h"
#include "lk-preview-scene.h"
#include "lk-split-layout.h"
#include "lk-view-as.h"

struct _LkPreviewPage
{
  AdwBin parent_instance;

  LkAccountModel *account;
  LkDraft *draft;
  LkAudienceSelection *selection;
  LkWorker *worker;        /* (nullable): has the draft's source open */
  LkPreview *preview;      /* (nullable): of the recipe below */
  LkRecipe *recipe;        /* (nullable): what is, or is being, previewed of the draft's source */
  GCancellable *rendering; /* (nullable) */
  const char *obstacle;    /* (nullable) */

  GtkStack *preview_stack;
  LkPreviewScene *light_scene;
  LkPreviewScene *dark_scene;
  GtkLabel *error_label;
  GtkSpinner *spinner;
  GtkLabel *size_label;
  LkAudiencePicker *picker;
  GtkWidget *sharing_box;
  LkViewAs *view_as;
  GtkEditable *alt_row;
};

enum
{
  PROP_OBSTACLE = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkPreviewPage, lk_preview_page, ADW_TYPE_BIN)

static void
update_obstacle (LkPreviewPage *self)
{
  const char *obstacle = NULL;

  if (self->preview == NULL)
    obstacle = _ ("The preview is not ready yet");
  else if (!lk_audience_selection_get_valid (self->selection))
    obstacle = _ ("Choose at least one person");
  if (g_strcmp0 (self->obstacle, obstacle) == 0)
    return;
  self->obstacle = obstacle;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OBSTACLE]);
}

static void
update_preview (LkPreviewPage *self)
{
  GdkTexture *photo = self->preview != NULL ? self->preview->photo : NULL;
  GdkTexture *thumbnail = self->preview != NULL ? self->preview->thumbnail : NULL;
  g_autofree char *text = NULL;

  lk_preview_scene_set_pictures (self->light_scene, photo, thumbnail);
  lk_preview_scene_set_pictures (self->dark_scene, photo, thumbnail);
  lk_view_as_set_photo (self->view_as, photo);
  if (photo != NULL)
    {
      g_autofree char *size = g_format_size (g_bytes_get_size (self->preview->photo_bytes));

      /* Translators: the first two are a width and a height, the last is a size such as “38 kB” */
      text = g_strdup_printf (_ ("This is what is sent: %d × %d px, %s"),
                              gdk_texture_get_width (photo), gdk_texture_get_height (photo), size);
    }
  gtk_label_set_text (self->size_label, text != NULL ? text : _ ("Making the preview…"));
  update_obstacle (self);
}

static void
on_preview_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPreviewPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPreview) preview = lk_preview_make_finish (result, &error);

  if (lk_error_is_cancelled (error))
    return;
  gtk_spinner_stop (self->spinner);
  g_clear_object (&self->rendering);
  g_clear_pointer (&self->preview, lk_preview_free);
  self->preview = g_steal_pointer (&preview);
  update_preview (self);
  if (error != NULL)
    {
      g_autofree char *text = lk_media_error_text (error, lk_draft_get_source (self->draft));

      g_clear_pointer (&self->recipe, lk_recipe_unref);
      gtk_label_set_text (self->error_label, text);
      gtk_label_set_text (self->size_label, "");
    }
  gtk_stack_set_visible_child_name (self->preview_stack, error == NULL ? "preview" : "failed");
}

static void
forget_preview (LkPreviewPage *self)
{
  g_cancellable_cancel (self->rendering);
  g_clear_object (&self->rendering);
  g_clear_pointer (&self->recipe, lk_recipe_unref);
  g_clear_pointer (&self->preview, lk_preview_free);
}

/* Another draft: notified even where the name is the same. A source that only moves keeps its
 * preview. */
static void
on_draft_replaced (LkPreviewPage *self)
{
  g_clear_object (&self->worker);
  forget_preview (self);
  update_preview (self);
}

static void
on_retry_clicked (LkPreviewPage *self)
{
  lk_preview_page_render (self);
}

/* An account of the computer without a real name has the login name in its place, or "Unknown". */
static void
update_name (LkPreviewPage *self)
{
  const char *const *identifiers = lk_account_model_get_identifiers (self->account);
  const char *name = g_get_real_name ();

  if (g_str_equal (name, "Unknown") || g_str_equal (name, g_get_user_name ()))
    name = identifiers != NULL && identifiers[0] != NULL ? identifiers[0] : _ ("Your Name");
  lk_preview_scene_set_name (self->light_scene, name);
  lk_preview_scene_set_name (self->dark_scene, name);
}

static void
update_sharing (LkPreviewPage *self)
{
  GListModel *people = G_LIST_MODEL (lk_account_model_get_address_book (self->account));

  gtk_widget_set_visible (self->sharing_box,
                          lk_account_model_get_sharing (self->account) != LK_SHARING_ALLOWED
                              && lk_audience_selection_get_kind (self->selection)
                                     != LK_AUDIENCE_EVERYONE
                              && g_list_model_get_n_items (people) > 0);
}

static void
on_share_clicked (LkPreviewPage *self)
{
  lk_account_model_set_sharing (self->account, LK_SHARING_ALLOWED);
  gtk_widget_grab_focus (GTK_WIDGET (self->picker));
}

static void
on_selection_changed (LkPreviewPage *self)
{
  LkAudience *audience = lk_audience_selection_get_audience (self->selection);

  lk_draft_set_audience (self->draft, audience);
  lk_view_as_set_audience (self->view_as, audience);
  update_sharing (self);
  update_obstacle (self);
}

static void
on_draft_audience_changed (LkPreviewPage *self)
{
  lk_audience_selection_set_audience (self->selection, lk_draft_get_audience (self->draft));
}

static void
on_alt_changed (LkPreviewPage *self)
{
  if (self->draft != NULL)
    lk_draft_set_alt (self->draft, gtk_editable_get_text (self->alt_row));
}

static void
on_draft_alt_changed (LkPreviewPage *self)
{
  const char *alt = lk_draft_get_alt (self->draft);

  if (!g_str_equal (gtk_editable_get_text (self->alt_row), alt))
    gtk_editable_set_text (self->alt_row, alt);
}

static gboolean
lk_preview_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LK_PREVIEW_PAGE (widget)->picker));
}

static void
lk_preview_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_OBSTACLE)
    g_value_set_string (value, LK_PREVIEW_PAGE (object)->obstacle);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_preview_page_dispose (GObject *object)
{
  LkPreviewPage *self = LK_PREVIEW_PAGE (object);

  g_cancellable_cancel (self->rendering);
  g_clear_object (&self->rendering);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->preview, lk_preview_free);
  g_clear_pointer (&self->recipe, lk_recipe_unref);
  g_clear_object (&self->selection);
  g_clear_object (&self->draft);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (lk_preview_page_parent_class)->dispose (object);
}

static void
lk_preview_page_class_init (LkPreviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_preview_page_get_property;
  object_class->dispose = lk_preview_page_dispose;
  widget_class->grab_focus = lk_preview_page_grab_focus;

  properties[PROP_OBSTACLE]
      = g_param_spec_string ("obstacle", NULL, NULL, NULL,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LK_TYPE_AUDIENCE_PICKER);
  g_type_ensure (LK_TYPE_PREVIEW_SCENE);
  g_type_ensure (LK_TYPE_SPLIT_LAYOUT);
  g_type_ensure (LK_TYPE_VIEW_AS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/app/likeness/Likeness/preview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, preview_stack);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, light_scene);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, dark_scene);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, error_label);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, size_label);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, picker);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, sharing_box);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, view_as);
  gtk_widget_class_bind_template_child (widget_class, LkPreviewPage, alt_row);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_share_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_alt_changed);
}

static void
lk_preview_page_init (LkPreviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lk_preview_page_set_models:
 * @account: whose address book there is to choose from
 * @draft: what is previewed, and where audience and alt text go
 *
 * Call it once.
 */
void
lk_preview_page_set_models (LkPreviewPage *self, LkAccountModel *account, LkDraft *draft)
{
  LkAddressBook *address_book;

  g_return_if_fail (LK_IS_PREVIEW_PAGE (self));
  g_return_if_fail (LK_IS_ACCOUNT_MODEL (account));
  g_return_if_fail (LK_IS_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  address_book = lk_account_model_get_address_book (account);
  self->account = g_object_ref (account);
  self->draft = g_object_ref (draft);
  self->selection = lk_audience_selection_new (G_LIST_MODEL (address_book));
  lk_audience_selection_set_audience (self->selection, lk_draft_get_audience (draft));
  lk_audience_picker_set_selection (self->picker, self->selection);
  lk_view_as_set_account (self->view_as, account);

  g_signal_connect_object (self->selection, "notify", G_CALLBACK (on_selection_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (address_book, "items-changed", G_CALLBACK (update_sharing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::identifiers", G_CALLBACK (update_name), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::sharing", G_CALLBACK (update_sharing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::audience", G_CALLBACK (on_draft_audience_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::alt", G_CALLBACK (on_draft_alt_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::source-name", G_CALLBACK (on_draft_replaced), self,
                           G_CONNECT_SWAPPED);
  update_name (self);
  on_draft_alt_changed (self);
  on_selection_changed (self);
}

/**
 * lk_preview_page_set_worker:
 * @worker: has the draft's source open; kept until there is another draft
 */
void
lk_preview_page_set_worker (LkPreviewPage *self, LkWorker *worker)
{
  g_return_if_fail (LK_IS_PREVIEW_PAGE (self));
  g_return_if_fail (LK_IS_WORKER (worker));

  g_set_object (&self->worker, worker);
}

/**
 * lk_preview_page_render:
 *
 * Makes the renditions of the draft as it is now, unless these are the ones that are shown.
 */
void
lk_preview_page_render (LkPreviewPage *self)
{
  LkRecipe *recipe;

  g_return_if_fail (LK_IS_PREVIEW_PAGE (self));
  g_return_if_fail (lk_draft_get_source (self->draft) != NULL);

  recipe = lk_draft_get_recipe (self->draft);
  if (self->recipe != NULL && lk_recipe_equal (self->recipe, recipe))
    return;
  forget_preview (self);
  self->recipe = lk_recipe_ref (recipe);
  update_preview (self);

  gtk_stack_set_visible_child_name (self->preview_stack, "preview");
  gtk_spinner_start (self->spinner);
  self->rendering = g_cancellable_new ();
  if (self->worker == NULL)
    self->worker = lk_worker_new (lk_draft_get_source (self->draft));
  lk_preview_make_async (self->worker, recipe, self->rendering, on_preview_ready,
                         g_object_ref (self));
}

/**
 * lk_preview_page_get_obstacle:
 *
 * Returns: (nullable): why it cannot be published yet, for a person; %NULL where nothing is in the
 * way
 */
const char *
lk_preview_page_get_obstacle (LkPreviewPage *self)
{
  g_return_val_if_fail (LK_IS_PREVIEW_PAGE (self), NULL);

  return self->obstacle;
}

/**
 * lk_preview_page_get_preview:
 *
 * Returns: (transfer none) (nullable): what is shown; until the next lk_preview_page_render()
 */
const LkPreview *
lk_preview_page_get_preview (LkPreviewPage *self)
{
  g_return_val_if_fail (LK_IS_PREVIEW_PAGE (self), NULL);

  return self->preview;
}
