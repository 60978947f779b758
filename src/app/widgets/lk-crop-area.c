/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-crop-area.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "lk-crop-geometry.h"

/* In logical px. */
#define MARGIN 24
#define MINIMUM_SIZE 160
#define NATURAL_SIZE 480
#define KEY_STEP 10
#define KEY_FINE_STEP 1
/* By how much a key, or a click of a wheel, zooms. */
#define ZOOM_STEP 1.1
/* How long after the last key or click of a wheel the next one is a gesture of its own, in ms. */
#define SETTLE_DELAY 800
/* How long turning and flipping takes, in ms; nothing where animations are off. */
#define TURN_DURATION 200

static const GdkRGBA SHADE_COLOR = { 0, 0, 0, 0.6 };
static const GdkRGBA FRAME_COLOR = { 1, 1, 1, 1 };
static const GdkRGBA FRAME_EDGE_COLOR = { 0, 0, 0, 0.5 };
static const GdkRGBA CIRCLE_COLOR = { 1, 1, 1, 0.7 };

/* How the picture lies: the recipe's rotation and flips, or on the way to these. */
typedef struct
{
  double angle;  /* degrees clockwise */
  double flip_x; /* 1, or -1 when mirrored */
  double flip_y;
} Pose;

struct _LkCropArea
{
  GtkWidget parent_instance;

  LkMipmap *mipmap;
  LkRecipe *recipe;

  AdwAnimation *turning; /* (nullable) */
  Pose turn_from;
  Pose turn_to;
  Pose pose;

  GtkGesture *drag;
  LkRecipe *drag_recipe; /* (nullable): when the drag began */
  double drag_x;         /* how far it had gone then */
  double drag_y;
  double pinch_zoom; /* when the pinch began */
  double pinch_x;    /* the fingers' middle, a moment ago */
  double pinch_y;
  double pointer_x; /* (nullable as NAN) */
  double pointer_y;
  guint settle_timer;
};

enum
{
  PROP_MIPMAP = 1,
  PROP_RECIPE,
  PROP_ZOOM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkCropArea, lk_crop_area, GTK_TYPE_WIDGET)

static LkCropView
get_view (LkCropArea *self)
{
  return lk_crop_view_fit (lk_mipmap_get_width (self->mipmap), lk_mipmap_get_height (self->mipmap),
                           gtk_widget_get_width (GTK_WIDGET (self)),
                           gtk_widget_get_height (GTK_WIDGET (self)), MARGIN);
}

static Pose
pose_of_recipe (LkRecipe *recipe)
{
  return (Pose){
    .angle = lk_recipe_get_rotation (recipe),
    .flip_x = lk_recipe_get_flip_horizontal (recipe) ? -1 : 1,
    .flip_y = lk_recipe_get_flip_vertical (recipe) ? -1 : 1,
  };
}

static gboolean
pose_equal (const Pose *a, const Pose *b)
{
  return remainder (a->angle - b->angle, 360) == 0 && a->flip_x == b->flip_x
         && a->flip_y == b->flip_y;
}

static void
update_description (LkCropArea *self)
{
  /* Translators: how far a picture is zoomed in */
  g_autofree char *zoom
      = g_strdup_printf (_ ("Zoom %d%%"), (int)lround (lk_crop_area_get_zoom (self) * 100));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, zoom,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, zoom, -1);
}

