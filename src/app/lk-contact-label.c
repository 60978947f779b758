/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-label.h"

#include <glib/gi18n.h>

/**
 * lk_contact_dup_label:
 *
 * Returns: (transfer full): what a person calls the contact: its name, or an identifier where it
 * has none
 */
char *
lk_contact_dup_label (LkContact *contact)
{
  const char *const *identifiers = lk_contact_get_identifiers (contact);
  const char *name = lk_contact_get_name (contact);

  if (name != NULL && *name != '\0')
    return g_strdup (name);
  if (identifiers != NULL && identifiers[0] != NULL)
    return g_strdup (identifiers[0]);
  return g_strdup (_ ("Unnamed Contact"));
}
