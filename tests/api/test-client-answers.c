/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-hash.h"
#include "lk-test-async.h"

/* What the client makes of answers, good and bad, and what it gives away. */

#define TYPE_JSON "Content-Type: application/json\r\n"
#define TYPE_PROBLEM "Content-Type: application/problem+json\r\n"
#define WRONG_CODE                                                                                 \
  "{\"type\":\"about:blank\",\"title\":\"Wrong\",\"status\":422,\"code\":\"wrong-code\","          \
  "\"tries_left\":3,\"retry_after\":60}"
#define UNAUTHORIZED                                                                               \
  "{\"type\":\"about:blank\",\"title\":\"Not signed in\",\"status\":401,"                          \
  "\"code\":\"unauthorized\"}"

typedef struct
{
  LkTestServer *server;
  LkClient *client;
  GAsyncResult *result;
  guint n_signed_out;
  guint n_signed_in_changes;
} Fixture;

static GPtrArray *log_lines;

/* Keeps every line that anything logs, of any level: the token must be in none. */
static GLogWriterOutput
keep_log_line (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  char *line = g_log_writer_format_fields (level, fields, n_fields, FALSE);
  G_LOCK_DEFINE_STATIC (lines);

  if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0)
    g_log_writer_default (level, fields, n_fields, NULL);

  G_LOCK (lines);
  g_ptr_array_add (log_lines, line);
  G_UNLOCK (lines);

  return G_LOG_WRITER_HANDLED;
}

static void
on_signed_out (LkClient *client, gpointer data)
{
  Fixture *fixture = data;

  g_assert_null (lk_client_get_token (client));
  fixture->n_signed_out++;
}

static void
on_signed_in_changed (LkClient *client, GParamSpec *pspec, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_signed_in_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->server = lk_test_server_new (NULL);
  fixture->client = lk_client_new (lk_test_server_get_address (fixture->server), &error);
  g_assert_no_error (error);
  lk_client_set_token (fixture->client, OPS_TOKEN);
  g_signal_connect (fixture->client, "signed-out", G_CALLBACK (on_signed_out), fixture);
  g_signal_connect (fixture->client, "notify::signed-in", G_CALLBACK (on_signed_in_changed),
                    fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->client);
  lk_test_server_free (fixture->server);
}

static GError *
get_account_error (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkAccount) account = NULL;
  GError *error = NULL;

  lk_client_get_account_async (fixture->client, NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  account = lk_client_get_account_finish (fixture->client, result, &error);
  g_assert_null (account);
  g_assert_nonnull (error);

  return error;
}

