/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-token.h"
#include "server-fixture.h"

#define ANNA "anna@example.org"
#define ANNA_PHONE "+4915112345678"
#define BERT "bert@example.org"
#define CARL "carl@example.org"

#define PAIRS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
assert_feed (ServerFixture *f, gint64 account, char **cursor, const char *expected)
{
  g_autofree char *text = fixture_read (f, account, cursor);

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
sees (ServerFixture *f, gint64 viewer, const char *picture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRendition) rendition
      = lk_store_find_rendition (f->store, viewer, picture, "photo", &error);

  if (rendition != NULL)
    return TRUE;
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  return FALSE;
}

static void
test_sign_in (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = NULL;

  g_assert_cmpint (anna, !=, bert);
  g_assert_cmpint (fixture_sign_in (f, ANNA), ==, anna);
  account = lk_store_get_account (f->store, anna, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (account->id), ==, LK_ID_LENGTH);
  g_assert_cmpint (account->created, ==, FIXTURE_START);
  g_assert_cmpuint (g_strv_length (account->identifiers), ==, 1);
  g_assert_cmpstr (account->identifiers[0], ==, ANNA);
  g_assert_null (lk_store_get_account (f->store, 4711, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
}

static void
test_identifiers (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = NULL;

  g_assert_true (lk_store_add_identifier (f->store, anna, ANNA_PHONE, &error));
  g_assert_true (lk_store_add_identifier (f->store, anna, ANNA_PHONE, &error));
  g_assert_false (lk_store_add_identifier (f->store, bert, ANNA_PHONE, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpint (fixture_sign_in (f, ANNA_PHONE), ==, anna);
  account = lk_store_get_account (f->store, anna, &error);
  g_assert_cmpuint (g_strv_length (account->identifiers), ==, 2);
  g_assert_cmpstr (account->identifiers[0], ==, ANNA);
  g_assert_cmpstr (account->identifiers[1], ==, ANNA_PHONE);

  for (guint i = 2; i < LK_STORE_MAX_IDENTIFIERS; i++)
    {
      g_autofree char *identifier = g_strdup_printf ("anna%u@example.org", i);

      g_assert_true (lk_store_add_identifier (f->store, anna, identifier, &error));
    }
  g_assert_false (lk_store_add_identifier (f->store, anna, "one-more@example.org", &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY);
}

static void
test_sessions (ServerFixture *f, gconstpointer data)
{
  guint8 hash[LK_TOKEN_HASH_LENGTH] = { 1 }, other_hash[LK_TOKEN_HASH_LENGTH] = { 2 };
  g_autoptr (LkSession) first = NULL;
  g_autoptr (LkSession) second = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  gint64 anna, bert = fixture_sign_in (f, BERT), found = 0;

  g_assert_true (lk_store_sign_in (f->store, ANNA, "Laptop", hash, &anna, &first, &error));
  g_assert_true (first->current);
  server_fixture_advance (f, 1);
  g_assert_true (lk_store_sign_in (f->store, ANNA, "Phone", other_hash, &anna, &second, &error));
  g_assert_true (lk_store_find_session (f->store, hash, &found, &id, &error));
  g_assert_cmpint (found, ==, anna);
  g_assert_cmpstr (id, ==, first->id);

  server_fixture_advance (f, LK_STORE_SEEN_GRANULARITY);
  g_assert_true (lk_store_find_session (f->store, hash, &found, NULL, &error));
  sessions = lk_store_list_sessions (f->store, anna, second->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sessions->len, ==, 2);
  g_assert_cmpstr (((LkSession *)sessions->pdata[0])->name, ==, "Laptop");
  g_assert_cmpint (((LkSession *)sessions->pdata[0])->last_seen, ==, server_fixture_get_now (f));
  g_assert_false (((LkSession *)sessions->pdata[0])->current);
  g_assert_cmpint (((LkSession *)sessions->pdata[1])->last_seen, ==, FIXTURE_START + 1);
  g_assert_true (((LkSession *)sessions->pdata[1])->current);

  g_assert_false (lk_store_delete_session (f->store, bert, first->id, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (lk_store_delete_session (f->store, anna, first->id, &error));
  g_assert_false (lk_store_find_session (f->store, hash, &found, NULL, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (lk_store_find_session (f->store, other_hash, &found, NULL, &error));
}

static void
test_session_limit (ServerFixture *f, gconstpointer data)
{
  guint8 hash[LK_TOKEN_HASH_LENGTH] = { 1 };
  g_autoptr (LkSession) first = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  gint64 anna, found;

  g_assert_true (lk_store_sign_in (f->store, ANNA, "Oldest", hash, &anna, &first, &error));
  for (guint i = 1; i < LK_STORE_MAX_SESSIONS; i++)
    {
      server_fixture_advance (f, 1);
      fixture_sign_in (f, ANNA);
    }
  g_assert_true (lk_store_find_session (f->store, hash, &found, NULL, &error));
  fixture_sign_in (f, ANNA);
  g_assert_false (lk_store_find_session (f->store, hash, &found, NULL, &error));
  sessions = lk_store_list_sessions (f->store, anna, NULL, NULL);
  g_assert_cmpuint (sessions->len, ==, LK_STORE_MAX_SESSIONS);
}

static GPtrArray *
make_contacts (const char *ref, const char *identifier)
{
  GPtrArray *contacts = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  const char *identifiers[] = { identifier, NULL };

  g_ptr_array_add (contacts, lk_shared_contact_new (ref, identifiers));
  return contacts;
}

static void
test_contacts (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA);
  g_autoptr (GPtrArray) contacts = make_contacts ("1", BERT);
  g_autoptr (GPtrArray) others = make_contacts ("1", CARL);
  g_autofree char *empty = NULL, *etag = NULL, *again = NULL, *other = NULL, *stored = NULL;
  g_autoptr (GError) error = NULL;
  guint count = 7;

  g_assert_true (lk_store_get_contacts (f->store, anna, &count, &empty, &error));
  g_assert_cmpuint (count, ==, 0);
  g_assert_cmpuint (strlen (empty), >, 0);

  g_assert_false (lk_store_replace_contacts (f->store, anna, contacts, "stale", &etag, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_PRECONDITION);
  g_clear_error (&error);
  g_assert_null (etag);
  g_assert_true (lk_store_replace_contacts (f->store, anna, contacts, empty, &etag, &error));
  g_assert_cmpstr (etag, !=, empty);
  /* The answer was lost: the same request again is no conflict. */
  g_assert_true (lk_store_replace_contacts (f->store, anna, contacts, empty, &again, &error));
  g_assert_cmpstr (again, ==, etag);
  g_assert_false (lk_store_replace_contacts (f->store, anna, others, empty, &other, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_PRECONDITION);
  g_clear_error (&error);
  g_assert_true (lk_store_replace_contacts (f->store, anna, others, etag, &other, &error));
  g_assert_cmpstr (other, !=, etag);
  g_assert_true (lk_store_get_contacts (f->store, anna, &count, &stored, &error));
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (stored, ==, other);
}

static void
test_bad_contacts (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA);
  g_autoptr (GPtrArray) twice = make_contacts ("1", BERT);
  g_autoptr (GPtrArray) nameless = make_contacts ("", BERT);
  g_autoptr (GPtrArray) wrong = make_contacts ("1", "Bert");
  g_autofree char *etag = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (twice, lk_shared_contact_new ("1", PAIRS (CARL)));
  g_assert_false (lk_store_replace_contacts (f->store, anna, twice, NULL, &etag, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (lk_store_replace_contacts (f->store, anna, nameless, NULL, &etag, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (lk_store_replace_contacts (f->store, anna, wrong, NULL, &etag, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID);
  g_assert_null (etag);
}

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
      g_assert_cmpint (sees (f, bert, published->id), ==, cases[i].bert);
      g_assert_cmpint (sees (f, carl, published->id), ==, cases[i].carl);
      g_assert_true (sees (f, anna, published->id));
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
  g_assert_false (sees (f, bert, one));
  g_assert_false (sees (f, bert, "no such picture"));
  assert_feed (f, bert, &cursor, "");
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
  g_assert_false (sees (f, bert, one));
  g_assert_true (sees (f, bert, two));
  changed = lk_store_change_picture (f->store, anna, two, &expire, NULL);
  server_fixture_advance (f, 9);
  g_assert_true (sees (f, bert, two));
  server_fixture_advance (f, 1);
  g_assert_false (sees (f, bert, two));
  g_assert_true (sees (f, bert, one));
  g_assert_true (sees (f, anna, two));
}

static void
test_feed (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *cursor = NULL, *other = NULL, *one = NULL, *two = NULL;
  LkPictureChange alt = { .alt = "Uno" }, same = { .alt = "Uno", .set_position = TRUE };
  g_autoptr (LkPicture) changed = NULL;
  g_autoptr (LkPicture) unchanged = NULL;

  fixture_share (f, bert, PAIRS ("a", ANNA));
  assert_feed (f, bert, &cursor, "");
  one = fixture_publish (f, anna, "One", LK_AUDIENCE_CONTACTS, NULL);
  assert_feed (f, bert, &cursor, "");
  fixture_share (f, anna, PAIRS ("b", BERT));
  assert_feed (f, bert, &cursor, "a=One");
  assert_feed (f, bert, &cursor, "");
  /* A change that changes nothing for the reader is none. */
  fixture_share (f, anna, PAIRS ("b", BERT, "c", CARL));
  assert_feed (f, bert, &cursor, "");
  changed = lk_store_change_picture (f->store, anna, one, &alt, NULL);
  unchanged = lk_store_change_picture (f->store, anna, one, &same, NULL);
  assert_feed (f, bert, &cursor, "a=Uno");
  two = fixture_publish (f, anna, "Two", LK_AUDIENCE_ONLY, "c");
  assert_feed (f, bert, &cursor, "");
  assert_feed (f, bert, &other, "a=Uno");
  fixture_withdraw (f, anna, one);
  assert_feed (f, bert, &cursor, "a=-");
  assert_feed (f, bert, &cursor, "");
  assert_feed (f, bert, &other, "a=-");
  /* An account does not read of itself. */
  g_clear_pointer (&cursor, g_free);
  fixture_share (f, anna, PAIRS ("c", CARL, "me", ANNA));
  assert_feed (f, anna, &cursor, "");
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
  assert_feed (f, bert, &cursor, "a=Two");
  assert_feed (f, bert, &other, "a=Two");
  server_fixture_advance (f, 10);
  assert_feed (f, bert, &cursor, "a=One");
  expire.expires += 10;
  first = lk_store_change_picture (f->store, anna, one, &expire, NULL);
  assert_feed (f, bert, &cursor, "a=One");
  server_fixture_advance (f, 10);
  assert_feed (f, bert, &cursor, "a=-");
  assert_feed (f, bert, &cursor, "");
  assert_feed (f, bert, &other, "a=-");
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
  assert_feed (f, bert, &cursor, "home=One work=One");
  two = fixture_publish (f, carl, "Two", LK_AUDIENCE_EVERYONE, NULL);
  assert_feed (f, bert, &cursor, "work=Two");
  fixture_withdraw (f, carl, two);
  assert_feed (f, bert, &cursor, "work=One");
  /* What is shared no more is not spoken of, and what is shared again is given again. */
  fixture_share (f, bert, PAIRS ("home", ANNA));
  assert_feed (f, bert, &cursor, "");
  fixture_share (f, bert, PAIRS ("home", ANNA, "work", ANNA_PHONE));
  assert_feed (f, bert, &cursor, "work=One");
  fixture_share (f, bert, PAIRS ("home", ANNA, "work", CARL));
  assert_feed (f, bert, &cursor, "work=-");
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
  assert_feed (f, bert, &cursor, "");
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
  assert_feed (f, bert, &cursor, "");
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

      assert_feed (f, bert, &cursor, "a=One");
    }
  assert_feed (f, carl, &carls, "a=One");
  assert_feed (f, bert, &carls, "a=One");
  future = g_strconcat (carls, "000", NULL);
  assert_feed (f, bert, &future, "a=One");
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
  assert_feed (f, bert, &cursor, "a=One");
  /* Carl is not in Anna's book: she is not told who he is. */
  assert_feed (f, carl, &carls, "a=One");
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

static void
test_erase (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT), again;
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *his = fixture_publish (f, bert, "His", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *cursor = NULL, *hers = NULL, *new_cursor = NULL;
  g_autoptr (GPtrArray) orphans = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GError) error = NULL;
  LkStoreCounts counts;

  fixture_share (f, anna, PAIRS ("b", BERT));
  fixture_share (f, bert, PAIRS ("a", ANNA));
  assert_feed (f, bert, &cursor, "a=One");
  assert_feed (f, anna, &hers, "b=His");
  g_assert_true (lk_store_erase_account (f->store, anna, &orphans, &error));
  g_assert_cmpuint (orphans->len, ==, 2);
  g_assert_true (lk_store_count (f->store, &counts, &error));
  g_assert_cmpint (counts.accounts, ==, 1);
  g_assert_cmpint (counts.pictures, ==, 1);
  g_assert_cmpint (counts.sessions, ==, 1);
  g_assert_cmpint (counts.contacts, ==, 1);
  g_assert_cmpint (counts.deliveries, ==, 0);
  g_assert_false (sees (f, bert, one));
  assert_feed (f, bert, &cursor, "a=-");
  assert_feed (f, bert, &cursor, "");

  /* Whoever held the handle gets nothing, and nothing is written for it. */
  g_assert_null (lk_store_list_pictures (f->store, anna, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (lk_store_read_feed (f->store, anna, NULL, 10, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* The same person anew is another account, and an old cursor is not taken for one of it. */
  again = fixture_sign_in (f, ANNA);
  g_assert_cmpint (again, !=, anna);
  pictures = lk_store_list_pictures (f->store, again, &error);
  g_assert_cmpuint (pictures->len, ==, 0);
  fixture_share (f, again, PAIRS ("b", BERT));
  assert_feed (f, again, &hers, "b=His");
  deliveries = lk_store_list_deliveries (f->store, bert, his, &error);
  g_assert_cmpuint (deliveries->len, ==, 1);
}

/* What was withdrawn before the account was erased, and not read of in between, is told all the
 * same. */
static void
test_erase_after_withdrawal (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autofree char *cursor = NULL;
  g_autoptr (GPtrArray) orphans = NULL;

  fixture_share (f, bert, PAIRS ("a", ANNA));
  assert_feed (f, bert, &cursor, "a=One");
  fixture_withdraw (f, anna, one);
  g_assert_true (lk_store_erase_account (f->store, anna, &orphans, NULL));
  assert_feed (f, bert, &cursor, "a=-");
}

static LkVerificationFate
count_wrong (LkVerificationRecord *record, gpointer data)
{
  g_assert_cmpstr (record->identifier, ==, ANNA);
  record->wrong++;
  *(guint *)data = record->wrong;
  return record->wrong < 3 ? LK_VERIFICATION_WRITE : LK_VERIFICATION_DELETE;
}

static void
test_verifications (ServerFixture *f, gconstpointer data)
{
  g_autoptr (LkVerificationRecord) one = lk_verification_record_new ("one", ANNA);
  g_autoptr (LkVerificationRecord) two = lk_verification_record_new ("two", ANNA);
  g_autoptr (LkVerificationRecord) elsewhere = lk_verification_record_new ("elsewhere", ANNA);
  g_autoptr (GError) error = NULL;
  guint wrong = 0;

  one->expires = two->expires = elsewhere->expires = FIXTURE_START + 10;
  elsewhere->network[0] = 1;
  g_assert_true (lk_store_add_verification (f->store, one, &error));
  g_assert_true (lk_store_add_verification (f->store, elsewhere, &error));
  for (guint i = 1; i <= 3; i++)
    {
      g_assert_true (lk_store_update_verification (f->store, "one", count_wrong, &wrong, &error));
      g_assert_cmpuint (wrong, ==, i);
    }
  g_assert_false (lk_store_update_verification (f->store, "one", count_wrong, &wrong, &error));
  g_assert_error (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);

  one->wrong = 0;
  g_assert_true (lk_store_add_verification (f->store, one, &error));
  g_assert_true (lk_store_add_verification (f->store, two, &error));
  g_assert_false (lk_store_update_verification (f->store, "one", count_wrong, &wrong, NULL));
  g_assert_true (lk_store_update_verification (f->store, "two", count_wrong, &wrong, &error));
  g_assert_true (lk_store_update_verification (f->store, "elsewhere", count_wrong, &wrong, &error));
  server_fixture_advance (f, 10);
  g_assert_true (lk_store_tidy (f->store, &error));
  g_assert_false (lk_store_update_verification (f->store, "two", count_wrong, &wrong, NULL));
}

/* Threads */

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

/* What was there is there after a restart, codes and cursors included. */
static void
test_reopen (ServerFixture *f, gconstpointer data)
{
  gint64 anna = fixture_sign_in (f, ANNA), bert = fixture_sign_in (f, BERT);
  g_autofree char *one = fixture_publish (f, anna, "One", LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (LkVerificationRecord) record = lk_verification_record_new ("one", ANNA);
  g_autofree char *cursor = NULL;
  guint wrong;

  record->expires = FIXTURE_START + 10;
  g_assert_true (lk_store_add_verification (f->store, record, NULL));
  fixture_share (f, bert, PAIRS ("a", ANNA));
  assert_feed (f, bert, &cursor, "a=One");
  server_fixture_reopen (f);
  g_assert_cmpint (fixture_sign_in (f, ANNA), ==, anna);
  g_assert_true (sees (f, bert, one));
  assert_feed (f, bert, &cursor, "");
  g_assert_true (lk_store_update_verification (f->store, "one", count_wrong, &wrong, NULL));
}

static void
add (const char *name, void (*test) (ServerFixture *f, gconstpointer data))
{
  g_autofree char *sqlite = g_strconcat ("/server/store/sqlite/", name, NULL);
  g_autofree char *memory = g_strconcat ("/server/store/memory/", name, NULL);

  g_test_add (sqlite, ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE), server_fixture_set_up, test,
              server_fixture_tear_down);
  g_test_add (memory, ServerFixture, GINT_TO_POINTER (FIXTURE_MEMORY), server_fixture_set_up, test,
              server_fixture_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("sign-in", test_sign_in);
  add ("identifiers", test_identifiers);
  add ("sessions", test_sessions);
  add ("session-limit", test_session_limit);
  add ("contacts", test_contacts);
  add ("bad-contacts", test_bad_contacts);
  add ("publish", test_publish);
  add ("keys-are-forgotten", test_keys_are_forgotten);
  add ("change-picture", test_change_picture);
  add ("audiences", test_audiences);
  add ("stranger", test_stranger);
  add ("only-the-first", test_only_the_first);
  add ("feed", test_feed);
  add ("feed-expiry", test_feed_expiry);
  add ("feed-refs", test_feed_refs);
  add ("feed-pages", test_feed_pages);
  add ("feed-unread-page", test_feed_unread_page);
  add ("bad-cursors", test_bad_cursors);
  add ("deliveries", test_deliveries);
  add ("orphans", test_orphans);
  add ("erase", test_erase);
  add ("erase-after-withdrawal", test_erase_after_withdrawal);
  add ("verifications", test_verifications);
  add ("threads", test_threads);
  g_test_add ("/server/store/sqlite/reopen", ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE),
              server_fixture_set_up, test_reopen, server_fixture_tear_down);
  return g_test_run ();
}
