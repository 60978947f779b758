/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-audience-picker.h"

#include <glib/gi18n.h>

#include "lk-compat.h"
#include "lk-contact-search.h"
#include "lk-person-row.h"

struct _LkAudiencePicker
{
  AdwBin parent_instance;

  LkAudienceSelection *selection;
  GtkFilterListModel *found; /* of the selection's people: what the search and the group show */
  GPtrArray *rows;           /* (element-type LkPersonRow): those that show a contact now */
  char *needle;              /* what is searched for, folded */
  char *group;               /* (nullable) */
  gboolean updating;

  GtkCheckButton *everyone;
  GtkCheckButton *contacts;
  GtkCheckButton *except;
  GtkCheckButton *only;
  GtkWidget *chooser;
  GtkLabel *count_label;
  GtkEditable *search_entry;
  GtkDropDown *group_drop_down;
  GtkStringList *group_names;
  GtkWidget *choose_all;
  GtkWidget *choose_none;
  GtkStack *people_stack;
  GtkListView *people_view;
  GtkLabel *nobody_label;
  GtkLabel *note_label;
  GtkWidget *import_button;
};

enum
{
  PROP_SELECTION = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkAudiencePicker, lk_audience_picker, ADW_TYPE_BIN)

static GtkCheckButton *
get_radio (LkAudiencePicker *self, LkAudienceKind kind)
{
  switch (kind)
    {
    case LK_AUDIENCE_EVERYONE:
      return self->everyone;
    case LK_AUDIENCE_EXCEPT:
      return self->except;
    case LK_AUDIENCE_ONLY:
      return self->only;
    case LK_AUDIENCE_CONTACTS:
    default:
      return self->contacts;
    }
}

/* GtkCustomFilterFunc: by name, identifier and group. */
static gboolean
is_found (gpointer item, gpointer data)
{
  LkAudiencePicker *self = data;
  const char *const *groups = lk_contact_get_groups (item);

  if (self->group != NULL && (groups == NULL || !g_strv_contains (groups, self->group)))
    return FALSE;
  return lk_contact_search_matches (item, self->needle);
}

static void
update_count (LkAudiencePicker *self)
{
  guint n_people = g_list_model_get_n_items (lk_audience_selection_get_people (self->selection));
  guint n_chosen = lk_audience_selection_get_n_chosen (self->selection);
  g_autofree char *text = NULL;

  if (n_chosen == 0 && !lk_audience_selection_get_valid (self->selection))
    text = g_strdup (_ ("Nobody is chosen yet"));
  else
    /* Translators: how many people of the address book are chosen */
    text = g_strdup_printf (ngettext ("%u of %u chosen", "%u of %u chosen", n_people), n_chosen,
                            n_people);
  gtk_label_set_text (self->count_label, text);
}

static void
update_note (LkAudiencePicker *self)
{
  guint n_people = g_list_model_get_n_items (lk_audience_selection_get_people (self->selection));
  guint n_unreachable = lk_audience_selection_get_n_unreachable (self->selection);
  gboolean everyone = lk_audience_selection_get_kind (self->selection) == LK_AUDIENCE_EVERYONE;
  gboolean empty = n_people == 0 && n_unreachable == 0;
  g_autofree char *text = NULL;

  if (empty && !everyone)
    text = g_strdup (
        _ ("Your address book is empty, so nobody would get the picture. Add people in Contacts, "
           "import a vCard file, or choose Everyone Who Has My Number."));
  else if (n_unreachable > 0 && !everyone)
    text = g_strdup_printf (
        ngettext ("%u contact has neither a phone number nor an email address and cannot get it.",
                  "%u contacts have neither a phone number nor an email address and cannot get it.",
                  n_unreachable),
        n_unreachable);
  gtk_label_set_text (self->note_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), text != NULL);
  gtk_widget_set_visible (self->import_button, empty && !everyone);
}

static void
update_found (LkAudiencePicker *self)
{
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  gboolean searching = *self->needle != '\0' || self->group != NULL;

  gtk_label_set_text (self->nobody_label,
                      searching ? _ ("Nobody is found.") : _ ("There is nobody to choose from."));
  gtk_stack_set_visible_child_name (self->people_stack, n_found > 0 ? "people" : "nobody");
  gtk_widget_set_sensitive (self->choose_all, n_found > 0);
  gtk_widget_set_sensitive (self->choose_none, n_found > 0);
}

static void
update_rows (LkAudiencePicker *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      LkPersonRow *row = g_ptr_array_index (self->rows, i);
      LkContact *contact = lk_person_row_get_contact (row);

      lk_person_row_set_chosen (row, lk_audience_selection_is_chosen (self->selection, contact));
    }
}

