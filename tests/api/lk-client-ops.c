/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-ops.h"
#include "lk-hash.h"

#define SHA256_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ACCOUNT                                                                                    \
  "{\"id\":\"a1\",\"identifiers\":[\"anna@example.org\"],\"created\":\"2026-01-02T03:04:05Z\"}"
#define SESSION                                                                                    \
  "{\"id\":\"s1\",\"name\":\"Desk\",\"created\":\"2026-01-02T03:04:05Z\","                         \
  "\"last_seen\":\"2026-01-02T03:04:05Z\",\"current\":true}"
#define PICTURE                                                                                    \
  "{\"id\":\"p1\",\"kind\":\"still\",\"alt\":\"A face\",\"created\":\"2026-01-02T03:04:05Z\","     \
  "\"expires\":null,\"position\":0,\"audience\":{\"kind\":\"contacts\"},\"told\":3,"               \
  "\"renditions\":[{\"name\":\"photo\",\"type\":\"image/jpeg\",\"width\":720,\"height\":720,"      \
  "\"duration\":0,\"bytes\":1,\"sha256\":\"" SHA256_OF_NOTHING "\"}]}"

#define FACE "the bytes of a face"

/* A rendition of the bytes that answer_rendition() gives: (transfer full). */
LkRendition *
client_ops_dup_rendition (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (FACE, strlen (FACE));
  g_autofree char *sha256 = lk_hash_sha256_hex (bytes);

  return lk_rendition_new ("photo", "image/jpeg", 720, 720, 0, strlen (FACE), sha256);
}

static void
answer_verification (LkTestServer *server)
{
  lk_test_server_answer_json (
      server, 201, "{\"id\":\"v1\",\"code_length\":6,\"expires_in\":600,\"resend_in\":30}");
}

static void
start_send_code (LkClient *client,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer data)
{
  lk_client_send_code_async (client, "anna@example.org", cancellable, callback, data);
}

static gboolean
finish_send_code (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkVerification) verification = lk_client_send_code_finish (client, result, error);

  return verification != NULL;
}

static void
answer_check (LkTestServer *server)
{
  lk_test_server_answer_json (
      server, 201, "{\"token\":\"" OPS_TOKEN "\",\"session\":" SESSION ",\"account\":" ACCOUNT "}");
}

static void
start_check_code (LkClient *client,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer data)
{
  lk_client_check_code_async (client, "v1", "123456", "Desk", cancellable, callback, data);
}

static gboolean
finish_check_code (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkAccount) account = lk_client_check_code_finish (client, result, error);

  return account != NULL;
}

static void
answer_account (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200, ACCOUNT);
}

static gboolean
finish_get_account (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkAccount) account = lk_client_get_account_finish (client, result, error);

  return account != NULL;
}

static void
answer_nothing (LkTestServer *server)
{
  lk_test_server_answer (server, 204, NULL, NULL, 0);
}

static void
answer_sessions (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200, "{\"sessions\":[" SESSION "]}");
}

static gboolean
finish_list_sessions (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) sessions = lk_client_list_sessions_finish (client, result, error);

  return sessions != NULL;
}

static void
start_delete_session (LkClient *client,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  lk_client_delete_session_async (client, "s/2", cancellable, callback, data);
}

static void
answer_contacts (LkTestServer *server)
{
  lk_test_server_answer (server, 200, "Content-Type: application/json\r\nETag: \"1\"\r\n",
                         "{\"count\":0}", -1);
  lk_test_server_answer (server, 204, "ETag: \"2\"\r\n", NULL, 0);
}

static void
start_put_contacts (LkClient *client,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  const char *const identifiers[] = { "ben@example.org", "+4915112345678", NULL };
  g_autoptr (GPtrArray) contacts
      = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);

  g_ptr_array_add (contacts, lk_shared_contact_new ("ben", identifiers));
  lk_client_put_contacts_async (client, contacts, cancellable, callback, data);
}

static void
answer_published (LkTestServer *server)
{
  lk_test_server_answer_json (server, 201, PICTURE);
}

static void
start_publish (LkClient *client,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  g_autoptr (GBytes) bundle = g_bytes_new_static ("bundle", 6);

  lk_client_publish_async (client, bundle, "key-1", NULL, NULL, cancellable, callback, data);
}

static gboolean
finish_publish (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkPicture) picture = lk_client_publish_finish (client, result, error);

  return picture != NULL;
}

static void
answer_pictures (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200, "{\"pictures\":[" PICTURE "]}");
}

static gboolean
finish_list_pictures (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) pictures = lk_client_list_pictures_finish (client, result, error);

  return pictures != NULL;
}

