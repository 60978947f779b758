/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-http-server.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "lk-exchange.h"
#include "lk-log.h"
#include "lk-refusal.h"
#include "lk-rendition-response.h"
#include "lk-socket-stream.h"
#include "lk-token.h"

#define LISTEN_BACKLOG 512
/* The most connections that are accepted before those that are there have their turn. */
#define ACCEPT_BATCH 64
/* Of requests that no route takes. */
#define NO_ROUTE "none"
#define NO_METHOD "OTHER"

struct _LkHttpServer
{
  SoupServer *soup;
  LkService *service;
  LkConnections *connections;
  GThreadPool *workers;
  GThreadPool *senders;
  GPtrArray *sockets;   /* (element-type GSocket): that are listened on */
  GPtrArray *listeners; /* (element-type GSource): of those on which we accept */
  GBytes *malformed;    /* the body of what libsoup answers itself */
  guint64 n_requests;
  guint n_open;      /* exchanges that were not answered yet */
  guint n_waiting;   /* exchanges that a worker has or will have */
  gsize body_memory; /* bytes of bodies */
  gboolean draining;
  guint drain_id;
  LkDrainedFunc drained;
  gpointer drained_data;
};

/* What comes back from a worker. */
typedef struct
{
  LkHttpServer *server;
  LkExchange *exchange;
} Finished;

static void
check_drained (LkHttpServer *self)
{
  LkDrainedFunc drained = self->drained;

  if (!self->draining || self->n_open > 0 || drained == NULL)
    return;
  self->drained = NULL;
  g_clear_handle_id (&self->drain_id, g_source_remove);
  drained (self->drained_data);
}

static void
release_body (LkHttpServer *self, LkExchange *exchange)
{
  if (exchange->body == NULL)
    return;
  self->body_memory -= exchange->body->len;
  g_clear_pointer (&exchange->body, g_byte_array_unref);
}

/* Counts an exchange that is over, once. */
static void
end_exchange (LkHttpServer *self, LkExchange *exchange, gboolean answered)
{
  const char *route = exchange->route != NULL ? exchange->route->name : NO_ROUTE;
  const char *method = exchange->route != NULL ? exchange->route->method : NO_METHOD;
  gint64 took = g_get_monotonic_time () - exchange->started;

  if (!exchange->open)
    return;
  exchange->open = FALSE;
  self->n_open--;
  if (!exchange->waiting)
    release_body (self, exchange);
  if (answered && exchange->response != NULL)
    {
      lk_metrics_add_request (self->service->metrics, route, method, exchange->response->status,
                              took);
      if (exchange->route != NULL && (exchange->route->flags & LK_ROUTE_BYTES) != 0)
        lk_metrics_add_bytes_sent (self->service->metrics, exchange->n_sent);
      if (self->service->config->log_requests)
        lk_log_request (exchange->request->number, method, route, exchange->response->status, took,
                        exchange->n_sent);
    }
  else
    lk_metrics_add_aborted (self->service->metrics);
  check_drained (self);
}

static void
answer (LkHttpServer *self, LkExchange *exchange, LkResponse *response)
{
  exchange->response = response;
  lk_exchange_set_response (exchange, self->draining);
}

static gboolean
on_refuse (gpointer data)
{
  Finished *finished = data;
  LkExchange *exchange = finished->exchange;
  g_autoptr (SoupServerMessage) message = g_object_ref (exchange->message);

  if (exchange->open)
    {
      lk_refusal_send (message, lk_connection_get_socket (exchange->connection),
                       exchange->response);
      end_exchange (finished->server, exchange, TRUE);
    }
  return G_SOURCE_REMOVE;
}

static void
finished_free (gpointer data)
{
  Finished *finished = data;

  g_object_unref (finished->exchange->message);
  g_free (finished);
}

static Finished *
finished_new (LkHttpServer *self, LkExchange *exchange)
{
  Finished *finished = g_new (Finished, 1);

  finished->server = self;
  finished->exchange = exchange;
  g_object_ref (exchange->message);
  return finished;
}

