/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include "lk-client.h"
#include "lk-test-async.h"
#include "lk-test-program.h"

/* The client against the real likeness-server: two people from signing in to erasing everything. */

#define ANNA "anna@example.org"
#define BEN "+4915112345678"
/* 1 × 1 px. */
#define PNG                                                                                        \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"                                  \
  "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

typedef struct
{
  char *directory;
  GSubprocess *process;
  GDataInputStream *lines;
  char *address;
} Server;

typedef struct
{
  Server server;
  GBytes *bundle;
  LkClient *anna;
  LkClient *ben;
  GAsyncResult *result;
  guint n_signed_out;
} Fixture;

static char *
build_path (const char *folder, const char *name)
{
  const char *build = g_getenv ("LK_BUILD_DIR");

  g_assert_nonnull (build);

  return g_build_filename (build, "src", folder, name, NULL);
}

static char *
read_line (Server *server)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *line;

  g_data_input_stream_read_line_async (server->lines, G_PRIORITY_DEFAULT, NULL, lk_test_keep_result,
                                       &result);
  result = lk_test_wait_result (&result);
  line = g_data_input_stream_read_line_finish (server->lines, result, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);

  return line;
}

/* What follows @prefix on the next line that starts so: (transfer full). */
static char *
wait_for_line (Server *server, const char *prefix)
{
  for (;;)
    {
      g_autofree char *line = read_line (server);

      if (g_str_has_prefix (line, prefix))
        return g_strdup (line + strlen (prefix));
    }
}

static void
start_server (Server *server, const char *listen)
{
  g_autofree char *program = build_path ("server", "likeness-server");
  g_autofree char *config = g_build_filename (server->directory, "server.conf", NULL);
  g_autofree char *data = g_build_filename (server->directory, "data", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (config, "[email]\nsender=console\n\n[sms]\nsender=console\n", -1,
                            G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  server->process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program,
      "--config", config, "--data-dir", data, "--listen", listen, NULL);
  g_assert_no_error (error);
  server->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server->process));
  g_free (server->address);
  server->address = wait_for_line (server, "listening on ");
}

static void
kill_server (Server *server)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_send_signal (server->process, SIGKILL);
  g_subprocess_wait (server->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&server->lines);
  g_clear_object (&server->process);
}

/* A real bundle, by likeness-render: (transfer full). */
static GBytes *
make_bundle (const char *directory)
{
  g_autofree char *program = build_path ("media", "likeness-render");
  g_autofree char *source = g_build_filename (directory, "source.png", NULL);
  g_autofree char *output = g_build_filename (directory, "picture.likeness", NULL);
  g_autofree guchar *png = NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  png = g_base64_decode (PNG, &size);
  g_file_set_contents (source, (const char *)png, (gssize)size, &error);
  g_assert_no_error (error);
  lk_test_run_program (program, "--alt", "A dot", source, output, NULL);
  file = g_mapped_file_new (output, FALSE, &error);
  g_assert_no_error (error);

  return g_mapped_file_get_bytes (file);
}

#define WAIT(fixture) g_autoptr (GAsyncResult) result = lk_test_wait_result (&(fixture)->result)

