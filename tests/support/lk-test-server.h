/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/** LkTestRequest: what the test server was sent. @headers has lower-case names. */
typedef struct
{
  char *method;
  char *path;
  GHashTable *headers;
  GBytes *body;
} LkTestRequest;

/**
 * LkTestServer: an HTTP server on loopback which does what a test tells it, one step for each
 * request in their order, also what no server in its senses would do. A request without a step
 * fails the test.
 */
typedef struct _LkTestServer LkTestServer;

LkTestServer *lk_test_server_new (GTlsCertificate *certificate);
void lk_test_server_free (LkTestServer *self);
const char *lk_test_server_get_address (LkTestServer *self);

void lk_test_server_answer (LkTestServer *self,
                            guint status,
                            const char *headers,
                            const void *body,
                            gssize length);
void lk_test_server_answer_json (LkTestServer *self, guint status, const char *body);
void lk_test_server_answer_problem (LkTestServer *self, guint status, const char *body);
void lk_test_server_answer_raw (LkTestServer *self, const char *text);
void lk_test_server_answer_without_end (LkTestServer *self, const char *head);
void lk_test_server_hang (LkTestServer *self);
void lk_test_server_break (LkTestServer *self, gsize after_bytes);

guint lk_test_server_get_n_requests (LkTestServer *self);
const LkTestRequest *lk_test_server_get_request (LkTestServer *self, guint index);
const char *lk_test_request_get_header (const LkTestRequest *request, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkTestServer, lk_test_server_free)
