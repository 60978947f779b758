/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-token.h"
#include "server-fixture.h"

/* What the stores keep of an account: identifiers, sessions, contacts, verifications; and its end.
 */

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
  fixture_assert_feed (f, bert, &cursor, "a=One");
  fixture_assert_feed (f, anna, &hers, "b=His");
  g_assert_true (lk_store_erase_account (f->store, anna, &orphans, &error));
  g_assert_cmpuint (orphans->len, ==, 2);
  g_assert_true (lk_store_count (f->store, &counts, &error));
  g_assert_cmpint (counts.accounts, ==, 1);
  g_assert_cmpint (counts.pictures, ==, 1);
  g_assert_cmpint (counts.sessions, ==, 1);
  g_assert_cmpint (counts.contacts, ==, 1);
  g_assert_cmpint (counts.deliveries, ==, 0);
  g_assert_false (fixture_sees (f, bert, one));
  fixture_assert_feed (f, bert, &cursor, "a=-");
  fixture_assert_feed (f, bert, &cursor, "");

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
  fixture_assert_feed (f, again, &hers, "b=His");
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
  fixture_assert_feed (f, bert, &cursor, "a=One");
  fixture_withdraw (f, anna, one);
  g_assert_true (lk_store_erase_account (f->store, anna, &orphans, NULL));
  fixture_assert_feed (f, bert, &cursor, "a=-");
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  server_fixture_add ("store", "sign-in", test_sign_in);
  server_fixture_add ("store", "identifiers", test_identifiers);
  server_fixture_add ("store", "sessions", test_sessions);
  server_fixture_add ("store", "session-limit", test_session_limit);
  server_fixture_add ("store", "contacts", test_contacts);
  server_fixture_add ("store", "bad-contacts", test_bad_contacts);
  server_fixture_add ("store", "erase", test_erase);
  server_fixture_add ("store", "erase-after-withdrawal", test_erase_after_withdrawal);
  server_fixture_add ("store", "verifications", test_verifications);
  return g_test_run ();
}