static void
test_signs_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  const LkTestRequest *request;

  lk_client_set_token (fixture->client, NULL);
  lk_test_server_answer_json (
      fixture->server, 201,
      "{\"token\":\"new-token\",\"session\":{\"id\":\"s1\"},\"account\":{\"id\":\"a1\","
      "\"identifiers\":[\"anna@example.org\"],\"created\":\"2026-01-02T03:04:05Z\"}}");
  lk_client_check_code_async (fixture->client, "v 1", "123456",
                              "a name as long as nobody would ever give it to a device, with an "
                              "umlaut just where it is to be cut: here (\303\274)",
                              NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  account = lk_client_check_code_finish (fixture->client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (account->identifiers[0], ==, "anna@example.org");
  g_assert_cmpstr (lk_client_get_token (fixture->client), ==, "new-token");
  g_assert_true (lk_client_get_signed_in (fixture->client));
  g_assert_cmpuint (fixture->n_signed_in_changes, ==, 2);
  g_assert_cmpuint (fixture->n_signed_out, ==, 0);

  request = lk_test_server_get_request (fixture->server, 0);
  body = g_strndup (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  g_assert_cmpstr (request->path, ==, "/v1/verifications/v%201/check");
  g_assert_cmpstr (lk_test_request_get_header (request, "content-type"), ==, "application/json");
  g_assert_true (g_utf8_validate (body, -1, NULL));
  g_assert_nonnull (strstr (body, "\"123456\""));
  g_assert_null (strstr (body, "\303\274"));
}

static void
test_token_that_is_none (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  lk_client_set_token (fixture->client, "a\r\nX-Other: b");
  g_assert_null (lk_client_get_token (fixture->client));
  lk_client_set_token (fixture->client, "");
  g_assert_null (lk_client_get_token (fixture->client));

  lk_test_server_answer_json (
      fixture->server, 201,
      "{\"token\":\"a\\r\\nX: b\",\"session\":{\"id\":\"s1\"},\"account\":{\"id\":\"a1\","
      "\"identifiers\":[],\"created\":\"2026-01-02T03:04:05Z\"}}");
  lk_client_check_code_async (fixture->client, "v1", "123456", "Desk", NULL, lk_test_keep_result,
                              &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  account = lk_client_check_code_finish (fixture->client, result, &error);
  g_assert_null (account);
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
  g_assert_false (lk_client_get_signed_in (fixture->client));
}

static void
test_wrong_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  lk_test_server_answer_problem (fixture->server, 422, WRONG_CODE);
  lk_client_check_code_async (fixture->client, "v1", "000000", "Desk", NULL, lk_test_keep_result,
                              &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  account = lk_client_check_code_finish (fixture->client, result, &error);
  g_assert_null (account);
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_WRONG_CODE);
  copy = g_error_copy (error);
  g_assert_cmpint (lk_api_error_get_tries_left (copy), ==, 3);
  g_assert_cmpint (lk_api_error_get_retry_after (copy), ==, 60);
}

static void
test_retry_after_header (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_test_server_answer (fixture->server, 429, TYPE_PROBLEM "Retry-After: 90\r\n",
                         "{\"status\":429,\"code\":\"too-many-requests\"}", -1);
  error = get_account_error (fixture);
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS);
  g_assert_cmpint (lk_api_error_get_retry_after (error), ==, 90);
  g_assert_cmpint (lk_api_error_get_retry_after (NULL), ==, -1);
}

static void
test_signed_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  lk_test_server_answer_problem (fixture->server, 401, UNAUTHORIZED);
  error = get_account_error (fixture);
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
  g_assert_null (lk_client_get_token (fixture->client));
  g_assert_cmpuint (fixture->n_signed_out, ==, 1);
  g_assert_cmpuint (fixture->n_signed_in_changes, ==, 1);

  /* Without a token the same answer is no news. */
  lk_test_server_answer_problem (fixture->server, 401, UNAUTHORIZED);
  again = get_account_error (fixture);
  g_assert_error (again, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
  g_assert_cmpuint (fixture->n_signed_out, ==, 1);
}

/* The answer to a call of the last session must not end the one that was begun meanwhile. */
static void
test_late_signed_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_problem (fixture->server, 401, UNAUTHORIZED);
  lk_client_get_account_async (fixture->client, NULL, lk_test_keep_result, &fixture->result);
  lk_client_set_token (fixture->client, "other-token");
  result = lk_test_wait_result (&fixture->result);
  account = lk_client_get_account_finish (fixture->client, result, &error);
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
  g_assert_cmpstr (lk_client_get_token (fixture->client), ==, "other-token");
  g_assert_cmpuint (fixture->n_signed_out, ==, 0);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  const guint statuses[] = { 204, 401 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      lk_client_set_token (fixture->client, OPS_TOKEN);
      if (statuses[i] == 401)
        lk_test_server_answer_problem (fixture->server, 401, UNAUTHORIZED);
      else
        lk_test_server_answer (fixture->server, 204, NULL, NULL, 0);
      lk_client_delete_session_async (fixture->client, "current", NULL, lk_test_keep_result,
                                      &fixture->result);
      result = lk_test_wait_result (&fixture->result);
      lk_client_delete_session_finish (fixture->client, result, &error);
      g_assert_no_error (error);
      g_assert_null (lk_client_get_token (fixture->client));
    }
}

