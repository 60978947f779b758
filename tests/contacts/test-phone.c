/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>

#include "lk-address-book.h"
#include "lk-phone.h"

static const char *const locale_variables[] = { "LC_ALL", "LC_TELEPHONE", "LC_ADDRESS", "LANG" };

static void
clear_locale (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (locale_variables); i++)
    g_unsetenv (locale_variables[i]);
}

static void
test_regions (void)
{
  static const struct
  {
    const char *text;
    const char *region;
    const char *expected;
  } cases[] = {
    { "030 123456", "DE", "+4930123456" },
    { "(0151) 12 34-56 78", "DE", "+4915112345678" },
    { "0049 151 12345678", "DE", "+4915112345678" },
    { "+49 (0) 151 12345678", "DE", "+4915112345678" },
    { "011 49 151 12345678", "US", "+4915112345678" },
    { "(650) 253-0000", "US", "+16502530000" },
    { "1-650-253-0000", "US", "+16502530000" },
    { "020 7031 3000", "GB", "+442070313000" },
    { "06 12 34 56 78", "FR", "+33612345678" },
    /* In Italy the zero is part of the number. */
    { "06 698 11111", "IT", "+390669811111" },
    { "03-1234-5678", "JP", "+81312345678" },
    { "8 (912) 345-67-89", "RU", "+79123456789" },
    { "98765 43210", "IN", "+919876543210" },
    /* Other digits than ASCII's. */
    { "\u0660\u0661\u0662 \u0663\u0664\u0665 \u0666\u0667\u0668\u0669", "EG", "+20123456789" },
    { "\uff10\uff13-1234-5678", "JP", "+81312345678" },
    /* A country code makes the region of no matter. */
    { "+4915112345678", "US", "+4915112345678" },
    { "+4915112345678", NULL, "+4915112345678" },
    { "tel:+49-151-12345678", "US", "+4915112345678" },
    /* An extension is not part of the number. */
    { "+1 650 253 0000 ext. 12", NULL, "+16502530000" },
  };

  clear_locale ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *number = lk_phone_normalize (cases[i].text, cases[i].region, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (number, ==, cases[i].expected);
    }
}

static void
test_refused (void)
{
  g_autofree char *long_text = g_strnfill (100000, '1');
  const char *const texts[] = {
    "",
    " ",
    "abc",
    "+",
    "110",
    "22222",
    "+49",
    "+0123456789",
    "++",
    "\xff\xfe",
    "12345\n",
    "+1+2",
    "*#06#",
    "+999 12345678",
    "not a number 12",
    long_text,
  };

  clear_locale ();
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *number = lk_phone_normalize (texts[i], "DE", &error);

      if (number != NULL)
        g_test_message ("\"%s\" became %s", texts[i], number);
      g_assert_null (number);
      g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
    }
}

/* Without a country code and without a region, a number is nobody's: it must not become an
 * American's. */
static void
test_no_region (void)
{
  static const char *const regions[] = { NULL, "", "XX", "DEU", "de_DE" };

  clear_locale ();
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *number = lk_phone_normalize ("(650) 253-0000", regions[i], &error);

      g_assert_null (number);
      g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
    }
}

static void
test_locale (void)
{
  static const struct
  {
    const char *variable;
    const char *value;
    const char *region;
  } cases[] = {
    { "LANG", "de_AT.UTF-8", "AT" },
    { "LC_ADDRESS", "fr_CH@euro", "CH" },
    { "LC_TELEPHONE", "en_GB", "GB" },
    { "LC_ALL", "pt_BR.ISO-8859-1", "BR" },
    /* From here on the environment says nothing new, so what was before counts. */
    { "LC_ALL", "C", "GB" },
    { "LC_TELEPHONE", "xx_QQ", "CH" },
    { "LC_ADDRESS", "fr", "AT" },
    { "LANG", "en_DEU.UTF-8", NULL },
  };

  clear_locale ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *region = NULL;

      g_setenv (cases[i].variable, cases[i].value, TRUE);
      region = lk_phone_dup_region ();
      g_assert_cmpstr (region, ==, cases[i].region);
    }

  g_setenv ("LANG", "de_DE.UTF-8", TRUE);
  {
    g_autofree char *number = lk_phone_normalize ("0151 12345678", NULL, NULL);

    g_assert_cmpstr (number, ==, "+4915112345678");
  }
}

static void
test_calling_code (void)
{
  static const struct
  {
    const char *region;
    const char *code;
  } cases[] = { { "DE", "+49" }, { "US", "+1" }, { "CA", "+1" }, { "FI", "+358" },
                { "ZZ", NULL },  { "", NULL },   { NULL, NULL }, { "DEU", NULL } };

  clear_locale ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = lk_phone_dup_calling_code (cases[i].region);

      g_assert_cmpstr (code, ==, cases[i].code);
    }
}

static void
test_input (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } cases[] = {
    { " Anna@Example.ORG ", "anna@example.org" },
    { "anna@b\u00fccher.example", "anna@xn--bcher-kva.example" },
    { " 0151 12345678\t", "+4915112345678" },
    { "anna@", NULL },
    { "@", NULL },
    { "anna", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *identifier = lk_identifier_from_input (cases[i].text, "DE", &error);

      g_assert_cmpstr (identifier, ==, cases[i].expected);
      if (cases[i].expected == NULL)
        g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/phone/regions", test_regions);
  g_test_add_func ("/phone/refused", test_refused);
  g_test_add_func ("/phone/no-region", test_no_region);
  g_test_add_func ("/phone/locale", test_locale);
  g_test_add_func ("/phone/calling-code", test_calling_code);
  g_test_add_func ("/phone/input", test_input);
  return g_test_run ();
}
