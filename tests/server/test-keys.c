/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lk-clock.h"
#include "lk-rng.h"
#include "lk-server-key.h"
#include "lk-token.h"
#include "server-fixture.h"

typedef struct
{
  char *directory;
  char *path;
  LkRng *rng;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->directory = g_dir_make_tmp ("likeness-keys-XXXXXX", NULL);
  f->path = g_build_filename (f->directory, "key", NULL);
  f->rng = lk_rng_new_system ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  fixture_remove_tree (f->directory);
  g_free (f->path);
  g_free (f->directory);
  lk_rng_unref (f->rng);
}

static void
get_mac (LkServerKey *key, LkKeyPurpose purpose, guint8 *mac)
{
  lk_server_key_mac (key, purpose, "anna@example.org", mac);
}

static void
test_create_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkServerKey) made = lk_server_key_load_or_create (f->path, f->rng, &error);
  g_autoptr (LkServerKey) loaded = NULL;
  g_autoptr (GDir) dir = NULL;
  guint8 a[LK_SERVER_KEY_LENGTH], b[LK_SERVER_KEY_LENGTH];
  struct stat status;

  g_assert_no_error (error);
  g_assert_cmpint (stat (f->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpint (status.st_size, ==, LK_SERVER_KEY_LENGTH);
  loaded = lk_server_key_load_or_create (f->path, f->rng, &error);
  g_assert_no_error (error);
  get_mac (made, LK_KEY_PURPOSE_IDENTIFIER, a);
  get_mac (loaded, LK_KEY_PURPOSE_IDENTIFIER, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  get_mac (loaded, LK_KEY_PURPOSE_CODE, b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
  /* Nothing is left of the making. */
  dir = g_dir_open (f->directory, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "key");
  g_assert_null (g_dir_read_name (dir));
}

/* A key that is not right is never replaced. */
static void
test_bad_key (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_assert_true (g_file_set_contents (f->path, "short", -1, NULL));
  g_assert_cmpint (g_chmod (f->path, 0600), ==, 0);
  g_assert_null (lk_server_key_load_or_create (f->path, f->rng, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (f->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "short");

  g_assert_cmpint (g_chmod (f->path, 0640), ==, 0);
  g_assert_null (lk_server_key_load_or_create (f->path, f->rng, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  g_assert_null (lk_server_key_load_or_create ("/does/not/exist/key", f->rng, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

typedef struct
{
  Fixture *fixture;
  guint8 mac[LK_SERVER_KEY_LENGTH];
} Maker;

static gpointer
make_key (gpointer data)
{
  Maker *maker = data;
  g_autoptr (LkServerKey) key
      = lk_server_key_load_or_create (maker->fixture->path, maker->fixture->rng, NULL);

  get_mac (key, LK_KEY_PURPOSE_IDENTIFIER, maker->mac);
  return NULL;
}

/* Of two that start at once, both have the same key. */
static void
test_key_race (Fixture *f, gconstpointer data)
{
  Maker makers[4];
  GThread *threads[G_N_ELEMENTS (makers)];

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      makers[i].fixture = f;
      threads[i] = g_thread_new ("make-key", make_key, &makers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    g_thread_join (threads[i]);
  for (guint i = 1; i < G_N_ELEMENTS (makers); i++)
    g_assert_cmpmem (makers[0].mac, sizeof makers[0].mac, makers[i].mac, sizeof makers[i].mac);
}

/* HMAC-SHA256, worked out with Python's hmac. */
static void
test_mac (void)
{
  static const guint8 bytes[LK_SERVER_KEY_LENGTH] = "0123456789abcdef0123456789abcdef";
  g_autoptr (LkServerKey) key = lk_server_key_new (bytes);
  g_autoptr (GString) hex = g_string_new (NULL);
  guint8 mac[LK_SERVER_KEY_LENGTH];

  get_mac (key, LK_KEY_PURPOSE_IDENTIFIER, mac);
  for (gsize i = 0; i < sizeof mac; i++)
    g_string_append_printf (hex, "%02x", mac[i]);
  g_assert_cmpstr (hex->str, ==,
                   "2f903f98bceb52bd01b10fc8046228c67e7b03e58a6be59cc8a6b16fead5e34c");
}

static void
test_tokens (void)
{
  g_autoptr (LkRng) rng = lk_rng_new_system ();
  g_autofree char *one = lk_token_generate (rng), *two = lk_token_generate (rng);
  static const char *const bad[] = { "", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" };
  guint8 first[LK_TOKEN_HASH_LENGTH], again[LK_TOKEN_HASH_LENGTH], second[LK_TOKEN_HASH_LENGTH];

  g_assert_cmpuint (strlen (one), ==, LK_TOKEN_LENGTH);
  g_assert_cmpstr (one, !=, two);
  g_assert_true (lk_token_hash (one, first));
  g_assert_true (lk_token_hash (one, again));
  g_assert_true (lk_token_hash (two, second));
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  g_assert_cmpint (memcmp (first, second, sizeof first), !=, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (lk_token_hash (bad[i], first));
}

/* A source that begins with the numbers which the last, incomplete run holds. */
static void
give_high_first (guint8 *buffer, gsize length, gpointer data)
{
  guint *calls = data;

  memset (buffer, *calls == 0 ? 0xff : 0, length);
  *calls += 1;
}

static void
test_rng (void)
{
  guint calls = 0, counts[10] = { 0 };
  g_autoptr (LkRng) skewed = lk_rng_new (give_high_first, &calls, NULL);
  g_autoptr (LkRng) rng = lk_rng_new_system ();

  g_assert_cmpuint (lk_rng_below (skewed, 1000000), ==, 0);
  g_assert_cmpuint (calls, ==, 2);
  for (guint i = 0; i < 10000; i++)
    counts[lk_rng_below (rng, 10)]++;
  /* Seven standard deviations to either side. */
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpuint (ABS ((int)counts[i] - 1000), <, 210);
}

static gint64
read_time (gpointer data)
{
  return *(gint64 *)data;
}

/* A clock that is set back stands still. */
static void
test_clock (void)
{
  gint64 now = 1000 * G_USEC_PER_SEC;
  g_autoptr (LkClock) clock = lk_clock_new (read_time, &now, NULL);
  g_autoptr (LkClock) system = lk_clock_new_system ();

  g_assert_cmpint (lk_clock_get_seconds (clock), ==, 1000);
  now -= 500 * G_USEC_PER_SEC;
  g_assert_cmpint (lk_clock_get_seconds (clock), ==, 1000);
  now += 501 * G_USEC_PER_SEC;
  g_assert_cmpint (lk_clock_get_seconds (clock), ==, 1001);
  g_assert_cmpint (ABS (lk_clock_get_microseconds (system) - g_get_real_time ()), <,
                   60 * G_USEC_PER_SEC);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/server/keys/create-key", Fixture, NULL, set_up, test_create_key, tear_down);
  g_test_add ("/server/keys/bad-key", Fixture, NULL, set_up, test_bad_key, tear_down);
  g_test_add ("/server/keys/key-race", Fixture, NULL, set_up, test_key_race, tear_down);
  g_test_add_func ("/server/keys/mac", test_mac);
  g_test_add_func ("/server/keys/tokens", test_tokens);
  g_test_add_func ("/server/keys/rng", test_rng);
  g_test_add_func ("/server/keys/clock", test_clock);
  return g_test_run ();
}