static void
on_turning (double value, gpointer data)
{
  LkCropArea *self = data;
  const Pose *from = &self->turn_from;
  const Pose *to = &self->turn_to;

  self->pose.angle = adw_lerp (from->angle, to->angle, value);
  self->pose.flip_x = adw_lerp (from->flip_x, to->flip_x, value);
  self->pose.flip_y = adw_lerp (from->flip_y, to->flip_y, value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Turns the shorter way round. */
static void
turn_to (LkCropArea *self, Pose pose)
{
  if (pose_equal (&self->turn_to, &pose))
    return;
  self->turn_from = self->pose;
  self->turn_to = pose;
  self->turn_to.angle = self->turn_from.angle + remainder (pose.angle - self->turn_from.angle, 360);
  if (self->mipmap == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      on_turning (1, self);
      return;
    }
  if (self->turning == NULL)
    self->turning
        = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, TURN_DURATION,
                                   adw_callback_animation_target_new (on_turning, self, NULL));
  adw_animation_reset (self->turning);
  adw_animation_play (self->turning);
}

/* Whatever sets the recipe goes through here. */
static gboolean
take_recipe (LkCropArea *self, LkRecipe *recipe)
{
  if (self->recipe != NULL && lk_recipe_equal (self->recipe, recipe))
    return FALSE;
  lk_recipe_ref (recipe);
  g_clear_pointer (&self->recipe, lk_recipe_unref);
  self->recipe = recipe;
  turn_to (self, pose_of_recipe (recipe));
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECIPE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

static void
settle (LkCropArea *self)
{
  g_clear_handle_id (&self->settle_timer, g_source_remove);
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

static gboolean
on_settle_timeout (gpointer data)
{
  LkCropArea *self = data;

  self->settle_timer = 0;
  settle (self);
  return G_SOURCE_REMOVE;
}

static void
settle_later (LkCropArea *self)
{
  g_clear_handle_id (&self->settle_timer, g_source_remove);
  self->settle_timer = g_timeout_add (SETTLE_DELAY, on_settle_timeout, self);
}

static void
change_crop (LkCropArea *self, LkCrop crop, const char *gesture)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_with_crop (self->recipe, crop);

  if (take_recipe (self, recipe))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, gesture);
}

static void
pan (LkCropArea *self, LkRecipe *from, double dx, double dy, const char *gesture)
{
  LkCropView view = get_view (self);
  LkCrop panned = lk_crop_view_pan (&view, from, dx, dy);
  LkCrop crop = lk_recipe_get_crop (self->recipe);

  crop.x = panned.x;
  crop.y = panned.y;
  change_crop (self, crop, gesture);
}

/* A zoom in the middle of a drag: the drag goes on from there. */
static void
restart_drag (LkCropArea *self)
{
  if (self->drag_recipe == NULL)
    return;
  lk_recipe_unref (self->drag_recipe);
  self->drag_recipe = lk_recipe_ref (self->recipe);
  gtk_gesture_drag_get_offset (GTK_GESTURE_DRAG (self->drag), &self->drag_x, &self->drag_y);
}

static void
zoom (LkCropArea *self, double level, double x, double y, const char *gesture)
{
  LkCropView view = get_view (self);

  change_crop (self, lk_crop_view_zoom (&view, self->recipe, level, x, y), gesture);
  restart_drag (self);
}

static void
zoom_about_middle (LkCropArea *self, double level, const char *gesture)
{
  zoom (self, level, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
        gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, gesture);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, LkCropArea *self)
{
  if (self->mipmap == NULL)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  g_clear_pointer (&self->drag_recipe, lk_recipe_unref);
  self->drag_recipe = lk_recipe_ref (self->recipe);
  self->drag_x = 0;
  self->drag_y = 0;
  settle (self);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, LkCropArea *self)
{
  if (self->drag_recipe == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pan (self, self->drag_recipe, dx - self->drag_x, dy - self->drag_y, "drag");
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, LkCropArea *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grab");
  if (self->drag_recipe == NULL)
    return;
  g_clear_pointer (&self->drag_recipe, lk_recipe_unref);
  settle (self);
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, LkCropArea *self)
{
  if (self->mipmap == NULL)
    return;
  gtk_gesture_set_state (self->drag, GTK_EVENT_SEQUENCE_DENIED);
  g_clear_pointer (&self->drag_recipe, lk_recipe_unref);
  self->pinch_zoom = lk_crop_area_get_zoom (self);
  gtk_gesture_get_bounding_box_center (gesture, &self->pinch_x, &self->pinch_y);
  settle (self);
}

static void
on_pinch_scale_changed (GtkGestureZoom *gesture, double scale, LkCropArea *self)
{
  double x = self->pinch_x;
  double y = self->pinch_y;

  if (self->mipmap == NULL)
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  pan (self, self->recipe, x - self->pinch_x, y - self->pinch_y, "pinch");
  zoom (self, self->pinch_zoom * scale, x, y, "pinch");
  self->pinch_x = x;
  self->pinch_y = y;
}

static void
on_pinch_end (GtkGesture *gesture, GdkEventSequence *sequence, LkCropArea *self)
{
  settle (self);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, LkCropArea *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
on_leave (GtkEventControllerMotion *controller, LkCropArea *self)
{
  self->pointer_x = NAN;
  self->pointer_y = NAN;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, LkCropArea *self)
{
  double level;

  if (self->mipmap == NULL || dy == 0)
    return GDK_EVENT_PROPAGATE;
  level = lk_crop_area_get_zoom (self) * pow (ZOOM_STEP, -dy);
  if (isnan (self->pointer_x))
    zoom_about_middle (self, level, "scroll");
  else
    zoom (self, level, self->pointer_x, self->pointer_y, "scroll");
  settle_later (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_move_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  LkCropArea *self = LK_CROP_AREA (widget);
  double dx, dy;

  if (self->mipmap == NULL)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(dd)", &dx, &dy);
  pan (self, self->recipe, dx, dy, "move-keys");
  settle_later (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_zoom_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  LkCropArea *self = LK_CROP_AREA (widget);
  double factor;

  if (self->mipmap == NULL)
    return GDK_EVENT_PROPAGATE;
  g_variant_get (arguments, "(d)", &factor);
  zoom_about_middle (self, lk_crop_area_get_zoom (self) * factor, "zoom-keys");
  settle_later (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_home_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  LkCropArea *self = LK_CROP_AREA (widget);
  g_autoptr (LkRecipe) initial = lk_recipe_new ();

  if (self->mipmap == NULL)
    return GDK_EVENT_PROPAGATE;
  change_crop (self, lk_recipe_get_crop (initial), "home");
  settle (self);
  return GDK_EVENT_STOP;
}

static void
append_shade (GtkSnapshot *snapshot, double x, double y, double width, double height)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (snapshot, &SHADE_COLOR, &GRAPHENE_RECT_INIT (x, y, width, height));
}

static void
append_border (GtkSnapshot *snapshot,
               const graphene_rect_t *bounds,
               float radius,
               float width,
               const GdkRGBA *color)
{
  const float widths[] = { width, width, width, width };
  const GdkRGBA colors[] = { *color, *color, *color, *color };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bounds, radius);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
append_picture (LkCropArea *self, GtkSnapshot *snapshot, const LkCropView *view)
{
  LkCrop crop = lk_recipe_get_crop (self->recipe);
  double scale = lk_crop_view_get_scale (view, crop);
  double side = view->frame_side;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);
  GdkTexture *texture = lk_mipmap_get_texture (
      self->mipmap, scale * gtk_widget_get_scale_factor (GTK_WIDGET (self)));

  if (fabs (self->pose.flip_x * self->pose.flip_y) < 0.001)
    return; /* edge on */
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (view->frame_x + side / 2, view->frame_y + side / 2));
  gtk_snapshot_scale (snapshot, self->pose.flip_x, self->pose.flip_y);
  gtk_snapshot_rotate (snapshot, self->pose.angle);
  gtk_snapshot_scale (snapshot, scale, scale);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (-crop.x * view->width, -crop.y * view->height));
  if (lk_mipmap_has_alpha (self->mipmap))
    {
      LkColor background = lk_recipe_get_background (self->recipe);

      gtk_snapshot_append_color (snapshot,
                                 &(GdkRGBA){ background.red / 255.0f, background.green / 255.0f,
                                             background.blue / 255.0f, 1 },
                                 &bounds);
    }
  gtk_snapshot_append_texture (snapshot, texture, &bounds);
  gtk_snapshot_restore (snapshot);
}

static void
lk_crop_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  LkCropArea *self = LK_CROP_AREA (widget);
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  LkCropView view;
  double right, bottom;
  graphene_rect_t frame;

  if (self->mipmap == NULL)
    return;
  view = get_view (self);
  right = view.frame_x + view.frame_side;
  bottom = view.frame_y + view.frame_side;
  frame = GRAPHENE_RECT_INIT (view.frame_x, view.frame_y, view.frame_side, view.frame_side);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  append_picture (self, snapshot, &view);
  append_shade (snapshot, 0, 0, width, view.frame_y);
  append_shade (snapshot, 0, bottom, width, height - bottom);
  append_shade (snapshot, 0, view.frame_y, view.frame_x, view.frame_side);
  append_shade (snapshot, right, view.frame_y, width - right, view.frame_side);
  append_border (snapshot, &frame, view.frame_side / 2, 1, &CIRCLE_COLOR);
  graphene_rect_inset (&frame, -2, -2);
  append_border (snapshot, &frame, 0, 2, &FRAME_COLOR);
  graphene_rect_inset (&frame, -1, -1);
  append_border (snapshot, &frame, 0, 1, &FRAME_EDGE_COLOR);
  gtk_snapshot_pop (snapshot);
}

static void
lk_crop_area_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = MINIMUM_SIZE;
  *natural = NATURAL_SIZE;
}

