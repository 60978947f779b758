/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include "lk-disk-blob-store.h"
#include "lk-hash.h"
#include "lk-memory-blob-store.h"
#include "lk-publisher.h"
#include "server-fixture.h"

/* Every test runs over the blobs on disk beside SQLite and over those in memory beside the memory
 * store. */
typedef struct
{
  ServerFixture server;
  char *directory;
  LkBlobStore *blobs;
} BlobFixture;

static LkBlobStore *
open_disk (BlobFixture *f)
{
  g_autoptr (GError) error = NULL;
  LkDiskBlobStore *blobs = lk_disk_blob_store_new (f->directory, &error);

  g_assert_no_error (error);
  return LK_BLOB_STORE (blobs);
}

static void
set_up (BlobFixture *f, gconstpointer backend)
{
  server_fixture_set_up (&f->server, backend);
  f->directory = server_fixture_dup_path (&f->server, "blobs");
  f->blobs = GPOINTER_TO_INT (backend) == FIXTURE_SQLITE
                 ? open_disk (f)
                 : LK_BLOB_STORE (lk_memory_blob_store_new ());
}

static void
tear_down (BlobFixture *f, gconstpointer backend)
{
  g_assert_finalize_object (f->blobs);
  g_free (f->directory);
  server_fixture_tear_down (&f->server, backend);
}

static GBytes *
make_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static char *
put (BlobFixture *f, const char *text)
{
  g_autoptr (GBytes) bytes = make_bytes (text);
  g_autofree char *sha256 = lk_hash_sha256_hex (bytes);
  g_autoptr (GError) error = NULL;

  lk_blob_store_put (f->blobs, sha256, bytes, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&sha256);
}

static guint
count_blobs (BlobFixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) blobs = lk_blob_store_list (f->blobs, &error);

  g_assert_no_error (error);
  return blobs->len;
}

static void
test_put (BlobFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put (f, "hello"), *again = put (f, "hello"), *empty = put (f, "");
  g_autoptr (GBytes) expected = make_bytes ("hello");
  g_autoptr (GBytes) loaded = NULL;
  g_autoptr (GBytes) nothing = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[16] = { 0 };
  goffset size = 0;
  gsize read = 0;

  g_assert_cmpuint (count_blobs (f), ==, 2);
  loaded = lk_blob_store_load (f->blobs, sha256, &error);
  g_assert_true (g_bytes_equal (loaded, expected));
  nothing = lk_blob_store_load (f->blobs, empty, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
  stream = lk_blob_store_open (f->blobs, sha256, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (size, ==, 5);
  g_assert_true (G_IS_SEEKABLE (stream));
  g_assert_true (g_input_stream_read_all (stream, buffer, sizeof buffer, &read, NULL, &error));
  g_assert_cmpstr (buffer, ==, "hello");

  /* Who is reading goes on reading. */
  g_assert_true (lk_blob_store_remove (f->blobs, sha256, &error));
  g_assert_true (g_bytes_equal (loaded, expected));
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 1, G_SEEK_SET, NULL, &error));
  g_assert_true (g_input_stream_read_all (stream, buffer, sizeof buffer, &read, NULL, &error));
  g_assert_cmpuint (read, ==, 4);
}