static void
test_deleted_account (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_test_server_answer (fixture->server, 204, NULL, NULL, 0);
  lk_client_delete_account_async (fixture->client, NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  g_assert_true (lk_client_delete_account_finish (fixture->client, result, &error));
  g_assert_no_error (error);
  g_assert_null (lk_client_get_token (fixture->client));
}

static void
test_bad_answers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *headers;
    const char *body;
  } cases[] = {
    { 200, "Content-Type: text/html\r\n", "<html>Welcome to the hotel</html>" },
    { 200, NULL, "{}" },
    { 200, TYPE_JSON, "" },
    { 200, TYPE_JSON, "{}" },
    { 200, TYPE_JSON, "[]" },
    { 200, TYPE_JSON, "{\"id\":1}" },
    { 200, TYPE_JSON, "{\"id\":\"a1\",\"identifiers\":\"x\"" },
    { 200, TYPE_JSON, "\377\376" },
    { 200, TYPE_JSON "Content-Encoding: gzip\r\n", "this is not gzip" },
    { 204, NULL, NULL },
    { 301, "Location: /v1/other\r\n", NULL },
    { 302, "Location: http://127.0.0.1:1/v1/account\r\n", NULL },
    { 307, "Location: https://example.org/v1/account\r\n", NULL },
    { 401, "Content-Type: text/html\r\n", "<html>Pay first</html>" },
    { 401, TYPE_PROBLEM, "{\"status\":401" },
    { 404, "Content-Type: text/html\r\n", "<html>Not here</html>" },
    { 500, TYPE_PROBLEM, "null" },
    { 500, TYPE_PROBLEM, "{\"status\":\"500\",\"code\":5}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("Case %" G_GSIZE_FORMAT, i);
      lk_test_server_answer (fixture->server, cases[i].status, cases[i].headers, cases[i].body, -1);
      error = get_account_error (fixture);
      g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
      g_assert_true (lk_client_get_signed_in (fixture->client));
    }
}

static void
test_proxy_answers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    LkProblem problem;
  } cases[] = {
    { 413, LK_PROBLEM_TOO_LARGE },
    { 502, LK_PROBLEM_UNAVAILABLE },
    { 503, LK_PROBLEM_UNAVAILABLE },
    { 504, LK_PROBLEM_UNAVAILABLE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      lk_test_server_answer (fixture->server, cases[i].status,
                             "Content-Type: text/html\r\nRetry-After: 5\r\n", "<html></html>", -1);
      error = get_account_error (fixture);
      g_assert_error (error, LK_PROBLEM, (int)cases[i].problem);
      g_assert_cmpint (lk_api_error_get_retry_after (error), ==, 5);
    }
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) announced = NULL;
  g_autoptr (GError) endless = NULL;
  g_autoptr (GError) chunked = NULL;
  g_autoptr (GError) problem = NULL;

  lk_test_server_answer_without_end (fixture->server, "HTTP/1.1 200 X\r\n" TYPE_JSON
                                                      "Content-Length: 4000000000\r\n\r\n");
  announced = get_account_error (fixture);
  g_assert_error (announced, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);

  lk_test_server_answer_without_end (fixture->server,
                                     "HTTP/1.1 200 X\r\n" TYPE_JSON "Connection: close\r\n\r\n");
  endless = get_account_error (fixture);
  g_assert_error (endless, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);

  lk_test_server_answer_without_end (fixture->server,
                                     "HTTP/1.1 200 X\r\n" TYPE_JSON
                                     "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
  chunked = get_account_error (fixture);
  g_assert_error (chunked, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);

  lk_test_server_answer_without_end (fixture->server,
                                     "HTTP/1.1 500 X\r\n" TYPE_PROBLEM "Connection: close\r\n\r\n");
  problem = get_account_error (fixture);
  g_assert_error (problem, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) truncated = NULL;
  g_autoptr (GError) closed = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (LkClient) client = NULL;
  LkTestServer *gone = lk_test_server_new (NULL);

  lk_test_server_answer_raw (fixture->server,
                             "HTTP/1.1 200 X\r\n" TYPE_JSON "Content-Length: 100\r\n\r\n{\"id\"");
  truncated = get_account_error (fixture);
  g_assert_error (truncated, LK_API_ERROR, LK_API_ERROR_OFFLINE);

  lk_test_server_answer_raw (fixture->server, "");
  closed = get_account_error (fixture);
  g_assert_error (closed, LK_API_ERROR, LK_API_ERROR_OFFLINE);

  client = lk_client_new (lk_test_server_get_address (gone), NULL);
  lk_test_server_free (gone);
  lk_client_get_account_async (client, NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  g_assert_null (lk_client_get_account_finish (client, result, &refused));
  g_assert_error (refused, LK_API_ERROR, LK_API_ERROR_OFFLINE);
}

static void
test_timeout (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) silent = NULL;

  g_object_set (fixture->client, "timeout", 1, NULL);
  lk_test_server_hang (fixture->server);
  silent = get_account_error (fixture);
  g_assert_error (silent, LK_API_ERROR, LK_API_ERROR_TIMEOUT);
}