static void
answer_picture (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200, PICTURE);
}

static void
start_change_picture (LkClient *client,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (JsonObject) changes = json_object_new ();

  json_object_set_int_member (changes, "position", 0);
  lk_client_change_picture_async (client, "p1", changes, cancellable, callback, data);
}

static gboolean
finish_change_picture (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkPicture) picture = lk_client_change_picture_finish (client, result, error);

  return picture != NULL;
}

static void
start_withdraw_picture (LkClient *client,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  lk_client_withdraw_picture_async (client, "p1", cancellable, callback, data);
}

static void
answer_rendition (LkTestServer *server)
{
  lk_test_server_answer (server, 200, "Content-Type: image/jpeg\r\n", FACE, -1);
}

static void
start_get_rendition (LkClient *client,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  g_autoptr (LkRendition) rendition = client_ops_dup_rendition ();

  lk_client_get_rendition_async (client, "p1", rendition, cancellable, callback, data);
}

static gboolean
finish_get_rendition (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (GBytes) bytes = lk_client_get_rendition_finish (client, result, error);

  return bytes != NULL;
}

static void
answer_deliveries (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200,
                              "{\"deliveries\":[{\"ref\":\"ben\",\"state\":\"accepted\",\"at\":"
                              "\"2026-01-02T03:04:05Z\"}]}");
}

static void
start_list_deliveries (LkClient *client,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  lk_client_list_deliveries_async (client, "p1", cancellable, callback, data);
}

static gboolean
finish_list_deliveries (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (GPtrArray) deliveries = lk_client_list_deliveries_finish (client, result, error);

  return deliveries != NULL;
}

static void
answer_feed (LkTestServer *server)
{
  lk_test_server_answer_json (server, 200, "{\"changes\":[],\"cursor\":\"c2\",\"more\":false}");
}

static void
start_get_feed (LkClient *client,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  lk_client_get_feed_async (client, "c 1", cancellable, callback, data);
}

static gboolean
finish_get_feed (LkClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (LkFeed) feed = lk_client_get_feed_finish (client, result, error);

  return feed != NULL;
}

static void
start_put_receipt (LkClient *client,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  lk_client_put_receipt_async (client, "p1", LK_DELIVERY_ACCEPTED, cancellable, callback, data);
}

static const ClientOp ops[] = {
  { "send-code", "POST", "/v1/verifications", TRUE, answer_verification, start_send_code,
    finish_send_code },
  { "check-code", "POST", "/v1/verifications/v1/check", TRUE, answer_check, start_check_code,
    finish_check_code },
  { "get-account", "GET", "/v1/account", FALSE, answer_account, lk_client_get_account_async,
    finish_get_account },
  { "delete-account", "DELETE", "/v1/account", FALSE, answer_nothing,
    lk_client_delete_account_async, lk_client_delete_account_finish },
  { "list-sessions", "GET", "/v1/sessions", FALSE, answer_sessions, lk_client_list_sessions_async,
    finish_list_sessions },
  { "delete-session", "DELETE", "/v1/sessions/s%2F2", FALSE, answer_nothing, start_delete_session,
    lk_client_delete_session_finish },
  { "put-contacts", "PUT", "/v1/contacts", FALSE, answer_contacts, start_put_contacts,
    lk_client_put_contacts_finish },
  { "publish", "POST", "/v1/pictures", FALSE, answer_published, start_publish, finish_publish },
  { "list-pictures", "GET", "/v1/pictures", FALSE, answer_pictures, lk_client_list_pictures_async,
    finish_list_pictures },
  { "change-picture", "PATCH", "/v1/pictures/p1", FALSE, answer_picture, start_change_picture,
    finish_change_picture },
  { "withdraw-picture", "DELETE", "/v1/pictures/p1", FALSE, answer_nothing, start_withdraw_picture,
    lk_client_withdraw_picture_finish },
  { "get-rendition", "GET", "/v1/pictures/p1/photo", FALSE, answer_rendition, start_get_rendition,
    finish_get_rendition },
  { "list-deliveries", "GET", "/v1/pictures/p1/deliveries", FALSE, answer_deliveries,
    start_list_deliveries, finish_list_deliveries },
  { "get-feed", "GET", "/v1/feed?cursor=c%201", FALSE, answer_feed, start_get_feed,
    finish_get_feed },
  { "put-receipt", "PUT", "/v1/receipts/p1", FALSE, answer_nothing, start_put_receipt,
    lk_client_put_receipt_finish },
};

/* Every call of LkClient. */
const ClientOp *
client_ops_get (guint *n_ops)
{
  *n_ops = G_N_ELEMENTS (ops);

  return ops;
}
