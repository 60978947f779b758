/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-edit-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lk-crop-area.h"
#include "lk-crop-geometry.h"
#include "lk-swatch.h"

#define ZOOM_STEP 1.25

struct _LkEditPage
{
  AdwBin parent_instance;

  LkDraft *draft;
  LkMipmap *mipmap;
  gboolean updating; /* a control is being set from the draft, not by the person */

  LkCropArea *crop_area;
  GtkWidget *background_box;
  GtkBox *swatches;
  GtkAdjustment *zoom_adjustment;
  GtkWidget *zoom_scale;
};

enum
{
  PROP_DRAFT = 1,
  PROP_MIPMAP,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkEditPage, lk_edit_page, ADW_TYPE_BIN)

typedef struct
{
  LkColor color;
  const char *name;
} Background;

/* What a see-through picture may stand on; white is what a recipe has unless it says otherwise. */
static const Background BACKGROUNDS[] = {
  { { 0xff, 0xff, 0xff }, NC_ ("colour", "White") },
  { { 0x00, 0x00, 0x00 }, NC_ ("colour", "Black") },
  { { 0x77, 0x76, 0x7b }, NC_ ("colour", "Grey") },
  { { 0x35, 0x84, 0xe4 }, NC_ ("colour", "Blue") },
  { { 0x33, 0xd1, 0x7a }, NC_ ("colour", "Green") },
  { { 0xf6, 0xd3, 0x2d }, NC_ ("colour", "Yellow") },
  { { 0xe0, 0x1b, 0x24 }, NC_ ("colour", "Red") },
};

static gboolean
color_equal (LkColor a, LkColor b)
{
  return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

static void
update_actions (LkEditPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (LkRecipe) initial = lk_recipe_new ();
  gboolean ready = self->draft != NULL && self->mipmap != NULL;
  double level = lk_crop_area_get_zoom (self->crop_area);
  double most = lk_crop_area_get_max_zoom (self->crop_area);

  gtk_widget_action_set_enabled (widget, "edit.undo", ready && lk_draft_get_can_undo (self->draft));
  gtk_widget_action_set_enabled (widget, "edit.redo", ready && lk_draft_get_can_redo (self->draft));
  gtk_widget_action_set_enabled (
      widget, "edit.reset", ready && !lk_recipe_equal (initial, lk_draft_get_recipe (self->draft)));
  gtk_widget_action_set_enabled (widget, "edit.zoom-in", ready && level < most);
  gtk_widget_action_set_enabled (widget, "edit.zoom-out", ready && level > 1);
}

/* The slider is logarithmic: each centimetre of it zooms by the same factor. */
static void
update_zoom (LkEditPage *self)
{
  double level = lk_crop_area_get_zoom (self->crop_area);
  double most = lk_crop_area_get_max_zoom (self->crop_area);
  g_autofree char *text = g_strdup_printf (_ ("Zoom %d%%"), (int)lround (level * 100));

  self->updating = TRUE;
  /* A scale without a range is not drawn. */
  gtk_adjustment_set_upper (self->zoom_adjustment, most > 1 ? log2 (most) : 1);
  gtk_adjustment_set_value (self->zoom_adjustment, log2 (level));
  self->updating = FALSE;
  gtk_widget_set_sensitive (self->zoom_scale, most > 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->zoom_scale),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  update_actions (self);
}

static void
update_swatches (LkEditPage *self)
{
  LkColor color = lk_recipe_get_background (lk_draft_get_recipe (self->draft));
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->swatches));

  self->updating = TRUE;
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      LkSwatch *swatch = LK_SWATCH (gtk_button_get_child (GTK_BUTTON (child)));

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child),
                                    color_equal (lk_swatch_get_color (swatch), color));
    }
  self->updating = FALSE;
}

static void
update_recipe (LkEditPage *self)
{
  lk_crop_area_set_recipe (self->crop_area, lk_draft_get_recipe (self->draft));
  update_swatches (self);
  update_actions (self);
}

static void
change (LkEditPage *self, LkRecipe *recipe)
{
  lk_draft_change (self->draft, recipe, NULL);
}

