/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-client.h"
#include "lk-test-server.h"

/** The token of the tests, which no log line may hold. */
#define OPS_TOKEN "dG9rZW4tb2YtdGhlLXRlc3Rz"

/**
 * ClientOp: one call of LkClient in a form that a test can run over all of them.
 * @method, @path: what the server is asked last
 * @is_open: it carries no token
 * @answer: queues the server's good answers
 * @start: starts it
 * @finish: ends it and frees what it gave; FALSE with an error set
 */
typedef struct
{
  const char *name;
  const char *method;
  const char *path;
  gboolean is_open;
  void (*answer) (LkTestServer *server);
  void (*start) (LkClient *client,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer data);
  gboolean (*finish) (LkClient *client, GAsyncResult *result, GError **error);
} ClientOp;

const ClientOp *client_ops_get (guint *n_ops);
LkRendition *client_ops_dup_rendition (void);
