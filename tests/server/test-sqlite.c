/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "lk-migrations.h"
#include "lk-sqlite-store.h"
#include "lk-sqlite.h"
#include "server-fixture.h"

#define FOLDER "/app/likeness/Likeness/migrations"

typedef struct
{
  char *directory;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("likeness-sqlite-XXXXXX", NULL);
  f->path = g_build_filename (f->directory, "test.db", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fixture_remove_tree (f->directory);
  g_free (f->path);
  g_free (f->directory);
}

static LkSqlite *
open_db (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  LkSqlite *db = lk_sqlite_open (f->path, &error);

  g_assert_no_error (error);
  return db;
}

static gint64
get_int (LkSqlite *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;

  lk_sqlite_get_int (db, &value, NULL, &error, sql, "");
  g_assert_no_error (error);
  return value;
}

static GResource *
make_resource (Fixture *f, const char *const *names_and_scripts)
{
  g_autofree char *xml = g_build_filename (f->directory, "test.gresource.xml", NULL);
  g_autofree char *target = g_build_filename (f->directory, "test.gresource", NULL);
  g_autoptr (GString) text = g_string_new ("<gresources><gresource prefix=\"/test\">");
  g_autoptr (GError) error = NULL;
  g_autofree char *command = NULL;
  GResource *resource;
  int status = 0;

  for (guint i = 0; names_and_scripts[i] != NULL; i += 2)
    {
      g_autofree char *path = g_build_filename (f->directory, names_and_scripts[i], NULL);

      g_assert_true (g_file_set_contents (path, names_and_scripts[i + 1], -1, NULL));
      g_string_append_printf (text, "<file>%s</file>", names_and_scripts[i]);
    }
  g_string_append (text, "</gresource></gresources>");
  g_assert_true (g_file_set_contents (xml, text->str, -1, NULL));
  command = g_strdup_printf ("glib-compile-resources --sourcedir=%s --target=%s %s", f->directory,
                             target, xml);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, &error));
  g_assert_true (g_spawn_check_wait_status (status, &error));
  resource = g_resource_load (target, &error);
  g_assert_no_error (error);
  return resource;
}

