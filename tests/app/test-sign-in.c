/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error-text.h"
#include "lk-sign-in.h"
#include "lk-test-async.h"
#include "lk-test-server.h"

#define VERIFICATION "{\"id\":\"v1\",\"code_length\":6,\"expires_in\":600,\"resend_in\":30}"
#define WRONG                                                                                      \
  "{\"type\":\"about:blank\",\"title\":\"Wrong code\",\"status\":422,\"code\":\"wrong-code\","     \
  "\"tries_left\":4,\"retry_after\":0}"
#define TOO_MANY                                                                                   \
  "{\"type\":\"about:blank\",\"title\":\"Too many\",\"status\":429,"                               \
  "\"code\":\"too-many-requests\",\"retry_after\":120}"

typedef struct
{
  LkTestServer *server;
  GSettings *settings;
  LkAccountModel *account;
  LkSignIn *sign_in;
  guint n_asked;
} Fixture;

static gboolean
is_signed_out (gpointer data)
{
  return lk_account_model_get_state (((Fixture *)data)->account) == LK_ACCOUNT_SIGNED_OUT;
}

static gboolean
is_idle (gpointer data)
{
  return !lk_sign_in_get_busy (((Fixture *)data)->sign_in);
}

static gboolean
is_asked (gpointer data)
{
  Fixture *fixture = data;

  return lk_test_server_get_n_requests (fixture->server) == fixture->n_asked + 1;
}

/* Until the server has the request that it will not answer. */
static void
wait_asked (Fixture *fixture, guint before)
{
  fixture->n_asked = before;
  lk_test_wait_until (is_asked, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LkAddressBook) address_book = lk_address_book_memory_new ();
  g_autoptr (LkTokenStore) store = lk_token_store_memory_new ();

  fixture->server = lk_test_server_new (NULL);
  fixture->settings = g_settings_new ("app.likeness.Likeness");
  g_settings_set_string (fixture->settings, "server", lk_test_server_get_address (fixture->server));
  fixture->account = lk_account_model_new (fixture->settings, address_book, store);
  fixture->sign_in = lk_sign_in_new (fixture->account);
  lk_account_model_start (fixture->account);
  lk_test_wait_until (is_signed_out, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->sign_in);
  g_assert_finalize_object (fixture->account);
  g_object_unref (fixture->settings);
  lk_test_server_free (fixture->server);
}

static void
send_code (Fixture *fixture)
{
  lk_test_server_answer_json (fixture->server, 201, VERIFICATION);
  lk_sign_in_send_code (fixture->sign_in, " Anna@Example.org ");
  g_assert_true (lk_sign_in_get_busy (fixture->sign_in));
  lk_test_wait_until (is_idle, fixture);
  g_assert_no_error (lk_sign_in_get_error (fixture->sign_in));
  g_assert_cmpint (lk_sign_in_get_step (fixture->sign_in), ==, LK_SIGN_IN_CODE);
}

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  lk_sign_in_send_code (fixture->sign_in, "nobody");
  g_assert_error (lk_sign_in_get_error (fixture->sign_in), LK_PROBLEM,
                  LK_PROBLEM_INVALID_IDENTIFIER);
  g_assert_cmpuint (lk_test_server_get_n_requests (fixture->server), ==, 0);
}

static void
test_sent (Fixture *fixture, gconstpointer data)
{
  send_code (fixture);
  g_assert_cmpstr (lk_sign_in_get_identifier (fixture->sign_in), ==, "anna@example.org");
  g_assert_cmpuint (lk_sign_in_get_code_length (fixture->sign_in), ==, 6);
  g_assert_cmpuint (lk_sign_in_get_resend_wait (fixture->sign_in), >, 25);
  /* Not before the wait is over: the test server would not take a request. */
  lk_sign_in_resend (fixture->sign_in);
  g_assert_false (lk_sign_in_get_busy (fixture->sign_in));
}

static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  send_code (fixture);
  lk_test_server_answer_problem (fixture->server, 422, WRONG);
  lk_sign_in_check (fixture->sign_in, "000000");
  lk_test_wait_until (is_idle, fixture);
  g_assert_error (lk_sign_in_get_error (fixture->sign_in), LK_PROBLEM, LK_PROBLEM_WRONG_CODE);
  text = lk_error_text (lk_sign_in_get_error (fixture->sign_in));
  g_assert_cmpstr (text, ==, "That code is not right. 4 tries left.");
  g_assert_cmpint (lk_sign_in_get_step (fixture->sign_in), ==, LK_SIGN_IN_CODE);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  lk_test_server_answer_problem (fixture->server, 429, TOO_MANY);
  lk_sign_in_send_code (fixture->sign_in, "anna@example.org");
  lk_test_wait_until (is_idle, fixture);
  text = lk_error_text (lk_sign_in_get_error (fixture->sign_in));
  g_assert_cmpstr (text, ==, "That was tried too often. Try again in 2 minutes.");
  g_assert_cmpint (lk_sign_in_get_step (fixture->sign_in), ==, LK_SIGN_IN_IDENTIFIER);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  lk_test_server_break (fixture->server, 0);
  lk_sign_in_send_code (fixture->sign_in, "anna@example.org");
  lk_test_wait_until (is_idle, fixture);
  g_assert_nonnull (lk_sign_in_get_error (fixture->sign_in));
  g_assert_true (lk_sign_in_get_error (fixture->sign_in)->domain == LK_API_ERROR);
  g_assert_cmpint (lk_sign_in_get_step (fixture->sign_in), ==, LK_SIGN_IN_IDENTIFIER);
}

static void
test_back (Fixture *fixture, gconstpointer data)
{
  send_code (fixture);
  lk_test_server_hang (fixture->server);
  lk_sign_in_check (fixture->sign_in, "000000");
  wait_asked (fixture, 1);
  g_assert_true (lk_sign_in_get_busy (fixture->sign_in));
  lk_sign_in_back (fixture->sign_in);
  g_assert_false (lk_sign_in_get_busy (fixture->sign_in));
  g_assert_no_error (lk_sign_in_get_error (fixture->sign_in));
  g_assert_cmpint (lk_sign_in_get_step (fixture->sign_in), ==, LK_SIGN_IN_IDENTIFIER);
}

static void
test_disposed_in_flight (Fixture *fixture, gconstpointer data)
{
  lk_test_server_hang (fixture->server);
  lk_sign_in_send_code (fixture->sign_in, "anna@example.org");
  wait_asked (fixture, 0);
  g_object_run_dispose (G_OBJECT (fixture->sign_in));
}

int
main (int argc, char *argv[])
{
  g_setenv ("LIKENESS_SERVER", "", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/sign-in/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("nonsense", test_nonsense);
  ADD ("sent", test_sent);
  ADD ("wrong", test_wrong);
  ADD ("too-many", test_too_many);
  ADD ("offline", test_offline);
  ADD ("back", test_back);
  ADD ("disposed-in-flight", test_disposed_in_flight);
#undef ADD

  return g_test_run ();
}
