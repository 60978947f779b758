/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error.h"
#include "lk-json.h"
#include "lk-problem.h"
#include "lk-wire.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static JsonObject *
reread (JsonObject *object)
{
  g_autoptr (GBytes) bytes = lk_json_object_to_bytes (object);
  g_autoptr (GError) error = NULL;
  JsonObject *back = lk_json_parse_object (bytes, LK_JSON_BODY_MAX_BYTES, &error);

  g_assert_no_error (error);
  return back;
}

static void
test_time (void)
{
  g_autofree char *text = lk_wire_format_time (1795380540);
  gint64 back = 0;

  g_assert_cmpstr (text, ==, "2026-11-22T20:49:00Z");
  g_assert_true (lk_wire_parse_time (text, &back));
  g_assert_cmpint (back, ==, 1795380540);
  g_assert_true (lk_wire_parse_time ("2026-11-22T21:49:00+01:00", &back));
  g_assert_cmpint (back, ==, 1795380540);
  g_assert_false (lk_wire_parse_time ("2026-11-22T20:49:00", &back));
  g_assert_false (lk_wire_parse_time ("20261122T204900Z", &back));
  g_assert_false (lk_wire_parse_time ("", &back));
  g_assert_false (lk_wire_parse_time (NULL, &back));
}

static LkPicture *
sample_picture (void)
{
  LkPicture *picture = lk_picture_new ();

  g_free (picture->id);
  picture->id = g_strdup ("p1");
  picture->created = 1795380540;
  picture->audience = lk_audience_new (LK_AUDIENCE_EVERYONE, NULL);
  picture->position = 3;
  picture->told = 24;
  g_ptr_array_add (picture->renditions,
                   lk_rendition_new ("photo", "image/jpeg", 720, 720, 0, 1000, HASH));

  return picture;
}

static void
test_picture (void)
{
  g_autoptr (LkPicture) picture = sample_picture ();
  g_autoptr (JsonObject) object = lk_picture_to_json (picture);
  g_autoptr (JsonObject) read = reread (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) back = lk_picture_from_json (read, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (back->id, ==, "p1");
  g_assert_cmpint (back->position, ==, 3);
  g_assert_cmpint (back->told, ==, 24);
  g_assert_cmpint (back->expires, ==, 0);
  g_assert_cmpuint (lk_picture_get_rendition (back, "photo")->size, ==, 1000);
  g_assert_null (lk_picture_get_rendition (back, "motion"));
}

static void
test_feed (void)
{
  g_autoptr (LkPicture) picture = sample_picture ();
  g_autoptr (LkFeed) feed = lk_feed_new ();
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFeed) back = NULL;

  g_clear_pointer (&picture->audience, lk_audience_unref);
  feed->cursor = g_strdup ("17");
  feed->more = TRUE;
  g_ptr_array_add (feed->changes, lk_feed_change_new ("anna", picture));
  g_ptr_array_add (feed->changes, lk_feed_change_new ("bert", NULL));

  object = lk_feed_to_json (feed);
  read = reread (object);
  back = lk_feed_from_json (read, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->changes->len, ==, 2);
  g_assert_cmpstr (((LkFeedChange *)back->changes->pdata[0])->picture->id, ==, "p1");
  g_assert_null (((LkFeedChange *)back->changes->pdata[0])->picture->audience);
  g_assert_null (((LkFeedChange *)back->changes->pdata[1])->picture);
  g_assert_true (back->more);

  json_object_remove_member (read, "cursor");
  g_assert_null (lk_feed_from_json (read, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
}

static void
test_contacts (void)
{
  static const char *const identifiers[] = { "+4915112345678", "anna@example.org", NULL };
  g_autoptr (GPtrArray) contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) read = NULL;
  g_autoptr (JsonObject) twice = NULL;
  g_autoptr (GPtrArray) back = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (contacts, lk_shared_contact_new ("anna", identifiers));
  object = lk_shared_contacts_to_json (contacts);
  read = reread (object);
  back = lk_shared_contacts_from_json (read, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_equal (
      (const char *const *)((LkSharedContact *)back->pdata[0])->identifiers, identifiers));

  g_ptr_array_add (contacts, lk_shared_contact_new ("anna", identifiers));
  twice = lk_shared_contacts_to_json (contacts);
  g_assert_null (lk_shared_contacts_from_json (twice, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_INVALID_JSON);
}

static void
test_contacts_refused (void)
{
  static const char *const texts[] = {
    "{\"contacts\":[{\"ref\":\"\",\"identifiers\":[]}]}",
    "{\"contacts\":[{\"ref\":\"a\",\"identifiers\":[\"0151\"]}]}",
    "{\"contacts\":[{\"ref\":\"a\",\"identifiers\":[],\"name\":\"Anna\"}]}",
    "{\"contacts\":[7]}",
    "{\"contacts\":[],\"more\":[]}",
    "{}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) node = json_from_string (texts[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (lk_shared_contacts_from_json (json_node_get_object (node), &error));
      g_assert_nonnull (error);
    }
}

static void
test_problem (void)
{
  for (int problem = 0; problem < LK_PROBLEM_N; problem++)
    {
      g_autoptr (LkProblemDetails) details = lk_problem_details_new ((LkProblem)problem, "why");
      g_autoptr (JsonObject) object = NULL;
      g_autoptr (LkProblemDetails) back = NULL;
      g_autoptr (GError) error = NULL;

      details->tries_left = 4;
      details->retry_after = 60;
      object = lk_problem_details_to_json (details);
      back = lk_problem_details_from_json (object, &error);
      g_assert_no_error (error);
      g_assert_cmpint (back->problem, ==, problem);
      g_assert_cmpint (back->tries_left, ==, 4);
      g_assert_cmpint (back->retry_after, ==, 60);
    }
}

static void
test_problem_from_the_future (void)
{
  g_autoptr (JsonNode) node
      = json_from_string ("{\"status\":413,\"code\":\"way-too-large\",\"title\":\"\"}", NULL);
  g_autoptr (LkProblemDetails) details
      = lk_problem_details_from_json (json_node_get_object (node), NULL);

  g_assert_cmpint (details->problem, ==, LK_PROBLEM_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/time", test_time);
  g_test_add_func ("/wire/picture", test_picture);
  g_test_add_func ("/wire/feed", test_feed);
  g_test_add_func ("/wire/contacts", test_contacts);
  g_test_add_func ("/wire/contacts-refused", test_contacts_refused);
  g_test_add_func ("/wire/problem", test_problem);
  g_test_add_func ("/wire/problem-from-the-future", test_problem_from_the_future);

  return g_test_run ();
}
