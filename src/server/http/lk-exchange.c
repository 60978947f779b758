/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-exchange.h"

#include <string.h>

#include "lk-client-address.h"

static GQuark
exchange_quark (void)
{
  static GQuark quark;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("lk-exchange");
  return quark;
}

static void
exchange_free (gpointer data)
{
  LkExchange *self = data;

  lk_connection_unref (self->connection);
  lk_request_free (self->request);
  g_free (self->caller.session);
  g_clear_pointer (&self->response, lk_response_free);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_free (self);
}

/**
 * lk_exchange_new:
 * @message: a request that begins
 * @connection: its connection
 *
 * Returns: (transfer none): an exchange, which lives as long as @message
 */
LkExchange *
lk_exchange_new (SoupServerMessage *message, LkConnection *connection)
{
  LkExchange *self = g_new0 (LkExchange, 1);

  self->message = message;
  self->connection = lk_connection_ref (connection);
  self->request = lk_request_new ();
  g_object_set_qdata_full (G_OBJECT (message), exchange_quark (), self, exchange_free);
  return self;
}

/**
 * lk_exchange_get:
 *
 * Returns: (nullable): the message's exchange
 */
LkExchange *
lk_exchange_get (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (message), exchange_quark ());
}

static char *
dup_header (SoupMessageHeaders *headers, const char *name)
{
  return g_strdup (soup_message_headers_get_one (headers, name));
}

/* RFC 6750, 2.1; the scheme's name is in any case (RFC 9110, 11.1). */
static char *
dup_token (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Authorization");

  if (value == NULL || g_ascii_strncasecmp (value, "Bearer ", strlen ("Bearer ")) != 0)
    return NULL;
  value += strlen ("Bearer ");
  return g_strdup (value + strspn (value, " "));
}

static GInetAddress *
find_client (SoupServerMessage *message, SoupMessageHeaders *headers, GPtrArray *proxies)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GInetAddress *peer;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    return g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  peer = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  if (proxies->len == 0)
    return lk_client_address_find (peer, proxies, NULL, NULL);
  return lk_client_address_find (peer, proxies,
                                 soup_message_headers_get_list (headers, "Forwarded"),
                                 soup_message_headers_get_list (headers, "X-Forwarded-For"));
}

/**
 * lk_exchange_read_headers:
 * @proxies: (element-type GInetAddressMask): whose word on the client's address is taken
 *
 * Fills in the request from its headers.
 */
void
lk_exchange_read_headers (LkExchange *self, GPtrArray *proxies)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (self->message);
  LkRequest *request = self->request;

  request->token = dup_token (headers);
  request->if_none_match = g_strdup (soup_message_headers_get_list (headers, "If-None-Match"));
  request->range = dup_header (headers, "Range");
  /* libsoup would answer ranges of any 200 by itself. */
  if (request->range != NULL)
    soup_message_headers_remove (headers, "Range");
  if (self->route != NULL && (self->route->flags & LK_ROUTE_BYTES) != 0)
    {
      request->if_range = dup_header (headers, "If-Range");
      return;
    }
  request->client = find_client (self->message, headers, proxies);
  request->query = g_strdup (g_uri_get_query (soup_server_message_get_uri (self->message)));
  request->accept_language = g_strdup (soup_message_headers_get_list (headers, "Accept-Language"));
  request->if_match = g_strdup (soup_message_headers_get_list (headers, "If-Match"));
  request->idempotency_key = dup_header (headers, "Idempotency-Key");
  request->content_type = g_strdup (soup_message_headers_get_content_type (headers, NULL));
}

/**
 * lk_exchange_set_response:
 * @closing: whether the connection is to be closed afterwards
 *
 * Hands the answer to libsoup.
 */
void
lk_exchange_set_response (LkExchange *self, gboolean closing)
{
  const LkResponse *response = self->response;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->message);

  soup_server_message_set_status (self->message, response->status, NULL);
  if (response->content_type != NULL)
    soup_message_headers_replace (headers, "Content-Type", response->content_type);
  for (guint i = 0; response->headers != NULL && i + 1 < response->headers->len; i += 2)
    soup_message_headers_append (headers, g_ptr_array_index (response->headers, i),
                                 g_ptr_array_index (response->headers, i + 1));
  if (lk_response_get_header (response, "Cache-Control") == NULL)
    soup_message_headers_append (headers, "Cache-Control", "no-store");
  soup_message_headers_append (headers, "X-Content-Type-Options", "nosniff");
  if (closing)
    soup_message_headers_append (headers, "Connection", "close");
  if (response->body != NULL)
    {
      self->n_sent = g_bytes_get_size (response->body);
      soup_message_body_append_bytes (soup_server_message_get_response_body (self->message),
                                      response->body);
    }
  else if (response->status == 304)
    /* Or it would say that the rendition has no bytes. */
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_NONE);
  lk_connection_set_phase (self->connection, LK_CONNECTION_ANSWER, self->n_sent);
}
