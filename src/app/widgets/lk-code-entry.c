/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-code-entry.h"

#include <glib/gi18n.h>

#define DEFAULT_LENGTH 6
#define MAX_LENGTH 10

struct _LkCodeEntry
{
  GtkWidget parent_instance;

  GPtrArray *boxes; /* (element-type GtkEntry) */
  gboolean filling; /* several boxes change at once */
};

G_DEFINE_FINAL_TYPE (LkCodeEntry, lk_code_entry, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_LENGTH,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_COMPLETE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GtkEditable *
get_box (LkCodeEntry *self, guint index)
{
  return GTK_EDITABLE (g_ptr_array_index (self->boxes, index));
}

static gboolean
is_filled (LkCodeEntry *self, guint index)
{
  return *gtk_editable_get_text (get_box (self, index)) != '\0';
}

static gboolean
is_complete (LkCodeEntry *self)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      if (!is_filled (self, i))
        return FALSE;
    }
  return TRUE;
}

static guint
find_box (LkCodeEntry *self, GtkEditable *delegate)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      if (gtk_editable_get_delegate (get_box (self, i)) == delegate)
        return i;
    }
  g_return_val_if_reached (0);
}

static void
focus_box (LkCodeEntry *self, guint index)
{
  GtkEditable *box = get_box (self, index);

  gtk_widget_grab_focus (GTK_WIDGET (box));
  gtk_editable_select_region (box, 0, -1);
}

/* The digits of a text in any script, without what people put between them. */
static GString *
take_digits (const char *text, gssize length)
{
  GString *digits = g_string_new (NULL);
  const char *end = length < 0 ? text + strlen (text) : text + length;

  for (const char *at = text; at < end; at = g_utf8_next_char (at))
    {
      int value = g_unichar_digit_value (g_utf8_get_char (at));

      if (value >= 0)
        g_string_append_c (digits, '0' + value);
    }
  return digits;
}

static void
fill (LkCodeEntry *self, guint from, const GString *digits)
{
  guint at = from;

  self->filling = TRUE;
  for (gsize i = 0; i < digits->len && at < self->boxes->len; i++, at++)
    {
      const char digit[] = { digits->str[i], '\0' };

      gtk_editable_set_text (get_box (self, at), digit);
    }
  self->filling = FALSE;
  focus_box (self, MIN (at, self->boxes->len - 1));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (is_complete (self))
    g_signal_emit (self, signals[SIGNAL_COMPLETE], 0);
}

static void
on_insert_text (GtkEditable *delegate, const char *text, int length, int *position, gpointer data)
{
  LkCodeEntry *self = LK_CODE_ENTRY (data);
  g_autoptr (GString) digits = NULL;
  guint index = 0;

  if (self->filling)
    return;
  g_signal_stop_emission_by_name (delegate, "insert-text");
  digits = take_digits (text, length);
  if (digits->len == 0)
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  /* A whole code fills all boxes, wherever it is put. */
  index = digits->len >= self->boxes->len ? 0 : find_box (self, delegate);
  fill (self, index, digits);
  *position = gtk_editable_get_position (delegate);
}

