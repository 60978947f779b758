/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-cursor.h"

#include <string.h>

/* So much of the account's id that another account's cursor, or one of an account that was erased,
 * is told apart. */
#define PREFIX_LENGTH 12

/**
 * lk_cursor_format:
 * @account_id: the reader's public id
 * @position: how far the reader has read
 *
 * Returns: (transfer full): a feed's cursor; clients do not look into it
 */
char *
lk_cursor_format (const char *account_id, gint64 position)
{
  return g_strdup_printf ("%.*s.%" G_GINT64_FORMAT, PREFIX_LENGTH, account_id, position);
}

/**
 * lk_cursor_parse:
 * @cursor: (nullable): what a client sent
 * @account_id: the reader's public id
 * @newest: the furthest that the reader can have read
 *
 * Returns: how far the reader has read; 0, the beginning, for a cursor that is not theirs
 */
gint64
lk_cursor_parse (const char *cursor, const char *account_id, gint64 newest)
{
  guint64 position;

  if (cursor == NULL || strlen (cursor) <= PREFIX_LENGTH
      || strncmp (cursor, account_id, PREFIX_LENGTH) != 0 || cursor[PREFIX_LENGTH] != '.'
      || !g_ascii_string_to_unsigned (cursor + PREFIX_LENGTH + 1, 10, 0, (guint64)newest, &position,
                                      NULL))
    return 0;
  return (gint64)position;
}
