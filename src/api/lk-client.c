/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client.h"
#include "lk-client-private.h"
#include "lk-async.h"
#include "lk-config.h"
#include "lk-fetch.h"
#include "lk-json.h"
#include "lk-server-address.h"

/* Seconds without a byte in either direction, and seconds that an unused connection is kept. */
#define DEFAULT_TIMEOUT 30
#define IDLE_TIMEOUT 60

struct _LkClient
{
  GObject parent_instance;

  char *server;
  char *token;
  guint timeout;
  SoupSession *session;

  /* Cancelled when the client is disposed of, and with it all that is under way. */
  GCancellable *lifetime;
  /* The version of the shared address book that the server had last, as far as is known. */
  char *contacts_etag;
};

typedef enum
{
  PROP_SERVER = 1,
  PROP_TOKEN,
  PROP_SIGNED_IN,
  PROP_TIMEOUT,
} LkClientProperty;

typedef enum
{
  SIGNED_OUT,
} LkClientSignal;

static GParamSpec *properties[PROP_TIMEOUT + 1];
static guint signals[SIGNED_OUT + 1];

static void lk_client_initable_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkClient,
                               lk_client,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, lk_client_initable_init))

/* An exchange under way: cancelled by the caller's cancellable and by the end of the client. */
typedef struct
{
  char *token;
  GCancellable *cancellable;
  GCancellable *callers;
  gulong callers_handler;
  GCancellable *lifetime;
  gulong lifetime_handler;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_cancellable_disconnect (exchange->callers, exchange->callers_handler);
  g_cancellable_disconnect (exchange->lifetime, exchange->lifetime_handler);
  g_clear_object (&exchange->callers);
  g_clear_object (&exchange->lifetime);
  g_clear_object (&exchange->cancellable);
  g_free (exchange->token);
  g_free (exchange);
}

typedef struct
{
  SoupMessage *message;
  gsize max_bytes;
  LkClientParse parse;
  GDestroyNotify free_result;
} Call;

static void
call_free (Call *call)
{
  g_clear_object (&call->message);
  g_free (call);
}

/* The characters of a bearer token (RFC 6750, 2.1): nothing that could end a header. */
static gboolean
is_token (const char *text)
{
  if (*text == '\0')
    return FALSE;

  for (const char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isalnum (*c) && strchr ("-._~+/=", *c) == NULL)
        return FALSE;
    }

  return TRUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
on_exchange_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkClient *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;

  body = lk_fetch_finish (SOUP_SESSION (object), result, &error);
  if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED) && exchange->token != NULL
      && g_strcmp0 (exchange->token, self->token) == 0)
    {
      lk_client_set_token (self, NULL);
      g_signal_emit (self, signals[SIGNED_OUT], 0);
    }
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  g_task_return_pointer (task, g_steal_pointer (&body), (GDestroyNotify)g_bytes_unref);
}

static void
on_call_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  gpointer answer;

  body = lk_client_exchange_finish (LK_CLIENT (object), result, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  answer = lk_client_parse_answer (call->message, body, call->max_bytes, call->parse, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  g_task_return_pointer (task, answer, call->free_result);
}

static void
on_order_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = lk_client_exchange_finish (LK_CLIENT (object), result, &error);

  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  g_task_return_boolean (task, TRUE);
}

static gboolean
lk_client_init_with_error (GInitable *initable, GCancellable *cancellable, GError **error)
{
  LkClient *self = LK_CLIENT (initable);
  g_autofree char *server = NULL;
  gboolean secure;

  server = lk_server_address_normalize (self->server != NULL ? self->server : "", &secure, error);
  if (server == NULL)
    return FALSE;

  g_free (self->server);
  self->server = g_steal_pointer (&server);
  self->session = soup_session_new_with_options ("user-agent", "Likeness/" LK_VERSION,
                                                 "accept-language-auto", TRUE, "timeout",
                                                 self->timeout, "idle-timeout", IDLE_TIMEOUT, NULL);
  /* Plain HTTP is for loopback, and a proxy in between is none. */
  if (!secure)
    soup_session_set_proxy_resolver (self->session, NULL);

  return TRUE;
}

static void
lk_client_dispose (GObject *object)
{
  LkClient *self = LK_CLIENT (object);

  g_cancellable_cancel (self->lifetime);

  G_OBJECT_CLASS (lk_client_parent_class)->dispose (object);
}

static void
lk_client_finalize (GObject *object)
{
  LkClient *self = LK_CLIENT (object);

  g_clear_object (&self->session);
  g_clear_object (&self->lifetime);
  g_free (self->server);
  g_free (self->token);
  g_free (self->contacts_etag);

  G_OBJECT_CLASS (lk_client_parent_class)->finalize (object);
}

