/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-audience-selection.h"

#include <gtk/gtk.h>

#include "lk-app-enums.h"

struct _LkAudienceSelection
{
  GObject parent_instance;

  GListModel *contacts;
  GListModel *people;
  LkAudienceKind kind;
  GHashTable *except; /* (element-type utf8): a set of refs */
  GHashTable *only;   /* (element-type utf8): a set of refs */
  LkAudience *audience;
  guint n_chosen;
};

enum
{
  PROP_CONTACTS = 1,
  PROP_PEOPLE,
  PROP_KIND,
  PROP_AUDIENCE,
  PROP_N_CHOSEN,
  PROP_VALID,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LkAudienceSelection, lk_audience_selection, G_TYPE_OBJECT)

/* The refs that the kind speaks of, or NULL where it names nobody. */
static GHashTable *
get_refs (LkAudienceSelection *self)
{
  switch (self->kind)
    {
    case LK_AUDIENCE_EXCEPT:
      return self->except;
    case LK_AUDIENCE_ONLY:
      return self->only;
    case LK_AUDIENCE_EVERYONE:
    case LK_AUDIENCE_CONTACTS:
    default:
      return NULL;
    }
}

static guint
count_chosen (LkAudienceSelection *self)
{
  guint n_people = g_list_model_get_n_items (self->people);
  guint n_chosen = 0;

  if (get_refs (self) == NULL)
    return 0;
  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (self->people, i);

      n_chosen += lk_audience_selection_is_chosen (self, contact);
    }
  return n_chosen;
}

static LkAudience *
make_audience (LkAudienceSelection *self)
{
  GHashTable *refs = get_refs (self);
  g_autofree const char **names = NULL;

  if (refs != NULL)
    names = (const char **)g_hash_table_get_keys_as_array (refs, NULL);
  return lk_audience_new (self->kind, names);
}

/* After any change of what is chosen, or of whom there is to choose from. */
static void
update (LkAudienceSelection *self)
{
  g_autoptr (LkAudience) before = self->audience;

  self->audience = make_audience (self);
  self->n_chosen = count_chosen (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (before == NULL || !lk_audience_equal (before, self->audience))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AUDIENCE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CHOSEN]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALID]);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
has_identifier (gpointer item, gpointer data)
{
  const char *const *identifiers = lk_contact_get_identifiers (item);

  return identifiers != NULL && identifiers[0] != NULL;
}

static gboolean
choose (GHashTable *refs, LkContact *contact, gboolean chosen)
{
  const char *ref = lk_contact_get_ref (contact);

  return chosen ? g_hash_table_add (refs, g_strdup (ref)) : g_hash_table_remove (refs, ref);
}