static void
update (LkAudiencePicker *self)
{
  LkAudienceKind kind = lk_audience_selection_get_kind (self->selection);

  self->updating = TRUE;
  gtk_check_button_set_active (get_radio (self, kind), TRUE);
  self->updating = FALSE;
  gtk_widget_set_visible (self->chooser, kind == LK_AUDIENCE_EXCEPT || kind == LK_AUDIENCE_ONLY);
  update_count (self);
  update_note (self);
  update_rows (self);
}

/* The groups stay as they are as long as their names do: a new list would close the open menu. */
static void
update_groups (LkAudiencePicker *self)
{
  g_auto (GStrv) groups = lk_audience_selection_dup_groups (self->selection);
  guint n_groups = g_strv_length (groups);
  GListModel *names = G_LIST_MODEL (self->group_names);
  guint n_names = g_list_model_get_n_items (names);
  gboolean same = n_names == n_groups + 1;

  for (guint i = 0; same && i < n_groups; i++)
    same = g_str_equal (groups[i], gtk_string_list_get_string (self->group_names, i + 1));
  if (!same)
    {
      const char *const everybody[] = { _ ("All People"), NULL };

      gtk_string_list_splice (self->group_names, 0, n_names, everybody);
      gtk_string_list_splice (self->group_names, 1, 0, (const char *const *)groups);
      gtk_drop_down_set_selected (self->group_drop_down, 0);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->group_drop_down), n_groups > 0);
}

static void
on_people_changed (LkAudiencePicker *self)
{
  update_groups (self);
  update (self);
}

static void
on_kind_toggled (LkAudiencePicker *self)
{
  const LkAudienceKind kinds[]
      = { LK_AUDIENCE_EVERYONE, LK_AUDIENCE_CONTACTS, LK_AUDIENCE_EXCEPT, LK_AUDIENCE_ONLY };

  if (self->updating || self->selection == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (gtk_check_button_get_active (get_radio (self, kinds[i])))
      lk_audience_selection_set_kind (self->selection, kinds[i]);
}

static void
on_search_changed (LkAudiencePicker *self)
{
  guint selected = gtk_drop_down_get_selected (self->group_drop_down);
  GtkFilter *filter;

  g_free (self->needle);
  self->needle = lk_contact_search_fold (gtk_editable_get_text (self->search_entry));
  g_clear_pointer (&self->group, g_free);
  if (selected != GTK_INVALID_LIST_POSITION && selected > 0)
    self->group = g_strdup (gtk_string_list_get_string (self->group_names, selected));
  if (self->found == NULL)
    return;
  filter = gtk_filter_list_model_get_filter (self->found);
  gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_found (self);
}

static void
on_choose_all_clicked (LkAudiencePicker *self)
{
  lk_audience_selection_set_all (self->selection, G_LIST_MODEL (self->found), TRUE);
}

static void
on_choose_none_clicked (LkAudiencePicker *self)
{
  lk_audience_selection_set_all (self->selection, G_LIST_MODEL (self->found), FALSE);
}

static void
on_row_chosen (LkPersonRow *row, LkAudiencePicker *self)
{
  lk_audience_selection_set_chosen (self->selection, lk_person_row_get_contact (row),
                                    lk_person_row_get_chosen (row));
}

static void
on_row_setup (GtkSignalListItemFactory *factory, GtkListItem *item, LkAudiencePicker *self)
{
  GtkWidget *row = lk_person_row_new ();

  g_signal_connect_object (row, "chosen", G_CALLBACK (on_row_chosen), self, 0);
  gtk_list_item_set_child (item, row);
}

static void
on_row_bind (GtkSignalListItemFactory *factory, GtkListItem *item, LkAudiencePicker *self)
{
  LkPersonRow *row = LK_PERSON_ROW (gtk_list_item_get_child (item));
  LkContact *contact = gtk_list_item_get_item (item);

  lk_person_row_set_contact (row, contact);
  lk_person_row_set_chosen (row, lk_audience_selection_is_chosen (self->selection, contact));
  g_ptr_array_add (self->rows, row);
}

static void
on_row_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, LkAudiencePicker *self)
{
  LkPersonRow *row = LK_PERSON_ROW (gtk_list_item_get_child (item));

  if (self->rows != NULL)
    g_ptr_array_remove_fast (self->rows, row);
  lk_person_row_set_contact (row, NULL);
}

static void
on_row_activate (GtkListView *view, guint position, LkAudiencePicker *self)
{
  g_autoptr (LkContact) contact = g_list_model_get_item (G_LIST_MODEL (self->found), position);

  lk_audience_selection_set_chosen (self->selection, contact,
                                    !lk_audience_selection_is_chosen (self->selection, contact));
}

