/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include "lk-hash.h"
#include "lk-memory-store.h"
#include "lk-sqlite-store.h"
#include "lk-token.h"

static gint64
read_clock (gpointer data)
{
  return ((ServerFixture *)data)->now;
}

static void
open_sqlite (ServerFixture *self)
{
  g_autofree char *path = server_fixture_dup_path (self, "likeness.db");
  g_autoptr (GError) error = NULL;

  self->store = LK_STORE (lk_sqlite_store_new (path, self->key, self->clock, self->rng, &error));
  g_assert_no_error (error);
}

void
server_fixture_set_up (ServerFixture *self, gconstpointer backend)
{
  static const guint8 key[LK_SERVER_KEY_LENGTH] = "a key that is good for tests";
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("likeness-server-XXXXXX", &error);
  g_assert_no_error (error);
  self->now = FIXTURE_START * G_USEC_PER_SEC;
  self->clock = lk_clock_new (read_clock, self, NULL);
  self->rng = lk_rng_new_system ();
  self->key = lk_server_key_new (key);
  if (GPOINTER_TO_INT (backend) == FIXTURE_SQLITE)
    open_sqlite (self);
  else
    self->store = LK_STORE (lk_memory_store_new (self->key, self->clock, self->rng));
}

void
server_fixture_tear_down (ServerFixture *self, gconstpointer backend)
{
  g_assert_finalize_object (self->store);
  g_clear_pointer (&self->clock, lk_clock_unref);
  g_clear_pointer (&self->rng, lk_rng_unref);
  g_clear_pointer (&self->key, lk_server_key_unref);
  fixture_remove_tree (self->directory);
  g_clear_pointer (&self->directory, g_free);
}

/* Adds a case that runs over each backend. */
void
server_fixture_add (const char *subject, const char *name, ServerFixtureTest test)
{
  g_autofree char *sqlite = g_strdup_printf ("/server/%s/sqlite/%s", subject, name);
  g_autofree char *memory = g_strdup_printf ("/server/%s/memory/%s", subject, name);

  g_test_add (sqlite, ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE), server_fixture_set_up, test,
              server_fixture_tear_down);
  g_test_add (memory, ServerFixture, GINT_TO_POINTER (FIXTURE_MEMORY), server_fixture_set_up, test,
              server_fixture_tear_down);
}

/* As after a restart; for the SQLite backend. */
void
server_fixture_reopen (ServerFixture *self)
{
  g_assert_finalize_object (self->store);
  open_sqlite (self);
}

void
server_fixture_advance (ServerFixture *self, gint64 seconds)
{
  self->now += seconds * G_USEC_PER_SEC;
}

gint64
server_fixture_get_now (ServerFixture *self)
{
  return self->now / G_USEC_PER_SEC;
}

char *
server_fixture_dup_path (ServerFixture *self, const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

gint64
fixture_sign_in (ServerFixture *self, const char *identifier)
{
  g_autofree char *token = lk_token_generate (self->rng);
  g_autoptr (LkSession) session = NULL;
  g_autoptr (GError) error = NULL;
  guint8 hash[LK_TOKEN_HASH_LENGTH];
  gint64 account = 0;

  g_assert_true (lk_token_hash (token, hash));
  lk_store_sign_in (self->store, identifier, "Device", hash, &account, &session, &error);
  g_assert_no_error (error);
  g_assert_cmpint (account, >, 0);
  return account;
}

/* @pairs: ref, identifier, ref, identifier, …, NULL; the pairs of one ref follow each other. */
void
fixture_share (ServerFixture *self, gint64 account, const char *const *pairs)
{
  g_autoptr (GPtrArray) contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;

  for (guint i = 0; pairs[i] != NULL;)
    {
      const char *ref = pairs[i];
      g_autoptr (GPtrArray) identifiers = g_ptr_array_new ();

      for (; pairs[i] != NULL && strcmp (pairs[i], ref) == 0; i += 2)
        g_ptr_array_add (identifiers, (gpointer)pairs[i + 1]);
      g_ptr_array_add (identifiers, NULL);
      g_ptr_array_add (contacts,
                       lk_shared_contact_new (ref, (const char *const *)identifiers->pdata));
    }
  lk_store_replace_contacts (self->store, account, contacts, NULL, &etag, &error);
  g_assert_no_error (error);
  g_assert_nonnull (etag);
}

/* Its two renditions are named by hashes of @alt. */
LkPicture *
fixture_make_picture (const char *alt, LkAudienceKind kind, const char *const *refs)
{
  static const char *const names[] = { "photo", "thumbnail" };
  LkPicture *picture = lk_picture_new ();

  g_free (picture->alt);
  picture->kind = LK_PICTURE_STILL;
  picture->alt = g_strdup (alt);
  picture->created = FIXTURE_START;
  picture->audience = lk_audience_new (kind, refs);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *content = g_strconcat (alt, " ", names[i], NULL);
      g_autoptr (GBytes) bytes = g_bytes_new (content, strlen (content));
      g_autofree char *sha256 = lk_hash_sha256_hex (bytes);

      g_ptr_array_add (picture->renditions, lk_rendition_new (names[i], "image/jpeg", 720, 720, 0,
                                                              strlen (content), sha256));
    }
  return picture;
}

/* Returns: (transfer full): the picture's id */
char *
fixture_publish (ServerFixture *self,
                 gint64 account,
                 const char *alt,
                 LkAudienceKind kind,
                 const char *ref)
{
  const char *refs[] = { ref, NULL };
  g_autoptr (LkPicture) picture = fixture_make_picture (alt, kind, refs);
  g_autoptr (LkPicture) published = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *key = lk_rng_dup_id (self->rng);

  published = lk_store_publish (self->store, account, picture, key, "bundle", &error);
  g_assert_no_error (error);
  return g_strdup (published->id);
}

void
fixture_withdraw (ServerFixture *self, gint64 account, const char *picture)
{
  g_autoptr (GPtrArray) orphans = NULL;
  g_autoptr (GError) error = NULL;

  lk_store_withdraw_picture (self->store, account, picture, &orphans, &error);
  g_assert_no_error (error);
}

/* Reads the feed to its end, one page.
 *
 * Returns: (transfer full): the changes in order, as "ref=alt" or "ref=-", separated by spaces */
char *
fixture_read (ServerFixture *self, gint64 account, char **cursor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFeed) feed = lk_store_read_feed (self->store, account, *cursor, 100, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_false (feed->more);
  for (guint i = 0; i < feed->changes->len; i++)
    {
      const LkFeedChange *change = feed->changes->pdata[i];

      g_string_append_printf (text, "%s%s=%s", i == 0 ? "" : " ", change->ref,
                              change->picture != NULL ? change->picture->alt : "-");
      if (change->picture != NULL)
        g_assert_null (change->picture->audience);
    }
  g_free (*cursor);
  *cursor = g_strdup (feed->cursor);
  return g_string_free (text, FALSE);
}

void
fixture_assert_feed (ServerFixture *self, gint64 account, char **cursor, const char *expected)
{
  g_autofree char *text = fixture_read (self, account, cursor);

  g_assert_cmpstr (text, ==, expected);
}

/* Whether @viewer gets the photo of a picture. */
gboolean
fixture_sees (ServerFixture *self, gint64 viewer, const char *picture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRendition) rendition
      = lk_store_find_rendition (self->store, viewer, picture, "photo", &error);

  if (rendition != NULL)
    return TRUE;
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  return FALSE;
}

void
fixture_remove_tree (const char *path)
{
  g_autoptr (GDir) dir
      = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      fixture_remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}
