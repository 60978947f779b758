/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-async.h"
#include "lk-error.h"
#include "lk-test-async.h"

/* Publishing: bytes counted, broken connections tried again under the same key, and never more than
 * once published. */

/* Larger than what the kernel takes at once, so that a connection can break on the way. */
#define BUNDLE_SIZE (10 * 1024 * 1024)
#define KEY "7d1f6a5e-0000-4000-8000-000000000001"
#define UNAVAILABLE(members) "{\"status\":503,\"code\":\"unavailable\"" members "}"

typedef struct
{
  LkTestServer *server;
  LkClient *client;
  GBytes *bundle;
  GAsyncResult *result;
  gint64 sent;
  guint n_starts;
  guint n_reports;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = lk_test_server_new (NULL);
  fixture->client = lk_client_new (lk_test_server_get_address (fixture->server), NULL);
  fixture->bundle = g_bytes_new_take (g_malloc0 (BUNDLE_SIZE), BUNDLE_SIZE);
  lk_client_set_token (fixture->client, OPS_TOKEN);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->client);
  lk_test_server_free (fixture->server);
  g_bytes_unref (fixture->bundle);
}

static void
on_progress (gint64 sent, gint64 total, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpint (total, ==, BUNDLE_SIZE);
  g_assert_cmpint (sent, <=, total);
  if (sent == 0)
    fixture->n_starts++;
  else
    g_assert_cmpint (sent, >=, fixture->sent);
  fixture->sent = sent;
  fixture->n_reports++;
}

static void
start (Fixture *fixture, GCancellable *cancellable)
{
  lk_client_publish_async (fixture->client, fixture->bundle, KEY, on_progress, fixture, cancellable,
                           lk_test_keep_result, &fixture->result);
}

static LkPicture *
end (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = lk_test_wait_result (&fixture->result);

  return lk_client_publish_finish (fixture->client, result, error);
}

static void
answer_published (Fixture *fixture)
{
  guint n_ops;
  const ClientOp *ops = client_ops_get (&n_ops);

  for (guint i = 0; i < n_ops; i++)
    {
      if (g_str_equal (ops[i].name, "publish"))
        ops[i].answer (fixture->server);
    }
}

static gboolean
has_request (gpointer data)
{
  Fixture *fixture = data;

  return lk_test_server_get_n_requests (fixture->server) > 0;
}

static void
assert_whole (Fixture *fixture, guint index)
{
  const LkTestRequest *request = lk_test_server_get_request (fixture->server, index);

  g_assert_cmpstr (lk_test_request_get_header (request, "idempotency-key"), ==, KEY);
  g_assert_cmpstr (lk_test_request_get_header (request, "content-type"), ==,
                   "application/vnd.likeness.bundle+zip");
  g_assert_true (g_bytes_equal (request->body, fixture->bundle));
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = NULL;

  answer_published (fixture);
  start (fixture, NULL);
  picture = end (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (picture->id, ==, "p1");
  g_assert_cmpint (picture->told, ==, 3);
  g_assert_cmpint (fixture->sent, ==, BUNDLE_SIZE);
  g_assert_cmpuint (fixture->n_starts, ==, 1);
  g_assert_cmpuint (fixture->n_reports, >, 10);
  assert_whole (fixture, 0);
}

static void
test_broken_on_the_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = NULL;
  const LkTestRequest *first;

  lk_test_server_break (fixture->server, 100000);
  answer_published (fixture);
  start (fixture, NULL);
  picture = end (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 2);
  first = lk_test_server_get_request (fixture->server, 0);
  g_assert_cmpstr (lk_test_request_get_header (first, "idempotency-key"), ==, KEY);
  assert_whole (fixture, 1);
  g_assert_cmpuint (fixture->n_starts, ==, 2);
  g_assert_cmpint (fixture->sent, ==, BUNDLE_SIZE);
}

/* The server has it, and the answer gets lost. */
static void
test_answer_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = NULL;

  lk_test_server_answer_raw (fixture->server, "");
  lk_test_server_answer_raw (fixture->server, "HTTP/1.1 201 X\r\nContent-Type: application/json\r\n"
                                              "Content-Length: 1000\r\n\r\n{\"id\":");
  answer_published (fixture);
  start (fixture, NULL);
  picture = end (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 3);
  for (guint i = 0; i < 3; i++)
    assert_whole (fixture, i);
}

static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    lk_test_server_break (fixture->server, 1000);
  start (fixture, NULL);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_OFFLINE);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 4);
}

static void
test_server_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = NULL;
  gint64 begin = g_get_monotonic_time ();

  lk_test_server_answer_problem (fixture->server, 503, UNAVAILABLE (",\"retry_after\":1"));
  answer_published (fixture);
  start (fixture, NULL);
  picture = end (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, G_USEC_PER_SEC);
  assert_whole (fixture, 1);
}

static void
test_server_long_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_problem (fixture->server, 503, UNAVAILABLE (",\"retry_after\":3600"));
  start (fixture, NULL);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAVAILABLE);
  g_assert_cmpint (lk_api_error_get_retry_after (error), ==, 3600);
}

static void
test_refused_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_problem (fixture->server, 409, "{\"status\":409,\"code\":\"conflict\"}");
  start (fixture, NULL);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_CONFLICT);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 1);
}

static void
test_cancelled_while_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 begin = g_get_monotonic_time ();

  lk_test_server_answer_problem (fixture->server, 503, UNAVAILABLE (",\"retry_after\":30"));
  start (fixture, cancellable);
  lk_test_wait_until (has_request, fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_cancellable_cancel (cancellable);
  g_assert_null (end (fixture, &error));
  g_assert_true (lk_error_is_cancelled (error));
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 10 * G_USEC_PER_SEC);
}

static void
test_disposed_while_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_problem (fixture->server, 503, UNAVAILABLE (",\"retry_after\":30"));
  start (fixture, NULL);
  lk_test_wait_until (has_request, fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_run_dispose (G_OBJECT (fixture->client));
  g_assert_null (end (fixture, &error));
  g_assert_true (lk_error_is_cancelled (error));
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_bytes_unref (fixture->bundle);
  fixture->bundle = g_bytes_new_take (g_malloc0 (LK_BUNDLE_MAX_BYTES + 1), LK_BUNDLE_MAX_BYTES + 1);
  start (fixture, NULL);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, LK_ERROR, LK_ERROR_TOO_LARGE);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/publish/progress", test_progress);
  ADD ("/publish/broken-on-the-way", test_broken_on_the_way);
  ADD ("/publish/answer-lost", test_answer_lost);
  ADD ("/publish/gives-up", test_gives_up);
  ADD ("/publish/server-busy", test_server_busy);
  ADD ("/publish/server-long-busy", test_server_long_busy);
  ADD ("/publish/refused-once", test_refused_once);
  ADD ("/publish/cancelled-while-waiting", test_cancelled_while_waiting);
  ADD ("/publish/disposed-while-waiting", test_disposed_while_waiting);
  ADD ("/publish/too-large", test_too_large);
#undef ADD

  return g_test_run ();
}
