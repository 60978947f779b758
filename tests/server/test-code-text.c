/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-code-text.h"

#include <string.h>

#include "lk-config.h"

static LkCatalog *
load_built (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("LK_BUILD_DIR"), "po", NULL);

  return lk_catalog_load (path, LK_GETTEXT_PACKAGE);
}

/* Each translation that the build made. */
static void
test_every_language (void)
{
  g_autoptr (LkCatalog) catalog = load_built ();
  const char *const *languages = lk_catalog_get_languages (catalog);

  g_assert_true (g_strv_contains (languages, "en"));
  g_assert_true (g_strv_contains (languages, "de"));
  for (gsize i = 0; languages[i] != NULL; i++)
    {
      g_autoptr (LkCodeText) text = lk_code_text_new (catalog, languages[i], "123456");

      g_test_message ("%s: %s", languages[i], text->sms);
      g_assert_cmpstr (text->language, ==, languages[i]);
      g_assert_true (lk_sms_text_fits (text->sms));
      g_assert_nonnull (strstr (text->sms, "123456"));
      g_assert_nonnull (strstr (text->body, "123456"));
      g_assert_nonnull (strstr (text->subject, "123456"));
      g_assert_null (strpbrk (text->subject, "\r\n"));
      g_assert_null (strchr (text->sms, '%'));
      g_assert_null (strchr (text->body, '%'));
    }
}

static void
test_choose (void)
{
  g_autoptr (LkCatalog) catalog = load_built ();
  static const char *const cases[][2] = {
    { "de", "de" },           { "DE-at", "de" },
    { "fr, de;q=0.5", "de" }, { "en;q=0.4, de;q=0.6", "de" },
    { "de;q=0", "en" },       { "de;q=x", "en" },
    { "fr", "en" },           { "", "en" },
    { ",;,;q=,", "en" },      { "../../de", "en" },
  };

  g_assert_cmpstr (lk_catalog_choose (catalog, NULL), ==, "en");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (lk_catalog_choose (catalog, cases[i][0]), ==, cases[i][1]);
}

static void
test_sms (void)
{
  g_autofree char *full = g_strnfill (160, 'a');
  g_autofree char *over = g_strnfill (161, 'a');
  g_autofree char *extended = g_strconcat (full + 1, "€", NULL);
  g_autofree char *unicode = g_strconcat (full + 91, "ž", NULL);
  g_autofree char *long_unicode = g_strconcat (full + 90, "ž", NULL);

  g_assert_true (lk_sms_text_fits (full));
  g_assert_false (lk_sms_text_fits (over));
  g_assert_false (lk_sms_text_fits (extended));
  g_assert_true (lk_sms_text_is_gsm7 ("äöüÄÖÜß@£é", NULL));
  g_assert_false (lk_sms_text_is_gsm7 ("ž", NULL));
  g_assert_true (lk_sms_text_fits (unicode));
  g_assert_false (lk_sms_text_fits (long_unicode));
}

/* A catalogue that is cut off or spoilt anywhere is left out, and read no byte too far (the
 * sanitizers watch). */
static void
test_spoilt (void)
{
  g_autofree char *built = g_build_filename (g_getenv ("LK_BUILD_DIR"), "po", "de", "LC_MESSAGES",
                                             "likeness.mo", NULL);
  g_autofree char *dir = g_build_filename (g_get_user_data_dir (), "xx", "LC_MESSAGES", NULL);
  g_autofree char *path = g_build_filename (dir, "likeness.mo", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (built, &contents, &length, &error));
  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  for (gsize cut = 0; cut < MIN (length, 200); cut++)
    {
      g_autoptr (LkCatalog) catalog = NULL;

      g_assert_true (g_file_set_contents (path, contents, (gssize)cut, &error));
      catalog = lk_catalog_load (g_get_user_data_dir (), "likeness");
      g_assert_cmpstr (lk_catalog_choose (catalog, "xx"), ==, "en");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* A catalogue that is left out is a warning to the operator, and expected here. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/server/code-text/every-language", test_every_language);
  g_test_add_func ("/server/code-text/choose", test_choose);
  g_test_add_func ("/server/code-text/sms", test_sms);
  g_test_add_func ("/server/code-text/spoilt-catalogue", test_spoilt);
  return g_test_run ();
}