static void
on_crop_changed (LkEditPage *self, const char *gesture)
{
  lk_draft_change (self->draft, lk_crop_area_get_recipe (self->crop_area), gesture);
}

static void
on_crop_settled (LkEditPage *self)
{
  if (self->draft != NULL)
    lk_draft_seal (self->draft);
}

static void
on_zoom_value_changed (LkEditPage *self)
{
  if (!self->updating)
    lk_crop_area_set_zoom (self->crop_area,
                           exp2 (gtk_adjustment_get_value (self->zoom_adjustment)));
}

static void
on_swatch_toggled (GtkToggleButton *button, LkEditPage *self)
{
  LkSwatch *swatch = LK_SWATCH (gtk_button_get_child (GTK_BUTTON (button)));
  g_autoptr (LkRecipe) recipe = NULL;

  if (self->updating || !gtk_toggle_button_get_active (button))
    return;
  recipe
      = lk_recipe_with_background (lk_draft_get_recipe (self->draft), lk_swatch_get_color (swatch));
  change (self, recipe);
}

static void
on_undo_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  lk_draft_undo (LK_EDIT_PAGE (widget)->draft);
}

static void
on_redo_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  lk_draft_redo (LK_EDIT_PAGE (widget)->draft);
}

static void
on_reset_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();

  change (LK_EDIT_PAGE (widget), recipe);
}

static void
on_rotate_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkEditPage *self = LK_EDIT_PAGE (widget);
  g_autoptr (LkRecipe) recipe = lk_recipe_turned (lk_draft_get_recipe (self->draft),
                                                  g_str_equal (name, "edit.rotate-right"));

  change (self, recipe);
}

static void
on_flip_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkEditPage *self = LK_EDIT_PAGE (widget);
  LkRecipe *recipe = lk_draft_get_recipe (self->draft);
  gboolean horizontally = g_str_equal (name, "edit.flip-horizontally");
  g_autoptr (LkRecipe) flipped
      = lk_recipe_with_flips (recipe, lk_recipe_get_flip_horizontal (recipe) != horizontally,
                              lk_recipe_get_flip_vertical (recipe) == horizontally);

  change (self, flipped);
}

static void
on_zoom_activated (GtkWidget *widget, const char *name, GVariant *parameter)
{
  LkEditPage *self = LK_EDIT_PAGE (widget);
  double factor = g_str_equal (name, "edit.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP;

  lk_crop_area_set_zoom (self->crop_area, lk_crop_area_get_zoom (self->crop_area) * factor);
}

static gboolean
lk_edit_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (LK_EDIT_PAGE (widget)->crop_area));
}

