/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-codes.h"
#include "lk-problem.h"
#include "lk-send-history.h"
#include "server-fixture.h"

#define OWNER "+4915112345678"
#define HOME "192.0.2.7"
#define STRANGER "198.51.100.1"

/* Limits that are out of the way, for tests of one of them. */
#define WIDE ((LkRate){ 100000, 1 })

static LkCodes *
make_codes (ServerFixture *f, const LkCodesLimits *limits)
{
  LkCodesLimits defaults;

  lk_codes_limits_init_default (&defaults);
  return lk_codes_new (f->store, f->key, f->clock, f->rng, limits != NULL ? limits : &defaults);
}

/* Returns: (transfer full) (nullable): what was sent; NULL with the wait in @wait */
static LkSentCode *
ask (LkCodes *codes, const char *identifier, const char *from, int *wait)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (from);
  g_autoptr (GError) error = NULL;
  LkCodesRefusal refusal;
  LkSentCode *sent = lk_codes_request (codes, identifier, address, &refusal, &error);

  if (sent == NULL)
    {
      g_assert_error (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS);
      g_assert_cmpint (refusal.retry_after, >, 0);
    }
  if (wait != NULL)
    *wait = sent == NULL ? refusal.retry_after : 0;
  return sent;
}

static void
assert_sent (LkCodes *codes, const char *identifier, const char *from)
{
  g_autoptr (LkSentCode) sent = ask (codes, identifier, from, NULL);

  g_assert_nonnull (sent);
}

static void
assert_refused (LkCodes *codes, const char *identifier, const char *from, int expected_wait)
{
  int wait;
  g_autoptr (LkSentCode) sent = ask (codes, identifier, from, &wait);

  g_assert_null (sent);
  g_assert_cmpint (wait, ==, expected_wait);
}

static void
assert_right (LkCodes *codes, const LkSentCode *sent)
{
  g_autoptr (GError) error = NULL;
  LkCodesRefusal refusal;
  g_autofree char *identifier
      = lk_codes_check (codes, sent->verification->id, sent->code, &refusal, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (identifier, ==, OWNER);
}

static void
assert_problem (LkCodes *codes,
                const char *id,
                const char *code,
                LkProblem problem,
                int tries_left,
                int retry_after)
{
  g_autoptr (GError) error = NULL;
  LkCodesRefusal refusal;
  g_autofree char *identifier = lk_codes_check (codes, id, code, &refusal, &error);

  g_assert_null (identifier);
  g_assert_error (error, LK_PROBLEM, (int)problem);
  g_assert_cmpint (refusal.tries_left, ==, tries_left);
  g_assert_cmpint (refusal.retry_after, ==, retry_after);
}

static const char *
get_wrong_code (const LkSentCode *sent)
{
  return strcmp (sent->code, "000000") == 0 ? "000001" : "000000";
}

static void
test_code (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);

  g_assert_cmpuint (strlen (sent->code), ==, LK_CODE_LENGTH);
  g_assert_cmpuint (strspn (sent->code, "0123456789"), ==, LK_CODE_LENGTH);
  g_assert_cmpuint (sent->verification->code_length, ==, LK_CODE_LENGTH);
  g_assert_cmpuint (sent->verification->expires_in, ==, LK_CODE_LIFETIME);
  g_assert_cmpuint (sent->verification->resend_in, ==, 30);
  g_assert_cmpuint (strlen (sent->verification->id), ==, LK_ID_LENGTH);
  assert_right (codes, sent);
  /* Good for once. */
  assert_problem (codes, sent->verification->id, sent->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
  assert_problem (codes, "unknown", sent->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
}

static void
test_expiry (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) in_time = ask (codes, OWNER, HOME, NULL);
  g_autoptr (LkSentCode) late = NULL;

  server_fixture_advance (f, LK_CODE_LIFETIME - 1);
  assert_right (codes, in_time);
  late = ask (codes, OWNER, HOME, NULL);
  server_fixture_advance (f, LK_CODE_LIFETIME);
  assert_problem (codes, late->verification->id, late->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
}

/* Wrong guesses: five, with waits of 0, 0, 1 and 2 minutes between them. */
static void
test_guesses (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);
  const char *id = sent->verification->id, *wrong = get_wrong_code (sent);

  assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, 4, 0);
  assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, 3, 0);
  assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, 2, 60);
  /* Too early is not looked at, right or wrong, and costs nothing. */
  assert_problem (codes, id, sent->code, LK_PROBLEM_TOO_MANY_REQUESTS, 2, 60);
  server_fixture_advance (f, 59);
  assert_problem (codes, id, wrong, LK_PROBLEM_TOO_MANY_REQUESTS, 2, 1);
  server_fixture_advance (f, 1);
  assert_problem (codes, id, "", LK_PROBLEM_WRONG_CODE, 1, 120);
  server_fixture_advance (f, 120);
  assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, 0, -1);
  assert_problem (codes, id, sent->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
}

