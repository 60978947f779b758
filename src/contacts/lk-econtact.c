/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-econtact.h"

#include "lk-contact-private.h"
#include "lk-identifier.h"
#include "lk-phone.h"
#include "lk-wire.h"

/** The most groups of one contact that are kept. */
#define MAX_GROUPS 64

static void
free_strings (GList *strings)
{
  g_list_free_full (strings, g_free);
}

static const char *
skip_scheme (const char *text, const char *scheme)
{
  gsize length = strlen (scheme);

  return g_ascii_strncasecmp (text, scheme, length) == 0 ? text + length : text;
}

static void
add_unique (GPtrArray *strings, char *text, guint limit)
{
  g_autofree char *owned = text;

  if (owned != NULL && strings->len < limit
      && !g_ptr_array_find_with_equal_func (strings, owned, g_str_equal, NULL))
    g_ptr_array_add (strings, g_steal_pointer (&owned));
}

static char *
dup_text (EContact *econtact, EContactField field)
{
  const char *text = e_contact_get_const (econtact, field);
  g_autofree char *valid = text != NULL ? g_strstrip (g_utf8_make_valid (text, -1)) : NULL;

  return valid != NULL && *valid != '\0' ? g_steal_pointer (&valid) : NULL;
}

/* What the contact is called: its name, or else whatever tells it from the others. */
static char *
dup_name (EContact *econtact)
{
  static const EContactField fields[]
      = { E_CONTACT_FULL_NAME, E_CONTACT_NICKNAME, E_CONTACT_ORG, E_CONTACT_EMAIL_1 };
  GList *numbers = NULL;
  g_autofree char *number = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *text = dup_text (econtact, fields[i]);

      if (text != NULL)
        return g_steal_pointer (&text);
    }

  numbers = e_contact_get (econtact, E_CONTACT_TEL);
  if (numbers != NULL && numbers->data != NULL)
    number = g_utf8_make_valid (skip_scheme (numbers->data, "tel:"), -1);
  free_strings (numbers);
  return number != NULL ? g_steal_pointer (&number) : g_strdup ("");
}

static GStrv
dup_groups (EContact *econtact)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  GList *categories = e_contact_get (econtact, E_CONTACT_CATEGORY_LIST);

  for (GList *l = categories; l != NULL; l = l->next)
    {
      g_autofree char *group
          = l->data != NULL ? g_strstrip (g_utf8_make_valid (l->data, -1)) : NULL;

      if (group != NULL && *group != '\0')
        add_unique (groups, g_steal_pointer (&group), MAX_GROUPS);
    }
  free_strings (categories);
  g_ptr_array_add (groups, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&groups), FALSE);
}

GStrv
lk_econtact_dup_identifiers (EContact *econtact, const char *region)
{
  g_autoptr (GPtrArray) identifiers = g_ptr_array_new_with_free_func (g_free);
  GList *numbers = e_contact_get (econtact, E_CONTACT_TEL);
  GList *emails = e_contact_get (econtact, E_CONTACT_EMAIL);

  /* People keep short codes, extensions and notes among their numbers: what is none is left out
   * without a word. */
  for (GList *l = numbers; l != NULL; l = l->next)
    if (l->data != NULL)
      add_unique (identifiers, lk_phone_normalize (skip_scheme (l->data, "tel:"), region, NULL),
                  LK_MAX_CONTACT_IDENTIFIERS);
  for (GList *l = emails; l != NULL; l = l->next)
    if (l->data != NULL && g_utf8_validate (l->data, -1, NULL))
      add_unique (identifiers,
                  lk_identifier_normalize_email (skip_scheme (l->data, "mailto:"), NULL),
                  LK_MAX_CONTACT_IDENTIFIERS);
  free_strings (numbers);
  free_strings (emails);

  g_ptr_array_add (identifiers, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&identifiers), FALSE);
}

LkContact *
lk_econtact_to_contact (EContact *econtact, const char *uid, const char *ref, const char *region)
{
  g_auto (GStrv) identifiers = NULL;
  g_auto (GStrv) groups = NULL;
  g_autofree char *name = NULL;

  if (GPOINTER_TO_INT (e_contact_get (econtact, E_CONTACT_IS_LIST)))
    return NULL;

  identifiers = lk_econtact_dup_identifiers (econtact, region);
  groups = dup_groups (econtact);
  name = dup_name (econtact);
  if (*name == '\0' && identifiers[0] == NULL)
    return NULL;
  return lk_contact_new (uid, ref, name, (const char *const *)identifiers,
                         (const char *const *)groups, NULL);
}