static void
lk_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkClient *self = LK_CLIENT (object);

  switch ((LkClientProperty)id)
    {
    case PROP_SERVER:
      g_value_set_string (value, self->server);
      break;
    case PROP_TOKEN:
      g_value_set_string (value, self->token);
      break;
    case PROP_SIGNED_IN:
      g_value_set_boolean (value, lk_client_get_signed_in (self));
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_client_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  LkClient *self = LK_CLIENT (object);

  switch ((LkClientProperty)id)
    {
    case PROP_SERVER:
      self->server = g_value_dup_string (value);
      break;
    case PROP_TOKEN:
      lk_client_set_token (self, g_value_get_string (value));
      break;
    case PROP_TIMEOUT:
      if (self->timeout == g_value_get_uint (value))
        break;
      self->timeout = g_value_get_uint (value);
      if (self->session != NULL)
        soup_session_set_timeout (self->session, self->timeout);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_SIGNED_IN:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_client_class_init (LkClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lk_client_dispose;
  object_class->finalize = lk_client_finalize;
  object_class->get_property = lk_client_get_property;
  object_class->set_property = lk_client_set_property;

  properties[PROP_SERVER]
      = g_param_spec_string ("server", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TOKEN]
      = g_param_spec_string ("token", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SIGNED_IN] = g_param_spec_boolean ("signed-in", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TIMEOUT]
      = g_param_spec_uint ("timeout", NULL, NULL, 1, G_MAXUINT, DEFAULT_TIMEOUT,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNED_OUT] = g_signal_new ("signed-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lk_client_initable_init (GInitableIface *iface)
{
  iface->init = lk_client_init_with_error;
}

static void
lk_client_init (LkClient *self)
{
  self->timeout = DEFAULT_TIMEOUT;
  self->lifetime = g_cancellable_new ();
}

/**
 * lk_client_new:
 * @server: the server's address; a bare host name is taken as HTTPS
 * @error: LK_API_ERROR_INSECURE where @server is no HTTPS address nor a loopback one
 *
 * Returns: (transfer full) (nullable): a client that is not signed in, or NULL with @error set
 */
LkClient *
lk_client_new (const char *server, GError **error)
{
  g_return_val_if_fail (server != NULL, NULL);

  return g_initable_new (LK_TYPE_CLIENT, NULL, error, "server", server, NULL);
}

/**
 * lk_client_get_server:
 * @self: a client
 *
 * Returns: (transfer none): the server's address in its one form, which a token is to be kept by
 */
const char *
lk_client_get_server (LkClient *self)
{
  g_return_val_if_fail (LK_IS_CLIENT (self), NULL);

  return self->server;
}

/**
 * lk_client_get_token:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): the session's token: keep it out of logs and arguments
 */
const char *
lk_client_get_token (LkClient *self)
{
  g_return_val_if_fail (LK_IS_CLIENT (self), NULL);

  return self->token;
}

/**
 * lk_client_set_token:
 * @self: a client
 * @token: (nullable): a token that was kept; NULL, or what cannot be a token, leaves the client
 * signed out
 */
void
lk_client_set_token (LkClient *self, const char *token)
{
  gboolean was_signed_in;

  g_return_if_fail (LK_IS_CLIENT (self));

  if (token != NULL && !is_token (token))
    token = NULL;
  if (g_strcmp0 (self->token, token) == 0)
    return;

  was_signed_in = lk_client_get_signed_in (self);
  g_free (self->token);
  self->token = g_strdup (token);
  g_clear_pointer (&self->contacts_etag, g_free);

  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOKEN]);
  if (was_signed_in != lk_client_get_signed_in (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIGNED_IN]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * lk_client_get_signed_in:
 * @self: a client
 *
 * Returns: whether there is a token which the server has not refused so far
 */
gboolean
lk_client_get_signed_in (LkClient *self)
{
  g_return_val_if_fail (LK_IS_CLIENT (self), FALSE);

  return self->token != NULL;
}

/* The path of a call below /v1/, each segment escaped: (transfer full). */
char *
lk_client_build_path (const char *first, ...)
{
  g_autoptr (GString) path = g_string_new (first);
  va_list segments;

  va_start (segments, first);
  for (const char *segment = va_arg (segments, const char *); segment != NULL;
       segment = va_arg (segments, const char *))
    {
      g_string_append_c (path, '/');
      g_string_append_uri_escaped (path, segment, NULL, FALSE);
    }
  va_end (segments);

  return g_string_free (g_steal_pointer (&path), FALSE);
}

void
lk_client_set_json_body (SoupMessage *message, JsonObject *body)
{
  g_autoptr (GBytes) bytes = lk_json_object_to_bytes (body);

  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
}

/* A request that carries no token: the two calls of signing in. */
SoupMessage *
lk_client_new_open_message (LkClient *self, const char *method, const char *path, JsonObject *body)
{
  g_autofree char *uri = g_strconcat (self->server, "/v1/", path, NULL);
  SoupMessage *message = soup_message_new (method, uri);

  /* The token is put into the header here, for this server; nothing else may touch that header or
   * keep it. */
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  soup_message_headers_append (soup_message_get_request_headers (message), "Accept",
                               "application/json, " LK_PROBLEM_MEDIA_TYPE);
  if (body != NULL)
    lk_client_set_json_body (message, body);

  return message;
}

/* A request to /v1/@path with the token, where there is one: (transfer full). */
SoupMessage *
lk_client_new_message (LkClient *self, const char *method, const char *path)
{
  SoupMessage *message = lk_client_new_open_message (self, method, path, NULL);

  if (self->token != NULL)
    {
      g_autofree char *value = g_strconcat ("Bearer ", self->token, NULL);

      soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                                   value);
    }

  return message;
}

/* Sends @message, which lives as long as the client at most; drops the token when the server does
 * not know it. */
void
lk_client_exchange_async (LkClient *self,
                          SoupMessage *message,
                          gsize max_bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->cancellable = g_cancellable_new ();
  exchange->lifetime = g_object_ref (self->lifetime);
  exchange->lifetime_handler
      = g_cancellable_connect (self->lifetime, G_CALLBACK (on_cancelled),
                               g_object_ref (exchange->cancellable), g_object_unref);
  if (cancellable != NULL)
    {
      exchange->callers = g_object_ref (cancellable);
      exchange->callers_handler
          = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                   g_object_ref (exchange->cancellable), g_object_unref);
    }
  if (soup_message_headers_get_one (soup_message_get_request_headers (message), "Authorization"))
    exchange->token = g_strdup (self->token);

  g_task_set_source_tag (task, lk_client_exchange_async);
  g_task_set_task_data (task, exchange, (GDestroyNotify)exchange_free);

  lk_fetch_async (self->session, message, max_bytes, exchange->cancellable, on_exchange_ready,
                  g_steal_pointer (&task));
}

GBytes *
lk_client_exchange_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What @parse makes of a JSON answer. */
gpointer
lk_client_parse_answer (SoupMessage *message,
                        GBytes *body,
                        gsize max_bytes,
                        LkClientParse parse,
                        GError **error)
{
  const char *type
      = soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) cause = NULL;
  gpointer answer = NULL;

  if (type == NULL || g_ascii_strcasecmp (type, "application/json") != 0)
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                           "An answer that is not JSON");
      return NULL;
    }

  object = lk_json_parse_object (body, max_bytes, &cause);
  if (object != NULL)
    answer = parse (object, &cause);
  if (answer == NULL)
    g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER, cause->message);

  return answer;
}