static LkVerification *
send_code (Fixture *fixture, LkClient *client, const char *identifier)
{
  g_autoptr (GError) error = NULL;
  LkVerification *verification;

  lk_client_send_code_async (client, identifier, NULL, lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  verification = lk_client_send_code_finish (client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (verification->code_length, ==, 6);

  return verification;
}

static LkAccount *
check_code (Fixture *fixture, LkClient *client, const char *id, const char *code, GError **error)
{
  lk_client_check_code_async (client, id, code, "Desk", NULL, lk_test_keep_result,
                              &fixture->result);
  WAIT (fixture);

  return lk_client_check_code_finish (client, result, error);
}

static LkClient *
sign_in (Fixture *fixture, const char *identifier)
{
  g_autofree char *prefix = g_strdup_printf ("code for %s: ", identifier);
  g_autofree char *code = NULL;
  g_autoptr (LkVerification) verification = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) error = NULL;
  LkClient *client = lk_client_new (fixture->server.address, &error);

  g_assert_no_error (error);
  verification = send_code (fixture, client, identifier);
  code = wait_for_line (&fixture->server, prefix);
  account = check_code (fixture, client, verification->id, code, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (account->identifiers[0], ==, identifier);
  g_assert_true (lk_client_get_signed_in (client));

  return client;
}

static void
share (Fixture *fixture, LkClient *client, const char *ref, const char *identifier)
{
  const char *const identifiers[] = { identifier, NULL };
  g_autoptr (GPtrArray) contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (contacts, lk_shared_contact_new (ref, identifiers));
  lk_client_put_contacts_async (client, contacts, NULL, lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  lk_client_put_contacts_finish (client, result, &error);
  g_assert_no_error (error);
}

static LkPicture *
publish (Fixture *fixture, const char *key)
{
  g_autoptr (GError) error = NULL;
  LkPicture *picture;

  lk_client_publish_async (fixture->anna, fixture->bundle, key, NULL, NULL, NULL,
                           lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  picture = lk_client_publish_finish (fixture->anna, result, &error);
  g_assert_no_error (error);

  return picture;
}

static GPtrArray *
list_pictures (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *pictures;

  lk_client_list_pictures_async (fixture->anna, NULL, lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  pictures = lk_client_list_pictures_finish (fixture->anna, result, &error);
  g_assert_no_error (error);

  return pictures;
}

static LkFeed *
get_feed (Fixture *fixture, const char *cursor)
{
  g_autoptr (GError) error = NULL;
  LkFeed *feed;

  lk_client_get_feed_async (fixture->ben, cursor, NULL, lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  feed = lk_client_get_feed_finish (fixture->ben, result, &error);
  g_assert_no_error (error);

  return feed;
}

static void
put_receipt (Fixture *fixture, const char *picture, LkDeliveryState state)
{
  g_autoptr (GError) error = NULL;

  lk_client_put_receipt_async (fixture->ben, picture, state, NULL, lk_test_keep_result,
                               &fixture->result);
  WAIT (fixture);
  lk_client_put_receipt_finish (fixture->ben, result, &error);
  g_assert_no_error (error);
}

static LkDeliveryState
get_delivery (Fixture *fixture, const char *picture)
{
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;
  LkDelivery *delivery;

  lk_client_list_deliveries_async (fixture->anna, picture, NULL, lk_test_keep_result,
                                   &fixture->result);
  WAIT (fixture);
  deliveries = lk_client_list_deliveries_finish (fixture->anna, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deliveries->len, ==, 1);
  delivery = g_ptr_array_index (deliveries, 0);
  g_assert_cmpstr (delivery->ref, ==, "ben");

  return delivery->state;
}

static void
on_signed_out (LkClient *client, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_signed_out++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->server.directory = g_dir_make_tmp ("likeness-client-XXXXXX", &error);
  g_assert_no_error (error);
  start_server (&fixture->server, "127.0.0.1:0");
  fixture->bundle = make_bundle (fixture->server.directory);
  fixture->anna = sign_in (fixture, ANNA);
  fixture->ben = sign_in (fixture, BEN);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->anna);
  g_assert_finalize_object (fixture->ben);
  kill_server (&fixture->server);
  lk_test_run_program ("rm", "-r", fixture->server.directory, NULL);
  g_bytes_unref (fixture->bundle);
  g_free (fixture->server.directory);
  g_free (fixture->server.address);
}

static void
test_wrong_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LkClient) client = lk_client_new (fixture->server.address, NULL);
  g_autoptr (LkVerification) verification = send_code (fixture, client, "cleo@example.org");
  g_autofree char *code = wait_for_line (&fixture->server, "code for cleo@example.org: ");
  g_autoptr (LkAccount) account = NULL;
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;

  code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
  account = check_code (fixture, client, verification->id, code, &wrong);
  g_assert_null (account);
  g_assert_error (wrong, LK_PROBLEM, LK_PROBLEM_WRONG_CODE);
  g_assert_cmpint (lk_api_error_get_tries_left (wrong), ==, 4);
  g_assert_false (lk_client_get_signed_in (client));

  account = check_code (fixture, client, "0123456789abcdef0123456789abcdef", code, &unknown);
  g_assert_null (account);
  g_assert_true (unknown != NULL && unknown->domain == LK_PROBLEM);
}

static void
test_too_soon (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lk_client_send_code_async (fixture->anna, ANNA, NULL, lk_test_keep_result, &fixture->result);
  WAIT (fixture);
  g_assert_null (lk_client_send_code_finish (fixture->anna, result, &error));
  g_assert_error (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS);
  g_assert_cmpint (lk_api_error_get_retry_after (error), >, 0);
}

static void
test_publish_to_withdraw (Fixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_uuid_string_random ();
  g_autofree char *listen = NULL;
  g_autoptr (LkPicture) picture = NULL;
  g_autoptr (LkPicture) again = NULL;
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (LkFeed) feed = NULL;
  g_autoptr (LkFeed) later = NULL;
  g_autoptr (GBytes) photo = NULL;
  g_autoptr (GError) error = NULL;
  const LkFeedChange *change;
  const LkRendition *rendition;

  share (fixture, fixture->anna, "ben", BEN);
  share (fixture, fixture->ben, "anna", ANNA);
  share (fixture, fixture->ben, "anna-1", ANNA);

  /* Killed between the two tries of one publish: it is there once. */
  picture = publish (fixture, key);
  listen = g_strdup (fixture->server.address + strlen ("http://"));
  kill_server (&fixture->server);
  start_server (&fixture->server, listen);
  again = publish (fixture, key);
  g_assert_cmpstr (again->id, ==, picture->id);
  pictures = list_pictures (fixture);
  g_assert_cmpuint (pictures->len, ==, 1);

  feed = get_feed (fixture, NULL);
  g_assert_cmpuint (feed->changes->len, ==, 1);
  change = g_ptr_array_index (feed->changes, 0);
  g_assert_cmpstr (change->ref, ==, "anna-1");
  g_assert_cmpstr (change->picture->id, ==, picture->id);
  g_assert_cmpstr (change->picture->alt, ==, "A dot");
  g_assert_null (change->picture->audience);

  rendition = lk_picture_get_rendition (change->picture, "photo");
  lk_client_get_rendition_async (fixture->ben, picture->id, rendition, NULL, lk_test_keep_result,
                                 &fixture->result);
  {
    WAIT (fixture);
    photo = lk_client_get_rendition_finish (fixture->ben, result, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (photo), ==, rendition->size);
  }

  put_receipt (fixture, picture->id, LK_DELIVERY_FETCHED);
  g_assert_cmpint (get_delivery (fixture, picture->id), ==, LK_DELIVERY_FETCHED);
  put_receipt (fixture, picture->id, LK_DELIVERY_ACCEPTED);
  g_assert_cmpint (get_delivery (fixture, picture->id), ==, LK_DELIVERY_ACCEPTED);

  lk_client_withdraw_picture_async (fixture->anna, picture->id, NULL, lk_test_keep_result,
                                    &fixture->result);
  {
    WAIT (fixture);
    lk_client_withdraw_picture_finish (fixture->anna, result, &error);
    g_assert_no_error (error);
  }
  later = get_feed (fixture, feed->cursor);
  g_assert_cmpuint (later->changes->len, ==, 1);
  change = g_ptr_array_index (later->changes, 0);
  g_assert_null (change->picture);
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LkPicture) picture = publish (fixture, "key-of-this-test");
  g_autoptr (LkPicture) changed = NULL;
  g_autoptr (JsonObject) changes = json_object_new ();
  g_autoptr (LkAudience) audience = lk_audience_new (LK_AUDIENCE_EVERYONE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (lk_audience_get_kind (picture->audience), ==, LK_AUDIENCE_CONTACTS);
  json_object_set_object_member (changes, "audience", lk_audience_to_json (audience));
  json_object_set_string_member (changes, "alt", "Another text");
  lk_client_change_picture_async (fixture->anna, picture->id, changes, NULL, lk_test_keep_result,
                                  &fixture->result);
  WAIT (fixture);
  changed = lk_client_change_picture_finish (fixture->anna, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (lk_audience_get_kind (changed->audience), ==, LK_AUDIENCE_EVERYONE);
  g_assert_cmpstr (changed->alt, ==, "Another text");
}

static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  const LkSession *session;

  lk_client_list_sessions_async (fixture->anna, NULL, lk_test_keep_result, &fixture->result);
  {
    WAIT (fixture);
    sessions = lk_client_list_sessions_finish (fixture->anna, result, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (sessions->len, ==, 1);
  session = g_ptr_array_index (sessions, 0);
  g_assert_true (session->current);
  g_assert_cmpstr (session->name, ==, "Desk");

  /* Signed out by its own id, as another device would do it: the next call finds out. */
  g_signal_connect (fixture->anna, "signed-out", G_CALLBACK (on_signed_out), fixture);
  lk_client_delete_session_async (fixture->anna, session->id, NULL, lk_test_keep_result,
                                  &fixture->result);
  {
    WAIT (fixture);
    lk_client_delete_session_finish (fixture->anna, result, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (fixture->n_signed_out, ==, 0);
  lk_client_get_account_async (fixture->anna, NULL, lk_test_keep_result, &fixture->result);
  {
    WAIT (fixture);
    g_assert_null (lk_client_get_account_finish (fixture->anna, result, &error));
    g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
  }
  g_assert_cmpuint (fixture->n_signed_out, ==, 1);
  g_assert_false (lk_client_get_signed_in (fixture->anna));
}

static void
test_erased (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = g_strdup (lk_client_get_token (fixture->anna));
  g_autoptr (GError) error = NULL;

  lk_client_delete_account_async (fixture->anna, NULL, lk_test_keep_result, &fixture->result);
  {
    WAIT (fixture);
    lk_client_delete_account_finish (fixture->anna, result, &error);
    g_assert_no_error (error);
  }
  g_assert_false (lk_client_get_signed_in (fixture->anna));

  lk_client_set_token (fixture->anna, token);
  lk_client_get_account_async (fixture->anna, NULL, lk_test_keep_result, &fixture->result);
  {
    WAIT (fixture);
    g_assert_null (lk_client_get_account_finish (fixture->anna, result, &error));
    g_assert_error (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/client-and-server/wrong-code", test_wrong_code);
  ADD ("/client-and-server/too-soon", test_too_soon);
  ADD ("/client-and-server/publish-to-withdraw", test_publish_to_withdraw);
  ADD ("/client-and-server/change", test_change);
  ADD ("/client-and-server/sessions", test_sessions);
  ADD ("/client-and-server/erased", test_erased);
#undef ADD

  return g_test_run ();
}