static void
lk_crop_area_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkCropArea *self = LK_CROP_AREA (object);

  switch (id)
    {
    case PROP_MIPMAP:
      g_value_set_object (value, self->mipmap);
      break;
    case PROP_RECIPE:
      g_value_set_boxed (value, self->recipe);
      break;
    case PROP_ZOOM:
      g_value_set_double (value, lk_crop_area_get_zoom (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_crop_area_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkCropArea *self = LK_CROP_AREA (object);

  switch (id)
    {
    case PROP_MIPMAP:
      lk_crop_area_set_mipmap (self, g_value_get_object (value));
      break;
    case PROP_RECIPE:
      lk_crop_area_set_recipe (self, g_value_get_boxed (value));
      break;
    case PROP_ZOOM:
      lk_crop_area_set_zoom (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_crop_area_dispose (GObject *object)
{
  LkCropArea *self = LK_CROP_AREA (object);

  g_clear_handle_id (&self->settle_timer, g_source_remove);
  if (self->turning != NULL)
    adw_animation_skip (self->turning);
  g_clear_object (&self->turning);
  g_clear_object (&self->mipmap);
  g_clear_pointer (&self->drag_recipe, lk_recipe_unref);

  G_OBJECT_CLASS (lk_crop_area_parent_class)->dispose (object);
}

static void
lk_crop_area_finalize (GObject *object)
{
  LkCropArea *self = LK_CROP_AREA (object);

  g_clear_pointer (&self->recipe, lk_recipe_unref);

  G_OBJECT_CLASS (lk_crop_area_parent_class)->finalize (object);
}

static void
add_move_key (GtkWidgetClass *class, guint key, guint keypad_key, double dx, double dy)
{
  const guint keys[] = { key, keypad_key };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gtk_widget_class_add_binding (class, keys[i], 0, on_move_key, "(dd)", dx * KEY_STEP,
                                    dy * KEY_STEP);
      gtk_widget_class_add_binding (class, keys[i], GDK_SHIFT_MASK, on_move_key, "(dd)",
                                    dx * KEY_FINE_STEP, dy * KEY_FINE_STEP);
    }
}

static void
add_zoom_key (GtkWidgetClass *class, guint key, double factor)
{
  gtk_widget_class_add_binding (class, key, 0, on_zoom_key, "(d)", factor);
  gtk_widget_class_add_binding (class, key, GDK_SHIFT_MASK, on_zoom_key, "(d)", factor);
}

static void
lk_crop_area_class_init (LkCropAreaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = lk_crop_area_get_property;
  object_class->set_property = lk_crop_area_set_property;
  object_class->dispose = lk_crop_area_dispose;
  object_class->finalize = lk_crop_area_finalize;
  widget_class->snapshot = lk_crop_area_snapshot;
  widget_class->measure = lk_crop_area_measure;

  properties[PROP_MIPMAP] = g_param_spec_object ("mipmap", NULL, NULL, LK_TYPE_MIPMAP, flags);
  properties[PROP_RECIPE] = g_param_spec_boxed ("recipe", NULL, NULL, LK_TYPE_RECIPE, flags);
  properties[PROP_ZOOM]
      = g_param_spec_double ("zoom", NULL, NULL, 1, 1 / LK_RECIPE_MIN_CROP, 1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "croparea");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_move_key (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0);
  add_move_key (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0);
  add_move_key (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1);
  add_move_key (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1);
  add_zoom_key (widget_class, GDK_KEY_plus, ZOOM_STEP);
  add_zoom_key (widget_class, GDK_KEY_equal, ZOOM_STEP);
  add_zoom_key (widget_class, GDK_KEY_KP_Add, ZOOM_STEP);
  add_zoom_key (widget_class, GDK_KEY_minus, 1 / ZOOM_STEP);
  add_zoom_key (widget_class, GDK_KEY_KP_Subtract, 1 / ZOOM_STEP);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, on_home_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Home, 0, on_home_key, NULL);
}

static void
add_controllers (LkCropArea *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
      = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->drag = gtk_gesture_drag_new ();
  g_signal_connect (self->drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (self->drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (self->drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));

  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch_scale_changed), self);
  g_signal_connect (pinch, "end", G_CALLBACK (on_pinch_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
}

static void
lk_crop_area_init (LkCropArea *self)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();

  self->pose = self->turn_to = pose_of_recipe (recipe);
  self->pointer_x = self->pointer_y = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grab");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  C_ ("a tool to cut a picture to shape", "Crop"), -1);
  add_controllers (self);
  take_recipe (self, recipe);
}

GtkWidget *
lk_crop_area_new (void)
{
  return g_object_new (LK_TYPE_CROP_AREA, NULL);
}

LkMipmap *
lk_crop_area_get_mipmap (LkCropArea *self)
{
  g_return_val_if_fail (LK_IS_CROP_AREA (self), NULL);

  return self->mipmap;
}

/**
 * lk_crop_area_set_mipmap:
 * @mipmap: (nullable): the picture to show
 */
void
lk_crop_area_set_mipmap (LkCropArea *self, LkMipmap *mipmap)
{
  g_return_if_fail (LK_IS_CROP_AREA (self));
  g_return_if_fail (mipmap == NULL || LK_IS_MIPMAP (mipmap));

  if (!g_set_object (&self->mipmap, mipmap))
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MIPMAP]);
}

LkRecipe *
lk_crop_area_get_recipe (LkCropArea *self)
{
  g_return_val_if_fail (LK_IS_CROP_AREA (self), NULL);

  return self->recipe;
}

/**
 * lk_crop_area_set_recipe:
 *
 * Shows what the recipe makes of the picture. A turn is animated. Emits no "changed".
 */
void
lk_crop_area_set_recipe (LkCropArea *self, LkRecipe *recipe)
{
  g_return_if_fail (LK_IS_CROP_AREA (self));
  g_return_if_fail (recipe != NULL);

  take_recipe (self, recipe);
}

double
lk_crop_area_get_zoom (LkCropArea *self)
{
  g_return_val_if_fail (LK_IS_CROP_AREA (self), 1);

  return lk_crop_get_zoom (lk_recipe_get_crop (self->recipe));
}

/**
 * lk_crop_area_set_zoom:
 * @zoom: clamped to what the picture allows
 *
 * As if the person had zoomed: emits "changed", and "settled" a moment after the last of several.
 */
void
lk_crop_area_set_zoom (LkCropArea *self, double level)
{
  g_return_if_fail (LK_IS_CROP_AREA (self));

  if (self->mipmap == NULL)
    return;
  zoom_about_middle (self, level, "zoom");
  settle_later (self);
}

/**
 * lk_crop_area_get_max_zoom:
 *
 * The most that the picture allows; 1 without one.
 */
double
lk_crop_area_get_max_zoom (LkCropArea *self)
{
  g_return_val_if_fail (LK_IS_CROP_AREA (self), 1);

  if (self->mipmap == NULL)
    return 1;
  return lk_crop_get_max_zoom (lk_mipmap_get_width (self->mipmap),
                               lk_mipmap_get_height (self->mipmap));
}
