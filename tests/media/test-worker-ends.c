/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"
#include "lk-test-async.h"
#include "lk-test-children.h"
#include "lk-test-picture.h"
#include "lk-worker.h"

#include <signal.h>
#include <string.h>

/* What becomes of LkWorker where its process dies, hangs, is cancelled or lies. */

/* A cancel has to be through within this, in µs. */
#define CANCEL_LIMIT (200 * G_TIME_SPAN_MILLISECOND)
#define RENDER "likeness-render"
#define FAKE "lk-fake-worker"

typedef struct
{
  GFile *file;
  LkWorker *worker;
  char *render; /* what LIKENESS_RENDER was */
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (200, 150, FALSE);
  g_autofree char *path = lk_test_path ("a.png");

  lk_test_frame_save (frame, path, "png");
  self->file = g_file_new_for_path (path);
  self->worker = lk_worker_new (self->file);
  self->render = g_strdup (g_getenv ("LIKENESS_RENDER"));
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  /* a thread that has just answered may hold it for a moment longer */
  g_object_unref (self->worker);
  g_object_unref (self->file);
  g_setenv ("LIKENESS_RENDER", self->render, TRUE);
  g_unsetenv ("LK_TEST_LIE");
  g_free (self->render);
  /* neither running nor left to be collected */
  lk_test_wait_children (RENDER, 0);
  lk_test_wait_children (FAKE, 0);
}

static void
assert_works (LkWorker *worker)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkProbe) probe = lk_worker_probe (worker, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (probe->width, ==, 200);
}

static void
assert_crashed (GError **error, const char *words)
{
  g_assert_error (*error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED);
  if (strstr ((*error)->message, words) == NULL)
    g_error ("“%s” does not say “%s”", (*error)->message, words);
  g_clear_error (error);
}

static void
tell (const char *signal_name, int signal)
{
  g_test_message ("%s", signal_name);
  g_assert_true (lk_test_signal_child (RENDER, signal));
}

/* Killed while it had nothing to do: nobody notices. */
static void
test_killed_idle (Fixture *self, gconstpointer data)
{
  assert_works (self->worker);
  tell ("kill", SIGKILL);
  lk_test_wait_children (RENDER, 0);
  assert_works (self->worker);
}

typedef struct
{
  GAsyncResult *result;
  GCancellable *cancellable;
} Waiting;

static void
start_load (Fixture *self, Waiting *waiting)
{
  lk_worker_load_async (self->worker, 100, waiting->cancellable, lk_test_keep_result,
                        &waiting->result);
}

static void
finish_load (Fixture *self, Waiting *waiting, GError **error)
{
  g_autoptr (GAsyncResult) result = lk_test_wait_result (&waiting->result);

  g_assert_null (lk_worker_load_finish (self->worker, result, NULL, error));
}

static gboolean
on_kill (gpointer data)
{
  g_assert_true (lk_test_signal_child (RENDER, GPOINTER_TO_INT (data)));

  return G_SOURCE_REMOVE;
}

/* A codec's crash: while it works, which it is kept at by being stopped first. */
static void
test_killed_working (Fixture *self, gconstpointer data)
{
  const int signals[] = {
    SIGKILL,
    SIGSYS,
#ifndef __SANITIZE_ADDRESS__
    /* the sanitizer makes a status of its own of these */
    SIGSEGV,
    SIGBUS,
    SIGABRT,
#endif
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autofree char *words = g_strdup_printf ("signal %d", signals[i]);
      g_autoptr (GError) error = NULL;
      Waiting waiting = { NULL };

      assert_works (self->worker);
      tell ("stop", SIGSTOP);
      start_load (self, &waiting);
      g_timeout_add (20, on_kill, GINT_TO_POINTER (signals[i]));
      if (signals[i] != SIGKILL)
        g_timeout_add (40, on_kill, GINT_TO_POINTER (SIGCONT));
      finish_load (self, &waiting, &error);
      assert_crashed (&error, words);
      assert_works (self->worker);
    }
}

/* It hangs. */
static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 start;

  assert_works (self->worker);
  lk_worker_set_timeout (self->worker, 300);
  tell ("stop", SIGSTOP);
  start = g_get_monotonic_time ();
  g_assert_null (lk_worker_probe (self->worker, NULL, &error));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 300 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_TIME_SPAN_SECOND);
  assert_crashed (&error, "hangs");
  lk_test_wait_children (RENDER, 0);
  lk_worker_set_timeout (self->worker, 10000);
  assert_works (self->worker);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *)data = TRUE;

  return G_SOURCE_REMOVE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