static void
test_right_after_wrong (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);
  const char *id = sent->verification->id, *wrong = get_wrong_code (sent);

  for (int tries_left = 4; tries_left >= 2; tries_left--)
    assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, tries_left, tries_left == 2 ? 60 : 0);
  server_fixture_advance (f, 60);
  assert_problem (codes, id, wrong, LK_PROBLEM_WRONG_CODE, 1, 120);
  server_fixture_advance (f, 120);
  assert_right (codes, sent);
}

/* A restart makes no code void, and no guess undone. */
static void
test_restart (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) before = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (before, OWNER, HOME, NULL);
  g_autoptr (LkCodes) after = NULL;

  assert_problem (before, sent->verification->id, get_wrong_code (sent), LK_PROBLEM_WRONG_CODE, 4,
                  0);
  g_clear_object (&before);
  server_fixture_reopen (f);
  after = make_codes (f, NULL);
  assert_problem (after, sent->verification->id, get_wrong_code (sent), LK_PROBLEM_WRONG_CODE, 3,
                  0);
  assert_right (after, sent);
}

static void
test_resend_waits (ServerFixture *f, gconstpointer data)
{
  static const int waits[] = { 30, 60, 120, 300, 600, 600, 600 };
  LkCodesLimits limits = { WIDE, WIDE, WIDE, WIDE, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);

      g_assert_nonnull (sent);
      g_assert_cmpuint (sent->verification->resend_in, ==, (guint)waits[i]);
      assert_refused (codes, OWNER, HOME, waits[i]);
      server_fixture_advance (f, waits[i] - 1);
      assert_refused (codes, OWNER, HOME, 1);
      server_fixture_advance (f, 1);
    }
  /* After an hour of silence it begins anew. */
  assert_sent (codes, OWNER, HOME);
  server_fixture_advance (f, LK_SEND_HISTORY_MEMORY);
  assert_sent (codes, OWNER, HOME);
  assert_refused (codes, OWNER, HOME, 30);
}

/* Another address of the same network is the same asker; of another network, it is not. */
static void
test_networks (ServerFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *a, *b;
    gboolean same;
  } cases[] = { { "192.0.2.1", "192.0.2.254", TRUE },
                { "192.0.2.1", "192.0.3.1", FALSE },
                { "192.0.2.1", "::ffff:192.0.2.9", TRUE },
                { "::ffff:192.0.2.1", "::ffff:192.0.3.1", FALSE },
                { "2001:db8:1::1", "2001:db8:1:ffff::2", TRUE },
                { "2001:db8:1::1", "2001:db8:2::1", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) a = g_inet_address_new_from_string (cases[i].a);
      g_autoptr (GInetAddress) b = g_inet_address_new_from_string (cases[i].b);
      g_autofree char *first = lk_codes_dup_network (a), *second = lk_codes_dup_network (b);

      g_assert_cmpint (g_strcmp0 (first, second) == 0, ==, cases[i].same);
    }
}

/* A new code voids the old one, but only that of the same network. */
static void
test_voiding (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) first = ask (codes, OWNER, HOME, NULL);
  g_autoptr (LkSentCode) second = NULL;
  g_autoptr (LkSentCode) strangers = NULL;

  server_fixture_advance (f, 30);
  second = ask (codes, OWNER, "192.0.2.99", NULL);
  assert_problem (codes, first->verification->id, first->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
  strangers = ask (codes, OWNER, STRANGER, NULL);
  assert_right (codes, second);
  g_assert_cmpstr (strangers->verification->id, !=, second->verification->id);
}

