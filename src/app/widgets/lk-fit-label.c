/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fit-label.h"

#include "lk-compat.h"

#define MAX_LINES 2

/* Of the font's size, the best first. */
static const double SCALES[] = { 1, 0.9, 0.8, 0.7, 0.6 };

struct _LkFitLabel
{
  GtkWidget parent_instance;

  char *text;
};

G_DEFINE_FINAL_TYPE (LkFitLabel, lk_fit_label, GTK_TYPE_WIDGET)

static void
set_scale (PangoLayout *layout, double scale)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  /* An address has no hyphens but its own. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  pango_layout_set_attributes (layout, attributes);
}

/* Whether no word is wider, in logical px, at the layout's scale. */
static gboolean
words_fit (PangoLayout *layout, int width)
{
  int widest = 0;

  pango_layout_set_width (layout, 0);
  pango_layout_get_pixel_size (layout, &widest, NULL);
  return widest <= width;
}

static void
lk_fit_label_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  LkFitLabel *self = LK_FIT_LABEL (widget);
  g_autoptr (PangoLayout) layout = NULL;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      layout = lk_fit_label_create_layout (self, -1);
      pango_layout_get_pixel_size (layout, natural, NULL);
      /* As narrow as need be: it is shortened then. */
      *minimum = 0;
    }
  else
    {
      layout = lk_fit_label_create_layout (self, for_size);
      pango_layout_get_pixel_size (layout, NULL, natural);
      *minimum = *natural;
    }
}

static GtkSizeRequestMode
lk_fit_label_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
lk_fit_label_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  g_autoptr (PangoLayout) layout
      = lk_fit_label_create_layout (LK_FIT_LABEL (widget), gtk_widget_get_width (widget));

  lk_compat_draw_layout (widget, snapshot, layout);
}

static void
lk_fit_label_finalize (GObject *object)
{
  g_free (LK_FIT_LABEL (object)->text);

  G_OBJECT_CLASS (lk_fit_label_parent_class)->finalize (object);
}

static void
lk_fit_label_class_init (LkFitLabelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lk_fit_label_finalize;
  widget_class->measure = lk_fit_label_measure;
  widget_class->get_request_mode = lk_fit_label_get_request_mode;
  widget_class->snapshot = lk_fit_label_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
lk_fit_label_init (LkFitLabel *self)
{
}

void
lk_fit_label_set_text (LkFitLabel *self, const char *text)
{
  g_return_if_fail (LK_IS_FIT_LABEL (self));
  g_return_if_fail (text != NULL);

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * lk_fit_label_create_layout:
 * @width: in logical px; -1 for as much as the text wants
 *
 * Returns: (transfer full): what is drawn where there is so much room
 */
PangoLayout *
lk_fit_label_create_layout (LkFitLabel *self, int width)
{
  PangoLayout *layout;
  gboolean fits = FALSE;

  g_return_val_if_fail (LK_IS_FIT_LABEL (self), NULL);

  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  set_scale (layout, SCALES[0]);
  if (width < 0)
    return layout;

  for (gsize i = 0; i < G_N_ELEMENTS (SCALES) && !fits; i++)
    {
      set_scale (layout, SCALES[i]);
      fits = words_fit (layout, width);
    }
  pango_layout_set_width (layout, width * PANGO_SCALE);
  if (fits)
    pango_layout_set_height (layout, -MAX_LINES);
  pango_layout_set_ellipsize (layout, fits ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_MIDDLE);
  return layout;
}
