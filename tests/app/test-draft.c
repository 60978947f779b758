/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The draft: what can be undone, and that neither a closed window nor a crash loses any of it. */

#include <signal.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "lk-draft.h"
#include "lk-test-async.h"

typedef struct
{
  char *folder;
  char *directory;
  GFile *photo;
  GPtrArray *drafts; /* (element-type LkDraft): closed at the end */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->folder = g_dir_make_tmp ("likeness-draft-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->directory = g_build_filename (fixture->folder, "draft", NULL);
  path = g_build_filename (fixture->folder, "photo.jpg", NULL);
  g_file_set_contents (path, "not really a photo", -1, &error);
  g_assert_no_error (error);
  fixture->photo = g_file_new_for_path (path);
  fixture->drafts = g_ptr_array_new ();
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_assert_no_errno (g_remove (path));
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *)data == NULL;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* As the end of the program does. A worker thread may hold its task, and so the draft, a moment
 * longer. */
static void
close_draft (LkDraft *draft)
{
  gpointer weak = draft;
  guint tick;

  g_object_add_weak_pointer (G_OBJECT (draft), &weak);
  g_object_unref (draft);
  tick = g_timeout_add (5, on_tick, NULL); /* its last reference wakes no main context */
  lk_test_wait_until (is_gone, &weak);
  g_source_remove (tick);
}

static LkDraft *
open_draft (Fixture *fixture)
{
  LkDraft *draft = lk_draft_new (fixture->directory);

  g_ptr_array_add (fixture->drafts, draft);
  return draft;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < fixture->drafts->len; i++)
    close_draft (g_ptr_array_index (fixture->drafts, i));
  g_ptr_array_unref (fixture->drafts);
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->directory);
  g_object_unref (fixture->photo);
}

static gboolean
load (LkDraft *draft, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  lk_draft_load_async (draft, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  return lk_draft_load_finish (draft, result, error);
}

static gboolean
flush (LkDraft *draft, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  lk_draft_flush_async (draft, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  return lk_draft_flush_finish (draft, result, error);
}

static gboolean
is_copied (gpointer data)
{
  g_autofree char *base = g_file_get_basename (lk_draft_get_source (data));

  return g_str_has_prefix (base, "source-");
}

/* The source is copied by a worker thread. */
static void
start (LkDraft *draft, GFile *source)
{
  lk_draft_start (draft, source);
  lk_test_wait_until (is_copied, draft);
}

static void
rotate (LkDraft *draft, int degrees, const char *gesture)
{
  g_autoptr (LkRecipe) recipe = lk_recipe_with_rotation (lk_draft_get_recipe (draft), degrees);

  lk_draft_change (draft, recipe, gesture);
}

static void
zoom (LkDraft *draft, double size, const char *gesture)
{
  LkCrop crop = lk_recipe_get_crop (lk_draft_get_recipe (draft));
  g_autoptr (LkRecipe) recipe = NULL;

  crop.size = size;
  recipe = lk_recipe_with_crop (lk_draft_get_recipe (draft), crop);
  lk_draft_change (draft, recipe, gesture);
}

static double
get_size (LkDraft *draft)
{
  return lk_recipe_get_crop (lk_draft_get_recipe (draft)).size;
}

static guint
count_sources (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->directory, 0, NULL);
  const char *name;
  guint count = 0;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    count += g_str_has_prefix (name, "source-");
  return count;
}

static void
test_undo (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);

  g_assert_false (lk_draft_get_can_undo (draft));
  lk_draft_undo (draft);
  rotate (draft, 90, NULL);
  rotate (draft, 180, NULL);
  rotate (draft, 180, NULL); /* no change, no step */
  lk_draft_undo (draft);
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (draft)), ==, 90);
  g_assert_true (lk_draft_get_can_redo (draft));
  lk_draft_redo (draft);
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (draft)), ==, 180);
  lk_draft_undo (draft);
  rotate (draft, 270, NULL); /* another way on: nothing to redo */
  g_assert_false (lk_draft_get_can_redo (draft));
  lk_draft_undo (draft);
  lk_draft_undo (draft);
  g_assert_false (lk_draft_get_can_undo (draft));
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (draft)), ==, 0);
}

static void
test_gesture_is_one_step (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);

  for (int i = 1; i <= 50; i++)
    zoom (draft, 1 - i / 100.0, "drag");
  lk_draft_seal (draft);
  zoom (draft, 0.4, "drag");
  zoom (draft, 0.3, "scroll");
  lk_draft_undo (draft);
  g_assert_cmpfloat_with_epsilon (get_size (draft), 0.4, 1e-9);
  lk_draft_undo (draft);
  g_assert_cmpfloat_with_epsilon (get_size (draft), 0.5, 1e-9);
  /* A change after an undo is no part of the gesture that was undone. */
  zoom (draft, 0.45, "drag");
  lk_draft_undo (draft);
  g_assert_cmpfloat_with_epsilon (get_size (draft), 0.5, 1e-9);
  lk_draft_undo (draft);
  g_assert_cmpfloat (get_size (draft), ==, 1);
  g_assert_false (lk_draft_get_can_undo (draft));
}

