/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-private.h"
#include "lk-async.h"
#include "lk-json.h"

/* The most bytes of a token that is taken: four times what the server makes. */
#define TOKEN_MAX_LENGTH 256

/* What a right code brings. */
typedef struct
{
  char *token;
  LkAccount *account;
} SignIn;

static void
sign_in_free (SignIn *sign_in)
{
  g_clear_pointer (&sign_in->account, lk_account_free);
  g_free (sign_in->token);
  g_free (sign_in);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignIn, sign_in_free)

static gpointer
parse_verification (JsonObject *object, GError **error)
{
  return lk_verification_from_json (object, error);
}

static gpointer
parse_account (JsonObject *object, GError **error)
{
  return lk_account_from_json (object, error);
}

static gpointer
parse_sessions (JsonObject *object, GError **error)
{
  return lk_sessions_from_json (object, error);
}

static gpointer
parse_sign_in (JsonObject *object, GError **error)
{
  g_autoptr (SignIn) sign_in = g_new0 (SignIn, 1);
  JsonObject *account;
  const char *token;

  if (!lk_json_get_string (object, "token", TOKEN_MAX_LENGTH, &token, error)
      || !lk_json_get_object (object, "account", &account, error))
    return NULL;

  sign_in->token = g_strdup (token);
  sign_in->account = lk_account_from_json (account, error);
  if (sign_in->account == NULL)
    return NULL;

  return g_steal_pointer (&sign_in);
}

static char *
dup_device_name (const char *device)
{
  const char *end;

  if (strlen (device) <= LK_DEVICE_NAME_MAX_LENGTH)
    return g_strdup (device);

  end = g_utf8_find_prev_char (device, device + LK_DEVICE_NAME_MAX_LENGTH + 1);
  return g_strndup (device, (gsize)(end - device));
}

static void
on_check_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  LkClient *self = LK_CLIENT (object);
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SignIn) sign_in = NULL;

  sign_in = lk_client_call_finish (self, result, lk_client_check_code_async, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  lk_client_set_token (self, sign_in->token);
  if (!lk_client_get_signed_in (self))
    {
      g_task_return_new_error (task, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                               "A token that is no bearer token");
      return;
    }

  g_task_return_pointer (task, g_steal_pointer (&sign_in->account),
                         (GDestroyNotify)lk_account_free);
}

static void
on_delete_account_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  LkClient *self = LK_CLIENT (object);
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  lk_client_order_finish (self, result, lk_client_delete_account_async, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  lk_client_set_token (self, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
on_delete_session_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  LkClient *self = LK_CLIENT (object);
  g_autoptr (GTask) task = data;
  const char *id = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean is_current = g_str_equal (id, "current");

  lk_client_order_finish (self, result, lk_client_delete_session_async, &error);
  /* Signing out where the server has forgotten the session already: it is as was asked. */
  if (is_current && g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED))
    g_clear_error (&error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  if (is_current)
    lk_client_set_token (self, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * lk_client_send_code_async:
 * @self: a client
 * @identifier: in canonical form
 * @cancellable: (nullable): ends it
 * @callback: called when the server has sent the code
 * @data: for @callback
 *
 * Has a code sent to @identifier. Asking again is how it is sent again.
 */
void
lk_client_send_code_async (LkClient *self,
                           const char *identifier,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (identifier != NULL);

  json_object_set_string_member (body, "identifier", identifier);
  message = lk_client_new_open_message (self, SOUP_METHOD_POST, "verifications", body);
  lk_client_call_async (self, lk_client_send_code_async, message, LK_JSON_BODY_MAX_BYTES,
                        parse_verification, (GDestroyNotify)lk_verification_free, cancellable,
                        callback, data);
}

/**
 * lk_client_send_code_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient; LK_PROBLEM_TOO_MANY_REQUESTS with lk_api_error_get_retry_after()
 *
 * Returns: (transfer full) (nullable): what the code is to be checked with, or NULL with @error set
 */
LkVerification *
lk_client_send_code_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_send_code_async, error);
}

/**
 * lk_client_check_code_async:
 * @self: a client
 * @verification: the id of what lk_client_send_code_finish() gave
 * @code: as typed
 * @device: the name under which this device is listed among the sessions; cut to
 * LK_DEVICE_NAME_MAX_LENGTH
 * @cancellable: (nullable): ends it
 * @callback: called when the code is checked
 * @data: for @callback
 *
 * Signs in: on success the client holds the token.
 */
void
lk_client_check_code_async (LkClient *self,
                            const char *verification,
                            const char *code,
                            const char *device,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (verification != NULL && code != NULL && device != NULL);

  name = dup_device_name (device);
  json_object_set_string_member (body, "code", code);
  json_object_set_string_member (body, "device", name);
  path = lk_client_build_path ("verifications", verification, "check", NULL);
  message = lk_client_new_open_message (self, SOUP_METHOD_POST, path, body);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_check_code_async);
  lk_client_call_async (self, lk_client_check_code_async, message, LK_JSON_BODY_MAX_BYTES,
                        parse_sign_in, (GDestroyNotify)sign_in_free, cancellable, on_check_ready,
                        g_steal_pointer (&task));
}

