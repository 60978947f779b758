/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-fixture.h"

/* What the stores tell readers, and owners about their readers. */

static void
test_feed (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *cursor = NULL, *other = NULL, *one = NULL, *two = NULL;
  LkPictureChange alt = { .alt = "Uno" }, same = { .alt = "Uno", .set_position = TRUE };
  g_autoptr (LkPicture) changed = NULL;
  g_autoptr (LkPicture) unchanged = NULL;

  fixture_share (f, bert, PAIRS ("a", ANNA));
  fixture_assert_feed (f, bert, &cursor, "");
  one = fixture_publish (f, anna, "One", LK_AUDIENCE_CONTACTS, NULL);
  fixture_assert_feed (f, bert, &cursor, "");
  fixture_share (f, anna, PAIRS ("b", BERT));
  fixture_assert_feed (f, bert, &cursor, "a=One");
  fixture_assert_feed (f, bert, &cursor, "");
  /* A change that changes nothing for the reader is none. */
  fixture_share (f, anna, PAIRS ("b", BERT, "c", CARL));
  fixture_assert_feed (f, bert, &cursor, "");
  changed = lk_store_change_picture (f->store, anna, one, &alt, NULL);
  unchanged = lk_store_change_picture (f->store, anna, one, &same, NULL);
  fixture_assert_feed (f, bert, &cursor, "a=Uno");
  two = fixture_publish (f, anna, "Two", LK_AUDIENCE_ONLY, "c");
  fixture_assert_feed (f, bert, &cursor, "");
  fixture_assert_feed (f, bert, &other, "a=Uno");
  fixture_withdraw (f, anna, one);
  fixture_assert_feed (f, bert, &cursor, "a=-");
  fixture_assert_feed (f, bert, &cursor, "");
  fixture_assert_feed (f, bert, &other, "a=-");
  /* An account does not read of itself. */
  g_clear_pointer (&cursor, g_free);
  fixture_share (f, anna, PAIRS ("c", CARL, "me", ANNA));
  fixture_assert_feed (f, anna, &cursor, "");
}

static void
test_feed_expiry (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  LkPictureChange expire = { .set_expires = TRUE, .expires = FIXTURE_START + 10 };
  g_autofree char *cursor = NULL, *other = NULL;
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *two = fixture_publish (f, anna, "Two", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (LkPicture) first = NULL;
  g_autoptr (LkPicture) second = NULL;

  fixture_share (f, bert, PAIRS ("a", ANNA));
  second = lk_store_change_picture (f->store, anna, two, &expire, NULL);
  fixture_assert_feed (f, bert, &cursor, "a=Two");
  fixture_assert_feed (f, bert, &other, "a=Two");
  server_fixture_advance (f, 10);
  fixture_assert_feed (f, bert, &cursor, "a=One");
  expire.expires += 10;
  first = lk_store_change_picture (f->store, anna, one, &expire, NULL);
  fixture_assert_feed (f, bert, &cursor, "a=One");
  server_fixture_advance (f, 10);
  fixture_assert_feed (f, bert, &cursor, "a=-");
  fixture_assert_feed (f, bert, &cursor, "");
  fixture_assert_feed (f, bert, &other, "a=-");
}

/* Several refs for one account, and several accounts under one ref. */
static void
test_feed_refs (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT),
         carl = fixture_sign_in (f, CARL);
  g_autofree char *cursor = NULL, *one = NULL, *two = NULL;

  g_assert_true (lk_store_add_identifier (f->store, anna, ANNA_PHONE, NULL));
  fixture_share (f, bert, PAIRS ("home", ANNA, "work", ANNA_PHONE, "work", CARL));
  one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  fixture_assert_feed (f, bert, &cursor, "home=One work=One");
  two = fixture_publish (f, carl, "Two", LK_AUDIENCE_EVERYONE, NULL);
  fixture_assert_feed (f, bert, &cursor, "work=Two");
  fixture_withdraw (f, carl, two);
  fixture_assert_feed (f, bert, &cursor, "work=One");
  /* What is shared no more is not spoken of, and what is shared again is given again. */
  fixture_share (f, bert, PAIRS ("home", ANNA));
  fixture_assert_feed (f, bert, &cursor, "");
  fixture_share (f, bert, PAIRS ("home", ANNA, "work", ANNA_PHONE));
  fixture_assert_feed (f, bert, &cursor, "work=One");
  fixture_share (f, bert, PAIRS ("home", ANNA, "work", CARL));
  fixture_assert_feed (f, bert, &cursor, "work=-");
}

static void
test_feed_pages (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = NULL,
                  *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  guint pages = 0;
  gboolean more = TRUE;

  for (guint i = 0; i < 25; i++)
    {
      g_ptr_array_add (pairs, g_strdup_printf ("ref %u", i));
      g_ptr_array_add (pairs, g_strdup (ANNA));
    }
  g_ptr_array_add (pairs, NULL);
  fixture_share (f, bert, (const char *const *)pairs->pdata);
  while (more)
    {
      g_autoptr (LkFeed) feed = lk_store_read_feed (f->store, bert, cursor, 10, NULL);

      g_assert_cmpuint (feed->changes->len, ==, pages < 2 ? 10 : 5);
      for (guint i = 0; i < feed->changes->len; i++)
        g_assert_true (
            g_hash_table_add (seen, g_strdup (((LkFeedChange *)feed->changes->pdata[i])->ref)));
      g_free (cursor);
      cursor = g_strdup (feed->cursor);
      more = feed->more;
      pages++;
      g_assert_cmpuint (pages, <=, 3);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 25);
  fixture_assert_feed (f, bert, &cursor, "");
}

