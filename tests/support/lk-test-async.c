/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-async.h"

static gboolean
on_timeout (gpointer data)
{
  g_error ("Waited %d seconds in vain", LK_TEST_TIMEOUT);

  return G_SOURCE_REMOVE;
}

static gboolean
has_result (gpointer data)
{
  GAsyncResult **slot = data;

  return *slot != NULL;
}

/**
 * lk_test_wait_until:
 * @condition: what to wait for
 * @data: for @condition
 *
 * Runs the thread's main context until @condition holds; ends the test program after
 * LK_TEST_TIMEOUT seconds.
 */
void
lk_test_wait_until (LkTestCondition condition, gpointer data)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GSource) timeout = g_timeout_source_new_seconds (LK_TEST_TIMEOUT);

  g_source_set_callback (timeout, on_timeout, NULL, NULL);
  g_source_attach (timeout, context);
  while (!condition (data))
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
}

/**
 * lk_test_keep_result:
 * @source: whose operation it is
 * @result: its result
 * @data: a GAsyncResult **, NULL so far
 *
 * The GAsyncReadyCallback of a test: keeps the result for lk_test_wait_result(). A second call
 * fails the test.
 */
void
lk_test_keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

/**
 * lk_test_wait_result:
 * @slot: as given to lk_test_keep_result()
 *
 * Returns: (transfer full): the result, once it is there; @slot is NULL again
 */
GAsyncResult *
lk_test_wait_result (GAsyncResult **slot)
{
  lk_test_wait_until (has_result, slot);

  return g_steal_pointer (slot);
}

/**
 * lk_test_run_pending:
 *
 * Runs what is ready on the thread's main context, without waiting.
 */
void
lk_test_run_pending (void)
{
  GMainContext *context = g_main_context_get_thread_default ();

  while (g_main_context_iteration (context, FALSE))
    ;
}