/* The request is under way by the end of this; if it were not, the case would hold all the same. */
static void
let_begin (void)
{
  gboolean over = FALSE;

  g_timeout_add (50, on_time, &over);
  lk_test_wait_until (is_true, &over);
}

static void
assert_cancelled (Fixture *self, Waiting *waiting)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_cancellable_cancel (waiting->cancellable);
  finish_load (self, waiting, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, CANCEL_LIMIT);
  /* what it did has ended, too */
  lk_test_wait_children (RENDER, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, CANCEL_LIMIT);
}

/* It works, for longer than it may go without progress, which the same work at ease is not. */
static void
test_never_ends (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text
      = g_string_new ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" "
                      "height=\"900\"><path d=\"M0 0");
  g_autofree char *path = lk_test_path ("path.svg");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (LkWorker) worker = lk_worker_new (file);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 300000; i++)
    g_string_append (text, " L9 9 L0 5");
  g_string_append (text, "z\"/></svg>");
  g_file_set_contents (path, text->str, (gssize)text->len, &error);
  g_assert_no_error (error);

  g_assert_null (lk_worker_load (worker, 100, NULL, NULL, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
  g_clear_error (&error);
  /* and by the parent, where the process itself does not see to it */
  lk_worker_set_timeout (worker, 500);
  g_assert_null (lk_worker_load (worker, 100, NULL, NULL, &error));
  assert_crashed (&error, "hangs");
}

/* Ended, it leaves nothing, and another request starts another. */
static void
test_ended (Fixture *self, gconstpointer data)
{
  lk_worker_end (self->worker);
  assert_works (self->worker);
  lk_worker_end (self->worker);
  g_assert_cmpint (lk_test_count_children (RENDER), ==, 0);
  assert_works (self->worker);
}

/* Whatever the decoder does, here nothing at all. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiting waiting = { .cancellable = cancellable };

  assert_works (self->worker);
  tell ("stop", SIGSTOP);
  start_load (self, &waiting);
  let_begin ();
  assert_cancelled (self, &waiting);
  assert_works (self->worker);
}

/* Before it begins, no process is started. */
static void
test_cancelled_before (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (lk_worker_probe (self->worker, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (lk_test_count_children (RENDER), ==, 0);
}

/* One that waits for its turn is cancelled, and the one that it waits for goes on. */
static void
test_cancelled_waiting (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) frame = NULL;
  Waiting first = { NULL };
  Waiting second = { .cancellable = cancellable };

  assert_works (self->worker);
  tell ("stop", SIGSTOP);
  start_load (self, &first);
  let_begin ();
  start_load (self, &second);
  g_cancellable_cancel (cancellable);
  finish_load (self, &second, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  tell ("continue", SIGCONT);
  result = lk_test_wait_result (&first.result);
  frame = lk_worker_load_finish (self->worker, result, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (frame);
}

typedef gboolean (*Ask) (LkWorker *worker, GError **error);

static gboolean
ask_probe (LkWorker *worker, GError **error)
{
  g_autoptr (LkProbe) probe = lk_worker_probe (worker, NULL, error);

  return probe != NULL;
}

static gboolean
ask_load (LkWorker *worker, GError **error)
{
  g_autoptr (LkFrame) frame = lk_worker_load (worker, 10, NULL, NULL, error);

  return frame != NULL;
}

static gboolean
ask_frame (LkWorker *worker, GError **error)
{
  g_autoptr (LkMotionFrame) frame = lk_worker_frame (worker, 0, 10, NULL, error);

  return frame != NULL;
}

static gboolean
ask_render (LkWorker *worker, GError **error)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (LkRendered) rendered = lk_worker_render (worker, recipe, NULL, NULL, NULL, error);

  return rendered != NULL;
}

static void
on_strip_frame (guint index, const LkMotionFrame *frame, gpointer data)
{
  g_assert_cmpuint (index, ==, 0);
}

static gboolean
ask_strip (LkWorker *worker, GError **error)
{
  return lk_worker_filmstrip (worker, 0, 1000, 3, 10, on_strip_frame, NULL, NULL, error);
}

static const Ask asks[] = { ask_probe, ask_load, ask_frame, ask_render, ask_strip };

static void
lie (const char *what)
{
  g_test_message ("%s", what);
  g_setenv ("LIKENESS_RENDER", g_getenv ("LK_TEST_FAKE_WORKER"), TRUE);
  g_setenv ("LK_TEST_LIE", what, TRUE);
}

/* No request takes these for an answer. */
static void
test_nonsense (Fixture *self, gconstpointer data)
{
  const char *const lies[] = { "garbage", "array", "deep",          "long",      "exit",
                               "crash",   "empty", "unknown-error", "not-ready", "never-ready" };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    for (guint j = 0; j < G_N_ELEMENTS (asks); j++)
      {
        g_autoptr (GError) error = NULL;

        lie (lies[i]);
        g_assert_false (asks[j](self->worker, &error));
        assert_crashed (&error, "The decoder");
        /* what lied is not asked again */
        lk_test_wait_children (FAKE, 0);
      }
}

static void
test_lies (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *lie;
    Ask ask;
  } lies[] = {
    { "kind", ask_probe },          { "too-wide", ask_probe },     { "no-pixels", ask_load },
    { "two-pixels", ask_load },     { "short", ask_load },         { "unsealed", ask_load },
    { "narrow-stride", ask_load },  { "overflow", ask_load },      { "overflow-4", ask_load },
    { "negative", ask_load },       { "no-width", ask_load },      { "beyond-int", ask_load },
    { "no-thumbnail", ask_render }, { "photo-twice", ask_render }, { "other-bytes", ask_render },
    { "fewer-files", ask_render },  { "overflow", ask_frame },     { "nothing", ask_frame },
    { "nothing", ask_strip },       { "strip-again", ask_strip },  { "strip-beyond", ask_strip },
    { "strip-again", ask_probe },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GError) error = NULL;

      lie (lies[i].lie);
      g_assert_false (lies[i].ask (self->worker, &error));
      g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED);
      lk_test_wait_children (FAKE, 0);
    }
}

