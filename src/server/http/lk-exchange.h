/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "lk-connections.h"
#include "lk-route.h"

/**
 * LkExchange:
 * @message: libsoup's side of it
 * @connection: its connection
 * @route: (nullable): what is asked for
 * @request: the request, as far as it is known
 * @caller: who is signed in, once that is known
 * @response: (nullable): the answer, once there is one
 * @body: (nullable): the body, as far as it has come
 * @started: when it began, monotonic, in µs
 * @n_sent: bytes of the answer's body
 * @waiting: whether a worker has it; then only the worker touches request, caller and response
 * @authenticating: whether that worker only finds out who the caller is
 * @refused: whether its body is not read any further
 * @open: whether its headers have come and it is not over
 *
 * One request and its answer. Belongs to the main context but for what a worker is given.
 */
typedef struct
{
  SoupServerMessage *message;
  LkConnection *connection;
  const LkRoute *route;
  LkRequest *request;
  LkCaller caller;
  LkResponse *response;
  GByteArray *body;
  gint64 started;
  gsize n_sent;
  gboolean waiting;
  gboolean authenticating;
  gboolean refused;
  gboolean open;
} LkExchange;

LkExchange *lk_exchange_new (SoupServerMessage *message, LkConnection *connection);
LkExchange *lk_exchange_get (SoupServerMessage *message);
void lk_exchange_read_headers (LkExchange *self, GPtrArray *proxies);
void lk_exchange_set_response (LkExchange *self, gboolean closing);