/* Answers without reading the (rest of the) body, once libsoup's signal is over. */
static void
refuse (LkHttpServer *self, LkExchange *exchange, LkResponse *response)
{
  exchange->refused = TRUE;
  exchange->response = response;
  release_body (self, exchange);
  soup_server_message_pause (exchange->message);
  lk_connection_set_phase (exchange->connection, LK_CONNECTION_ANSWER, 0);
  g_idle_add_full (G_PRIORITY_HIGH, on_refuse, finished_new (self, exchange), finished_free);
}

/* Who asks; an answer where nobody who may. On a worker. */
static LkResponse *
authenticate (LkService *service, LkExchange *exchange)
{
  g_autoptr (GError) error = NULL;
  guint8 hash[LK_TOKEN_HASH_LENGTH];

  if (exchange->caller.session != NULL)
    return NULL;
  if (exchange->request->token == NULL || !lk_token_hash (exchange->request->token, hash))
    return lk_response_new_problem (LK_PROBLEM_UNAUTHORIZED, NULL);
  if (lk_store_find_session (service->store, hash, &exchange->caller.account,
                             &exchange->caller.session, &error))
    return NULL;
  if (g_error_matches (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND))
    return lk_response_new_problem (LK_PROBLEM_UNAUTHORIZED, NULL);
  return lk_response_new_error (error);
}

/* Back on the main context. */
static gboolean
on_finished (gpointer data)
{
  Finished *finished = data;
  LkHttpServer *self = finished->server;
  LkExchange *exchange = finished->exchange;

  exchange->waiting = FALSE;
  self->n_waiting--;
  if (!exchange->open)
    {
      release_body (self, exchange);
      return G_SOURCE_REMOVE;
    }
  if (exchange->authenticating)
    {
      exchange->authenticating = FALSE;
      if (exchange->response != NULL)
        {
          refuse (self, exchange, exchange->response);
          return G_SOURCE_REMOVE;
        }
      lk_connection_set_phase (exchange->connection, LK_CONNECTION_BODY, 0);
    }
  else
    {
      g_clear_pointer (&exchange->request->body, g_bytes_unref);
      release_body (self, exchange);
      lk_exchange_set_response (exchange, self->draining);
    }
  soup_server_message_unpause (exchange->message);
  return G_SOURCE_REMOVE;
}

/* GFunc of both pools. */
static void
run_handler (gpointer data, gpointer user_data)
{
  Finished *finished = data;
  LkExchange *exchange = finished->exchange;
  LkService *service = finished->server->service;
  LkResponse *response = NULL;

  if ((exchange->route->flags & LK_ROUTE_PUBLIC) == 0)
    response = authenticate (service, exchange);
  if (response == NULL && !exchange->authenticating)
    response = exchange->route->handler (service, &exchange->caller, exchange->request);
  exchange->response = response;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_finished, finished, finished_free);
}

static gboolean
is_overloaded (LkHttpServer *self)
{
  return self->n_waiting >= self->service->config->max_pending;
}

static void
hand_to_worker (LkHttpServer *self, LkExchange *exchange)
{
  gboolean sends = (exchange->route->flags & LK_ROUTE_SENDS) != 0;

  exchange->waiting = TRUE;
  self->n_waiting++;
  soup_server_message_pause (exchange->message);
  lk_connection_set_phase (exchange->connection, LK_CONNECTION_WORK, 0);
  g_thread_pool_push (sends ? self->senders : self->workers, finished_new (self, exchange), NULL);
}

/* What was given to the same caller a moment ago needs no worker. */
static gboolean
answer_from_memory (LkHttpServer *self, LkExchange *exchange)
{
  const LkRequest *request = exchange->request;
  g_autoptr (LkCachedRendition) rendition = NULL;

  if ((exchange->route->flags & LK_ROUTE_BYTES) == 0 || request->token == NULL)
    return FALSE;
  rendition = lk_rendition_cache_find (self->service->renditions, request->token,
                                       request->parameters[0], request->parameters[1]);
  if (rendition == NULL)
    return FALSE;
  answer (self, exchange, lk_rendition_response_new (rendition, request));
  return TRUE;
}

static gboolean
has_body (SoupMessageHeaders *headers)
{
  SoupEncoding encoding = soup_message_headers_get_encoding (headers);

  return encoding == SOUP_ENCODING_CHUNKED
         || (encoding == SOUP_ENCODING_CONTENT_LENGTH
             && soup_message_headers_get_content_length (headers) > 0);
}

