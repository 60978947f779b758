/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "lk-agent-state.h"
#include "lk-hash.h"
#include "lk-receiver.h"
#include "lk-test-async.h"
#include "lk-test-server.h"
#include "lk-token-file.h"

/* What the real server never does; the rest is in test-agent.py, against the real one. */

#define ACCOUNT "{\"id\":\"me\",\"identifiers\":[],\"created\":\"2026-01-02T03:04:05Z\"}"
#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static const guint8 jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4 };

typedef struct
{
  LkTestServer *server;
  LkClient *client;
  LkAddressBook *book;
  LkAgentState *state;
  LkReceiver *receiver;
  LkContact *contact;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const identifiers[] = { "anna@example.org", NULL };
  g_autoptr (GError) error = NULL;

  self->server = lk_test_server_new (NULL);
  self->client = lk_client_new (lk_test_server_get_address (self->server), &error);
  g_assert_no_error (error);
  lk_client_set_token (self->client, "token");
  self->book = lk_address_book_memory_new ();
  self->contact = lk_contact_new ("anna", "r1", "Anna", identifiers, NULL, NULL);
  lk_address_book_memory_add (self->book, self->contact);
  self->path = g_build_filename (g_get_user_state_dir (), "likeness", "agent.json", NULL);
  self->state = lk_agent_state_open (self->path, &error);
  g_assert_no_error (error);
  self->receiver = lk_receiver_new (self->client, self->book, self->state);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (self->receiver);
  g_object_unref (self->contact);
  g_assert_finalize_object (self->book);
  g_assert_finalize_object (self->state);
  g_assert_finalize_object (self->client);
  lk_test_server_free (self->server);
  g_free (self->path);
}

