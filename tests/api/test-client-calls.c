/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-async.h"
#include "lk-test-async.h"

/* Every call of the client: success, refused, cancelled before and on the way, the client given up
 * on the way. */

static LkClient *
client_new (LkTestServer *server)
{
  g_autoptr (GError) error = NULL;
  LkClient *client = lk_client_new (lk_test_server_get_address (server), &error);

  g_assert_no_error (error);
  lk_client_set_token (client, OPS_TOKEN);

  return client;
}

static gboolean
has_requests (gpointer data)
{
  return lk_test_server_get_n_requests (data) > 0;
}

static gboolean
is_gone (gpointer data)
{
  GWeakRef *ref = data;
  g_autoptr (GObject) object = g_weak_ref_get (ref);

  return object == NULL;
}

static void
assert_clean_end (LkClient *client)
{
  GWeakRef ref;

  /* The last of libsoup's own idle work may still hold on to it. */
  g_weak_ref_init (&ref, client);
  g_object_unref (client);
  lk_test_wait_until (is_gone, &ref);
  g_weak_ref_clear (&ref);
}

static void
test_success (gconstpointer data)
{
  const ClientOp *op = data;
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  LkClient *client = client_new (server);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const LkTestRequest *request;
  const char *authorization;
  gboolean done;

  op->answer (server);
  op->start (client, NULL, lk_test_keep_result, &result);
  result = lk_test_wait_result (&result);
  done = op->finish (client, result, &error);
  g_assert_no_error (error);
  g_assert_true (done);

  request = lk_test_server_get_request (server, lk_test_server_get_n_requests (server) - 1);
  authorization = lk_test_request_get_header (request, "authorization");
  g_assert_cmpstr (request->method, ==, op->method);
  g_assert_cmpstr (request->path, ==, op->path);
  g_assert_cmpstr (authorization, ==, op->is_open ? NULL : "Bearer " OPS_TOKEN);
  g_assert_true (
      g_str_has_prefix (lk_test_request_get_header (request, "user-agent"), "Likeness/"));

  g_clear_object (&result);
  assert_clean_end (client);
}

static void
test_refused (gconstpointer data)
{
  const ClientOp *op = data;
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  LkClient *client = client_new (server);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_problem (server, 429,
                                 "{\"type\":\"about:blank\",\"title\":\"Too many\",\"status\":429,"
                                 "\"code\":\"too-many-requests\",\"retry_after\":7}");
  op->start (client, NULL, lk_test_keep_result, &result);
  result = lk_test_wait_result (&result);
  g_assert_false (op->finish (client, result, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS);
  g_assert_cmpint (lk_api_error_get_retry_after (error), ==, 7);
  g_assert_cmpint (lk_api_error_get_tries_left (error), ==, -1);
  g_assert_true (lk_client_get_signed_in (client));

  g_clear_object (&result);
  assert_clean_end (client);
}

static void
test_cancelled_before (gconstpointer data)
{
  const ClientOp *op = data;
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  LkClient *client = client_new (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  op->start (client, cancellable, lk_test_keep_result, &result);
  g_assert_null (result);
  result = lk_test_wait_result (&result);
  g_assert_false (op->finish (client, result, &error));
  g_assert_true (lk_error_is_cancelled (error));
  g_assert_cmpuint (lk_test_server_get_n_requests (server), ==, 0);

  g_clear_object (&result);
  assert_clean_end (client);
}

static void
test_cancelled (gconstpointer data)
{
  const ClientOp *op = data;
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  LkClient *client = client_new (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_server_hang (server);
  op->start (client, cancellable, lk_test_keep_result, &result);
  lk_test_wait_until (has_requests, server);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  result = lk_test_wait_result (&result);
  g_assert_false (op->finish (client, result, &error));
  g_assert_true (lk_error_is_cancelled (error));

  g_clear_object (&result);
  assert_clean_end (client);
}

/* What is under way keeps the client; disposing of it ends what is under way. */
static void
test_disposed (gconstpointer data)
{
  const ClientOp *op = data;
  g_autoptr (LkTestServer) server = lk_test_server_new (NULL);
  LkClient *client = client_new (server);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_server_hang (server);
  op->start (client, NULL, lk_test_keep_result, &result);
  lk_test_wait_until (has_requests, server);
  g_object_run_dispose (G_OBJECT (client));
  g_object_unref (client);
  result = lk_test_wait_result (&result);
  client = LK_CLIENT (g_async_result_get_source_object (result));
  g_assert_false (op->finish (client, result, &error));
  g_assert_true (lk_error_is_cancelled (error));

  g_clear_object (&result);
  assert_clean_end (client);
}

static void
add (const ClientOp *op, const char *what, GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf ("/client/%s/%s", op->name, what);

  g_test_add_data_func (path, op, test);
}

int
main (int argc, char **argv)
{
  const ClientOp *ops;
  guint n_ops;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ops = client_ops_get (&n_ops);
  for (guint i = 0; i < n_ops; i++)
    {
      add (&ops[i], "success", test_success);
      add (&ops[i], "refused", test_refused);
      add (&ops[i], "cancelled-before", test_cancelled_before);
      add (&ops[i], "cancelled", test_cancelled);
      add (&ops[i], "disposed", test_disposed);
    }

  return g_test_run ();
}
