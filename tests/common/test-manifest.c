/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error.h"
#include "lk-json.h"
#include "lk-manifest.h"

#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static LkManifest *
sample_new (void)
{
  static const char *const refs[] = { "anna", NULL };
  LkManifest *manifest = lk_manifest_new ();

  g_free (manifest->owner);
  manifest->owner = g_strdup ("+4915112345678");
  g_free (manifest->alt);
  manifest->alt = g_strdup ("A face, laughing 😀");
  manifest->created = 1795380540;
  manifest->expires = 1795384140;
  manifest->audience = lk_audience_new (LK_AUDIENCE_ONLY, refs);
  g_ptr_array_add (manifest->renditions,
                   lk_rendition_new ("photo", "image/jpeg", 720, 720, 0, 1000, HASH));
  g_ptr_array_add (manifest->renditions,
                   lk_rendition_new ("thumbnail", "image/jpeg", 96, 96, 0, 100, HASH));

  return manifest;
}

static void
test_round_trip (void)
{
  g_autoptr (LkManifest) manifest = sample_new ();
  g_autoptr (GBytes) bytes = lk_manifest_to_bytes (manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) back = lk_manifest_from_bytes (bytes, &error);
  g_autoptr (GBytes) again = NULL;

  g_assert_no_error (error);
  again = lk_manifest_to_bytes (back);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpstr (back->owner, ==, manifest->owner);
  g_assert_cmpstr (back->alt, ==, manifest->alt);
  g_assert_cmpint (back->expires, ==, manifest->expires);
  g_assert_true (lk_audience_equal (back->audience, manifest->audience));
  g_assert_cmpuint (back->renditions->len, ==, 2);
}

/* Replaces one piece of a valid manifest and expects a refusal. */
static void
test_refused (void)
{
  static const char *const cases[][2] = {
    { "\"version\":1", "\"version\":2" },
    { "\"version\":1,", "" },
    { "\"owner\":\"+4915112345678\"", "\"owner\":\"anna\"" },
    { "\"owner\":\"+4915112345678\"", "\"owner\":null" },
    { "\"kind\":\"still\"", "\"kind\":\"painting\"" },
    { "\"kind\":\"still\"", "\"kind\":\"clip\"" },
    { "\"created\":\"2026", "\"created\":\"yesterday 2026" },
    { "\"name\":\"photo\"", "\"name\":\"../photo\"" },
    { "\"name\":\"photo\"", "\"name\":\"thumbnail\"" },
    { "\"name\":\"thumbnail\"", "\"name\":\"motion\"" },
    { "\"type\":\"image/jpeg\"", "\"type\":\"text/html\"" },
    { "\"width\":720", "\"width\":0" },
    { "\"width\":720", "\"width\":1000000" },
    { "\"bytes\":1000", "\"bytes\":-1" },
    { "\"bytes\":1000", "\"bytes\":99999999999" },
    { "\"sha256\":\"0123", "\"sha256\":\"012X" },
    { "\"alt\":", "\"script\":1,\"alt\":" },
  };
  g_autoptr (LkManifest) manifest = sample_new ();
  g_autoptr (GBytes) bytes = lk_manifest_to_bytes (manifest);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) changed = g_string_new (text);
      g_autoptr (GBytes) changed_bytes = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i][1]);
      g_assert_cmpuint (g_string_replace (changed, cases[i][0], cases[i][1], 1), ==, 1);
      changed_bytes = g_bytes_new (changed->str, changed->len);
      g_assert_null (lk_manifest_from_bytes (changed_bytes, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == LK_ERROR);
    }
}

static void
test_entry_name (void)
{
  g_autoptr (LkRendition) photo = lk_rendition_new ("photo", "image/jpeg", 1, 1, 0, 1, HASH);
  g_autoptr (LkRendition) webp = lk_rendition_new ("motion", "image/webp", 1, 1, 1, 1, HASH);
  g_autoptr (LkRendition) mp4 = lk_rendition_new ("motion", "video/mp4", 1, 1, 1, 1, HASH);
  g_autofree char *photo_name = lk_manifest_dup_entry_name (photo);
  g_autofree char *webp_name = lk_manifest_dup_entry_name (webp);
  g_autofree char *mp4_name = lk_manifest_dup_entry_name (mp4);

  g_assert_cmpstr (photo_name, ==, "photo.jpg");
  g_assert_cmpstr (webp_name, ==, "motion.webp");
  g_assert_cmpstr (mp4_name, ==, "motion.mp4");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/manifest/round-trip", test_round_trip);
  g_test_add_func ("/manifest/refused", test_refused);
  g_test_add_func ("/manifest/entry-name", test_entry_name);

  return g_test_run ();
}