static void
on_text_deleted (GtkEditable *box, LkCodeEntry *self)
{
  if (!self->filling && *gtk_editable_get_text (box) == '\0')
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                LkCodeEntry *self)
{
  GtkWidget *box = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  guint index = 0;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0
      || !g_ptr_array_find (self->boxes, box, &index))
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_BackSpace:
      if (is_filled (self, index) || index == 0)
        return GDK_EVENT_PROPAGATE;
      gtk_editable_set_text (get_box (self, index - 1), "");
      focus_box (self, index - 1);
      return GDK_EVENT_STOP;
    /* The boxes stand from left to right in every language. */
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      focus_box (self, index > 0 ? index - 1 : 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      focus_box (self, MIN (index + 1, self->boxes->len - 1));
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      focus_box (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      focus_box (self, self->boxes->len - 1);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
on_activate (GtkEntry *box, LkCodeEntry *self)
{
  if (is_complete (self))
    g_signal_emit (self, signals[SIGNAL_COMPLETE], 0);
}

static GtkWidget *
build_box (LkCodeEntry *self, guint index)
{
  GtkWidget *box = gtk_entry_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *label = g_strdup_printf (_ ("Code digit %u"), index + 1);

  gtk_widget_add_css_class (box, "code-digit");
  gtk_editable_set_width_chars (GTK_EDITABLE (box), 1);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (box), 1);
  gtk_editable_set_alignment (GTK_EDITABLE (box), 0.5);
  gtk_editable_set_enable_undo (GTK_EDITABLE (box), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (box), GTK_INPUT_PURPOSE_DIGITS);
  gtk_entry_set_input_hints (GTK_ENTRY (box), GTK_INPUT_HINT_NO_EMOJI | GTK_INPUT_HINT_PRIVATE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  g_signal_connect (gtk_editable_get_delegate (GTK_EDITABLE (box)), "insert-text",
                    G_CALLBACK (on_insert_text), self);
  g_signal_connect (box, "changed", G_CALLBACK (on_text_deleted), self);
  g_signal_connect (box, "activate", G_CALLBACK (on_activate), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (box, keys);
  return box;
}

static gboolean
lk_code_entry_grab_focus (GtkWidget *widget)
{
  LkCodeEntry *self = LK_CODE_ENTRY (widget);

  for (guint i = 0; i < self->boxes->len; i++)
    {
      if (!is_filled (self, i))
        return gtk_widget_grab_focus (GTK_WIDGET (get_box (self, i)));
    }
  return gtk_widget_grab_focus (GTK_WIDGET (get_box (self, self->boxes->len - 1)));
}

static void
lk_code_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LENGTH:
      g_value_set_uint (value, lk_code_entry_get_length (LK_CODE_ENTRY (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_code_entry_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LENGTH:
      lk_code_entry_set_length (LK_CODE_ENTRY (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_code_entry_dispose (GObject *object)
{
  LkCodeEntry *self = LK_CODE_ENTRY (object);
  GtkWidget *child = NULL;

  g_ptr_array_set_size (self->boxes, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (lk_code_entry_parent_class)->dispose (object);
}

static void
lk_code_entry_finalize (GObject *object)
{
  LkCodeEntry *self = LK_CODE_ENTRY (object);

  g_ptr_array_unref (self->boxes);

  G_OBJECT_CLASS (lk_code_entry_parent_class)->finalize (object);
}

static void
lk_code_entry_class_init (LkCodeEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_code_entry_get_property;
  object_class->set_property = lk_code_entry_set_property;
  object_class->dispose = lk_code_entry_dispose;
  object_class->finalize = lk_code_entry_finalize;
  widget_class->grab_focus = lk_code_entry_grab_focus;

  properties[PROP_LENGTH]
      = g_param_spec_uint ("length", NULL, NULL, 1, MAX_LENGTH, DEFAULT_LENGTH,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", LK_TYPE_CODE_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_COMPLETE] = g_signal_new ("complete", LK_TYPE_CODE_ENTRY, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "codeentry");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
lk_code_entry_init (LkCodeEntry *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  self->boxes = g_ptr_array_new ();
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), TRUE);
  /* Digits are read from left to right in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Code"),
                                  -1);
  lk_code_entry_set_length (self, DEFAULT_LENGTH);
}

GtkWidget *
lk_code_entry_new (void)
{
  return g_object_new (LK_TYPE_CODE_ENTRY, NULL);
}

guint
lk_code_entry_get_length (LkCodeEntry *self)
{
  g_return_val_if_fail (LK_IS_CODE_ENTRY (self), 0);

  return self->boxes->len;
}

/**
 * lk_code_entry_set_length:
 * @length: how many digits a code has, 1 to 10
 */
void
lk_code_entry_set_length (LkCodeEntry *self, guint length)
{
  g_return_if_fail (LK_IS_CODE_ENTRY (self));

  length = CLAMP (length, 1, MAX_LENGTH);
  if (length == self->boxes->len)
    return;
  while (self->boxes->len > length)
    gtk_widget_unparent (g_ptr_array_steal_index (self->boxes, self->boxes->len - 1));
  while (self->boxes->len < length)
    {
      GtkWidget *box = build_box (self, self->boxes->len);

      gtk_widget_set_parent (box, GTK_WIDGET (self));
      g_ptr_array_add (self->boxes, box);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LENGTH]);
}

/**
 * lk_code_entry_dup_code:
 *
 * Returns: (transfer full): the digits so far, in ASCII
 */
char *
lk_code_entry_dup_code (LkCodeEntry *self)
{
  GString *code = g_string_new (NULL);

  g_return_val_if_fail (LK_IS_CODE_ENTRY (self), NULL);

  for (guint i = 0; i < self->boxes->len; i++)
    g_string_append (code, gtk_editable_get_text (get_box (self, i)));
  return g_string_free (code, FALSE);
}

/**
 * lk_code_entry_clear:
 *
 * Empties the boxes and takes the focus to the first.
 */
void
lk_code_entry_clear (LkCodeEntry *self)
{
  g_return_if_fail (LK_IS_CODE_ENTRY (self));

  self->filling = TRUE;
  for (guint i = 0; i < self->boxes->len; i++)
    gtk_editable_set_text (get_box (self, i), "");
  self->filling = FALSE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    focus_box (self, 0);
}
