/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-recipe-values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "lk-error.h"
#include "lk-json.h"

/* A gesture may compute anything, NaN too: a recipe holds only what can be rendered. */
double
lk_recipe_sanitize (double value, double minimum, double maximum, double otherwise)
{
  return isnan (value) ? otherwise : CLAMP (value, minimum, maximum);
}

/* The only character of control that a text may hold is the end of a line: fonts have nothing to
 * show for the others. */
static gboolean
is_control (char c)
{
  return g_ascii_iscntrl (c) && c != '\n';
}

/* (transfer full): @text (nullable) as valid UTF-8 without control characters, of at most @length
 * bytes, ended between two characters. */
char *
lk_recipe_cut_text (const char *text, gsize length)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *c = valid; *c != '\0'; c++)
    if (is_control (*c))
      *c = ' ';
  if (strlen (valid) > length)
    *g_utf8_find_prev_char (valid, valid + length + 1) = '\0';

  return valid;
}

/* (out) (transfer none) @text: valid UTF-8 without control characters, of at most @max_length bytes
 */
gboolean
lk_recipe_read_text (JsonObject *object,
                     const char *member,
                     gsize max_length,
                     const char **text,
                     GError **error)
{
  const char *value;
  const char *c;

  if (!lk_json_get_string (object, member, max_length, &value, error))
    return FALSE;

  for (c = value; *c != '\0' && !is_control (*c); c++)
    ;
  if (*c != '\0' || !g_utf8_validate (value, -1, NULL))
    {
      g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                   "“%s” is not a text: it holds control characters", member);
      return FALSE;
    }

  *text = value;
  return TRUE;
}

/* Whether @text is of the form #rrggbb. */
gboolean
lk_recipe_parse_color (const char *text, LkColor *color)
{
  gulong value;

  if (strlen (text) != 7 || text[0] != '#' || strspn (text + 1, "0123456789abcdefABCDEF") != 6)
    return FALSE;

  value = strtoul (text + 1, NULL, 16);
  color->red = (value >> 16) & 0xff;
  color->green = (value >> 8) & 0xff;
  color->blue = value & 0xff;

  return TRUE;
}

gboolean
lk_recipe_read_color (JsonObject *object, const char *member, LkColor *color, GError **error)
{
  const char *text;

  if (!lk_json_get_string (object, member, G_MAXSIZE, &text, error))
    return FALSE;

  if (!lk_recipe_parse_color (text, color))
    {
      g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is not of the form #rrggbb",
                   member);
      return FALSE;
    }

  return TRUE;
}

void
lk_recipe_write_color (JsonObject *object, const char *member, LkColor color)
{
  g_autofree char *text = g_strdup_printf ("#%02x%02x%02x", color.red, color.green, color.blue);

  json_object_set_string_member (object, member, text);
}

gboolean
lk_recipe_read_choice (JsonObject *object,
                       const char *member,
                       const char *const *choices,
                       guint *choice,
                       GError **error)
{
  g_autofree char *known = NULL;
  const char *text;

  if (!lk_json_get_string (object, member, G_MAXSIZE, &text, error))
    return FALSE;

  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (choices[i], text))
      {
        *choice = i;
        return TRUE;
      }

  known = g_strjoinv (", ", (char **)choices);
  g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is none of %s", member, known);

  return FALSE;
}