/* Wrong guesses on a stranger's verification do not count against the owner's. */
static void
test_strangers_guesses (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) owners = ask (codes, OWNER, HOME, NULL);
  g_autoptr (LkSentCode) strangers = ask (codes, OWNER, STRANGER, NULL);
  const char *wrong = get_wrong_code (strangers);

  for (guint i = 0; i < LK_CODE_TRIES + 3; i++)
    {
      g_autoptr (GError) error = NULL;
      LkCodesRefusal refusal;

      g_assert_null (lk_codes_check (codes, strangers->verification->id, wrong, &refusal, &error));
      server_fixture_advance (f, 60);
    }
  assert_problem (codes, strangers->verification->id, strangers->code, LK_PROBLEM_CODE_EXPIRED, -1,
                  -1);
  assert_right (codes, owners);
}

/* A stranger who asks for the owner's code from everywhere, all day: at each hour the owner gets a
 * code, and it works. */
static void
test_strangers_requests (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits;
  g_autoptr (LkCodes) codes = NULL;
  guint refused = 0;

  lk_codes_limits_init_default (&limits);
  limits.overall = limits.country = WIDE;
  codes = make_codes (f, &limits);
  for (guint hour = 0; hour < 24; hour++)
    {
      g_autoptr (LkSentCode) owners = NULL;

      for (guint i = 0; i < 400; i++)
        {
          g_autofree char *from = g_strdup_printf ("10.%u.%u.1", hour, i % 200);
          g_autoptr (LkSentCode) sent = ask (codes, OWNER, from, NULL);

          refused += sent == NULL ? 1 : 0;
          server_fixture_advance (f, 4);
        }
      owners = ask (codes, OWNER, HOME, NULL);
      g_assert_nonnull (owners);
      for (guint i = 0; i < 100; i++)
        {
          g_autofree char *from = g_strdup_printf ("10.%u.%u.1", hour, i);
          g_autoptr (LkSentCode) sent = ask (codes, OWNER, from, NULL);

          refused += sent == NULL ? 1 : 0;
          server_fixture_advance (f, 5);
        }
      assert_right (codes, owners);
      server_fixture_advance (f, 3600 - 400 * 4 - 100 * 5);
    }
  g_assert_cmpuint (refused, >, 0);
}

/* The cap by identifier: a network that had a code within the hour waits for it, one that had none
 * does not. */
