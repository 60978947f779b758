/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish-tool SERVER TOKEN DIRECTORY [PHOTO]
 *
 * Signs in with a token and publishes a photo, or what waits in the directory; prints each phase on
 * a line of its own. Ends when it is done, has failed, or its standard input ends; a line on that
 * cancels. What test-publisher.py drives. */
#include <gio/gunixinputstream.h>
#include <unistd.h>
#include "lk-app-enums.h"
#include "lk-publisher.h"
#include "lk-test-async.h"

typedef struct
{
  GMainLoop *loop;
  LkAccountModel *account;
  LkPublisher *publisher;
  GFile *photo;
} Tool;

static void
on_phase_changed (Tool *tool)
{
  LkPublishPhase phase = lk_publisher_get_phase (tool->publisher);
  g_autoptr (GEnumClass) klass = g_type_class_ref (LK_TYPE_PUBLISH_PHASE);
  const GError *error = lk_publisher_get_error (tool->publisher);

  g_print ("%s%s%s\n", g_enum_get_value (klass, phase)->value_nick, error != NULL ? ": " : "",
           error != NULL ? error->message : "");
}

static void
on_account_changed (Tool *tool)
{
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (LkAudience) audience = NULL;
  g_autoptr (GFile) photo = NULL;

  if (lk_account_model_get_state (tool->account) != LK_ACCOUNT_SIGNED_IN
      || lk_account_model_get_id (tool->account) == NULL || tool->photo == NULL)
    return;
  photo = g_steal_pointer (&tool->photo);
  recipe = lk_recipe_new ();
  audience = lk_audience_new (LK_AUDIENCE_EVERYONE, NULL);
  lk_publisher_publish (tool->publisher, photo, recipe, "A photo", audience);
}

static void
on_line_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Tool *tool = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);

  g_assert_no_error (error);
  if (line == NULL)
    {
      g_main_loop_quit (tool->loop);
      return;
    }
  lk_publisher_cancel (tool->publisher);
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL,
                                       on_line_ready, tool);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (LkAddressBook) address_book = lk_address_book_memory_new ();
  g_autoptr (LkTokenStore) store = lk_token_store_memory_new ();
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (LkClient) client = NULL;
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (GError) error = NULL;
  Tool tool = { .loop = loop };

  g_assert_cmpint (argc, >=, 4);
  setvbuf (stdout, NULL, _IOLBF, 0);
  settings = g_settings_new ("app.likeness.Likeness");
  g_settings_set_string (settings, "server", argv[1]);
  /* A token is kept by the address in its one form. */
  client = lk_client_new (argv[1], &error);
  g_assert_no_error (error);
  lk_token_store_save_async (store, lk_client_get_server (client), argv[2], NULL,
                             lk_test_keep_result, &saved);
  g_assert_true (lk_token_store_save_finish (store, lk_test_wait_result (&saved), &error));
  g_assert_no_error (error);

  tool.account = lk_account_model_new (settings, address_book, store);
  tool.publisher = lk_publisher_new (tool.account, argv[3]);
  tool.photo = argc > 4 ? g_file_new_for_path (argv[4]) : NULL;
  g_signal_connect_swapped (tool.publisher, "notify::phase", G_CALLBACK (on_phase_changed), &tool);
  g_signal_connect_swapped (tool.account, "notify::identifiers", G_CALLBACK (on_account_changed),
                            &tool);
  g_signal_connect_swapped (tool.account, "notify::state", G_CALLBACK (on_account_changed), &tool);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line_ready, &tool);
  lk_account_model_start (tool.account);
  g_main_loop_run (loop);

  g_clear_object (&tool.publisher);
  g_clear_object (&tool.account);
  g_clear_object (&tool.photo);
  return 0;
}
