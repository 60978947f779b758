/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-audience-text.h"

#include <glib/gi18n.h>

/**
 * lk_audience_text:
 * @audience: (nullable): NULL for the server's default, contacts
 *
 * Returns: (transfer full): who may see a picture, such as "Your contacts except 2"
 */
char *
lk_audience_text (LkAudience *audience)
{
  gsize n = 0;

  if (audience == NULL)
    return g_strdup (_ ("Your contacts"));
  lk_audience_get_refs (audience, &n);
  switch (lk_audience_get_kind (audience))
    {
    case LK_AUDIENCE_EVERYONE:
      return g_strdup (_ ("Everyone who has your number or address"));
    case LK_AUDIENCE_EXCEPT:
      if (n > 0)
        return g_strdup_printf (ngettext ("Your contacts except %u", "Your contacts except %u", n),
                                (guint)n);
      return g_strdup (_ ("Your contacts"));
    case LK_AUDIENCE_ONLY:
      return g_strdup_printf (ngettext ("Only %u of your contacts", "Only %u of your contacts", n),
                              (guint)n);
    case LK_AUDIENCE_CONTACTS:
    default:
      return g_strdup (_ ("Your contacts"));
    }
}