/* The same answers without a lie are taken: it is the lie that is refused. */
static void
test_no_lie (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lie ("nothing");
  g_assert_true (ask_load (self->worker, &error));
  g_assert_no_error (error);
  g_setenv ("LK_TEST_LIE", "true-renditions", TRUE);
  g_assert_true (lk_test_signal_child (FAKE, SIGKILL));
  lk_test_wait_children (FAKE, 0);
  g_assert_true (ask_render (self->worker, &error));
  g_assert_no_error (error);
}

static void
test_silence (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lie ("silence");
  lk_worker_set_timeout (self->worker, 200);
  g_assert_false (ask_probe (self->worker, &error));
  assert_crashed (&error, "hangs");
}

static void
test_no_program (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_setenv ("LIKENESS_RENDER", "/nowhere/likeness-render", TRUE);
  g_assert_false (ask_probe (self->worker, &error));
  assert_crashed (&error, "cannot be started");
}

static int
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  int n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;

  return n;
}

/* A hundred processes, a third of them killed and a third cancelled. */
static void
test_no_trace (Fixture *self, gconstpointer data)
{
  int before;

  assert_works (self->worker);
  before = count_descriptors ();
  for (int i = 0; i < 100; i++)
    {
      g_autoptr (LkWorker) worker = lk_worker_new (self->file);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (LkFrame) frame = NULL;
      g_autoptr (GError) error = NULL;

      if (i % 3 == 1)
        g_cancellable_cancel (cancellable);
      if (i % 3 == 2)
        lie ("crash");
      frame = lk_worker_load (worker, 10, NULL, cancellable, &error);
      g_assert_true ((frame != NULL) == (i % 3 == 0));
      g_setenv ("LIKENESS_RENDER", self->render, TRUE);
    }
  lk_test_wait_children (RENDER, 1);
  lk_test_wait_children (FAKE, 0);
  g_assert_cmpint (count_descriptors (), ==, before);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/media/worker/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("killed-idle", test_killed_idle);
  ADD ("killed-working", test_killed_working);
  ADD ("stopped", test_stopped);
  ADD ("never-ends", test_never_ends);
  ADD ("ended", test_ended);
  ADD ("cancelled", test_cancelled);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("cancelled-waiting", test_cancelled_waiting);
  ADD ("nonsense", test_nonsense);
  ADD ("lies", test_lies);
  ADD ("no-lie", test_no_lie);
  ADD ("silence", test_silence);
  ADD ("no-program", test_no_program);
  ADD ("no-trace", test_no_trace);

  return g_test_run ();
}
