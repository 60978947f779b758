/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rate-limiter.h"
#include "lk-send-history.h"

static gint64 now; /* s */

static gint64
read_now (gpointer data)
{
  return now * G_USEC_PER_SEC;
}

static LkRateLimiter *
make_limiter (guint burst, guint interval, guint max_keys)
{
  g_autoptr (LkClock) clock = lk_clock_new (read_now, NULL, NULL);

  return lk_rate_limiter_new (clock, (LkRate){ burst, interval }, max_keys);
}

static void
test_bucket (void)
{
  g_autoptr (LkRateLimiter) limiter = make_limiter (3, 10, 100);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (lk_rate_limiter_peek (limiter, "a"), ==, 0);
      g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 0);
    }
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 10);
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "b"), ==, 0);
  now += 9;
  g_assert_cmpuint (lk_rate_limiter_peek (limiter, "a"), ==, 1);
  now += 1;
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 0);
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 10);
  /* No more than the burst is saved up. */
  now += 1000;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 0);
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 10);
}

static void
test_no_limit (void)
{
  g_autoptr (LkRateLimiter) limiter = make_limiter (0, 10, 100);

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (lk_rate_limiter_take (limiter, "a"), ==, 0);
  g_assert_cmpuint (lk_rate_limiter_get_n_keys (limiter), ==, 0);
}

static void
test_memory (void)
{
  g_autoptr (LkRateLimiter) limiter = make_limiter (2, 10, 50);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      g_assert_cmpuint (lk_rate_limiter_take (limiter, key), ==, 0);
      g_assert_cmpuint (lk_rate_limiter_get_n_keys (limiter), <=, 50);
    }
  g_assert_cmpuint (lk_rate_limiter_get_n_keys (limiter), ==, 50);
  /* The refused and the merely asked about are not remembered. */
  g_assert_cmpuint (lk_rate_limiter_peek (limiter, "new"), ==, 0);
  g_assert_cmpuint (lk_rate_limiter_get_n_keys (limiter), ==, 50);
  /* What has filled up again is forgotten. */
  now += 1000;
  g_assert_cmpuint (lk_rate_limiter_take (limiter, "new"), ==, 0);
  g_assert_cmpuint (lk_rate_limiter_get_n_keys (limiter), ==, 1);
}

static void
test_history_memory (void)
{
  g_autoptr (LkSendHistory) history = lk_send_history_new (50);
  gint64 at = 0;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      lk_send_history_add (history, key, at += G_USEC_PER_SEC);
      g_assert_cmpuint (lk_send_history_get_n_keys (history), <=, 50);
    }
  g_assert_true (lk_send_history_knows (history, "999", at));
  g_assert_false (lk_send_history_knows (history, "1", at));
  at += (gint64)LK_SEND_HISTORY_MEMORY * G_USEC_PER_SEC;
  g_assert_false (lk_send_history_knows (history, "999", at));
  g_assert_cmpuint (lk_send_history_get_wait (history, "999", at), ==, 0);
  lk_send_history_add (history, "new", at);
  g_assert_cmpuint (lk_send_history_get_n_keys (history), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  now = 1767225600;
  g_test_add_func ("/server/limits/bucket", test_bucket);
  g_test_add_func ("/server/limits/no-limit", test_no_limit);
  g_test_add_func ("/server/limits/memory", test_memory);
  g_test_add_func ("/server/limits/history-memory", test_history_memory);
  return g_test_run ();
}
