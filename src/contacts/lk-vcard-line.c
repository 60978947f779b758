/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-vcard-line.h"

#include <string.h>

/** The longest line that is given to the parser, in bytes; photos do not go through it. */
#define CLEAN_MAX_LENGTH (64 * 1024)

/** The most parameters that are looked at. */
#define MAX_PARAMETERS 64

/* Past the line end at @text: any CRs and a LF, since files that were converted twice have CR CR
 * LF. */
static const char *
skip_end (const char *text, const char *end)
{
  while (text < end && *text == '\r')
    text++;
  if (text < end && *text == '\n')
    text++;
  return text;
}

static const char *
find_end (const char *text, const char *end)
{
  while (text < end && *text != '\r' && *text != '\n')
    text++;
  return text;
}

/* The colon that ends the parameters; not one inside quotes. */
static const char *
find_colon (const LkVCardLine *line)
{
  gboolean in_quotes = FALSE;

  for (gsize i = 0; i < line->length; i++)
    {
      if (line->start[i] == '"')
        in_quotes = !in_quotes;
      else if (line->start[i] == ':' && !in_quotes)
        return line->start + i;
    }
  return NULL;
}

static gboolean
contains_nocase (const char *text, gsize length, const char *needle)
{
  gsize needle_length = strlen (needle);

  for (gsize i = 0; i + needle_length <= length; i++)
    if (g_ascii_strncasecmp (text + i, needle, needle_length) == 0)
      return TRUE;
  return FALSE;
}

/* Without line ends and the blank that follows each; soft breaks of quoted-printable lose their "="
 * too. */
static GString *
unfold (const LkVCardLine *line, gboolean quoted_printable)
{
  GString *text = g_string_sized_new (line->length);
  const char *end = line->start + line->length;
  const char *p = line->start;

  while (p < end)
    {
      const char *stop = find_end (p, end);

      g_string_append_len (text, p, stop - p);
      p = skip_end (stop, end);
      if (p >= end)
        break;
      if (quoted_printable && text->len > 0 && text->str[text->len - 1] == '=')
        g_string_truncate (text, text->len - 1);
      if (*p == ' ' || *p == '\t')
        p++;
    }
  return text;
}

/* Keeps a parameter only if it is NAME, NAME=VALUE or NAME="VALUE" of harmless characters. */
static gboolean
is_clean_parameter (const char *parameter)
{
  const char *equals = strchr (parameter, '=');
  gsize name_length = equals != NULL ? (gsize)(equals - parameter) : strlen (parameter);
  const char *value = equals != NULL ? equals + 1 : NULL;

  if (name_length == 0 || (value != NULL && *value == '\0'))
    return FALSE;
  /* An encoding that the parser does not know is a warning; base64 is for what does not go through
   * it. */
  if (value == NULL && g_ascii_strcasecmp (parameter, "BASE64") == 0)
    return FALSE;
  if (value != NULL && name_length == strlen ("ENCODING")
      && g_ascii_strncasecmp (parameter, "ENCODING", name_length) == 0)
    return g_ascii_strcasecmp (value, "QUOTED-PRINTABLE") == 0;
  for (gsize i = 0; i < name_length; i++)
    if (!g_ascii_isalnum (parameter[i]) && parameter[i] != '-' && parameter[i] != '_')
      return FALSE;
  for (; value != NULL && *value != '\0'; value++)
    if (!g_ascii_isalnum (*value) && strchr ("-_./+,", *value) == NULL)
      return FALSE;
  return TRUE;
}

static void
remove_quotes (char *text)
{
  char *to = text;

  for (; *text != '\0'; text++)
    if (*text != '"')
      *to++ = *text;
  *to = '\0';
}

