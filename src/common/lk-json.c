/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-json.h"

#include <math.h>
#include <string.h>

#include "lk-error.h"

#define UNIT_DIGITS 4
/* Bytes of a stranger's text in a message. */
#define MAX_QUOTED 32

/* The UTF-16 code unit of four hexadecimal digits, or -1. */
static int
read_unit (const char *text, gsize length)
{
  int unit = 0;

  if (length < UNIT_DIGITS)
    return -1;

  for (gsize i = 0; i < UNIT_DIGITS; i++)
    {
      if (!g_ascii_isxdigit (text[i]))
        return -1;
      unit = unit << 4 | g_ascii_xdigit_value (text[i]);
    }

  return unit;
}

/* Returns: the length of the escape (RFC 8259, 7) that @text starts with, a pair of surrogates
 * being one; 0 where it is none. */
static gsize
measure_escape (const char *text, gsize length)
{
  const gsize single = 2 + UNIT_DIGITS;
  int unit;
  int low;

  if (length < 2)
    return 0;
  if (text[1] != 'u')
    return text[1] != '\0' && strchr ("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;

  unit = read_unit (text + 2, length - 2);
  if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return 0;
  if (unit < 0xd800 || unit > 0xdfff)
    return single;
  if (length < 2 * single || text[single] != '\\' || text[single + 1] != 'u')
    return 0;

  low = read_unit (text + single + 2, length - single - 2);
  return low >= 0xdc00 && low <= 0xdfff ? 2 * single : 0;
}

/* Moves @at from a string's first quote to its last. json-glib 1.6 leaks a string with half a pair
 * of surrogates. Returns: FALSE where the string does not end or holds what is no escape. */
static gboolean
skip_string (const char *text, gsize length, gsize *at)
{
  gsize i = *at + 1;

  while (i < length && text[i] != '"')
    {
      gsize step = text[i] == '\\' ? measure_escape (text + i, length - i) : 1;

      if (step == 0)
        return FALSE;
      i += step;
    }

  *at = i;
  return i < length;
}

/* What json-glib takes and RFC 8259 does not: comments, assignments, and a value after the first,
 * on which 1.10 aborts. Its parser also recurses on nesting, so a text of brackets alone would run
 * it out of stack. Returns: what is wrong, or NULL. */
static const char *
find_fault (const char *text, gsize length)
{
  gsize depth = 0;
  gboolean begun = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '"')
        {
          if (!skip_string (text, length, &i))
            return "Not JSON: a string that is none";
        }
      else if (c == '/' || c == '=' || c == '\'' || c == '\0')
        {
          return "Not JSON";
        }
      else if (c == '[' || c == '{')
        {
          /* The parser itself refuses any other second value. */
          if (depth == 0 && begun)
            return "Not JSON: more than one value";
          if (++depth > LK_JSON_MAX_DEPTH)
            return "JSON nested too deeply";
        }
      else if ((c == ']' || c == '}') && depth > 0)
        {
          depth--;
        }
      begun = begun || !g_ascii_isspace (c);
    }

  return NULL;
}

/* json-glib 1.6 gives each number without a point a ".0", one with an exponent too: "1e-07.0",
 * which nobody reads. Takes it away again, in place. Returns: the new length. */
static gsize
mend_exponents (char *text, gsize length)
{
  gboolean in_string = FALSE;
  gboolean in_exponent = FALSE;
  gsize kept = 0;

  if (strstr (text, ".0") == NULL)
    return length;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (in_exponent && c == '.')
        {
          i++;
          continue;
        }

      text[kept++] = c;
      if (in_string && c == '\\' && i + 1 < length)
        text[kept++] = text[++i];
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && c == 'e' && i > 0 && g_ascii_isdigit (text[i - 1]))
        in_exponent = TRUE;
      else if (c != '-' && c != '+' && !g_ascii_isdigit (c))
        in_exponent = FALSE;
    }

  text[kept] = '\0';
  return kept;
}

static gboolean
wrong_member (GError **error, const char *member, const char *expected)
{
  g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is not %s", member, expected);
  return FALSE;
}

static gboolean
too_large (GError **error, const char *member, gsize most, const char *unit)
{
  g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” has more than %" G_GSIZE_FORMAT " %s",
               member, most, unit);
  return FALSE;
}

static gboolean
out_of_bounds (GError **error, const char *member, double minimum, double maximum)
{
  char least[G_ASCII_DTOSTR_BUF_SIZE];
  char most[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (least, sizeof least, "%.15g", minimum);
  g_ascii_formatd (most, sizeof most, "%.15g", maximum);
  g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is not from %s to %s", member, least,
               most);

  return FALSE;
}

