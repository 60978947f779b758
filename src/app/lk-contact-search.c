/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-search.h"

#include <string.h>

/**
 * lk_contact_search_fold:
 *
 * Returns: (transfer full): @text as it is compared: without case, accents, and space around it,
 * since not every keyboard has the letters of every name; "" if it is not UTF-8
 */
char *
lk_contact_search_fold (const char *text)
{
  g_autofree char *normal = NULL;
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autofree char *folded = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_combining_class (c) == 0)
        g_string_append_unichar (plain, c);
    }
  folded = g_utf8_casefold (plain->str, -1);
  return g_strdup (g_strstrip (folded));
}

static gboolean
contains (const char *text, const char *needle)
{
  g_autofree char *folded = lk_contact_search_fold (text);

  return strstr (folded, needle) != NULL;
}

/**
 * lk_contact_search_matches:
 * @needle: of lk_contact_search_fold(); "" matches everybody
 *
 * Returns: whether it is in the name or in an identifier of @contact
 */
gboolean
lk_contact_search_matches (LkContact *contact, const char *needle)
{
  const char *const *identifiers;
  const char *name;

  g_return_val_if_fail (LK_IS_CONTACT (contact), FALSE);
  g_return_val_if_fail (needle != NULL, FALSE);

  identifiers = lk_contact_get_identifiers (contact);
  name = lk_contact_get_name (contact);
  if (*needle == '\0' || (name != NULL && contains (name, needle)))
    return TRUE;
  for (gsize i = 0; identifiers[i] != NULL; i++)
    if (contains (identifiers[i], needle))
      return TRUE;
  return FALSE;
}