/**
 * lk_client_check_code_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient; LK_PROBLEM_WRONG_CODE with lk_api_error_get_tries_left() and
 * lk_api_error_get_retry_after(), LK_PROBLEM_CODE_EXPIRED when a new code is needed
 *
 * Returns: (transfer full) (nullable): the account that is signed in, or NULL with @error set
 */
LkAccount *
lk_client_check_code_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_check_code_async, error);
}

/**
 * lk_client_get_account_async:
 * @self: a client
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Asks who is signed in.
 */
void
lk_client_get_account_async (LkClient *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));

  message = lk_client_new_message (self, SOUP_METHOD_GET, "account");
  lk_client_call_async (self, lk_client_get_account_async, message, LK_JSON_BODY_MAX_BYTES,
                        parse_account, (GDestroyNotify)lk_account_free, cancellable, callback,
                        data);
}

/**
 * lk_client_get_account_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer full) (nullable): the account, or NULL with @error set
 */
LkAccount *
lk_client_get_account_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_get_account_async, error);
}

/**
 * lk_client_delete_account_async:
 * @self: a client
 * @cancellable: (nullable): ends it, which does not say whether it happened
 * @callback: called when it is done
 * @data: for @callback
 *
 * Erases the account and everything of it on the server, and drops the token.
 */
void
lk_client_delete_account_async (LkClient *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_delete_account_async);
  message = lk_client_new_message (self, SOUP_METHOD_DELETE, "account");
  lk_client_order_async (self, lk_client_delete_account_async, message, cancellable,
                         on_delete_account_ready, g_steal_pointer (&task));
}

/**
 * lk_client_delete_account_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: whether it is erased; FALSE with @error set
 */
gboolean
lk_client_delete_account_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_order_finish (self, result, lk_client_delete_account_async, error);
}

/**
 * lk_client_list_sessions_async:
 * @self: a client
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Asks for the account's signed-in devices.
 */
void
lk_client_list_sessions_async (LkClient *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));

  message = lk_client_new_message (self, SOUP_METHOD_GET, "sessions");
  lk_client_call_async (self, lk_client_list_sessions_async, message, LK_JSON_BODY_MAX_BYTES,
                        parse_sessions, (GDestroyNotify)g_ptr_array_unref, cancellable, callback,
                        data);
}

/**
 * lk_client_list_sessions_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer container) (element-type LkSession) (nullable): the sessions, or NULL with
 * @error set
 */
GPtrArray *
lk_client_list_sessions_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_list_sessions_async, error);
}

/**
 * lk_client_delete_session_async:
 * @self: a client
 * @id: a session's, or "current" to sign this device out, which also drops the token
 * @cancellable: (nullable): ends it
 * @callback: called when it is done
 * @data: for @callback
 *
 * Signs a device out.
 */
void
lk_client_delete_session_async (LkClient *self,
                                const char *id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (id != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_delete_session_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  path = lk_client_build_path ("sessions", id, NULL);
  message = lk_client_new_message (self, SOUP_METHOD_DELETE, path);
  lk_client_order_async (self, lk_client_delete_session_async, message, cancellable,
                         on_delete_session_ready, g_steal_pointer (&task));
}

/**
 * lk_client_delete_session_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: whether that device is signed out; FALSE with @error set
 */
gboolean
lk_client_delete_session_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_order_finish (self, result, lk_client_delete_session_async, error);
}