static void
test_identifier_limit (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits = { { 2, 3600 }, WIDE, WIDE, WIDE, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  assert_sent (codes, OWNER, HOME);
  server_fixture_advance (f, 30);
  assert_sent (codes, OWNER, HOME);
  server_fixture_advance (f, 60);
  assert_refused (codes, OWNER, HOME, 3600 - 90);
  assert_sent (codes, OWNER, STRANGER);
  server_fixture_advance (f, 30);
  assert_refused (codes, OWNER, STRANGER, 3600 - 120);
  assert_sent (codes, "+4915187654321", HOME);
  server_fixture_advance (f, 3600 - 120);
  assert_sent (codes, OWNER, HOME);
}

static void
test_address_limit (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits = { WIDE, { 2, 60 }, WIDE, WIDE, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  assert_sent (codes, "a@example.org", "192.0.2.1");
  assert_sent (codes, "b@example.org", "192.0.2.2");
  assert_refused (codes, "c@example.org", "192.0.2.3", 60);
  assert_sent (codes, "c@example.org", STRANGER);
  server_fixture_advance (f, 60);
  assert_sent (codes, "c@example.org", "192.0.2.3");
  assert_refused (codes, "d@example.org", "192.0.2.3", 60);
}

static void
test_country_limit (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits = { WIDE, WIDE, { 2, 60 }, WIDE, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  assert_sent (codes, "+4915112345671", "192.0.2.1");
  assert_sent (codes, "+4915112345672", "198.51.100.1");
  assert_refused (codes, "+4915112345673", "203.0.113.1", 60);
  assert_sent (codes, "+33612345678", "203.0.113.1");
  assert_sent (codes, "a@example.org", "203.0.113.1");
}

static void
test_overall_limit (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits = { WIDE, WIDE, WIDE, { 2, 10 }, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  assert_sent (codes, "a@example.org", "192.0.2.1");
  assert_sent (codes, "b@example.org", "198.51.100.1");
  assert_refused (codes, "c@example.org", "203.0.113.1", 10);
  server_fixture_advance (f, 10);
  assert_sent (codes, "c@example.org", "203.0.113.1");
}

/* Who is refused by one limit takes nothing from the others. */
static void
test_refusal_takes_nothing (ServerFixture *f, gconstpointer data)
{
  LkCodesLimits limits = { WIDE, { 1, 60 }, { 2, 60 }, WIDE, 1000 };
  g_autoptr (LkCodes) codes = make_codes (f, &limits);

  assert_sent (codes, "+4915112345671", "192.0.2.1");
  for (guint i = 0; i < 10; i++)
    assert_refused (codes, "+4915112345672", "192.0.2.1", 60);
  assert_sent (codes, "+4915112345673", "198.51.100.1");
}

/* A code that could not be sent does not make its asker wait. */
static void
test_take_back (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);
  g_autoptr (GError) error = NULL;

  assert_refused (codes, OWNER, HOME, 30);
  g_assert_true (lk_codes_take_back (codes, sent->verification->id, &error));
  assert_problem (codes, sent->verification->id, sent->code, LK_PROBLEM_CODE_EXPIRED, -1, -1);
  assert_sent (codes, OWNER, HOME);
  g_assert_false (lk_codes_take_back (codes, sent->verification->id, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

/* Asking is the same for an identifier with an account and one without. */
static void
test_asking_tells_nothing (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) known = NULL;
  g_autoptr (LkSentCode) unknown = NULL;

  fixture_sign_in (f, OWNER);
  known = ask (codes, OWNER, HOME, NULL);
  unknown = ask (codes, "+4915187654321", HOME, NULL);
  g_assert_cmpuint (known->verification->resend_in, ==, unknown->verification->resend_in);
  g_assert_cmpuint (known->verification->expires_in, ==, unknown->verification->expires_in);
  g_assert_cmpuint (strlen (known->verification->id), ==, strlen (unknown->verification->id));
}

/* What the store holds of a code is of no use without the key: no digit of it is to be found. */
static LkVerificationFate
look_for_code (LkVerificationRecord *record, gpointer data)
{
  const LkSentCode *sent = data;

  g_assert_null (memmem (record->code, sizeof record->code, sent->code, LK_CODE_LENGTH));
  return LK_VERIFICATION_KEEP;
}

static void
test_stored_form (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);

  g_assert_true (
      lk_store_update_verification (f->store, sent->verification->id, look_for_code, sent, NULL));
}

typedef struct
{
  LkCodes *codes;
  const LkSentCode *sent;
  gint right;
} Race;

static gpointer
guess_right (gpointer data)
{
  Race *race = data;
  LkCodesRefusal refusal;
  g_autofree char *identifier = lk_codes_check (race->codes, race->sent->verification->id,
                                                race->sent->code, &refusal, NULL);

  if (identifier != NULL)
    g_atomic_int_inc (&race->right);
  return NULL;
}

/* Good for once, also when it comes twice in the same moment. */
static void
test_race (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkCodes) codes = make_codes (f, NULL);
  g_autoptr (LkSentCode) sent = ask (codes, OWNER, HOME, NULL);
  Race race = { codes, sent, 0 };
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("guess", guess_right, &race);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (race.right, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  server_fixture_add ("codes", "code", test_code);
  server_fixture_add ("codes", "expiry", test_expiry);
  server_fixture_add ("codes", "guesses", test_guesses);
  server_fixture_add ("codes", "right-after-wrong", test_right_after_wrong);
  server_fixture_add ("codes", "resend-waits", test_resend_waits);
  server_fixture_add ("codes", "networks", test_networks);
  server_fixture_add ("codes", "voiding", test_voiding);
  server_fixture_add ("codes", "strangers-guesses", test_strangers_guesses);
  server_fixture_add ("codes", "identifier-limit", test_identifier_limit);
  server_fixture_add ("codes", "address-limit", test_address_limit);
  server_fixture_add ("codes", "country-limit", test_country_limit);
  server_fixture_add ("codes", "overall-limit", test_overall_limit);
  server_fixture_add ("codes", "refusal-takes-nothing", test_refusal_takes_nothing);
  server_fixture_add ("codes", "take-back", test_take_back);
  server_fixture_add ("codes", "asking-tells-nothing", test_asking_tells_nothing);
  server_fixture_add ("codes", "stored-form", test_stored_form);
  server_fixture_add ("codes", "race", test_race);
  g_test_add ("/server/codes/sqlite/restart", ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE),
              server_fixture_set_up, test_restart, server_fixture_tear_down);
  /* Thousands of requests: the disk would only make it slow. */
  g_test_add ("/server/codes/memory/strangers-requests", ServerFixture,
              GINT_TO_POINTER (FIXTURE_MEMORY), server_fixture_set_up, test_strangers_requests,
              server_fixture_tear_down);
  return g_test_run ();
}