static void
test_missing (BlobFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put (f, "hello");
  g_autoptr (GError) error = NULL;
  goffset size;

  g_assert_true (lk_blob_store_remove (f->blobs, sha256, &error));
  g_assert_true (lk_blob_store_remove (f->blobs, sha256, &error));
  g_assert_null (lk_blob_store_load (f->blobs, sha256, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (lk_blob_store_open (f->blobs, sha256, &size, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_blobs (f), ==, 0);
}

/* A name that is no hash never gets to the disk. */
static void
test_bad_names (BlobFixture *f, gconstpointer data)
{
  static const char *const names[] = { "", "..", "../../etc/passwd", "/etc/passwd", "AB", "0123" };
  g_autoptr (GBytes) bytes = make_bytes ("hello");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      goffset size;

      g_assert_false (lk_blob_store_put (f->blobs, names[i], bytes, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      g_assert_null (lk_blob_store_load (f->blobs, names[i], NULL));
      g_assert_null (lk_blob_store_open (f->blobs, names[i], &size, NULL));
      g_assert_false (lk_blob_store_remove (f->blobs, names[i], NULL));
    }
}

static void
assert_mode (const char *path, mode_t expected)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, expected);
}

static void
test_layout (BlobFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put (f, "hello");
  g_autofree char *fan = g_strndup (sha256, 2),
                  *folder = g_build_filename (f->directory, fan, NULL);
  g_autofree char *path = g_build_filename (folder, sha256, NULL);

  assert_mode (f->directory, 0700);
  assert_mode (folder, 0700);
  assert_mode (path, 0600);
}

/* What a crash left is gone at the next start; the whole blobs are not. */
static void
test_left_over (BlobFixture *f, gconstpointer data)
{
  g_autofree char *sha256 = put (f, "hello");
  g_autofree char *fan = g_strndup (sha256, 2),
                  *left = g_build_filename (f->directory, fan, ".new-abcdef", NULL);
  g_autoptr (GBytes) loaded = NULL;

  g_assert_true (g_file_set_contents (left, "hel", 3, NULL));
  g_assert_cmpuint (count_blobs (f), ==, 1);
  g_assert_finalize_object (f->blobs);
  f->blobs = open_disk (f);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  loaded = lk_blob_store_load (f->blobs, sha256, NULL);
  g_assert_cmpuint (g_bytes_get_size (loaded), ==, 5);
}

/* A put that fails leaves nothing half. A file in the place of the folder makes it fail, for root
 * too. */
static void
test_failed_put (BlobFixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes ("hello");
  g_autofree char *sha256 = lk_hash_sha256_hex (bytes), *fan = g_strndup (sha256, 2);
  g_autofree char *folder = g_build_filename (f->directory, fan, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  g_assert_false (lk_blob_store_put (f->blobs, sha256, bytes, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (count_blobs (f), ==, 0);
}

/* The publisher */

static LkPicture *
publish (BlobFixture *f,
         LkPublisher *publisher,
         gint64 account,
         const char *alt,
         const char *key,
         GError **error)
{
  g_autoptr (LkPicture) picture = fixture_make_picture (alt, LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (GPtrArray) blobs = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < picture->renditions->len; i++)
    {
      g_autofree char *text
          = g_strconcat (alt, " ", ((LkRendition *)picture->renditions->pdata[i])->name, NULL);

      g_ptr_array_add (blobs, make_bytes (text));
    }
  return lk_publisher_publish (publisher, account, picture, blobs, key, alt, error);
}

static void
test_publisher (BlobFixture *f, gconstpointer data)
{
  g_autoptr (LkPublisher) publisher = lk_publisher_new (f->server.store, f->blobs);
  gint64 anna = fixture_sign_in (&f->server, "anna@example.org"),
         bert = fixture_sign_in (&f->server, "bert@example.org");
  g_autoptr (LkPicture) one = NULL;
  g_autoptr (LkPicture) again = NULL;
  g_autoptr (LkPicture) same = NULL;
  g_autoptr (LkPicture) two = NULL;
  g_autoptr (GError) error = NULL;

  one = publish (f, publisher, anna, "One", "1", &error);
  again = publish (f, publisher, anna, "One", "1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (one->id, ==, again->id);
  same = publish (f, publisher, bert, "One", "1", &error);
  two = publish (f, publisher, bert, "Two", "2", &error);
  g_assert_cmpuint (count_blobs (f), ==, 4);

  /* What fails leaves nothing, and takes nothing that another picture needs. */
  g_assert_null (publish (f, publisher, anna, "Three", "1", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (publish (f, publisher, 4711, "Three", "3", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (publish (f, publisher, 4711, "Two", "3", &error));
  g_clear_error (&error);
  g_assert_cmpuint (count_blobs (f), ==, 4);

  g_assert_true (lk_publisher_withdraw (publisher, anna, one->id, &error));
  g_assert_cmpuint (count_blobs (f), ==, 4);
  g_assert_false (lk_publisher_withdraw (publisher, anna, two->id, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (lk_publisher_erase_account (publisher, bert, &error));
  g_assert_cmpuint (count_blobs (f), ==, 0);
}

static void
test_collect (BlobFixture *f, gconstpointer data)
{
  g_autoptr (LkPublisher) publisher = lk_publisher_new (f->server.store, f->blobs);
  gint64 anna = fixture_sign_in (&f->server, "anna@example.org");
  g_autofree char *left = put (f, "left over"), *also = put (f, "also left over");
  g_autoptr (LkPicture) one = publish (f, publisher, anna, "One", "1", NULL);
  g_autoptr (GError) error = NULL;
  guint removed = 0;

  g_assert_true (lk_publisher_collect (publisher, &removed, &error));
  g_assert_cmpuint (removed, ==, 2);
  g_assert_cmpuint (count_blobs (f), ==, 2);
  g_assert_true (lk_publisher_collect (publisher, &removed, &error));
  g_assert_cmpuint (removed, ==, 0);
}

typedef struct
{
  BlobFixture *fixture;
  LkPublisher *publisher;
  gint64 account;
} Worker;

/* Publishes and withdraws the same content over and over. */
static gpointer
churn (gpointer data)
{
  Worker *worker = data;

  for (guint i = 0; i < 25; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (LkPicture) picture
          = publish (worker->fixture, worker->publisher, worker->account, "Same", key, &error);

      g_assert_no_error (error);
      for (guint k = 0; k < picture->renditions->len; k++)
        {
          const LkRendition *rendition = picture->renditions->pdata[k];
          g_autoptr (GBytes) bytes
              = lk_blob_store_load (worker->fixture->blobs, rendition->sha256, &error);

          /* A row names it, so it is there, whatever the others withdraw. */
          g_assert_no_error (error);
          g_assert_cmpuint (g_bytes_get_size (bytes), ==, rendition->size);
        }
      lk_publisher_withdraw (worker->publisher, worker->account, picture->id, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static void
test_churn (BlobFixture *f, gconstpointer data)
{
  g_autoptr (LkPublisher) publisher = lk_publisher_new (f->server.store, f->blobs);
  Worker workers[3];
  GThread *threads[G_N_ELEMENTS (workers)];

  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    {
      g_autofree char *identifier = g_strdup_printf ("worker%u@example.org", i);

      workers[i] = (Worker){ f, publisher, fixture_sign_in (&f->server, identifier) };
      threads[i] = g_thread_new ("churn", churn, &workers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_blobs (f), ==, 0);
}

static void
add (const char *name, void (*test) (BlobFixture *f, gconstpointer data), gboolean disk_only)
{
  g_autofree char *disk = g_strconcat ("/server/blobs/disk/", name, NULL);
  g_autofree char *memory = g_strconcat ("/server/blobs/memory/", name, NULL);

  g_test_add (disk, BlobFixture, GINT_TO_POINTER (FIXTURE_SQLITE), set_up, test, tear_down);
  if (!disk_only)
    g_test_add (memory, BlobFixture, GINT_TO_POINTER (FIXTURE_MEMORY), set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("put", test_put, FALSE);
  add ("missing", test_missing, FALSE);
  add ("bad-names", test_bad_names, FALSE);
  add ("publisher", test_publisher, FALSE);
  add ("collect", test_collect, FALSE);
  add ("churn", test_churn, FALSE);
  add ("layout", test_layout, TRUE);
  add ("left-over", test_left_over, TRUE);
  add ("failed-put", test_failed_put, TRUE);
  return g_test_run ();
}