static void
test_undo_is_bounded (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);
  int steps = 0;

  for (int i = 0; i < LK_DRAFT_MAX_UNDO + 20; i++)
    zoom (draft, 0.9 - i / 1000.0, NULL);
  for (; lk_draft_get_can_undo (draft); steps++)
    lk_draft_undo (draft);
  g_assert_cmpint (steps, ==, LK_DRAFT_MAX_UNDO);
}

static void
test_is_kept (Fixture *fixture, gconstpointer data)
{
  const char *const refs[] = { "ref-1", "ref-2", NULL };
  g_autoptr (LkAudience) audience = lk_audience_new (LK_AUDIENCE_ONLY, refs);
  g_autoptr (GError) error = NULL;
  LkDraft *next;
  LkDraft *draft = lk_draft_new (fixture->directory);

  start (draft, fixture->photo);
  rotate (draft, 90, NULL);
  rotate (draft, 180, NULL);
  lk_draft_undo (draft);
  lk_draft_set_alt (draft, "Me, “outside”");
  lk_draft_set_audience (draft, audience);
  close_draft (draft);

  /* The original may go: it was copied. */
  g_file_delete (fixture->photo, NULL, &error);
  g_assert_no_error (error);

  next = open_draft (fixture);
  load (next, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_query_exists (lk_draft_get_source (next), NULL));
  g_assert_cmpstr (lk_draft_get_source_name (next), ==, "photo.jpg");
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (next)), ==, 90);
  g_assert_cmpstr (lk_draft_get_alt (next), ==, "Me, “outside”");
  g_assert_true (lk_audience_equal (lk_draft_get_audience (next), audience));
  lk_draft_redo (next);
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (next)), ==, 180);
  lk_draft_undo (next);
  lk_draft_undo (next);
  g_assert_false (lk_draft_get_can_undo (next));
}

static void
test_nothing_there (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_true (load (draft, &error));
  g_assert_no_error (error);
  g_assert_null (lk_draft_get_source (draft));
  g_assert_true (flush (draft, &error));
  g_assert_no_error (error);
}

static void
test_corrupt (Fixture *fixture, gconstpointer data)
{
  const char *const contents[] = { "",
                                   "{",
                                   "[]",
                                   "{\"version\": 99}",
                                   "{\"version\": 1}",
                                   "\377\376\000",
                                   "{\"version\": 1, \"source\": 7}" };
  g_autofree char *path = g_build_filename (fixture->directory, "draft.json", NULL);
  g_autofree char *aside = g_strconcat (path, ".corrupt", NULL);

  g_assert_no_errno (g_mkdir_with_parents (fixture->directory, 0700));
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      LkDraft *draft = lk_draft_new (fixture->directory);
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, contents[i], -1, &error);
      g_assert_no_error (error);
      g_assert_false (load (draft, &error));
      g_assert_error (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_CORRUPT);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));

      /* And it works on. */
      g_clear_error (&error);
      start (draft, fixture->photo);
      flush (draft, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
      lk_draft_clear (draft);
      close_draft (draft);
    }
}

static void
test_source_gone (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = lk_draft_new (fixture->directory);
  LkDraft *next;
  g_autoptr (GError) error = NULL;

  start (draft, fixture->photo);
  rotate (draft, 90, NULL);
  g_file_delete (lk_draft_get_source (draft), NULL, &error);
  g_assert_no_error (error);
  close_draft (draft);

  next = open_draft (fixture);
  g_assert_false (load (next, &error));
  g_assert_error (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_SOURCE_GONE);
  g_assert_null (lk_draft_get_source (next));

  /* The same file again: the edits are not lost. */
  start (next, fixture->photo);
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (next)), ==, 90);
  g_assert_true (lk_draft_get_can_undo (next));
}

static void
test_discard (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);
  g_autofree char *path = g_build_filename (fixture->directory, "draft.json", NULL);
  g_autoptr (GError) error = NULL;

  start (draft, fixture->photo);
  rotate (draft, 90, NULL);
  flush (draft, &error);
  g_assert_no_error (error);

  lk_draft_discard (draft);
  g_assert_null (lk_draft_get_source (draft));
  flush (draft, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_sources (fixture), ==, 1);

  lk_draft_restore (draft);
  g_assert_nonnull (lk_draft_get_source (draft));
  g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (draft)), ==, 90);
  flush (draft, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  lk_draft_discard (draft);
  lk_draft_forget (draft);
  lk_draft_restore (draft);
  g_assert_null (lk_draft_get_source (draft));
  flush (draft, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_sources (fixture), ==, 0);
}

