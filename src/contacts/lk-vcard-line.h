/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * LkVCardLine: one property of a card as it lies in the text, with its folded continuations (RFC
 * 6350, 3.2; in 2.1 also the soft line breaks of quoted-printable).
 * @start: its first byte
 * @length: in bytes, with its line ends
 */
typedef struct
{
  const char *start;
  gsize length;
} LkVCardLine;

/* Takes the next line off @text; FALSE at the end. */
gboolean lk_vcard_line_next (const char **text, const char *end, LkVCardLine *line);
/* Whether the property is called @name, in any case and whatever its group is. */
gboolean lk_vcard_line_is (const LkVCardLine *line, const char *name);
/* Whether the whole line is @text, in any case, apart from blanks around it. */
gboolean lk_vcard_line_equals (const LkVCardLine *line, const char *text);
gboolean lk_vcard_line_is_blank (const LkVCardLine *line);
/* The line on one line, with only what EDS's parser takes without a warning: parameters that are
 * well-formed, escapes that exist. NULL where nothing is left. (transfer full) */
char *lk_vcard_line_dup_clean (const LkVCardLine *line);
/* The line on one line, valid UTF-8. (transfer full) */
char *lk_vcard_line_dup_unfolded (const LkVCardLine *line);
/* Whether the name and the parameters have @text in them, in any case. */
gboolean lk_vcard_line_has_parameter (const LkVCardLine *line, const char *text);
/* The line end that it has: CR LF or LF. */
const char *lk_vcard_line_get_end (const LkVCardLine *line);
