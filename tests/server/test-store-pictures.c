/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-fixture.h"

/* What the stores keep of pictures, and who may have them. */

static void
test_publish (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA);
  g_autoptr (LkPicture) picture = fixture_make_picture ("One", LK_AUDIENCE_ONLY, PAIRS ("1", "2"));
  g_autoptr (LkPicture) published = NULL;
  g_autoptr (LkPicture) again = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *two = NULL;

  g_assert_null (lk_store_find_published (f->store, anna, "key", "bundle", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  published = lk_store_publish (f->store, anna, picture, "key", "bundle", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (published->alt, ==, "One");
  g_assert_cmpint (published->told, ==, 0);
  g_assert_true (lk_audience_equal (published->audience, picture->audience));
  g_assert_cmpuint (published->renditions->len, ==, 2);
  two = fixture_publish (f, anna, "Two", LK_AUDIENCE_EVERYONE, NULL);

  again = lk_store_publish (f->store, anna, picture, "key", "bundle", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->id, ==, published->id);
  g_assert_null (lk_store_publish (f->store, anna, picture, "key", "another", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT);
  g_clear_error (&error);

  pictures = lk_store_list_pictures (f->store, anna, &error);
  g_assert_cmpuint (pictures->len, ==, 2);
  g_assert_cmpstr (((LkPicture *)pictures->pdata[0])->id, ==, two);
  g_assert_cmpint (((LkPicture *)pictures->pdata[0])->position, ==, 0);
  g_assert_cmpstr (((LkPicture *)pictures->pdata[1])->id, ==, published->id);
  g_assert_cmpint (((LkPicture *)pictures->pdata[1])->position, ==, 1);

  /* A repeat after the withdrawal does not bring it back. */
  fixture_withdraw (f, anna, published->id);
  g_assert_null (lk_store_publish (f->store, anna, picture, "key", "bundle", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (lk_store_publish (f->store, anna, picture, "", "bundle", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID);
}

static void
test_keys_are_forgotten (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA);
  g_autoptr (LkPicture) picture = fixture_make_picture ("One", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (LkPicture) published
      = lk_store_publish (f->store, anna, picture, "key", "bundle", NULL);
  g_autoptr (LkPicture) found = NULL;
  g_autoptr (GError) error = NULL;

  server_fixture_advance (f, LK_STORE_KEY_LIFETIME - 1);
  g_assert_true (lk_store_tidy (f->store, &error));
  found = lk_store_find_published (f->store, anna, "key", "bundle", &error);
  g_assert_nonnull (found);
  server_fixture_advance (f, 1);
  g_assert_true (lk_store_tidy (f->store, &error));
  g_assert_null (lk_store_find_published (f->store, anna, "key", "bundle", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

static void
test_change_picture (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_CONTACTS, NULL);
  g_autofree char *two = fixture_publish (f, anna, "Two", LK_AUDIENCE_CONTACTS, NULL);
  g_autofree char *three = fixture_publish (f, anna, "Three", LK_AUDIENCE_CONTACTS, NULL);
  g_autoptr (LkAudience) audience = lk_audience_new (LK_AUDIENCE_EXCEPT, PAIRS ("7"));
  LkPictureChange change = { .audience = audience,
                             .alt = "New",
                             .set_position = TRUE,
                             .position = 0,
                             .set_expires = TRUE,
                             .expires = 99 };
  LkPictureChange to_end = { .set_position = TRUE, .position = 99 };
  g_autoptr (LkPicture) changed = NULL;
  g_autoptr (LkPicture) moved = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GError) error = NULL;

  changed = lk_store_change_picture (f->store, anna, one, &change, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->alt, ==, "New");
  g_assert_cmpint (changed->expires, ==, 99);
  g_assert_cmpint (changed->position, ==, 0);
  g_assert_true (lk_audience_equal (changed->audience, audience));
  moved = lk_store_change_picture (f->store, anna, three, &to_end, &error);
  g_assert_cmpint (moved->position, ==, 2);
  g_assert_cmpstr (moved->alt, ==, "Three");

  pictures = lk_store_list_pictures (f->store, anna, &error);
  g_assert_cmpstr (((LkPicture *)pictures->pdata[0])->id, ==, one);
  g_assert_cmpstr (((LkPicture *)pictures->pdata[1])->id, ==, two);
  g_assert_cmpstr (((LkPicture *)pictures->pdata[2])->id, ==, three);
  g_assert_null (lk_store_change_picture (f->store, bert, one, &change, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

static void
test_audiences (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT),
         carl = fixture_sign_in (f, CARL);
  static const struct
  {
    LkAudienceKind kind;
    const char *ref;
    gboolean bert, carl;
  } cases[]
      = { { LK_AUDIENCE_EVERYONE, NULL, TRUE, TRUE }, { LK_AUDIENCE_CONTACTS, NULL, TRUE, FALSE },
          { LK_AUDIENCE_EXCEPT, "b", FALSE, FALSE },  { LK_AUDIENCE_EXCEPT, "x", TRUE, FALSE },
          { LK_AUDIENCE_ONLY, "b", TRUE, FALSE },     { LK_AUDIENCE_ONLY, "x", FALSE, FALSE } };

  fixture_share (f, anna, PAIRS ("b", BERT, "x", "someone@example.org"));
  fixture_share (f, bert, PAIRS ("a", ANNA));
  fixture_share (f, carl, PAIRS ("a", ANNA));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *refs[] = { cases[i].ref, NULL };
      g_autoptr (LkPicture) picture = fixture_make_picture ("One", cases[i].kind, refs);
      g_autoptr (LkPicture) published = NULL;
      g_autofree char *key = g_strdup_printf ("key %u", i);

      published = lk_store_publish (f->store, anna, picture, key, "bundle", NULL);
      g_assert_nonnull (published);
      g_assert_cmpint (published->told, ==, cases[i].bert + cases[i].carl);
      g_assert_cmpint (fixture_sees (f, bert, published->id), ==, cases[i].bert);
      g_assert_cmpint (fixture_sees (f, carl, published->id), ==, cases[i].carl);
      g_assert_true (fixture_sees (f, anna, published->id));
      fixture_withdraw (f, anna, published->id);
    }
}

/* Whom the viewer's own book does not hold is not seen, whatever the audience. */
static void
test_stranger (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *cursor = NULL;
  g_autoptr (GError) error = NULL;

  fixture_share (f, anna, PAIRS ("b", BERT));
  g_assert_false (fixture_sees (f, bert, one));
  g_assert_false (fixture_sees (f, bert, "no such picture"));
  fixture_assert_feed (f, bert, &cursor, "");
  g_assert_false (lk_store_put_receipt (f->store, bert, one, LK_DELIVERY_FETCHED, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

/* Only the picture that is seen now can be fetched, not those behind it. */
static void
test_only_the_first (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *two = fixture_publish (f, anna, "Two", LK_AUDIENCE_EVERYONE, NULL);
  LkPictureChange expire = { .set_expires = TRUE, .expires = FIXTURE_START + 10 };
  g_autoptr (LkPicture) changed = NULL;

  fixture_share (f, bert, PAIRS ("a", ANNA));
  g_assert_false (fixture_sees (f, bert, one));
  g_assert_true (fixture_sees (f, bert, two));
  changed = lk_store_change_picture (f->store, anna, two, &expire, NULL);
  server_fixture_advance (f, 9);
  g_assert_true (fixture_sees (f, bert, two));
  server_fixture_advance (f, 1);
  g_assert_false (fixture_sees (f, bert, two));
  g_assert_true (fixture_sees (f, bert, one));
  g_assert_true (fixture_sees (f, anna, two));
}

static void
test_orphans (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *same = fixture_publish (f, bert, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GHashTable) before = lk_store_list_blobs (f->store, NULL);
  g_autoptr (GHashTable) after = NULL;
  gboolean named = TRUE;

  g_assert_cmpuint (g_hash_table_size (before), ==, 2);
  g_assert_true (lk_store_withdraw_picture (f->store, anna, one, &first, NULL));
  g_assert_cmpuint (first->len, ==, 0);
  g_assert_true (lk_store_withdraw_picture (f->store, bert, same, &second, NULL));
  g_assert_cmpuint (second->len, ==, 2);
  g_assert_true (lk_store_names_blob (f->store, second->pdata[0], &named, NULL));
  g_assert_false (named);
  after = lk_store_list_blobs (f->store, NULL);
  g_assert_cmpuint (g_hash_table_size (after), ==, 0);
}

typedef struct
{
  ServerFixture *fixture;
  gint64 account;
  guint number;
} Worker;

static gpointer
publish_and_read (gpointer data)
{
  Worker *worker = data;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (LkPicture) picture = fixture_make_picture ("One", LK_AUDIENCE_EVERYONE, NULL);
      g_autoptr (LkPicture) published = NULL;
      g_autoptr (LkFeed) feed = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *key = g_strdup_printf ("key %u", i);

      /* Every worker uses the same keys: each is published once. */
      published = lk_store_publish (worker->fixture->store, worker->account, picture, key, "bundle",
                                    &error);
      g_assert_no_error (error);
      feed = lk_store_read_feed (worker->fixture->store, worker->account, NULL, 10, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static void
test_threads (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA);
  Worker workers[4];
  GThread *threads[4];
  g_autoptr (GPtrArray) pictures = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      workers[i] = (Worker){ f, anna, i };
      threads[i] = g_thread_new ("worker", publish_and_read, &workers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  pictures = lk_store_list_pictures (f->store, anna, NULL);
  g_assert_cmpuint (pictures->len, ==, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  server_fixture_add ("store", "publish", test_publish);
  server_fixture_add ("store", "keys-are-forgotten", test_keys_are_forgotten);
  server_fixture_add ("store", "change-picture", test_change_picture);
  server_fixture_add ("store", "audiences", test_audiences);
  server_fixture_add ("store", "stranger", test_stranger);
  server_fixture_add ("store", "only-the-first", test_only_the_first);
  server_fixture_add ("store", "orphans", test_orphans);
  server_fixture_add ("store", "threads", test_threads);
  return g_test_run ();
}