/* What can be said before the body has come; NULL where it is welcome. */
static LkResponse *
find_early_problem (LkHttpServer *self, LkExchange *exchange, char *allowed)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (exchange->message);
  const LkRoute *route = exchange->route;

  if (route == NULL)
    {
      LkResponse *response = lk_response_new_problem (
          allowed != NULL ? LK_PROBLEM_METHOD_NOT_ALLOWED : LK_PROBLEM_NOT_FOUND, NULL);

      if (allowed != NULL)
        lk_response_add_header (response, "Allow", allowed);
      return response;
    }
  if (self->draining && route->max_body > 0)
    return lk_response_new_problem (LK_PROBLEM_UNAVAILABLE, "the server is about to stop");
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && (guint64)soup_message_headers_get_content_length (headers) > route->max_body)
    return lk_response_new_problem (LK_PROBLEM_TOO_LARGE, NULL);
  if (route->content_type != NULL
      && g_strcmp0 (exchange->request->content_type, route->content_type) != 0)
    {
      g_autofree char *detail = g_strdup_printf ("%s is expected", route->content_type);

      return lk_response_new_problem (LK_PROBLEM_UNSUPPORTED_TYPE, detail);
    }
  if ((route->flags & LK_ROUTE_PUBLIC) == 0 && exchange->request->token == NULL)
    return lk_response_new_problem (LK_PROBLEM_UNAUTHORIZED, NULL);
  if (is_overloaded (self))
    return lk_response_new_problem (LK_PROBLEM_UNAVAILABLE, "too many requests are waiting");
  return NULL;
}

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  LkHttpServer *self = data;
  LkExchange *exchange = lk_exchange_get (message);
  gsize size = g_bytes_get_size (chunk);

  if (exchange->refused)
    return;
  if (exchange->body->len + size > exchange->route->max_body)
    {
      refuse (self, exchange, lk_response_new_problem (LK_PROBLEM_TOO_LARGE, NULL));
      return;
    }
  if (self->body_memory + size > self->service->config->max_body_memory)
    {
      refuse (self, exchange,
              lk_response_new_problem (LK_PROBLEM_UNAVAILABLE, "too many bodies are coming in"));
      return;
    }
  self->body_memory += size;
  g_byte_array_append (exchange->body, g_bytes_get_data (chunk, NULL), (guint)size);
  lk_connection_add_received (exchange->connection, size);
}

/* Prepares for the body. Whoever is not signed in sends none that is large. */
static void
expect_body (LkHttpServer *self, LkExchange *exchange)
{
  exchange->body = g_byte_array_new ();
  soup_message_body_set_accumulate (soup_server_message_get_request_body (exchange->message),
                                    FALSE);
  g_signal_connect (exchange->message, "got-chunk", G_CALLBACK (on_got_chunk), self);
  if ((exchange->route->flags & LK_ROUTE_PUBLIC) == 0)
    {
      exchange->authenticating = TRUE;
      hand_to_worker (self, exchange);
    }
  else
    lk_connection_set_phase (exchange->connection, LK_CONNECTION_BODY, 0);
}

