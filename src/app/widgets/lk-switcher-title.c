/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-switcher-title.h"

#include <glib/gi18n.h>

struct _LkSwitcherTitle
{
  GtkWidget parent_instance;

  GtkWidget *switcher;
  GtkWidget *title;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (LkSwitcherTitle, lk_switcher_title, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_STACK,
  PROP_NARROW,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
lk_switcher_title_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  LkSwitcherTitle *self = LK_SWITCHER_TITLE (widget);
  int title_minimum = 0;
  int title_natural = 0;
  int switcher_minimum = 0;
  int switcher_natural = 0;

  gtk_widget_measure (self->title, orientation, -1, &title_minimum, &title_natural, NULL, NULL);
  gtk_widget_measure (self->switcher, orientation, -1, &switcher_minimum, &switcher_natural, NULL,
                      NULL);
  /* As small as the title, so that the switcher never holds the window wide. */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? title_minimum
                                                       : MAX (title_minimum, switcher_minimum);
  *natural = MAX (title_natural, switcher_natural);
}

static void
lk_switcher_title_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  LkSwitcherTitle *self = LK_SWITCHER_TITLE (widget);
  int natural = 0;
  gboolean narrow = FALSE;

  gtk_widget_measure (self->switcher, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  narrow = width < natural;
  gtk_widget_set_child_visible (self->switcher, !narrow);
  gtk_widget_set_child_visible (self->title, narrow);
  gtk_widget_allocate (narrow ? self->title : self->switcher, width, height, baseline, NULL);
  if (self->narrow != narrow)
    {
      self->narrow = narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
    }
}

static void
lk_switcher_title_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkSwitcherTitle *self = LK_SWITCHER_TITLE (object);

  switch (id)
    {
    case PROP_STACK:
      g_value_set_object (value, lk_switcher_title_get_stack (self));
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_switcher_title_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STACK:
      lk_switcher_title_set_stack (LK_SWITCHER_TITLE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_switcher_title_dispose (GObject *object)
{
  LkSwitcherTitle *self = LK_SWITCHER_TITLE (object);

  g_clear_pointer (&self->switcher, gtk_widget_unparent);
  g_clear_pointer (&self->title, gtk_widget_unparent);

  G_OBJECT_CLASS (lk_switcher_title_parent_class)->dispose (object);
}

static void
lk_switcher_title_class_init (LkSwitcherTitleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lk_switcher_title_get_property;
  object_class->set_property = lk_switcher_title_set_property;
  object_class->dispose = lk_switcher_title_dispose;
  widget_class->measure = lk_switcher_title_measure;
  widget_class->size_allocate = lk_switcher_title_size_allocate;

  properties[PROP_STACK]
      = g_param_spec_object ("stack", NULL, NULL, ADW_TYPE_VIEW_STACK, flags | G_PARAM_READWRITE);
  properties[PROP_NARROW]
      = g_param_spec_boolean ("narrow", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_switcher_title_init (LkSwitcherTitle *self)
{
  self->switcher = adw_view_switcher_new ();
  adw_view_switcher_set_policy (ADW_VIEW_SWITCHER (self->switcher), ADW_VIEW_SWITCHER_POLICY_WIDE);
  gtk_widget_set_parent (self->switcher, GTK_WIDGET (self));
  self->title = adw_window_title_new (_ ("Likeness"), NULL);
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
}

AdwViewStack *
lk_switcher_title_get_stack (LkSwitcherTitle *self)
{
  g_return_val_if_fail (LK_IS_SWITCHER_TITLE (self), NULL);

  return adw_view_switcher_get_stack (ADW_VIEW_SWITCHER (self->switcher));
}

/**
 * lk_switcher_title_set_stack:
 * @stack: (nullable): the views to switch between
 */
void
lk_switcher_title_set_stack (LkSwitcherTitle *self, AdwViewStack *stack)
{
  g_return_if_fail (LK_IS_SWITCHER_TITLE (self));

  if (stack == lk_switcher_title_get_stack (self))
    return;
  adw_view_switcher_set_stack (ADW_VIEW_SWITCHER (self->switcher), stack);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STACK]);
}

gboolean
lk_switcher_title_get_narrow (LkSwitcherTitle *self)
{
  g_return_val_if_fail (LK_IS_SWITCHER_TITLE (self), FALSE);

  return self->narrow;
}
