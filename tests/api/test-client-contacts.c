/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-error.h"
#include "lk-test-async.h"

/* Sharing the address book against its version. */

#define FAILED "{\"status\":412,\"code\":\"precondition-failed\"}"

typedef struct
{
  LkTestServer *server;
  LkClient *client;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = lk_test_server_new (NULL);
  fixture->client = lk_client_new (lk_test_server_get_address (fixture->server), NULL);
  lk_client_set_token (fixture->client, OPS_TOKEN);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->client);
  lk_test_server_free (fixture->server);
}

static gboolean
put (Fixture *fixture, guint n_contacts, GError **error)
{
  g_autoptr (GPtrArray) contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autofree char *ref = g_strdup_printf ("%u", i);
      const char *const identifiers[] = { "ben@example.org", NULL };

      g_ptr_array_add (contacts, lk_shared_contact_new (ref, identifiers));
    }
  lk_client_put_contacts_async (fixture->client, contacts, NULL, lk_test_keep_result,
                                &fixture->result);
  result = lk_test_wait_result (&fixture->result);

  return lk_client_put_contacts_finish (fixture->client, result, error);
}

static void
answer_version (Fixture *fixture, const char *headers)
{
  g_autofree char *all = g_strconcat ("Content-Type: application/json\r\n", headers, NULL);

  lk_test_server_answer (fixture->server, 200, all, "{\"count\":0}", -1);
}

static void
assert_request (Fixture *fixture, guint index, const char *method, const char *version)
{
  const LkTestRequest *request = lk_test_server_get_request (fixture->server, index);

  g_assert_cmpstr (request->method, ==, method);
  g_assert_cmpstr (request->path, ==, "/v1/contacts");
  g_assert_cmpstr (lk_test_request_get_header (request, "if-match"), ==, version);
}

/* The version is asked for once, and then known from each answer. */
static void
test_version_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_version (fixture, "ETag: \"a\"\r\n");
  lk_test_server_answer (fixture->server, 204, "ETag: \"b\"\r\n", NULL, 0);
  put (fixture, 2, &error);
  g_assert_no_error (error);
  assert_request (fixture, 0, "GET", NULL);
  assert_request (fixture, 1, "PUT", "\"a\"");

  lk_test_server_answer (fixture->server, 204, "ETag: \"c\"\r\n", NULL, 0);
  put (fixture, 0, &error);
  g_assert_no_error (error);
  assert_request (fixture, 2, "PUT", "\"b\"");

  /* Another account has another book. */
  lk_client_set_token (fixture->client, "other-token");
  answer_version (fixture, "ETag: \"x\"\r\n");
  lk_test_server_answer (fixture->server, 204, "ETag: \"y\"\r\n", NULL, 0);
  put (fixture, 1, &error);
  g_assert_no_error (error);
  assert_request (fixture, 3, "GET", NULL);
  assert_request (fixture, 4, "PUT", "\"x\"");
}

static void
test_once_more (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_version (fixture, "ETag: \"a\"\r\n");
  lk_test_server_answer_problem (fixture->server, 412, FAILED);
  answer_version (fixture, "ETag: \"b\"\r\n");
  lk_test_server_answer (fixture->server, 204, "ETag: \"c\"\r\n", NULL, 0);
  put (fixture, 1, &error);
  g_assert_no_error (error);
  assert_request (fixture, 3, "PUT", "\"b\"");
}

static void
test_not_twice_more (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_version (fixture, "ETag: \"a\"\r\n");
  lk_test_server_answer_problem (fixture->server, 412, FAILED);
  answer_version (fixture, "ETag: \"b\"\r\n");
  lk_test_server_answer_problem (fixture->server, 412, FAILED);
  g_assert_false (put (fixture, 1, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_PRECONDITION_FAILED);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 4);
}

static void
test_no_version (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer_version (fixture, "");
  g_assert_false (put (fixture, 1, &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (put (fixture, LK_MAX_CONTACTS + 1, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_TOO_LARGE);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/contacts/version-kept", test_version_kept);
  ADD ("/contacts/once-more", test_once_more);
  ADD ("/contacts/not-twice-more", test_not_twice_more);
  ADD ("/contacts/no-version", test_no_version);
  ADD ("/contacts/too-many", test_too_many);
#undef ADD

  return g_test_run ();
}