static void
test_import (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("pasted", 6);
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *contents = NULL;

  lk_draft_import_async (draft, bytes, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  file = lk_draft_import_finish (draft, result, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_load_contents (file, NULL, &contents, NULL, NULL, NULL));
  g_assert_cmpstr (contents, ==, "pasted");

  lk_draft_start (draft, file);
  g_assert_true (g_file_equal (lk_draft_get_source (draft), file)); /* no second copy */
  lk_draft_clear (draft);
  flush (draft, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_sources (fixture), ==, 0);
}

static void
on_save_failed (LkDraft *draft, GError *error, int *failures)
{
  g_assert_nonnull (error);
  (*failures)++;
}

static void
test_cannot_write (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below_a_file = g_build_filename (g_file_peek_path (fixture->photo), "x", NULL);
  LkDraft *draft = lk_draft_new (below_a_file);
  g_autoptr (GError) error = NULL;
  int failures = 0;

  g_signal_connect (draft, "save-failed", G_CALLBACK (on_save_failed), &failures);
  lk_draft_start (draft, fixture->photo);
  g_assert_false (flush (draft, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (failures, ==, 1);
  /* The person can still go on. */
  g_assert_true (g_file_equal (lk_draft_get_source (draft), fixture->photo));
  close_draft (draft);
}

static void
test_alt_is_cut_between_characters (Fixture *fixture, gconstpointer data)
{
  LkDraft *draft = open_draft (fixture);
  g_autoptr (GString) text = g_string_new ("x");

  while (text->len < 3000)
    g_string_append (text, "€");
  lk_draft_set_alt (draft, text->str);
  g_assert_cmpuint (strlen (lk_draft_get_alt (draft)), <=, 2000);
  g_assert_cmpuint (strlen (lk_draft_get_alt (draft)), >, 1990);
  g_assert_true (g_utf8_validate (lk_draft_get_alt (draft), -1, NULL));
}

/* In a process of its own, which is killed: no destructor runs. */
static void
crash_after (gboolean flushed)
{
  g_autoptr (GFile) photo = g_file_new_for_path (g_getenv ("LK_TEST_PHOTO"));
  g_autoptr (GError) error = NULL;
  LkDraft *draft = lk_draft_new (g_getenv ("LK_TEST_DRAFT"));

  start (draft, photo);
  rotate (draft, 90, NULL);
  if (flushed)
    flush (draft, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 30; i++)
    zoom (draft, 0.9 - i / 100.0, "drag");
  raise (SIGKILL);
}

static void
test_crash (Fixture *fixture, gconstpointer data)
{
  gboolean flushed = GPOINTER_TO_INT (data);
  LkDraft *draft;
  g_autoptr (GError) error = NULL;

  if (g_test_subprocess ())
    crash_after (flushed);

  g_setenv ("LK_TEST_PHOTO", g_file_peek_path (fixture->photo), TRUE);
  g_setenv ("LK_TEST_DRAFT", fixture->directory, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());

  draft = open_draft (fixture);
  load (draft, &error);
  g_assert_no_error (error); /* whole or not there, never half */
  if (flushed)
    g_assert_cmpint (lk_recipe_get_rotation (lk_draft_get_recipe (draft)), ==, 90);
  /* What the crash left behind and nothing names is gone. */
  g_assert_cmpuint (count_sources (fixture), ==, lk_draft_get_source (draft) != NULL ? 1 : 0);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer), gconstpointer data)
{
  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("/draft/undo", test_undo, NULL);
  add ("/draft/gesture-is-one-step", test_gesture_is_one_step, NULL);
  add ("/draft/undo-is-bounded", test_undo_is_bounded, NULL);
  add ("/draft/is-kept", test_is_kept, NULL);
  add ("/draft/nothing-there", test_nothing_there, NULL);
  add ("/draft/corrupt", test_corrupt, NULL);
  add ("/draft/source-gone", test_source_gone, NULL);
  add ("/draft/discard", test_discard, NULL);
  add ("/draft/import", test_import, NULL);
  add ("/draft/cannot-write", test_cannot_write, NULL);
  add ("/draft/alt-is-cut-between-characters", test_alt_is_cut_between_characters, NULL);
  add ("/draft/crash/after-writing", test_crash, GINT_TO_POINTER (TRUE));
  add ("/draft/crash/at-once", test_crash, GINT_TO_POINTER (FALSE));
  return g_test_run ();
}
