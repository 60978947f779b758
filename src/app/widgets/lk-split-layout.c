/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-split-layout.h"

struct _LkSplitLayout
{
  GtkLayoutManager parent_instance;

  int threshold;
  int spacing;
};

enum
{
  PROP_THRESHOLD = 1,
  PROP_SPACING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkSplitLayout, lk_split_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkWidget *
skip_hidden (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
first_child (GtkWidget *widget)
{
  return skip_hidden (gtk_widget_get_first_child (widget));
}

static GtkWidget *
next_child (GtkWidget *child)
{
  return skip_hidden (gtk_widget_get_next_sibling (child));
}

static int
count_children (GtkWidget *widget)
{
  int count = 0;

  for (GtkWidget *child = first_child (widget); child != NULL; child = next_child (child))
    count++;
  return count;
}

static int
get_column_width (LkSplitLayout *self, int width, int n_children)
{
  return (width - (n_children - 1) * self->spacing) / n_children;
}

static GtkSizeRequestMode
lk_split_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (LkSplitLayout *self, GtkWidget *widget, int *minimum, int *natural)
{
  int n_children = count_children (widget);

  for (GtkWidget *child = first_child (widget); child != NULL; child = next_child (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural,
                          NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
  *natural = MAX (*minimum, *natural * n_children + self->spacing * MAX (0, n_children - 1));
}

static void
measure_height (LkSplitLayout *self, GtkWidget *widget, int width, int *minimum, int *natural)
{
  int n_children = count_children (widget);
  gboolean beside = width >= self->threshold && n_children > 0;
  int child_width = beside ? get_column_width (self, width, n_children) : width;

  for (GtkWidget *child = first_child (widget); child != NULL; child = next_child (child))
    {
      int child_minimum, child_natural;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, child_width, &child_minimum,
                          &child_natural, NULL, NULL);
      *minimum = beside ? MAX (*minimum, child_minimum) : *minimum + child_minimum;
      *natural = beside ? MAX (*natural, child_natural) : *natural + child_natural;
    }
  if (!beside && n_children > 1)
    {
      *minimum += (n_children - 1) * self->spacing;
      *natural += (n_children - 1) * self->spacing;
    }
}

static void
lk_split_layout_measure (GtkLayoutManager *layout,
                         GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  LkSplitLayout *self = LK_SPLIT_LAYOUT (layout);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, widget, minimum, natural);
  else
    measure_height (self, widget, for_size, minimum, natural);
}

static void
allocate_beside (LkSplitLayout *self, GtkWidget *widget, int width, int height)
{
  int n_children = count_children (widget);
  int column = n_children > 0 ? get_column_width (self, width, n_children) : 0;
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = mirrored ? width - column : 0;

  for (GtkWidget *child = first_child (widget); child != NULL; child = next_child (child))
    {
      gtk_widget_size_allocate (child, &(GtkAllocation){ x, 0, column, height }, -1);
      x += (mirrored ? -1 : 1) * (column + self->spacing);
    }
}

/* The natural height of each, less what is missing where there is not enough. */
static void
allocate_below (LkSplitLayout *self, GtkWidget *widget, int width, int height)
{
  int minimum = 0;
  int natural = 0;
  int missing;
  int y = 0;

  measure_height (self, widget, width, &minimum, &natural);
  missing = MAX (0, natural - height);
  for (GtkWidget *child = first_child (widget); child != NULL; child = next_child (child))
    {
      int child_minimum, child_natural, taken;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &child_minimum, &child_natural,
                          NULL, NULL);
      taken = MIN (missing, child_natural - child_minimum);
      missing -= taken;
      gtk_widget_size_allocate (child, &(GtkAllocation){ 0, y, width, child_natural - taken }, -1);
      y += child_natural - taken + self->spacing;
    }
}

static void
lk_split_layout_allocate (GtkLayoutManager *layout,
                          GtkWidget *widget,
                          int width,
                          int height,
                          int baseline)
{
  LkSplitLayout *self = LK_SPLIT_LAYOUT (layout);

  if (width >= self->threshold)
    allocate_beside (self, widget, width, height);
  else
    allocate_below (self, widget, width, height);
}

static void
lk_split_layout_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkSplitLayout *self = LK_SPLIT_LAYOUT (object);

  switch (id)
    {
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_split_layout_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkSplitLayout *self = LK_SPLIT_LAYOUT (object);
  int *field = id == PROP_THRESHOLD ? &self->threshold : &self->spacing;

  if (id != PROP_THRESHOLD && id != PROP_SPACING)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (*field == g_value_get_int (value))
    return;
  *field = g_value_get_int (value);
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
lk_split_layout_class_init (LkSplitLayoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lk_split_layout_get_property;
  object_class->set_property = lk_split_layout_set_property;
  layout_class->get_request_mode = lk_split_layout_get_request_mode;
  layout_class->measure = lk_split_layout_measure;
  layout_class->allocate = lk_split_layout_allocate;

  properties[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_split_layout_init (LkSplitLayout *self)
{
}
