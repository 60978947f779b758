/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-audience.h"
#include "lk-error.h"
#include "lk-picture.h"

static const char *const nobody[] = { NULL };
static const char *const anna[] = { "anna", NULL };
static const char *const bert[] = { "bert", NULL };
static const char *const anna_twice[] = { "anna", "anna-work", NULL };

static void
test_decision (void)
{
  /* kind, refs, viewer has owner, owner's refs of the viewer, expected */
  static const struct
  {
    LkAudienceKind kind;
    const char *const *refs;
    gboolean viewer_has_owner;
    const char *const *viewer_refs;
    gboolean expected;
  } cases[] = {
    { LK_AUDIENCE_EVERYONE, nobody, TRUE, nobody, TRUE },
    { LK_AUDIENCE_EVERYONE, nobody, FALSE, anna, FALSE },
    { LK_AUDIENCE_CONTACTS, nobody, TRUE, nobody, FALSE },
    { LK_AUDIENCE_CONTACTS, nobody, TRUE, anna, TRUE },
    { LK_AUDIENCE_CONTACTS, nobody, FALSE, anna, FALSE },
    { LK_AUDIENCE_EXCEPT, anna, TRUE, anna, FALSE },
    { LK_AUDIENCE_EXCEPT, anna, TRUE, bert, TRUE },
    { LK_AUDIENCE_EXCEPT, anna, TRUE, anna_twice, FALSE },
    { LK_AUDIENCE_EXCEPT, anna, TRUE, nobody, FALSE },
    { LK_AUDIENCE_ONLY, anna, TRUE, anna, TRUE },
    { LK_AUDIENCE_ONLY, anna, TRUE, anna_twice, TRUE },
    { LK_AUDIENCE_ONLY, anna, TRUE, bert, FALSE },
    { LK_AUDIENCE_ONLY, anna, TRUE, nobody, FALSE },
    { LK_AUDIENCE_ONLY, nobody, TRUE, anna, FALSE },
    { LK_AUDIENCE_ONLY, anna, FALSE, anna, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LkAudience) audience = lk_audience_new (cases[i].kind, cases[i].refs);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (
          lk_audience_takes (audience, cases[i].viewer_has_owner, cases[i].viewer_refs), ==,
          cases[i].expected);
    }
}

static void
test_refs_are_a_set (void)
{
  static const char *const refs[] = { "c", "a", "c", "b", "a", NULL };
  static const char *const sorted[] = { "a", "b", "c", NULL };
  g_autoptr (LkAudience) audience = lk_audience_new (LK_AUDIENCE_ONLY, refs);
  g_autoptr (LkAudience) same = lk_audience_new (LK_AUDIENCE_ONLY, sorted);
  g_autoptr (LkAudience) other = lk_audience_new (LK_AUDIENCE_EXCEPT, sorted);
  gsize n;

  g_assert_true (g_strv_equal (lk_audience_get_refs (audience, &n), sorted));
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (lk_audience_equal (audience, same));
  g_assert_false (lk_audience_equal (audience, other));
}

static void
test_json (void)
{
  for (int kind = LK_AUDIENCE_EVERYONE; kind <= LK_AUDIENCE_ONLY; kind++)
    {
      g_autoptr (LkAudience) audience = lk_audience_new ((LkAudienceKind)kind, anna_twice);
      g_autoptr (JsonObject) object = lk_audience_to_json (audience);
      g_autoptr (GError) error = NULL;
      g_autoptr (LkAudience) back = lk_audience_from_json (object, &error);

      g_assert_no_error (error);
      g_assert_true (lk_audience_equal (audience, back));
    }
}

static void
test_json_refused (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"kind\":\"friends\"}",
    "{\"kind\":3}",
    "{\"kind\":\"only\"}",
    "{\"kind\":\"only\",\"refs\":\"anna\"}",
    "{\"kind\":\"only\",\"refs\":[1]}",
    "{\"kind\":\"everyone\",\"refs\":[\"anna\"]}",
    "{\"kind\":\"only\",\"refs\":[\"0123456789012345678901234567890123456789012345678901234567890"
    "1234\"]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (lk_audience_from_json (json_node_get_object (node), &error));
      g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
    }
}

static LkPicture *
picture_new (const char *id, LkAudienceKind kind, const char *const *refs, gint64 expires)
{
  LkPicture *picture = lk_picture_new ();

  g_free (picture->id);
  picture->id = g_strdup (id);
  picture->audience = lk_audience_new (kind, refs);
  picture->expires = expires;

  return picture;
}

static void
test_first_visible (void)
{
  g_autoptr (GPtrArray) pictures
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_picture_unref);

  g_ptr_array_add (pictures, picture_new ("over", LK_AUDIENCE_EVERYONE, NULL, 100));
  g_ptr_array_add (pictures, picture_new ("anna", LK_AUDIENCE_ONLY, anna, 0));
  g_ptr_array_add (pictures, picture_new ("all", LK_AUDIENCE_CONTACTS, NULL, 0));

  g_assert_cmpstr (lk_picture_first_visible (pictures, TRUE, anna, 99)->id, ==, "over");
  g_assert_cmpstr (lk_picture_first_visible (pictures, TRUE, anna, 100)->id, ==, "anna");
  g_assert_cmpstr (lk_picture_first_visible (pictures, TRUE, bert, 100)->id, ==, "all");
  g_assert_null (lk_picture_first_visible (pictures, TRUE, nobody, 100));
  g_assert_null (lk_picture_first_visible (pictures, FALSE, anna, 100));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/audience/decision", test_decision);
  g_test_add_func ("/audience/refs-are-a-set", test_refs_are_a_set);
  g_test_add_func ("/audience/json", test_json);
  g_test_add_func ("/audience/json-refused", test_json_refused);
  g_test_add_func ("/audience/first-visible", test_first_visible);

  return g_test_run ();
}
