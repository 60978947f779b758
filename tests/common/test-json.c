/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error.h"
#include "lk-json.h"

#include <float.h>
#include <string.h>

static JsonObject *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return lk_json_parse_object (bytes, 64 * 1024, error);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",           " ",           "{",       "}",           "[]",     "3",          "\"a\"",
    "{\"a\":1,}", "{a:1}",       "{'a':1}", "{\"a\":1}//", "/**/{}", "var a = {}", "{\"a\":\xff}",
    "nul",        "{\"a\":01x}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%" G_GSIZE_FORMAT ": %s", i, i == 13 ? "" : texts[i]);
      g_assert_null (parse (texts[i], &error));
      g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
    }
}

/* Each escape of RFC 8259, and what is none, of which json-glib 1.6 leaks some. */
static void
test_escapes (void)
{
  static const char *const wrong[] = {
    "\\ud83d\\us*:d", "\\ud83d",    "\\ud83dx", "\\ud83d\\n",
    "\\ud83d\\u0041", "\\ude00",    "\\u12",    "\\u12g4",
    "\\x41",          "\\ud83d\\u", "\\'",      "\\",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  const char *text = NULL;

  object = parse ("{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83d\\uDE00\"}", &error);
  g_assert_no_error (error);
  g_assert_true (lk_json_get_string (object, "s", 40, &text, &error));
  g_assert_cmpstr (text, ==, "\"\\/\b\f\n\r\té😀");

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *whole = g_strdup_printf ("{\"s\":\"%s\"}", wrong[i]);
      g_autofree char *cut = g_strdup_printf ("[\"%s", wrong[i]);
      g_autoptr (GError) fault = NULL;

      g_test_message ("%s", wrong[i]);
      g_assert_null (parse (whole, &fault));
      g_assert_error (fault, LK_ERROR, LK_ERROR_INVALID_JSON);
      g_assert_null (parse (cut, NULL));
    }
}

