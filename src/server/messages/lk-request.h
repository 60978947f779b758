/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/** The most variable parts of a route's path. */
#define LK_ROUTE_MAX_PARAMETERS 2

/**
 * LkRequest:
 * @number: the request's number since the start, for the log
 * @method: the method, upper case
 * @parameters: what stands in the path where the route has variable parts
 * @query: (nullable): the query, still encoded
 * @body: (nullable): the whole body
 * @token: (nullable): the bearer token as it was sent
 * @client: the client's address, as far as the proxies can be trusted
 * @content_type: (nullable): lower case, without parameters
 * @accept_language: (nullable): the header
 * @if_match: (nullable): the header
 * @if_none_match: (nullable): the header
 * @if_range: (nullable): the header
 * @range: (nullable): the header
 * @idempotency_key: (nullable): the header
 *
 * What a handler is told of a request. Read-only, so it may be read on any thread.
 */
typedef struct
{
  guint64 number;
  const char *method;
  char *parameters[LK_ROUTE_MAX_PARAMETERS];
  char *query;
  GBytes *body;
  char *token;
  GInetAddress *client;
  char *content_type;
  char *accept_language;
  char *if_match;
  char *if_none_match;
  char *if_range;
  char *range;
  char *idempotency_key;
} LkRequest;

LkRequest *lk_request_new (void);
void lk_request_free (LkRequest *self);
gboolean
lk_request_get_query_member (const LkRequest *self, const char *name, char **value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRequest, lk_request_free)