/* (transfer full): the beginning of @text, which a stranger wrote, as it can be shown and logged.
 */
static char *
quote (const char *text)
{
  GString *quoted = g_string_new (NULL);

  for (; *text != '\0' && quoted->len < MAX_QUOTED; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      g_string_append_unichar (quoted, g_unichar_isprint (c) ? c : '?');
    }
  if (*text != '\0')
    g_string_append (quoted, "…");

  return g_string_free (quoted, FALSE);
}

static JsonNode *
get_value (JsonObject *object, const char *member, GError **error)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "“%s” is missing", member);

  return node;
}

static gboolean
is_absent (JsonObject *object, const char *member)
{
  return !json_object_has_member (object, member) || json_object_get_null_member (object, member);
}

/**
 * lk_json_parse:
 * @bytes: UTF-8 text
 * @max_bytes: the most bytes that are accepted
 * @error: return location for a %LK_ERROR_INVALID_JSON or %LK_ERROR_TOO_LARGE
 *
 * Parses JSON (RFC 8259) of bounded size and at most %LK_JSON_MAX_DEPTH levels. Thread: any.
 *
 * Returns: (transfer full): the root, or %NULL
 */
JsonNode *
lk_json_parse (GBytes *bytes, gsize max_bytes, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) parse_error = NULL;
  const char *fault = NULL;
  JsonNode *root;

  if (length > max_bytes)
    {
      g_set_error (error, LK_ERROR, LK_ERROR_TOO_LARGE, "JSON of %" G_GSIZE_FORMAT " bytes",
                   length);
      return NULL;
    }

  if (length == 0 || !g_utf8_validate_len (text, length, NULL))
    fault = "Not JSON";
  else
    fault = find_fault (text, length);
  if (fault != NULL)
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, fault);
      return NULL;
    }

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize)length, &parse_error))
    {
      g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "Not JSON: %s", parse_error->message);
      return NULL;
    }

  root = json_parser_get_root (parser);
  if (root == NULL)
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "Not JSON: no value");
      return NULL;
    }

  return json_node_ref (root);
}

/**
 * lk_json_parse_object:
 * @bytes: UTF-8 text
 * @max_bytes: the most bytes that are accepted
 * @error: return location for a %LK_ERROR_INVALID_JSON or %LK_ERROR_TOO_LARGE
 *
 * Like lk_json_parse(), for a text whose root must be an object.
 *
 * Returns: (transfer full): the object, or %NULL
 */
JsonObject *
lk_json_parse_object (GBytes *bytes, gsize max_bytes, GError **error)
{
  g_autoptr (JsonNode) root = lk_json_parse (bytes, max_bytes, error);

  if (root == NULL)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "Not a JSON object");
      return NULL;
    }

  return json_node_dup_object (root);
}

/**
 * lk_json_to_bytes:
 * @node: a value
 *
 * Returns: (transfer full): its text, without white space or a final line break
 */
GBytes *
lk_json_to_bytes (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  gsize length;
  char *text;

  json_generator_set_root (generator, node);
  text = json_generator_to_data (generator, &length);
  length = mend_exponents (text, length);

  return g_bytes_new_take (text, length);
}

/**
 * lk_json_object_to_bytes:
 * @object: an object
 *
 * Returns: (transfer full): its text, without white space or a final line break
 */
GBytes *
lk_json_object_to_bytes (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);

  return lk_json_to_bytes (node);
}

/**
 * lk_json_get_string:
 * @object: an object
 * @member: a member's name
 * @max_length: the most bytes, without the NUL
 * @value: (out) (transfer none): the text, owned by @object
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is a text of valid length
 */
