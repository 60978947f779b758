/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-request.h"
#include "lk-response.h"
#include "lk-service.h"

/**
 * LkHandler:
 * @service: what the server works with
 * @caller: who is signed in, where the route asks for that
 * @request: the request
 *
 * Answers one request; called on a worker thread, or on a sender's where the route says so.
 *
 * Returns: (transfer full): the answer
 */
typedef LkResponse *(*LkHandler) (LkService *service,
                                  const LkCaller *caller,
                                  const LkRequest *request);

/** LkRouteFlags: what a route needs. */
typedef enum
{
  LK_ROUTE_PUBLIC = 1 << 0, /* no token */
  LK_ROUTE_SENDS = 1 << 1,  /* waits for a mail server or a gateway */
  LK_ROUTE_BYTES = 1 << 2,  /* a rendition, which may be answered from memory */
} LkRouteFlags;

/**
 * LkRoute:
 * @method: the method
 * @path: the path; "{}" stands for a variable part
 * @name: short name, for log and metrics
 * @content_type: (nullable): the media type of the body, or NULL where there is none
 * @max_body: the most bytes of the body
 * @flags: what it needs
 * @handler: who answers
 */
typedef struct
{
  const char *method;
  const char *path;
  const char *name;
  const char *content_type;
  gsize max_body;
  LkRouteFlags flags;
  LkHandler handler;
} LkRoute;

const LkRoute *lk_route_get_all (gsize *n_routes);
const LkRoute *
lk_route_find (const char *method, const char *path, char **parameters, char **allowed);
