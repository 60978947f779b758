/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-service.h"

/**
 * LkHttpServer: takes requests and has them answered: on the main context it reads and writes, on
 * worker threads the handlers run.
 */
typedef struct _LkHttpServer LkHttpServer;

/**
 * LkDrainedFunc:
 * @data: the caller's
 *
 * Called on the main context when nothing is in flight any more, or when the time is over.
 */
typedef void (*LkDrainedFunc) (gpointer data);

LkHttpServer *lk_http_server_new (LkService *service);
void lk_http_server_free (LkHttpServer *self);
gboolean lk_http_server_listen (LkHttpServer *self, GInetSocketAddress *address, GError **error);
GStrv lk_http_server_dup_addresses (LkHttpServer *self);
void lk_http_server_drain (LkHttpServer *self, guint seconds, LkDrainedFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkHttpServer, lk_http_server_free)
