/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-async.h"
#include "lk-test-async.h"
#include "lk-token-store.h"
#include "lk-token-store-memory.h"
#include "lk-token-store-secret.h"

/* One suite for both token stores: without arguments the one in memory, with --keyring the one in
 * the keyring of the session that it runs in. */

#define SERVER "https://likeness.example.org"
#define OTHER_SERVER "http://127.0.0.1:8080"

static gboolean with_keyring;

typedef struct
{
  LkTokenStore *store;
  GAsyncResult *result;
} Fixture;

static LkTokenStore *
open_store (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  LkTokenStore *store;

  lk_token_store_open_async (NULL, lk_test_keep_result, &result);
  result = lk_test_wait_result (&result);
  store = lk_token_store_open_finish (result, &error);
  g_assert_no_error (error);

  return store;
}

static char *
load (Fixture *fixture, const char *server)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *token;

  lk_token_store_load_async (fixture->store, server, NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  token = lk_token_store_load_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return token;
}

static void
save (Fixture *fixture, const char *server, const char *token)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_token_store_save_async (fixture->store, server, token, NULL, lk_test_keep_result,
                             &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  lk_token_store_save_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static void
clear (Fixture *fixture, const char *server)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_token_store_clear_async (fixture->store, server, NULL, lk_test_keep_result, &fixture->result);
  result = lk_test_wait_result (&fixture->result);
  lk_token_store_clear_finish (fixture->store, result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = open_store ();
  clear (fixture, SERVER);
  clear (fixture, OTHER_SERVER);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->store);
}

static void
test_chosen (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (lk_token_store_is_persistent (fixture->store), ==, with_keyring);
  if (with_keyring)
    g_assert_true (LK_IS_TOKEN_STORE_SECRET (fixture->store));
  else
    g_assert_true (LK_IS_TOKEN_STORE_MEMORY (fixture->store));
}

static void
test_keeps (Fixture *fixture, gconstpointer data)
{
  g_autofree char *none = load (fixture, SERVER);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *other = NULL;
  g_autofree char *cleared = NULL;
  g_autofree char *other_still = NULL;

  g_assert_null (none);

  save (fixture, SERVER, "token-1");
  first = load (fixture, SERVER);
  g_assert_cmpstr (first, ==, "token-1");
  other = load (fixture, OTHER_SERVER);
  g_assert_null (other);

  save (fixture, SERVER, "token-2");
  save (fixture, OTHER_SERVER, "token-3");
  second = load (fixture, SERVER);
  g_assert_cmpstr (second, ==, "token-2");

  clear (fixture, SERVER);
  clear (fixture, SERVER);
  cleared = load (fixture, SERVER);
  g_assert_null (cleared);
  other_still = load (fixture, OTHER_SERVER);
  g_assert_cmpstr (other_still, ==, "token-3");
}

/* A store that is opened anew has what the last one kept, where it says so. */
static void
test_persistence (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;

  save (fixture, SERVER, "token-1");
  lk_test_run_pending ();
  g_assert_finalize_object (fixture->store);
  fixture->store = open_store ();
  token = load (fixture, SERVER);
  g_assert_cmpstr (token, ==, with_keyring ? "token-1" : NULL);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) saved = NULL;
  g_autoptr (GAsyncResult) cleared = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  save (fixture, SERVER, "token-1");
  g_cancellable_cancel (cancellable);

  lk_token_store_load_async (fixture->store, SERVER, cancellable, lk_test_keep_result,
                             &fixture->result);
  loaded = lk_test_wait_result (&fixture->result);
  g_assert_null (lk_token_store_load_finish (fixture->store, loaded, &error));
  g_assert_true (lk_error_is_cancelled (error));
  g_clear_error (&error);

  lk_token_store_save_async (fixture->store, SERVER, "token-2", cancellable, lk_test_keep_result,
                             &fixture->result);
  saved = lk_test_wait_result (&fixture->result);
  g_assert_false (lk_token_store_save_finish (fixture->store, saved, &error));
  g_assert_true (lk_error_is_cancelled (error));
  g_clear_error (&error);

  lk_token_store_clear_async (fixture->store, SERVER, cancellable, lk_test_keep_result,
                              &fixture->result);
  cleared = lk_test_wait_result (&fixture->result);
  g_assert_false (lk_token_store_clear_finish (fixture->store, cleared, &error));
  g_assert_true (lk_error_is_cancelled (error));
  g_clear_error (&error);

  lk_token_store_open_async (cancellable, lk_test_keep_result, &fixture->result);
  opened = lk_test_wait_result (&fixture->result);
  g_assert_null (lk_token_store_open_finish (opened, &error));
  g_assert_true (lk_error_is_cancelled (error));

  token = load (fixture, SERVER);
  g_assert_cmpstr (token, ==, "token-1");
}

/* What is under way keeps the store until it is done. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  LkTokenStore *store = fixture->store;

  lk_token_store_save_async (store, SERVER, "token-1", NULL, lk_test_keep_result, &fixture->result);
  g_object_unref (store);
  result = lk_test_wait_result (&fixture->result);
  g_assert_true (lk_token_store_save_finish (store, result, &error));
  g_assert_no_error (error);
  g_object_ref (store);
}

static GDBusMessage *
swallow (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    g_clear_object (&message);

  return message;
}

/* A keyring that is there and never answers must not keep anybody from signing in. */
static void
test_deaf (void)
{
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (LkTokenStore) store = NULL;

  connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_add_filter (connection, swallow, NULL, NULL);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.secrets", 0), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);

  store = open_store ();
  g_assert_true (LK_IS_TOKEN_STORE_MEMORY (store));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  with_keyring = argc > 1 && g_str_equal (argv[1], "--keyring");
  if (argc > 1 && g_str_equal (argv[1], "--deaf-keyring"))
    {
      g_test_add_func ("/token-store/deaf", test_deaf);
      return g_test_run ();
    }

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/token-store/chosen", test_chosen);
  ADD ("/token-store/keeps", test_keeps);
  ADD ("/token-store/persistence", test_persistence);
  ADD ("/token-store/cancelled", test_cancelled);
  ADD ("/token-store/dropped", test_dropped);
#undef ADD

  return g_test_run ();
}