static gboolean
lk_audience_picker_grab_focus (GtkWidget *widget)
{
  LkAudiencePicker *self = LK_AUDIENCE_PICKER (widget);
  LkAudienceKind kind = self->selection != NULL ? lk_audience_selection_get_kind (self->selection)
                                                : LK_AUDIENCE_CONTACTS;

  return gtk_widget_grab_focus (GTK_WIDGET (get_radio (self, kind)));
}

static void
lk_audience_picker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTION)
    g_value_set_object (value, LK_AUDIENCE_PICKER (object)->selection);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_audience_picker_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTION)
    lk_audience_picker_set_selection (LK_AUDIENCE_PICKER (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
lk_audience_picker_dispose (GObject *object)
{
  LkAudiencePicker *self = LK_AUDIENCE_PICKER (object);

  if (self->people_view != NULL)
    gtk_list_view_set_model (self->people_view, NULL);
  self->people_view = NULL;
  if (self->found != NULL)
    gtk_filter_list_model_set_filter (self->found, NULL);
  g_clear_object (&self->found);
  g_clear_object (&self->selection);

  G_OBJECT_CLASS (lk_audience_picker_parent_class)->dispose (object);
}

static void
lk_audience_picker_finalize (GObject *object)
{
  LkAudiencePicker *self = LK_AUDIENCE_PICKER (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self->needle);
  g_free (self->group);

  G_OBJECT_CLASS (lk_audience_picker_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *class)
{
  gtk_widget_class_set_template_from_resource (class, "/app/likeness/Likeness/audience-picker.ui");
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, everyone);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, contacts);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, except);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, only);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, chooser);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, count_label);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, search_entry);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, group_drop_down);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, group_names);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, choose_all);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, choose_none);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, people_stack);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, people_view);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, nobody_label);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, note_label);
  gtk_widget_class_bind_template_child (class, LkAudiencePicker, import_button);
  gtk_widget_class_bind_template_callback (class, on_kind_toggled);
  gtk_widget_class_bind_template_callback (class, on_search_changed);
  gtk_widget_class_bind_template_callback (class, on_choose_all_clicked);
  gtk_widget_class_bind_template_callback (class, on_choose_none_clicked);
  gtk_widget_class_bind_template_callback (class, on_row_setup);
  gtk_widget_class_bind_template_callback (class, on_row_bind);
  gtk_widget_class_bind_template_callback (class, on_row_unbind);
  gtk_widget_class_bind_template_callback (class, on_row_activate);
}

static void
lk_audience_picker_class_init (LkAudiencePickerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lk_audience_picker_get_property;
  object_class->set_property = lk_audience_picker_set_property;
  object_class->dispose = lk_audience_picker_dispose;
  object_class->finalize = lk_audience_picker_finalize;
  widget_class->grab_focus = lk_audience_picker_grab_focus;

  properties[PROP_SELECTION]
      = g_param_spec_object ("selection", NULL, NULL, LK_TYPE_AUDIENCE_SELECTION,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  bind_template (widget_class);
}

static void
lk_audience_picker_init (LkAudiencePicker *self)
{
  self->rows = g_ptr_array_new ();
  self->needle = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  lk_compat_name_drop_down (self->group_drop_down, _ ("Group"));
}

LkAudienceSelection *
lk_audience_picker_get_selection (LkAudiencePicker *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_PICKER (self), NULL);

  return self->selection;
}

static void
show_people (LkAudiencePicker *self)
{
  GListModel *people = lk_audience_selection_get_people (self->selection);
  GtkCustomFilter *filter = gtk_custom_filter_new (is_found, self, NULL);

  self->found = gtk_filter_list_model_new (g_object_ref (people), GTK_FILTER (filter));
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (update_found), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->people_view, GTK_SELECTION_MODEL (gtk_no_selection_new (
                                                  g_object_ref (G_LIST_MODEL (self->found)))));
  g_signal_connect_object (people, "items-changed", G_CALLBACK (on_people_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

/**
 * lk_audience_picker_set_selection:
 * @selection: what to show and change; set it once
 */
void
lk_audience_picker_set_selection (LkAudiencePicker *self, LkAudienceSelection *selection)
{
  g_return_if_fail (LK_IS_AUDIENCE_PICKER (self));
  g_return_if_fail (LK_IS_AUDIENCE_SELECTION (selection));
  g_return_if_fail (self->selection == NULL);

  self->selection = g_object_ref (selection);
  show_people (self);
  update_groups (self);
  update_found (self);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTION]);
}