/* A picture that came and went between two pages was never offered, so nothing tells of it. */
static void
test_feed_unread_page (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT),
         carl = fixture_sign_in (f, CARL);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *two = fixture_publish (f, carl, "Two", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (LkFeed) page = NULL;
  g_autofree char *cursor = NULL;

  fixture_share (f, bert, PAIRS ("1", ANNA, "2", CARL));
  page = lk_store_read_feed (f->store, bert, NULL, 1, NULL);
  g_assert_true (page->more);
  g_assert_cmpstr (((LkFeedChange *)page->changes->pdata[0])->ref, ==, "1");
  fixture_withdraw (f, carl, two);
  cursor = g_strdup (page->cursor);
  fixture_assert_feed (f, bert, &cursor, "");
}

static void
test_bad_cursors (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT),
         carl = fixture_sign_in (f, CARL);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *carls = NULL, *future = NULL;
  static const char *const bad[]
      = { "", "x", ".", "0", "-1", "999999999999999999999999", "ääääääääääää.1" };

  fixture_share (f, bert, PAIRS ("a", ANNA));
  fixture_share (f, carl, PAIRS ("a", ANNA));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *cursor = g_strdup (bad[i]);

      fixture_assert_feed (f, bert, &cursor, "a=One");
    }
  fixture_assert_feed (f, carl, &carls, "a=One");
  fixture_assert_feed (f, bert, &carls, "a=One");
  future = g_strconcat (carls, "000", NULL);
  fixture_assert_feed (f, bert, &future, "a=One");
}

static void
assert_delivery (ServerFixture *f,
                 gint64 owner,
                 const char *picture,
                 LkDeliveryState state,
                 gint64 at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = lk_store_list_deliveries (f->store, owner, picture, &error);
  const LkDelivery *delivery;

  g_assert_no_error (error);
  g_assert_cmpuint (deliveries->len, ==, 1);
  delivery = deliveries->pdata[0];
  g_assert_cmpstr (delivery->ref, ==, "b");
  g_assert_cmpint (delivery->state, ==, state);
  g_assert_cmpint (delivery->at, ==, at);
}

static void
test_deliveries (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT),
         carl = fixture_sign_in (f, CARL);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *cursor = NULL, *carls = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  fixture_share (f, anna, PAIRS ("b", BERT));
  fixture_share (f, bert, PAIRS ("a", ANNA));
  fixture_share (f, carl, PAIRS ("a", ANNA));
  none = lk_store_list_deliveries (f->store, anna, one, &error);
  g_assert_cmpuint (none->len, ==, 0);
  fixture_assert_feed (f, bert, &cursor, "a=One");
  /* Carl is not in Anna's book: she is not told who he is. */
  fixture_assert_feed (f, carl, &carls, "a=One");
  assert_delivery (f, anna, one, LK_DELIVERY_OFFERED, FIXTURE_START);
  server_fixture_advance (f, 5);
  g_assert_true (lk_store_put_receipt (f->store, bert, one, LK_DELIVERY_ACCEPTED, &error));
  assert_delivery (f, anna, one, LK_DELIVERY_ACCEPTED, FIXTURE_START + 5);
  server_fixture_advance (f, 5);
  g_assert_true (lk_store_put_receipt (f->store, bert, one, LK_DELIVERY_FETCHED, &error));
  assert_delivery (f, anna, one, LK_DELIVERY_ACCEPTED, FIXTURE_START + 5);
  g_assert_true (lk_store_put_receipt (f->store, bert, one, LK_DELIVERY_DECLINED, &error));
  assert_delivery (f, anna, one, LK_DELIVERY_DECLINED, FIXTURE_START + 10);
  g_assert_true (lk_store_put_receipt (f->store, bert, one, LK_DELIVERY_ACCEPTED, &error));
  assert_delivery (f, anna, one, LK_DELIVERY_ACCEPTED, FIXTURE_START + 10);
  g_assert_null (lk_store_list_deliveries (f->store, bert, one, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

static LkVerificationFate
keep (LkVerificationRecord *record, gpointer data)
{
  return LK_VERIFICATION_WRITE;
}

/* What was there is there after a restart, codes and cursors included. */
static void
test_reopen (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (LkVerificationRecord) record = lk_verification_record_new ("one", ANNA);
  g_autofree char *cursor = NULL;

  record->expires = FIXTURE_START + 10;
  g_assert_true (lk_store_add_verification (f->store, record, NULL));
  fixture_share (f, bert, PAIRS ("a", ANNA));
  fixture_assert_feed (f, bert, &cursor, "a=One");
  server_fixture_reopen (f);
  g_assert_cmpint (fixture_sign_in (f, ANNA), ==, anna);
  g_assert_true (fixture_sees (f, bert, one));
  fixture_assert_feed (f, bert, &cursor, "");
  g_assert_true (lk_store_update_verification (f->store, "one", keep, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  server_fixture_add ("store", "feed", test_feed);
  server_fixture_add ("store", "feed-expiry", test_feed_expiry);
  server_fixture_add ("store", "feed-refs", test_feed_refs);
  server_fixture_add ("store", "feed-pages", test_feed_pages);
  server_fixture_add ("store", "feed-unread-page", test_feed_unread_page);
  server_fixture_add ("store", "bad-cursors", test_bad_cursors);
  server_fixture_add ("store", "deliveries", test_deliveries);
  g_test_add ("/server/store/sqlite/reopen", ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE),
              server_fixture_set_up, test_reopen, server_fixture_tear_down);
  return g_test_run ();
}