gboolean
lk_vcard_line_next (const char **text, const char *end, LkVCardLine *line)
{
  const char *p = *text;
  const char *stop = NULL;
  gboolean quoted_printable = FALSE;

  if (p >= end)
    return FALSE;
  line->start = p;
  stop = find_end (p, end);
  line->length = (gsize)(stop - p);
  quoted_printable = lk_vcard_line_has_parameter (line, "QUOTED-PRINTABLE");
  p = skip_end (stop, end);

  while (p < end)
    {
      gboolean folded = (*p == ' ' || *p == '\t') && stop > line->start;
      gboolean soft = quoted_printable && stop > line->start && stop[-1] == '=';

      if (!folded && !soft)
        break;
      stop = find_end (p, end);
      p = skip_end (stop, end);
    }
  line->length = (gsize)(p - line->start);
  *text = p;
  return TRUE;
}

gboolean
lk_vcard_line_is (const LkVCardLine *line, const char *name)
{
  gsize name_length = strlen (name);
  const char *start = line->start;
  gsize i = 0;

  for (i = 0; i < line->length && line->start[i] != ':' && line->start[i] != ';'; i++)
    {
      if (line->start[i] == '.')
        start = line->start + i + 1;
      else if (line->start[i] == '\n' || line->start[i] == '\r')
        return FALSE;
    }
  return i < line->length && (gsize)(line->start + i - start) == name_length
         && g_ascii_strncasecmp (start, name, name_length) == 0;
}

gboolean
lk_vcard_line_equals (const LkVCardLine *line, const char *text)
{
  const char *start = line->start;
  const char *end = line->start + line->length;
  gsize length = strlen (text);

  while (start < end && g_ascii_isspace (*start))
    start++;
  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  return (gsize)(end - start) == length && g_ascii_strncasecmp (start, text, length) == 0;
}

gboolean
lk_vcard_line_is_blank (const LkVCardLine *line)
{
  return lk_vcard_line_equals (line, "");
}

char *
lk_vcard_line_dup_unfolded (const LkVCardLine *line)
{
  gboolean quoted_printable = lk_vcard_line_has_parameter (line, "QUOTED-PRINTABLE");
  g_autoptr (GString) text = unfold (line, quoted_printable);

  return g_utf8_make_valid (text->str, (gssize)text->len);
}

char *
lk_vcard_line_dup_clean (const LkVCardLine *line)
{
  g_autoptr (GString) clean = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) header = NULL;
  LkVCardLine unfolded = { 0 };
  char *colon = NULL;
  const char *dot = NULL;

  if (line->length > CLEAN_MAX_LENGTH)
    return NULL;
  text = lk_vcard_line_dup_unfolded (line);
  unfolded.start = text;
  unfolded.length = strlen (text);
  colon = (char *)find_colon (&unfolded);
  if (colon == NULL)
    return NULL;
  *colon = '\0';

  header = g_strsplit (text, ";", MAX_PARAMETERS);
  for (gsize i = 0; header[i] != NULL; i++)
    {
      remove_quotes (header[i]);
      g_strstrip (header[i]);
    }
  if (header[0] == NULL)
    return NULL;
  dot = strrchr (header[0], '.');
  clean = g_string_new (dot != NULL ? dot + 1 : header[0]);
  if (strchr (clean->str, '=') != NULL || !is_clean_parameter (clean->str))
    return NULL;
  for (gsize i = 1; header[i] != NULL; i++)
    if (is_clean_parameter (header[i]))
      g_string_append_printf (clean, ";%s", header[i]);

  g_string_append_c (clean, ':');
  for (const char *p = colon + 1; *p != '\0'; p++)
    {
      if (*p == '\\' && (p[1] == '\0' || strchr ("nNrR;,\\", p[1]) == NULL))
        continue;
      if (*p == '\\')
        g_string_append_c (clean, *p++);
      g_string_append_c (clean, *p);
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

gboolean
lk_vcard_line_has_parameter (const LkVCardLine *line, const char *text)
{
  const char *colon = find_colon (line);

  return colon != NULL && contains_nocase (line->start, (gsize)(colon - line->start), text);
}

const char *
lk_vcard_line_get_end (const LkVCardLine *line)
{
  return memchr (line->start, '\r', line->length) != NULL ? "\r\n" : "\n";
}