#define SCRIPTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_open (Fixture *f, gconstpointer data)
{
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_cmpint (get_int (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (get_int (db, "PRAGMA synchronous"), ==, 2);
  g_assert_cmpint (stat (f->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_true (lk_sqlite_execute_script (db, "CREATE TABLE t (x)", &error));
  g_free (f->path);
  f->path = g_build_filename (f->directory, "test.db-wal", NULL);
  g_assert_cmpint (stat (f->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_not_a_database (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (4096, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->path, text, -1, NULL));
  g_assert_null (lk_sqlite_open (f->path, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (lk_sqlite_open ("/does/not/exist/test.db", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
}

static void
test_values (Fixture *f, gconstpointer data)
{
  static const guint8 digest[LK_SQLITE_DIGEST_LENGTH] = "a digest\0with a NUL in it";
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (LkQuery) query = NULL;
  g_autoptr (GError) error = NULL;
  guint8 read[LK_SQLITE_DIGEST_LENGTH];
  gint64 value = 7;
  gboolean found = TRUE;

  g_assert_true (lk_sqlite_execute_script (db, "CREATE TABLE t (i, t, n, d)", &error));
  g_assert_true (lk_sqlite_run (db, &error, "INSERT INTO t VALUES (?, ?, ?, ?)", "ittd", G_MAXINT64,
                                "'; DROP TABLE t;", NULL, digest));
  g_assert_cmpint (lk_sqlite_get_changes (db), ==, 1);
  query = lk_sqlite_query (db, "SELECT i, t, n, d FROM t", "");
  g_assert_true (lk_query_next (query));
  g_assert_cmpint (lk_query_get_int (query, 0), ==, G_MAXINT64);
  g_assert_cmpstr (lk_query_get_text (query, 1), ==, "'; DROP TABLE t;");
  g_assert_true (lk_query_is_null (query, 2));
  lk_query_get_digest (query, 3, read);
  g_assert_cmpmem (read, sizeof read, digest, sizeof digest);
  g_assert_false (lk_query_next (query));
  g_assert_false (lk_query_next (query));
  g_assert_true (lk_query_finish (query, &error));
  g_assert_true (lk_sqlite_get_int (db, &value, &found, &error, "SELECT i FROM t WHERE i = ?", "i",
                                    (gint64)1));
  g_assert_false (found);
  g_assert_cmpint (value, ==, 7);
}

static void
test_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (LkQuery) query = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (lk_sqlite_run (db, &error, "NO SQL", ""));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_clear_error (&error);
  query = lk_sqlite_query (db, "SELECT x FROM nowhere", "");
  g_assert_false (lk_query_next (query));
  g_assert_false (lk_query_finish (query, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (lk_sqlite_execute_script (
      db, "CREATE TABLE t (x PRIMARY KEY); INSERT INTO t VALUES (1)", &error));
  g_assert_false (lk_sqlite_run (db, &error, "INSERT INTO t VALUES (?)", "i", (gint64)1));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_clear_error (&error);
  /* A statement that failed can be used again. */
  g_assert_true (lk_sqlite_run (db, &error, "INSERT INTO t VALUES (?)", "i", (gint64)2));
}

/* A full disk is told from other failures. */
static void
test_full (Fixture *f, gconstpointer data)
{
  g_autoptr (LkSqlite) db = open_db (f);
  g_autofree char *text = g_strnfill (65536, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_true (
      lk_sqlite_execute_script (db, "CREATE TABLE t (x); PRAGMA max_page_count = 4", &error));
  g_assert_false (lk_sqlite_run (db, &error, "INSERT INTO t VALUES (?)", "t", text));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FULL);
}

/* The same text within itself. */
static void
test_nested (Fixture *f, gconstpointer data)
{
  static const char sql[] = "SELECT x FROM t ORDER BY x";
  g_autoptr (LkSqlite) db = open_db (f);
  guint count = 0;

  g_assert_true (lk_sqlite_execute_script (
      db, "CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)", NULL));
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (LkQuery) outer = lk_sqlite_query (db, sql, "");

      while (lk_query_next (outer))
        {
          g_autoptr (LkQuery) inner = lk_sqlite_query (db, sql, "");

          while (lk_query_next (inner))
            count++;
        }
    }
  g_assert_cmpuint (count, ==, 18);
}

static void
test_migrate (Fixture *f, gconstpointer data)
{
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (GResource) first = make_resource (f, SCRIPTS ("0001-a.sql", "CREATE TABLE a (x);"));
  g_autoptr (GResource) both
      = make_resource (f, SCRIPTS ("0001-a.sql", "CREATE TABLE a (x);", "0002-b.sql",
                                   "CREATE TABLE b (x); INSERT INTO b VALUES (1);"));
  g_autoptr (GError) error = NULL;

  g_assert_true (lk_sqlite_migrate (db, first, "/test", &error));
  g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (lk_sqlite_migrate (db, both, "/test", &error));
      g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 2);
      g_assert_cmpint (get_int (db, "SELECT COUNT(*) FROM b"), ==, 1);
    }
  /* The older program does not touch what the newer one wrote. */
  g_assert_false (lk_sqlite_migrate (db, first, "/test", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER);
  g_assert_cmpint (get_int (db, "SELECT COUNT(*) FROM b"), ==, 1);
}

/* One that fails half-way leaves what was. */
static void
test_failed_migration (Fixture *f, gconstpointer data)
{
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (GResource) broken
      = make_resource (f, SCRIPTS ("0001-a.sql", "CREATE TABLE a (x);", "0002-b.sql",
                                   "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1);"));
  g_autoptr (GResource) gap = make_resource (f, SCRIPTS ("0001-a.sql", "", "0003-c.sql", ""));
  g_autoptr (GError) error = NULL;

  g_assert_false (lk_sqlite_migrate (db, broken, "/test", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "0002-b.sql"));
  g_clear_error (&error);
  g_assert_cmpint (get_int (db, "PRAGMA user_version"), ==, 0);
  g_assert_cmpint (get_int (db, "SELECT COUNT(*) FROM sqlite_schema"), ==, 0);
  g_assert_false (lk_sqlite_migrate (db, gap, "/test", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_FAILED);
  g_clear_error (&error);
  /* The connection is in no transaction: it can be used. */
  g_assert_true (lk_sqlite_migrate (db, lk_migrations_get_resource (), FOLDER, &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_int (db, "PRAGMA user_version"), >=, 1);
}

/* A database of a newer program is refused, and stays as it is. */
static void
test_newer (Fixture *f, gconstpointer data)
{
  static const guint8 key_bytes[LK_SERVER_KEY_LENGTH] = { 1 };
  g_autoptr (LkServerKey) key = lk_server_key_new (key_bytes);
  g_autoptr (LkClock) clock = lk_clock_new_system ();
  g_autoptr (LkRng) rng = lk_rng_new_system ();
  g_autoptr (LkSqlite) db = open_db (f);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      lk_sqlite_execute_script (db, "CREATE TABLE future (x); PRAGMA user_version = 9999", &error));
  g_assert_null (lk_sqlite_store_new (f->path, key, clock, rng, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NEWER);
  g_assert_cmpint (get_int (db, "SELECT COUNT(*) FROM sqlite_schema"), ==, 1);
}

/* Looked for in the bytes of the files, so as not to miss a column. */
static gboolean
file_holds (const char *path, const char *text)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return FALSE;
  return memmem (contents, length, text, strlen (text)) != NULL;
}

/* Identifiers of people who have no account are not to be read from the database, nor is anything
 * of an erased account. */
static void
test_nothing_in_clear (ServerFixture *f, gconstpointer data)
{
  g_autofree char *path = server_fixture_dup_path (f, "likeness.db"),
                  *wal = g_strconcat (path, "-wal", NULL);
  gint64 anna = fixture_sign_in (f, "anna@example.org");
  g_autoptr (GPtrArray) orphans = NULL;

  fixture_share (f, anna,
                 (const char *const[]){ "1", "carl@example.org", "2", "+4915112345678", NULL });
  g_assert_true (file_holds (wal, "anna@example.org") || file_holds (path, "anna@example.org"));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (file_holds (path, "carl@example.org"));
      g_assert_false (file_holds (wal, "carl@example.org"));
      g_assert_false (file_holds (path, "+4915112345678"));
      g_assert_false (file_holds (wal, "+4915112345678"));
      server_fixture_reopen (f);
    }
  g_assert_true (lk_store_erase_account (f->store, anna, &orphans, NULL));
  server_fixture_reopen (f);
  g_assert_false (file_holds (path, "anna@example.org"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/server/sqlite/open", Fixture, NULL, set_up, test_open, tear_down);
  g_test_add ("/server/sqlite/not-a-database", Fixture, NULL, set_up, test_not_a_database,
              tear_down);
  g_test_add ("/server/sqlite/values", Fixture, NULL, set_up, test_values, tear_down);
  g_test_add ("/server/sqlite/errors", Fixture, NULL, set_up, test_errors, tear_down);
  g_test_add ("/server/sqlite/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/server/sqlite/nested", Fixture, NULL, set_up, test_nested, tear_down);
  g_test_add ("/server/sqlite/migrate", Fixture, NULL, set_up, test_migrate, tear_down);
  g_test_add ("/server/sqlite/failed-migration", Fixture, NULL, set_up, test_failed_migration,
              tear_down);
  g_test_add ("/server/sqlite/newer", Fixture, NULL, set_up, test_newer, tear_down);
  g_test_add ("/server/sqlite/nothing-in-clear", ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE),
              server_fixture_set_up, test_nothing_in_clear, server_fixture_tear_down);
  return g_test_run ();
}
