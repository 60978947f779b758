/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error.h"
#include "lk-identifier.h"

static void
test_kind (void)
{
  static const struct
  {
    const char *text;
    LkIdentifierKind kind;
  } cases[] = {
    { "+4915112345678", LK_IDENTIFIER_PHONE },
    { "+12025550123", LK_IDENTIFIER_PHONE },
    { "+0123456789", LK_IDENTIFIER_NONE },
    { "+123456", LK_IDENTIFIER_NONE },
    { "+1234567890123456", LK_IDENTIFIER_NONE },
    { "015112345678", LK_IDENTIFIER_NONE },
    { "+49 151 12345678", LK_IDENTIFIER_NONE },
    { "anna@example.org", LK_IDENTIFIER_EMAIL },
    { "Anna@example.org", LK_IDENTIFIER_NONE },
    { "anna@Example.org", LK_IDENTIFIER_NONE },
    { "anna@xn--bcher-kva.example", LK_IDENTIFIER_EMAIL },
    { "anna@bücher.example", LK_IDENTIFIER_NONE },
    { "anna@localhost", LK_IDENTIFIER_NONE },
    { "", LK_IDENTIFIER_NONE },
    { NULL, LK_IDENTIFIER_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (lk_identifier_get_kind (cases[i].text), ==, cases[i].kind);
    }
}

static void
test_email (void)
{
  static const struct
  {
    const char *text;
    const char *canonical;
  } cases[] = {
    { " Anna.Berg@Example.ORG\n", "anna.berg@example.org" },
    { "anna@Bücher.example", "anna@xn--bcher-kva.example" },
    { "anna@straße.example", "anna@xn--strae-oqa.example" },
    { "anna@例え.jp", "anna@xn--r8jz45g.jp" },
    { "jürgen@example.org", "jürgen@example.org" },
    { "anna+likeness@example.org", "anna+likeness@example.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *canonical = lk_identifier_normalize_email (cases[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (canonical, ==, cases[i].canonical);
      g_assert_cmpint (lk_identifier_get_kind (canonical), ==, LK_IDENTIFIER_EMAIL);
    }
}

static void
test_email_refused (void)
{
  static const char *const texts[] = {
    "",
    "anna",
    "@example.org",
    "anna@",
    "a@b@c.d e",
    "anna@exa mple.org",
    ".anna@example.org",
    "anna.@example.org",
    "an..na@example.org",
    "\"anna\"@example.org",
    "anna@-example.org",
    "anna@example-.org",
    "anna@example..org",
    "anna@example.org.",
    "anna@a_b.org",
    "anna\r\nBcc: x@example.org",
    "anna@\xff.org",
    "anna@example.org\r\nRCPT TO:<x@example.org>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *canonical = lk_identifier_normalize_email (texts[i], &error);

      g_test_message ("%" G_GSIZE_FORMAT, i);
      g_assert_null (canonical);
      g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_IDENTIFIER);
    }
}

static void
test_email_too_long (void)
{
  g_autofree char *label = g_strnfill (60, 'a');
  g_autofree char *text
      = g_strdup_printf ("anna@%s.%s.%s.%s.%s.org", label, label, label, label, label);
  g_autofree char *local = g_strnfill (65, 'a');
  g_autofree char *long_local = g_strconcat (local, "@example.org", NULL);
  g_autofree char *huge = g_strnfill (10 * 1024 * 1024, 'a');

  g_assert_null (lk_identifier_normalize_email (text, NULL));
  g_assert_null (lk_identifier_normalize_email (long_local, NULL));
  g_assert_null (lk_identifier_normalize_email (huge, NULL));
}

static void
test_redact (void)
{
  g_autofree char *phone = lk_identifier_redact ("+4915112345678");
  g_autofree char *email = lk_identifier_redact ("anna@example.org");
  g_autofree char *wide = lk_identifier_redact ("ünal@example.org");
  g_autofree char *other = lk_identifier_redact ("secret");

  g_assert_cmpstr (phone, ==, "+49…78");
  g_assert_cmpstr (email, ==, "a…@example.org");
  g_assert_cmpstr (wide, ==, "ü…@example.org");
  g_assert_cmpstr (other, ==, "…");
}

static void
test_calling_code (void)
{
  static const char *const cases[][2] = {
    { "+12025550123", "+1" },     { "+79161234567", "+7" },    { "+4915112345678", "+49" },
    { "+5511987654321", "+55" },  { "+351912345678", "+351" }, { "+85251234567", "+852" },
    { "+9715012345678", "+971" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = lk_identifier_dup_calling_code (cases[i][0]);
      g_assert_cmpstr (code, ==, cases[i][1]);
    }

  g_assert_null (lk_identifier_dup_calling_code ("anna@example.org"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identifier/kind", test_kind);
  g_test_add_func ("/identifier/email", test_email);
  g_test_add_func ("/identifier/email-refused", test_email_refused);
  g_test_add_func ("/identifier/email-too-long", test_email_too_long);
  g_test_add_func ("/identifier/redact", test_redact);
  g_test_add_func ("/identifier/calling-code", test_calling_code);

  return g_test_run ();
}