/* SoupServer's early handler: the headers are there. */
static void
on_got_headers (SoupServer *soup,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query,
                gpointer data)
{
  LkHttpServer *self = data;
  LkExchange *exchange = lk_exchange_get (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autofree char *allowed = NULL;
  LkResponse *problem;
  gboolean body = has_body (headers);

  exchange->open = TRUE;
  exchange->started = g_get_monotonic_time ();
  self->n_open++;
  soup_message_body_truncate (soup_server_message_get_response_body (message));
  soup_message_headers_remove (soup_server_message_get_response_headers (message), "Content-Type");
  exchange->route = lk_route_find (soup_server_message_get_method (message), path,
                                   exchange->request->parameters, &allowed);
  exchange->request->method = exchange->route != NULL ? exchange->route->method : NO_METHOD;
  lk_exchange_read_headers (exchange, self->service->config->proxies);
  problem = find_early_problem (self, exchange, allowed);
  if (problem != NULL && body)
    refuse (self, exchange, problem);
  else if (problem != NULL)
    answer (self, exchange, problem);
  else if (body)
    expect_body (self, exchange);
}

/* SoupServer's handler: all of the request is there. */
static void
on_got_request (SoupServer *soup,
                SoupServerMessage *message,
                const char *path,
                GHashTable *query,
                gpointer data)
{
  LkHttpServer *self = data;
  LkExchange *exchange = lk_exchange_get (message);

  if (answer_from_memory (self, exchange))
    return;
  if (is_overloaded (self))
    {
      answer (self, exchange,
              lk_response_new_problem (LK_PROBLEM_UNAVAILABLE, "too many requests are waiting"));
      return;
    }
  if (exchange->body != NULL)
    exchange->request->body = g_bytes_new_static (exchange->body->data, exchange->body->len);
  else
    exchange->request->body = g_bytes_new_static ("", 0);
  hand_to_worker (self, exchange);
}

static GQuark
socket_quark (void)
{
  static GQuark quark;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("lk-socket");
  return quark;
}

/* libsoup knows only the sockets that it accepted itself. Of the others it hands on the address
 * that it was given, and that knows. */
static GSocket *
find_socket (SoupServerMessage *message)
{
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL)
    return socket;
  return g_object_get_qdata (G_OBJECT (soup_server_message_get_remote_address (message)),
                             socket_quark ());
}

static gboolean
accept_one (LkHttpServer *self, GSocket *listener, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, error);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;
  g_autoptr (GIOStream) stream = NULL;

  if (socket == NULL || (local = g_socket_get_local_address (socket, error)) == NULL
      || (remote = g_socket_get_remote_address (socket, error)) == NULL
      || !g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, error))
    return FALSE;
  stream = lk_socket_stream_new (socket, lk_connections_track (self->connections, socket, FALSE));
  g_object_set_qdata_full (G_OBJECT (remote), socket_quark (), g_object_ref (socket),
                           g_object_unref);
  return soup_server_accept_iostream (self->soup, stream, local, remote, error);
}

/* GSocketSourceFunc */
static gboolean
on_incoming (GSocket *listener, GIOCondition condition, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  while (n < ACCEPT_BATCH && accept_one (data, listener, &error))
    n++;
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    g_debug ("A connection that did not come about: %s", error->message);
  return G_SOURCE_CONTINUE;
}