gboolean
lk_json_get_string (JsonObject *object,
                    const char *member,
                    gsize max_length,
                    const char **value,
                    GError **error)
{
  JsonNode *node = get_value (object, member, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return wrong_member (error, member, "a string");
  if (strlen (json_node_get_string (node)) > max_length)
    return too_large (error, member, max_length, "bytes");

  *value = json_node_get_string (node);
  return TRUE;
}

/**
 * lk_json_get_optional_string:
 *
 * Like lk_json_get_string(); a member that is missing or null gives %NULL.
 */
gboolean
lk_json_get_optional_string (JsonObject *object,
                             const char *member,
                             gsize max_length,
                             const char **value,
                             GError **error)
{
  *value = NULL;

  return is_absent (object, member)
         || lk_json_get_string (object, member, max_length, value, error);
}

/**
 * lk_json_get_int:
 * @object: an object
 * @member: a member's name
 * @minimum: the least value
 * @maximum: the greatest value
 * @value: (out): the number
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is an integer within the bounds
 */
gboolean
lk_json_get_int (JsonObject *object,
                 const char *member,
                 gint64 minimum,
                 gint64 maximum,
                 gint64 *value,
                 GError **error)
{
  JsonNode *node = get_value (object, member, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return wrong_member (error, member, "an integer");
  if (json_node_get_int (node) < minimum || json_node_get_int (node) > maximum)
    return out_of_bounds (error, member, (double)minimum, (double)maximum);

  *value = json_node_get_int (node);
  return TRUE;
}

/**
 * lk_json_get_optional_int:
 *
 * Like lk_json_get_int(); a member that is missing or null leaves @value as it is.
 */
gboolean
lk_json_get_optional_int (JsonObject *object,
                          const char *member,
                          gint64 minimum,
                          gint64 maximum,
                          gint64 *value,
                          GError **error)
{
  return is_absent (object, member)
         || lk_json_get_int (object, member, minimum, maximum, value, error);
}

/**
 * lk_json_get_double:
 * @object: an object
 * @member: a member's name
 * @minimum: the least value
 * @maximum: the greatest value
 * @value: (out): the number
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is a finite number within the bounds
 */
gboolean
lk_json_get_double (JsonObject *object,
                    const char *member,
                    double minimum,
                    double maximum,
                    double *value,
                    GError **error)
{
  JsonNode *node = get_value (object, member, error);
  GType type;
  double number;

  if (node == NULL)
    return FALSE;

  type = json_node_get_value_type (node);
  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return wrong_member (error, member, "a number");

  number = json_node_get_double (node);
  if (!isfinite (number) || number < minimum || number > maximum)
    return out_of_bounds (error, member, minimum, maximum);

  *value = number;
  return TRUE;
}

/**
 * lk_json_get_boolean:
 * @object: an object
 * @member: a member's name
 * @value: (out): the truth value
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is true or false
 */
gboolean
lk_json_get_boolean (JsonObject *object, const char *member, gboolean *value, GError **error)
{
  JsonNode *node = get_value (object, member, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return wrong_member (error, member, "true or false");

  *value = json_node_get_boolean (node);
  return TRUE;
}

/**
 * lk_json_get_object:
 * @object: an object
 * @member: a member's name
 * @value: (out) (transfer none): the member, owned by @object
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is an object
 */
gboolean
lk_json_get_object (JsonObject *object, const char *member, JsonObject **value, GError **error)
{
  JsonNode *node = get_value (object, member, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return wrong_member (error, member, "an object");

  *value = json_node_get_object (node);
  return TRUE;
}

/**
 * lk_json_get_array:
 * @object: an object
 * @member: a member's name
 * @max_elements: the most elements
 * @value: (out) (transfer none): the member, owned by @object
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether the member is there and is an array of valid length
 */
gboolean
lk_json_get_array (JsonObject *object,
                   const char *member,
                   guint max_elements,
                   JsonArray **value,
                   GError **error)
{
  JsonNode *node = get_value (object, member, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_member (error, member, "an array");
  if (json_array_get_length (json_node_get_array (node)) > max_elements)
    return too_large (error, member, max_elements, "elements");

  *value = json_node_get_array (node);
  return TRUE;
}

/**
 * lk_json_array_dup_strings:
 * @array: an array
 * @max_length: the most bytes of each, without the NUL
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: (transfer full): its texts, or %NULL where an element is something else
 */
GStrv
lk_json_array_dup_strings (JsonArray *array, gsize max_length, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (json_node_get_value_type (node) != G_TYPE_STRING
          || strlen (json_node_get_string (node)) > max_length)
        {
          g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON, "Element %u is not a short string",
                       i);
          return NULL;
        }

      g_strv_builder_add (builder, json_node_get_string (node));
    }

  return g_strv_builder_end (builder);
}

/**
 * lk_json_only_members:
 * @object: an object
 * @allowed: (array zero-terminated=1): the names that it may have
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * Returns: whether @object has no other member
 */
gboolean
lk_json_only_members (JsonObject *object, const char *const *allowed, GError **error)
{
  JsonObjectIter iter;
  const char *member;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &member, NULL))
    {
      if (!g_strv_contains (allowed, member))
        {
          g_autofree char *name = quote (member);
          g_autofree char *known = g_strjoinv (", ", (char **)allowed);

          g_set_error (error, LK_ERROR, LK_ERROR_INVALID_JSON,
                       "“%s” is not known; what is known: %s", name, known);
          return FALSE;
        }
    }

  return TRUE;
}