/* json-glib 1.6 answers the last value, 1.10 aborts. */
static void
test_one_value (void)
{
  static const char *const texts[] = { "{}{}", "{} {\"a\":1}", "null{}", "\"a\"{}", "[]{", "{}1" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_null (parse (texts[i], &error));
      g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
    }
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *brackets = g_strnfill (1000 * 1000, '[');
  g_autoptr (GBytes) deep = g_bytes_new (brackets, strlen (brackets));
  g_autoptr (JsonObject) object = NULL;

  g_assert_null (lk_json_parse (deep, 10 * 1000 * 1000, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
  g_clear_error (&error);

  g_assert_null (lk_json_parse (deep, 1000, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_TOO_LARGE);
  g_clear_error (&error);

  object = parse ("{\"a\":\"[[[[[[[[[[[[[[[[[[[[\\\"[[\"}", &error);
  g_assert_no_error (error);
  g_assert_nonnull (object);
}

static void
test_members (void)
{
  static const char *const known[] = { "s", "i", "d", "b", "a", "o", "n", NULL };
  static const char *const fewer[] = { "s", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = parse (
      "{\"s\":\"text\",\"i\":7,\"d\":0.5,\"b\":true,\"a\":[\"x\",\"y\"],\"o\":{},\"n\":null}",
      &error);
  const char *text = NULL;
  gint64 number = 0;
  double real = 0;
  gboolean truth = FALSE;
  JsonArray *array = NULL;
  JsonObject *inner = NULL;
  g_auto (GStrv) strings = NULL;

  g_assert_no_error (error);
  g_assert_true (lk_json_get_string (object, "s", 4, &text, &error));
  g_assert_cmpstr (text, ==, "text");
  g_assert_true (lk_json_get_int (object, "i", 7, 7, &number, &error));
  g_assert_cmpint (number, ==, 7);
  g_assert_true (lk_json_get_double (object, "d", 0, 1, &real, &error));
  g_assert_true (lk_json_get_double (object, "i", 0, 10, &real, &error));
  g_assert_cmpfloat (real, ==, 7);
  g_assert_true (lk_json_get_boolean (object, "b", &truth, &error));
  g_assert_true (truth);
  g_assert_true (lk_json_get_array (object, "a", 2, &array, &error));
  strings = lk_json_array_dup_strings (array, 1, &error);
  g_assert_cmpuint (g_strv_length (strings), ==, 2);
  g_assert_true (lk_json_get_object (object, "o", &inner, &error));
  g_assert_true (lk_json_get_optional_string (object, "n", 4, &text, &error));
  g_assert_null (text);
  g_assert_true (lk_json_get_optional_string (object, "missing", 4, &text, &error));
  g_assert_true (lk_json_only_members (object, known, &error));
  g_assert_no_error (error);

  g_assert_false (lk_json_get_string (object, "s", 3, &text, NULL));
  g_assert_false (lk_json_get_string (object, "i", 3, &text, NULL));
  g_assert_false (lk_json_get_string (object, "missing", 3, &text, NULL));
  g_assert_false (lk_json_get_int (object, "i", 8, 9, &number, NULL));
  g_assert_false (lk_json_get_int (object, "d", 0, 9, &number, NULL));
  g_assert_false (lk_json_get_double (object, "s", 0, 9, &real, NULL));
  g_assert_false (lk_json_get_boolean (object, "i", &truth, NULL));
  g_assert_false (lk_json_get_array (object, "a", 1, &array, NULL));
  g_assert_false (lk_json_get_array (object, "o", 1, &array, NULL));
  g_assert_false (lk_json_get_object (object, "a", &inner, NULL));
  g_assert_false (lk_json_only_members (object, fewer, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
}

static void
assert_told (gboolean taken, GError **error, const char *message)
{
  g_assert_false (taken);
  g_assert_error (*error, LK_ERROR, LK_ERROR_INVALID_JSON);
  g_assert_cmpstr ((*error)->message, ==, message);
  g_clear_error (error);
}

/* What is wrong is said with what would be right; a stranger's own words only as far as they can be
 * shown. */
static void
test_messages (void)
{
  static const char *const known[] = { "s", "i", "a", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = parse ("{\"s\":\"text\",\"i\":7,\"a\":[1,2]}", &error);
  g_autofree char *name = g_strnfill (1000, 'x');
  g_autofree char *text = g_strdup_printf ("{\"a\\u202e\\n\\u0007é%s\":0}", name);
  g_autofree char *told
      = g_strdup_printf ("“a???é%.26s…” is not known; what is known: s, i, a", name);
  g_autoptr (JsonObject) odd = parse (text, &error);
  const char *string;
  gint64 integer;
  double number;
  JsonArray *array;

  g_assert_no_error (error);
  assert_told (lk_json_get_int (object, "i", -8, 6, &integer, &error), &error,
               "“i” is not from -8 to 6");
  assert_told (lk_json_get_int (object, "i", 0, 1, &integer, &error), &error,
               "“i” is not from 0 to 1");
  assert_told (lk_json_get_double (object, "i", 0.02, 0.5, &number, &error), &error,
               "“i” is not from 0.02 to 0.5");
  assert_told (lk_json_get_int (object, "i", 10, 86400000000, &integer, &error), &error,
               "“i” is not from 10 to 86400000000");
  assert_told (lk_json_get_string (object, "s", 3, &string, &error), &error,
               "“s” has more than 3 bytes");
  assert_told (lk_json_get_array (object, "a", 1, &array, &error), &error,
               "“a” has more than 1 elements");
  assert_told (lk_json_only_members (odd, known, &error), &error, told);
}

/* Numbers are written so that they can be read, and come back as they were; texts stay as they are.
 */
static void
test_numbers (void)
{
  static const double numbers[]
      = { 0,       -0.0,         1,     0.5,  1e-300, 8e-7,    DBL_MIN, 5e-324,
          DBL_MAX, 1.0 / 3 * 10, -1e22, 1e22, 1e100,  1.5e-10, -4e-16,  123456789 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (JsonObject) object = json_object_new ();
      g_autoptr (JsonObject) back = NULL;
      g_autoptr (GBytes) text = NULL;
      g_autoptr (GError) error = NULL;
      const char *note = NULL;
      double number = 0;

      json_object_set_double_member (object, "d", numbers[i]);
      json_object_set_string_member (object, "s", "\"1e-7.0\\");
      json_object_set_double_member (object, "e", 2.0);
      text = lk_json_object_to_bytes (object);
      g_assert_cmpuint (strlen (g_bytes_get_data (text, NULL)), ==, g_bytes_get_size (text));
      back = lk_json_parse_object (text, 200, &error);
      g_assert_no_error (error);
      g_assert_true (lk_json_get_double (back, "d", -DBL_MAX, DBL_MAX, &number, &error));
      g_assert_cmpmem (&number, sizeof number, &numbers[i], sizeof number);
      g_assert_true (lk_json_get_string (back, "s", 20, &note, &error));
      g_assert_cmpstr (note, ==, "\"1e-7.0\\");
      g_assert_true (lk_json_get_double (back, "e", 2, 2, &number, &error));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/refused", test_refused);
  g_test_add_func ("/json/escapes", test_escapes);
  g_test_add_func ("/json/one-value", test_one_value);
  g_test_add_func ("/json/limits", test_limits);
  g_test_add_func ("/json/members", test_members);
  g_test_add_func ("/json/messages", test_messages);
  g_test_add_func ("/json/numbers", test_numbers);

  return g_test_run ();
}