/* A call that answers with JSON. */
void
lk_client_call_async (LkClient *self,
                      gpointer source_tag,
                      SoupMessage *message,
                      gsize max_bytes,
                      LkClientParse parse,
                      GDestroyNotify free_result,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Call *call = g_new0 (Call, 1);

  call->message = g_object_ref (message);
  call->max_bytes = max_bytes;
  call->parse = parse;
  call->free_result = free_result;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);

  lk_client_exchange_async (self, message, max_bytes, cancellable, on_call_ready,
                            g_steal_pointer (&task));
}

gpointer
lk_client_call_finish (LkClient *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == source_tag, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A call that answers that it is done and no more. */
void
lk_client_order_async (LkClient *self,
                       gpointer source_tag,
                       SoupMessage *message,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, source_tag);
  lk_client_exchange_async (self, message, LK_JSON_BODY_MAX_BYTES, cancellable, on_order_ready,
                            g_steal_pointer (&task));
}

gboolean
lk_client_order_finish (LkClient *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_task_get_source_tag (G_TASK (result)) == source_tag, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Cancelled when the client is disposed of. */
GCancellable *
lk_client_get_lifetime (LkClient *self)
{
  return self->lifetime;
}

const char *
lk_client_get_contacts_etag (LkClient *self)
{
  return self->contacts_etag;
}

void
lk_client_set_contacts_etag (LkClient *self, const char *etag)
{
  g_autofree char *old = self->contacts_etag;

  self->contacts_etag = g_strdup (etag);
}