static void
lk_edit_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkEditPage *self = LK_EDIT_PAGE (object);

  switch (id)
    {
    case PROP_DRAFT:
      g_value_set_object (value, self->draft);
      break;
    case PROP_MIPMAP:
      g_value_set_object (value, self->mipmap);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_edit_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkEditPage *self = LK_EDIT_PAGE (object);

  switch (id)
    {
    case PROP_DRAFT:
      lk_edit_page_set_draft (self, g_value_get_object (value));
      break;
    case PROP_MIPMAP:
      lk_edit_page_set_mipmap (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_edit_page_dispose (GObject *object)
{
  LkEditPage *self = LK_EDIT_PAGE (object);

  g_clear_object (&self->draft);
  g_clear_object (&self->mipmap);

  G_OBJECT_CLASS (lk_edit_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "edit.undo", NULL, on_undo_activated);
  gtk_widget_class_install_action (class, "edit.redo", NULL, on_redo_activated);
  gtk_widget_class_install_action (class, "edit.reset", NULL, on_reset_activated);
  gtk_widget_class_install_action (class, "edit.rotate-left", NULL, on_rotate_activated);
  gtk_widget_class_install_action (class, "edit.rotate-right", NULL, on_rotate_activated);
  gtk_widget_class_install_action (class, "edit.flip-horizontally", NULL, on_flip_activated);
  gtk_widget_class_install_action (class, "edit.flip-vertically", NULL, on_flip_activated);
  gtk_widget_class_install_action (class, "edit.zoom-in", NULL, on_zoom_activated);
  gtk_widget_class_install_action (class, "edit.zoom-out", NULL, on_zoom_activated);
}

static void
lk_edit_page_class_init (LkEditPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lk_edit_page_get_property;
  object_class->set_property = lk_edit_page_set_property;
  object_class->dispose = lk_edit_page_dispose;
  widget_class->grab_focus = lk_edit_page_grab_focus;

  properties[PROP_DRAFT] = g_param_spec_object ("draft", NULL, NULL, LK_TYPE_DRAFT, flags);
  properties[PROP_MIPMAP] = g_param_spec_object ("mipmap", NULL, NULL, LK_TYPE_MIPMAP, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_actions (widget_class);

  g_type_ensure (LK_TYPE_CROP_AREA);
  gtk_widget_class_set_template_from_resource (widget_class, "/app/likeness/Likeness/edit-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LkEditPage, crop_area);
  gtk_widget_class_bind_template_child (widget_class, LkEditPage, background_box);
  gtk_widget_class_bind_template_child (widget_class, LkEditPage, swatches);
  gtk_widget_class_bind_template_child (widget_class, LkEditPage, zoom_adjustment);
  gtk_widget_class_bind_template_child (widget_class, LkEditPage, zoom_scale);
  gtk_widget_class_bind_template_callback (widget_class, on_crop_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_crop_settled);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_value_changed);
  gtk_widget_class_bind_template_callback (widget_class, update_zoom);
}

static void
add_swatches (LkEditPage *self)
{
  GtkToggleButton *group = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (BACKGROUNDS); i++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      const char *name = g_dpgettext2 (NULL, "colour", BACKGROUNDS[i].name);

      gtk_button_set_child (GTK_BUTTON (button), lk_swatch_new (BACKGROUNDS[i].color));
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "circular");
      gtk_widget_set_tooltip_text (button, name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), group);
      g_signal_connect (button, "toggled", G_CALLBACK (on_swatch_toggled), self);
      gtk_box_append (self->swatches, button);
      group = GTK_TOGGLE_BUTTON (button);
    }
}

/* Wherever the focus is in the window, as long as the page is shown. */
static void
add_shortcuts (LkEditPage *self)
{
  const struct
  {
    const char *trigger;
    const char *action;
  } shortcuts[] = {
    { "<Control>z", "edit.undo" },
    { "<Control><Shift>z|<Control>y", "edit.redo" },
    { "<Control>r", "edit.rotate-right" },
    { "<Control><Shift>r", "edit.rotate-left" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller),
                                     GTK_SHORTCUT_SCOPE_GLOBAL);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (shortcuts[i].trigger),
                          gtk_named_action_new (shortcuts[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
lk_edit_page_init (LkEditPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_shortcuts (self);
  add_swatches (self);
  update_zoom (self);
}

/**
 * lk_edit_page_set_draft:
 * @draft: (nullable): what is edited
 */
void
lk_edit_page_set_draft (LkEditPage *self, LkDraft *draft)
{
  g_return_if_fail (LK_IS_EDIT_PAGE (self));
  g_return_if_fail (draft == NULL || LK_IS_DRAFT (draft));

  if (self->draft == draft)
    return;
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_set_object (&self->draft, draft);
  if (draft != NULL)
    {
      g_signal_connect_object (draft, "notify::recipe", G_CALLBACK (update_recipe), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (draft, "notify::can-redo", G_CALLBACK (update_actions), self,
                               G_CONNECT_SWAPPED);
      update_recipe (self);
    }
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

/**
 * lk_edit_page_set_mipmap:
 * @mipmap: (nullable): the draft's source
 */
void
lk_edit_page_set_mipmap (LkEditPage *self, LkMipmap *mipmap)
{
  g_return_if_fail (LK_IS_EDIT_PAGE (self));
  g_return_if_fail (mipmap == NULL || LK_IS_MIPMAP (mipmap));

  if (!g_set_object (&self->mipmap, mipmap))
    return;
  lk_crop_area_set_mipmap (self->crop_area, mipmap);
  gtk_widget_set_visible (self->background_box, mipmap != NULL && lk_mipmap_has_alpha (mipmap));
  update_zoom (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MIPMAP]);
}