static void
test_insecure (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lk_client_new ("http://example.org", &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_INSECURE);
}

static void
get_rendition (Fixture *fixture, LkApiError *code)
{
  g_autoptr (LkRendition) rendition = client_ops_dup_rendition ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  lk_client_get_rendition_async (fixture->client, "p1", rendition, NULL, lk_test_keep_result,
                                 &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  bytes = lk_client_get_rendition_finish (fixture->client, result, &error);
  g_assert_null (bytes);
  g_assert_true (error != NULL && error->domain == LK_API_ERROR);
  *code = (LkApiError)error->code;
}

static void
test_rendition (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LkRendition) rendition = client_ops_dup_rendition ();
  g_autofree char *body = g_strnfill (rendition->size, 'x');
  g_autofree char *truncated = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  LkApiError code;

  /* As long as announced, another hash. */
  lk_test_server_answer (fixture->server, 200, "Content-Type: image/jpeg\r\n", body, -1);
  get_rendition (fixture, &code);
  g_assert_cmpint (code, ==, LK_API_ERROR_BAD_ANSWER);

  /* Shorter, and longer without saying so. */
  lk_test_server_answer (fixture->server, 200, NULL, body, (gssize)rendition->size - 1);
  get_rendition (fixture, &code);
  g_assert_cmpint (code, ==, LK_API_ERROR_BAD_ANSWER);
  lk_test_server_answer_without_end (fixture->server, "HTTP/1.1 200 X\r\n\r\n");
  get_rendition (fixture, &code);
  g_assert_cmpint (code, ==, LK_API_ERROR_BAD_ANSWER);

  /* Broken off. */
  truncated = g_strdup_printf ("HTTP/1.1 200 X\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\nx",
                               rendition->size);
  lk_test_server_answer_raw (fixture->server, truncated);
  get_rendition (fixture, &code);
  g_assert_cmpint (code, ==, LK_API_ERROR_OFFLINE);

  /* Announced as more than the contract has: nothing is asked. */
  rendition->size = LK_RENDITION_MAX_BYTES + 1;
  lk_client_get_rendition_async (fixture->client, "p1", rendition, NULL, lk_test_keep_result,
                                 &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  g_assert_null (lk_client_get_rendition_finish (fixture->client, result, &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 4);
}

static void
test_nothing_logged (void)
{
  g_assert_cmpuint (log_lines->len, >, 0);
  for (guint i = 0; i < log_lines->len; i++)
    g_assert_null (strstr (g_ptr_array_index (log_lines, i), OPS_TOKEN));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  log_lines = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (keep_log_line, NULL, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/client/signs-in", test_signs_in);
  ADD ("/client/token-that-is-none", test_token_that_is_none);
  ADD ("/client/wrong-code", test_wrong_code);
  ADD ("/client/retry-after-header", test_retry_after_header);
  ADD ("/client/signed-out", test_signed_out);
  ADD ("/client/late-signed-out", test_late_signed_out);
  ADD ("/client/sign-out", test_sign_out);
  ADD ("/client/deleted-account", test_deleted_account);
  ADD ("/client/bad-answers", test_bad_answers);
  ADD ("/client/proxy-answers", test_proxy_answers);
  ADD ("/client/too-large", test_too_large);
  ADD ("/client/offline", test_offline);
  ADD ("/client/timeout", test_timeout);
  ADD ("/client/rendition", test_rendition);
#undef ADD
  g_test_add_func ("/client/insecure", test_insecure);
  g_test_add_func ("/client/nothing-logged", test_nothing_logged);

  status = g_test_run ();
  g_ptr_array_unref (log_lines);

  return status;
}