static gboolean
run (Fixture *self, GCancellable *cancellable, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  lk_receiver_run_async (self->receiver, cancellable, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  return lk_receiver_run_finish (self->receiver, result, error);
}

/* A page of the feed with one picture, whose photo has @size bytes of @sha256, of media type @type.
 */
static void
answer_feed (Fixture *self, const char *sha256, gsize size, const char *type, const char *more)
{
  g_autofree char *page = g_strdup_printf (
      "{\"changes\":[{\"ref\":\"r1\",\"picture\":{\"id\":\"p1\",\"kind\":\"still\",\"alt\":\"\","
      "\"created\":\"2026-01-02T03:04:05Z\",\"expires\":null,\"renditions\":[{\"name\":\"photo\","
      "\"type\":\"%s\",\"width\":720,\"height\":720,\"duration\":0,\"bytes\":%" G_GSIZE_FORMAT
      ",\"sha256\":\"%s\"}]}}],\"cursor\":\"c1\",\"more\":%s}",
      type, size, sha256, more);

  lk_test_server_answer_json (self->server, 200, page);
}

static char *
hash_jpeg (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (jpeg, sizeof jpeg);

  return lk_hash_sha256_hex (bytes);
}

static void
test_decide (void)
{
  const LkWritten ours = { A, B, NULL };
  const LkWritten intent = { NULL, NULL, A };
  const LkWritten both = { A, A, B };
  static const LkWritten nothing = { NULL, NULL, NULL };
  const struct
  {
    const char *current;
    const LkWritten *written;
    const char *offered;
    LkPhotoAction action;
  } cases[] = {
    { NULL, NULL, A, LK_PHOTO_UPDATED },
    { A, NULL, A, LK_PHOTO_UNCHANGED },
    { B, NULL, A, LK_PHOTO_KEPT },
    { A, &ours, C, LK_PHOTO_UPDATED },
    { C, &ours, B, LK_PHOTO_KEPT },
    /* The address book keeps B as A: the same picture once more is no news. */
    { A, &ours, B, LK_PHOTO_UNCHANGED },
    /* The owner took it away. */
    { NULL, &ours, B, LK_PHOTO_KEPT },
    { NULL, &ours, C, LK_PHOTO_UPDATED },
    /* A crash before the write, and after it. */
    { NULL, &intent, A, LK_PHOTO_UPDATED },
    { A, &intent, A, LK_PHOTO_UNCHANGED },
    { A, &intent, B, LK_PHOTO_UPDATED },
    { A, &both, C, LK_PHOTO_UPDATED },
    { B, &both, C, LK_PHOTO_UPDATED },
    { C, &both, B, LK_PHOTO_KEPT },
    /* No record is no claim, though both are NULL. */
    { B, &nothing, A, LK_PHOTO_KEPT },
    { NULL, NULL, NULL, LK_PHOTO_UNCHANGED },
    { NULL, &ours, NULL, LK_PHOTO_UNCHANGED },
    { A, &ours, NULL, LK_PHOTO_REMOVED },
    { A, &intent, NULL, LK_PHOTO_REMOVED },
    { B, &ours, NULL, LK_PHOTO_KEPT },
    { A, NULL, NULL, LK_PHOTO_KEPT },
    { A, &nothing, NULL, LK_PHOTO_KEPT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (lk_photo_decide (cases[i].current, cases[i].written, cases[i].offered), ==,
                       cases[i].action);
    }
}

/* Bytes that are not those of the feed's hash never get into the address book; the change waits. */
static void
test_wrong_bytes (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pending = NULL;

  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, A, sizeof jpeg, "image/jpeg", "false");
  lk_test_server_answer (self->server, 200, "Content-Type: image/jpeg\r\n", jpeg, sizeof jpeg);
  run (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lk_receiver_get_count (self->receiver, LK_PHOTO_FAILED), ==, 1);
  g_assert_null (lk_contact_get_photo_sha256 (self->contact));
  g_assert_cmpstr (lk_agent_state_get_cursor (self->state), ==, "c1");
  pending = lk_agent_state_dup_pending (self->state);
  g_assert_cmpuint (pending->len, ==, 1);
}

/* The right bytes of something else than a JPEG; and a photo that says so itself. */
static void
test_not_a_jpeg (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) text = g_bytes_new_static ("<svg onload=''/>", 16);
  g_autofree char *sha256 = lk_hash_sha256_hex (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pending = NULL;

  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, sha256, 16, "image/jpeg", "false");
  lk_test_server_answer (self->server, 200, "Content-Type: image/jpeg\r\n", "<svg onload=''/>", 16);
  run (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lk_receiver_get_count (self->receiver, LK_PHOTO_FAILED), ==, 1);

  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, sha256, 16, "image/png", "false");
  g_assert_false (run (self, NULL, &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
  g_assert_null (lk_contact_get_photo_sha256 (self->contact));
  pending = lk_agent_state_dup_pending (self->state);
  g_assert_cmpuint (pending->len, ==, 0);
}

static void
on_applied (LkReceiver *receiver, const LkApplied *applied, gpointer data)
{
  *(LkPhotoAction *)data = applied->action;
}

typedef struct
{
  Fixture *fixture;
  guint n_requests;
} Meanwhile;

static gboolean
were_requested (gpointer data)
{
  Meanwhile *meanwhile = data;

  return lk_test_server_get_n_requests (meanwhile->fixture->server) >= meanwhile->n_requests;
}

/* The owner chooses a photo while ours is on its way. */
static void
test_chosen_meanwhile (Fixture *self, gconstpointer data)
{
  g_autofree char *sha256 = hash_jpeg ();
  g_autoptr (GBytes) mine = g_bytes_new_static ("mine", 4);
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  LkPhotoAction action = LK_PHOTO_FAILED;
  Meanwhile meanwhile = { self, 3 };

  g_signal_connect (self->receiver, "applied", G_CALLBACK (on_applied), &action);
  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, sha256, sizeof jpeg, "image/jpeg", "false");
  lk_test_server_answer (self->server, 200, "Content-Type: image/jpeg\r\n", jpeg, sizeof jpeg);
  lk_test_server_answer (self->server, 204, "", "", 0);
  lk_receiver_run_async (self->receiver, NULL, lk_test_keep_result, &slot);
  lk_test_wait_until (were_requested, &meanwhile);
  lk_address_book_memory_set_photo (self->book, "anna", mine);
  result = lk_test_wait_result (&slot);
  g_assert_true (lk_receiver_run_finish (self->receiver, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (action, ==, LK_PHOTO_KEPT);
  g_assert_true (g_bytes_equal (lk_contact_get_photo (self->contact), mine));
  /* Fetched, and no more. */
  g_assert_cmpuint (lk_test_server_get_n_requests (self->server), ==, 4);
}

static void
test_endless_feed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  lk_test_server_answer_json (self->server, 200, "{\"changes\":[],\"cursor\":\"x\",\"more\":true}");
  lk_test_server_answer_json (self->server, 200, "{\"changes\":[],\"cursor\":\"x\",\"more\":true}");
  g_assert_false (run (self, NULL, &error));
  g_assert_error (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER);
}

/* The connection breaks in the middle of a page: the page is read again, and what was done is not
 * done twice. */
static void
test_broken_page (Fixture *self, gconstpointer data)
{
  g_autofree char *sha256 = hash_jpeg ();
  g_autoptr (GError) error = NULL;

  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, sha256, sizeof jpeg, "image/jpeg", "true");
  lk_test_server_answer (self->server, 200, "Content-Type: image/jpeg\r\n", jpeg, sizeof jpeg);
  lk_test_server_answer_problem (
      self->server, 503,
      "{\"type\":\"about:blank\",\"title\":\"x\",\"status\":503,\"code\":\"unavailable\"}");
  g_assert_false (run (self, NULL, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_cmpstr (lk_contact_get_photo_sha256 (self->contact), ==, sha256);
  g_assert_cmpstr (lk_agent_state_get_cursor (self->state), ==, "c1");

  /* The receipts waited: fetched, then accepted. */
  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  lk_test_server_answer_json (self->server, 200,
                              "{\"changes\":[],\"cursor\":\"c2\",\"more\":false}");
  lk_test_server_answer (self->server, 204, "", "", 0);
  lk_test_server_answer (self->server, 204, "", "", 0);
  run (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lk_test_server_get_n_requests (self->server), ==, 8);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (run (self, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The record cannot be written: then no photo is, since the next run would take it for the owner's.
 */
static void
test_record_unwritable (Fixture *self, gconstpointer data)
{
  g_autofree char *sha256 = hash_jpeg ();
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *moved = g_strconcat (directory, ".moved", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (directory, moved), ==, 0);
  lk_test_server_answer_json (self->server, 200, ACCOUNT);
  answer_feed (self, sha256, sizeof jpeg, "image/jpeg", "false");
  lk_test_server_answer (self->server, 200, "Content-Type: image/jpeg\r\n", jpeg, sizeof jpeg);
  g_assert_false (run (self, NULL, &error));
  g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE);
  g_assert_null (lk_contact_get_photo_sha256 (self->contact));
}

static void
test_one_at_a_time (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lk_agent_state_open (self->path, &error));
  g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_BUSY);
}

/* All that is in a record is there again after it was saved and read. */
static void
test_record (void)
{
  g_autofree char *path = g_build_filename (g_get_user_state_dir (), "likeness", "a.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAgentState) state = lk_agent_state_open (path, &error);
  g_autoptr (LkFeedChange) gone = lk_feed_change_new ("r2", NULL);
  g_autoptr (GPtrArray) pending = NULL;
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  LkDeliveryState delivery = LK_DELIVERY_OFFERED;
  g_autofree char *picture = NULL;

  g_assert_no_error (error);
  lk_agent_state_set_account (state, "http://127.0.0.1/", "me");
  lk_agent_state_set_cursor (state, "c");
  lk_agent_state_set_shared (state, A);
  lk_agent_state_set_written (state, "r1", A, B);
  lk_agent_state_set_intent (state, "r1", C);
  lk_agent_state_add_pending (state, gone);
  lk_agent_state_add_receipt (state, "p", LK_DELIVERY_ACCEPTED);
  lk_agent_state_add_receipt (state, "p", LK_DELIVERY_FETCHED);
  lk_agent_state_save_async (state, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  g_assert_true (lk_agent_state_save_finish (state, result, &error));
  g_clear_object (&result);
  lk_test_run_pending ();
  g_clear_object (&state);

  state = lk_agent_state_open (path, &error);
  g_assert_no_error (error);
  lk_agent_state_set_account (state, "http://127.0.0.1/", "me");
  g_assert_cmpstr (lk_agent_state_get_cursor (state), ==, "c");
  g_assert_cmpstr (lk_agent_state_get_shared (state), ==, A);
  g_assert_cmpstr (lk_agent_state_get_written (state, "r1")->sha256, ==, A);
  g_assert_cmpstr (lk_agent_state_get_written (state, "r1")->source, ==, B);
  g_assert_cmpstr (lk_agent_state_get_written (state, "r1")->intent, ==, C);
  pending = lk_agent_state_dup_pending (state);
  g_assert_cmpuint (pending->len, ==, 1);
  g_assert_cmpstr (((LkFeedChange *)pending->pdata[0])->ref, ==, "r2");
  g_assert_true (lk_agent_state_next_receipt (state, &picture, &delivery));
  g_assert_cmpint (delivery, ==, LK_DELIVERY_ACCEPTED);

  /* Another account: only what is in the address book stays. */
  lk_agent_state_set_account (state, "http://127.0.0.1/", "you");
  g_assert_null (lk_agent_state_get_cursor (state));
  g_assert_nonnull (lk_agent_state_get_written (state, "r1"));
}

static void
test_token_file (void)
{
  g_autofree char *path = g_build_filename (g_get_user_state_dir (), "token", NULL);
  static const char *const texts[] = { "", "\n", " \n", "\xff\xfe" };
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_state_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (path, " abc \r\nmore", -1,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  token = lk_token_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "abc");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_file_set_contents_full (path, texts[i], -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                               0600, NULL));
      g_assert_null (lk_token_file_read (path, &error));
      g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE);
      g_clear_error (&error);
    }
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_null (lk_token_file_read (path, &error));
  g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE);
  g_clear_error (&error);
  g_assert_null (lk_token_file_read ("/dev/zero", &error));
  g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE);
  g_clear_error (&error);
  g_assert_null (lk_token_file_read ("/nonexistent", &error));
  g_assert_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_TOKEN_FILE);
}

static void
add_case (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/agent/decide", test_decide);
  g_test_add_func ("/agent/record", test_record);
  g_test_add_func ("/agent/token-file", test_token_file);
  add_case ("/agent/wrong-bytes", test_wrong_bytes);
  add_case ("/agent/not-a-jpeg", test_not_a_jpeg);
  add_case ("/agent/chosen-meanwhile", test_chosen_meanwhile);
  add_case ("/agent/endless-feed", test_endless_feed);
  add_case ("/agent/broken-page", test_broken_page);
  add_case ("/agent/cancelled", test_cancelled);
  add_case ("/agent/record-unwritable", test_record_unwritable);
  add_case ("/agent/one-at-a-time", test_one_at_a_time);
  return g_test_run ();
}