static void
lk_audience_selection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkAudienceSelection *self = LK_AUDIENCE_SELECTION (object);

  switch (id)
    {
    case PROP_CONTACTS:
      g_value_set_object (value, self->contacts);
      break;
    case PROP_PEOPLE:
      g_value_set_object (value, self->people);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_AUDIENCE:
      g_value_set_boxed (value, self->audience);
      break;
    case PROP_N_CHOSEN:
      g_value_set_uint (value, self->n_chosen);
      break;
    case PROP_VALID:
      g_value_set_boolean (value, lk_audience_selection_get_valid (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_audience_selection_set_property (GObject *object,
                                    guint id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  LkAudienceSelection *self = LK_AUDIENCE_SELECTION (object);

  switch (id)
    {
    case PROP_CONTACTS:
      self->contacts = g_value_dup_object (value);
      break;
    case PROP_KIND:
      lk_audience_selection_set_kind (self, g_value_get_enum (value));
      break;
    case PROP_AUDIENCE:
      lk_audience_selection_set_audience (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_audience_selection_constructed (GObject *object)
{
  LkAudienceSelection *self = LK_AUDIENCE_SELECTION (object);
  GtkCustomFilter *filter = gtk_custom_filter_new (has_identifier, NULL, NULL);

  G_OBJECT_CLASS (lk_audience_selection_parent_class)->constructed (object);

  self->people = G_LIST_MODEL (
      gtk_filter_list_model_new (g_object_ref (self->contacts), GTK_FILTER (filter)));
  g_signal_connect_object (self->people, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

static void
lk_audience_selection_finalize (GObject *object)
{
  LkAudienceSelection *self = LK_AUDIENCE_SELECTION (object);

  g_clear_object (&self->people);
  g_clear_object (&self->contacts);
  g_clear_pointer (&self->except, g_hash_table_unref);
  g_clear_pointer (&self->only, g_hash_table_unref);
  g_clear_pointer (&self->audience, lk_audience_unref);

  G_OBJECT_CLASS (lk_audience_selection_parent_class)->finalize (object);
}

static void
lk_audience_selection_class_init (LkAudienceSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read_write = G_PARAM_WRITABLE | read_only;

  object_class->get_property = lk_audience_selection_get_property;
  object_class->set_property = lk_audience_selection_set_property;
  object_class->constructed = lk_audience_selection_constructed;
  object_class->finalize = lk_audience_selection_finalize;

  properties[PROP_CONTACTS] = g_param_spec_object ("contacts", NULL, NULL, G_TYPE_LIST_MODEL,
                                                   read_write | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_PEOPLE]
      = g_param_spec_object ("people", NULL, NULL, G_TYPE_LIST_MODEL, read_only);
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, LK_TYPE_AUDIENCE_KIND,
                                             LK_AUDIENCE_CONTACTS, read_write);
  properties[PROP_AUDIENCE]
      = g_param_spec_boxed ("audience", NULL, NULL, LK_TYPE_AUDIENCE, read_write);
  properties[PROP_N_CHOSEN]
      = g_param_spec_uint ("n-chosen", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  properties[PROP_VALID] = g_param_spec_boolean ("valid", NULL, NULL, FALSE, read_only);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_audience_selection_init (LkAudienceSelection *self)
{
  self->kind = LK_AUDIENCE_CONTACTS;
  self->except = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->only = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lk_audience_selection_new:
 * @contacts: a model of LkContact, followed as it changes
 *
 * Returns: (transfer full): for all contacts, to begin with
 */
LkAudienceSelection *
lk_audience_selection_new (GListModel *contacts)
{
  g_return_val_if_fail (G_IS_LIST_MODEL (contacts), NULL);

  return g_object_new (LK_TYPE_AUDIENCE_SELECTION, "contacts", contacts, NULL);
}

GListModel *
lk_audience_selection_get_people (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), NULL);

  return self->people;
}

/**
 * lk_audience_selection_get_n_unreachable:
 *
 * How many contacts have neither a phone number nor an email address.
 */
guint
lk_audience_selection_get_n_unreachable (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), 0);

  return g_list_model_get_n_items (self->contacts) - g_list_model_get_n_items (self->people);
}

LkAudienceKind
lk_audience_selection_get_kind (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), LK_AUDIENCE_CONTACTS);

  return self->kind;
}

void
lk_audience_selection_set_kind (LkAudienceSelection *self, LkAudienceKind kind)
{
  g_return_if_fail (LK_IS_AUDIENCE_SELECTION (self));

  if (self->kind == kind)
    return;
  self->kind = kind;
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
  update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

LkAudience *
lk_audience_selection_get_audience (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), NULL);

  return self->audience;
}

/**
 * lk_audience_selection_set_audience:
 *
 * Takes over its kind and whom it names. Whoever is not in the address book at the moment stays
 * named.
 */
void
lk_audience_selection_set_audience (LkAudienceSelection *self, LkAudience *audience)
{
  const char *const *names;
  GHashTable *refs;

  g_return_if_fail (LK_IS_AUDIENCE_SELECTION (self));
  g_return_if_fail (audience != NULL);

  if (lk_audience_equal (self->audience, audience))
    return;
  self->kind = lk_audience_get_kind (audience);
  refs = get_refs (self);
  if (refs != NULL)
    {
      g_hash_table_remove_all (refs);
      names = lk_audience_get_refs (audience, NULL);
      for (gsize i = 0; names != NULL && names[i] != NULL; i++)
        g_hash_table_add (refs, g_strdup (names[i]));
    }
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
  update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

guint
lk_audience_selection_get_n_chosen (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), 0);

  return self->n_chosen;
}

gboolean
lk_audience_selection_get_valid (LkAudienceSelection *self)
{
  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), FALSE);

  return self->kind != LK_AUDIENCE_ONLY || self->n_chosen > 0;
}

/**
 * lk_audience_selection_is_chosen:
 *
 * Whether the present kind names the contact.
 */
gboolean
lk_audience_selection_is_chosen (LkAudienceSelection *self, LkContact *contact)
{
  GHashTable *refs;

  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), FALSE);

  refs = get_refs (self);
  return refs != NULL && g_hash_table_contains (refs, lk_contact_get_ref (contact));
}

void
lk_audience_selection_set_chosen (LkAudienceSelection *self, LkContact *contact, gboolean chosen)
{
  GHashTable *refs;

  g_return_if_fail (LK_IS_AUDIENCE_SELECTION (self));

  refs = get_refs (self);
  if (refs != NULL && choose (refs, contact, chosen))
    update (self);
}

/**
 * lk_audience_selection_set_all:
 * @contacts: a model of LkContact, such as what a search has found
 */
void
lk_audience_selection_set_all (LkAudienceSelection *self, GListModel *contacts, gboolean chosen)
{
  GHashTable *refs;
  guint n_contacts;

  g_return_if_fail (LK_IS_AUDIENCE_SELECTION (self));
  g_return_if_fail (G_IS_LIST_MODEL (contacts));

  refs = get_refs (self);
  if (refs == NULL)
    return;
  n_contacts = g_list_model_get_n_items (contacts);
  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (contacts, i);

      choose (refs, contact, chosen);
    }
  update (self);
}

static int
compare_names (const void *a, const void *b)
{
  return g_utf8_collate (*(const char *const *)a, *(const char *const *)b);
}

/**
 * lk_audience_selection_dup_groups:
 *
 * Returns: (transfer full): the groups that the people are in, sorted
 */
GStrv
lk_audience_selection_dup_groups (LkAudienceSelection *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree const char **sorted = NULL;
  guint n_people;
  guint n_names = 0;

  g_return_val_if_fail (LK_IS_AUDIENCE_SELECTION (self), NULL);

  n_people = g_list_model_get_n_items (self->people);
  for (guint i = 0; i < n_people; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (self->people, i);
      const char *const *groups = lk_contact_get_groups (contact);

      for (gsize j = 0; groups != NULL && groups[j] != NULL; j++)
        g_hash_table_add (names, g_strdup (groups[j]));
    }
  sorted = (const char **)g_hash_table_get_keys_as_array (names, &n_names);
  qsort (sorted, n_names, sizeof (char *), compare_names);
  return g_strdupv ((char **)sorted);
}