static void
listener_free (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

/* To be called before libsoup listens on @socket, which it has to: its source comes after ours and
 * finds what we left. TLS waits on threads of its own, so that LkSocketStream is not for it. */
static void
accept_from (LkHttpServer *self, GSocket *socket)
{
  GSource *listener = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (listener, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (listener, NULL);
  g_ptr_array_add (self->listeners, listener);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  LkHttpServer *self = data;
  LkConnection *connection = lk_connections_track (self->connections, find_socket (message), TRUE);
  LkExchange *exchange = lk_exchange_new (message, connection);

  lk_metrics_set_connections (self->service->metrics, lk_connections_get_n (self->connections));
  exchange->request->number = ++self->n_requests;
  /* libsoup answers what it cannot parse without asking us: with what is there already. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Content-Type",
                                LK_PROBLEM_MEDIA_TYPE);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), self->malformed);
}

static void
on_request_finished (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  LkHttpServer *self = data;
  LkExchange *exchange = lk_exchange_get (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  /* Otherwise libsoup is about to close it. */
  if (!self->draining && soup_server_message_get_http_version (message) == SOUP_HTTP_1_1
      && !soup_message_headers_header_contains (headers, "Connection", "close"))
    lk_connection_set_idle (exchange->connection, message);
  end_exchange (self, exchange, exchange->response != NULL);
}

static void
on_request_aborted (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  LkHttpServer *self = data;
  LkExchange *exchange = lk_exchange_get (message);

  end_exchange (self, exchange, exchange->response != NULL);
}

static gboolean
on_drain_timeout (gpointer data)
{
  LkHttpServer *self = data;
  LkDrainedFunc drained = g_steal_pointer (&self->drained);

  self->drain_id = 0;
  g_warning ("%u requests were not answered in time", self->n_open);
  drained (self->drained_data);
  return G_SOURCE_REMOVE;
}

/**
 * lk_http_server_new:
 * @service: what handlers work with; outlives the server
 *
 * Returns: (transfer full): a server that listens nowhere yet
 */
LkHttpServer *
lk_http_server_new (LkService *service)
{
  LkHttpServer *self = g_new0 (LkHttpServer, 1);
  g_autoptr (LkResponse) malformed
      = lk_response_new_problem (LK_PROBLEM_BAD_REQUEST, "the request is malformed");

  self->service = service;
  self->connections
      = lk_connections_new (service->config->max_connections, service->config->certificate != NULL,
                            &service->config->timeouts);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->malformed = g_bytes_ref (malformed->body);
  self->workers = g_thread_pool_new (run_handler, self, (int)service->config->workers, TRUE, NULL);
  self->senders = g_thread_pool_new (run_handler, self, (int)service->config->senders, TRUE, NULL);
  self->soup
      = soup_server_new ("raw-paths", TRUE, "tls-certificate", service->config->certificate, NULL);
  soup_server_add_early_handler (self->soup, NULL, on_got_headers, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_got_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  g_signal_connect (self->soup, "request-finished", G_CALLBACK (on_request_finished), self);
  g_signal_connect (self->soup, "request-aborted", G_CALLBACK (on_request_aborted), self);
  return self;
}

void
lk_http_server_free (LkHttpServer *self)
{
  g_clear_handle_id (&self->drain_id, g_source_remove);
  self->drained = NULL;
  g_ptr_array_unref (self->listeners);
  soup_server_disconnect (self->soup);
  /* What the workers hand back runs on the main context, before the server is gone. */
  g_thread_pool_free (self->workers, FALSE, TRUE);
  g_thread_pool_free (self->senders, FALSE, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->soup);
  lk_connections_free (self->connections);
  g_ptr_array_unref (self->sockets);
  g_bytes_unref (self->malformed);
  g_free (self);
}

/**
 * lk_http_server_listen:
 * @address: where; port 0 takes a free one
 * @error: G_IO_ERROR
 *
 * Returns: whether it is listened on
 */
gboolean
lk_http_server_listen (LkHttpServer *self, GInetSocketAddress *address, GError **error)
{
  GSocketAddress *where = G_SOCKET_ADDRESS (address);
  g_autoptr (GSocket) socket = NULL;

  socket = g_socket_new (g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, where, TRUE, error))
    return FALSE;
  g_socket_set_listen_backlog (socket, LISTEN_BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_listen (socket, error))
    return FALSE;
  if (self->service->config->certificate == NULL)
    accept_from (self, socket);
  if (!soup_server_listen_socket (
          self->soup, socket,
          self->service->config->certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0, error))
    return FALSE;
  g_ptr_array_add (self->sockets, g_steal_pointer (&socket));
  return TRUE;
}

/**
 * lk_http_server_dup_addresses:
 *
 * Returns: (transfer full): where it can be reached, such as "http://127.0.0.1:8470"
 */
GStrv
lk_http_server_dup_addresses (LkHttpServer *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->sockets->len; i++)
    {
      g_autoptr (GSocketAddress) local
          = g_socket_get_local_address (g_ptr_array_index (self->sockets, i), NULL);
      g_autofree char *host = NULL;
      g_autofree char *text = NULL;

      if (local == NULL)
        continue;
      host = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (local));
      text = g_strdup_printf ("%s://%s",
                              self->service->config->certificate != NULL ? "https" : "http", host);
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

/**
 * lk_http_server_drain:
 * @seconds: how long what is in flight may take
 * @func: called once, when it is over
 * @data: for @func
 *
 * Takes no more connections and ends those that are not in use.
 */
void
lk_http_server_drain (LkHttpServer *self, guint seconds, LkDrainedFunc func, gpointer data)
{
  if (self->draining)
    return;
  self->draining = TRUE;
  self->drained = func;
  self->drained_data = data;
  g_ptr_array_set_size (self->listeners, 0);
  for (guint i = 0; i < self->sockets->len; i++)
    {
      g_autoptr (GError) error = NULL;

      /* Only the listening socket: soup_server_disconnect() would cut what is in flight as well. */
      if (!g_socket_close (g_ptr_array_index (self->sockets, i), &error))
        g_warning ("A listening socket could not be closed: %s", error->message);
    }
  lk_connections_close_unused (self->connections);
  self->drain_id = g_timeout_add_seconds (seconds, on_drain_timeout, self);
  check_drained (self);
}
