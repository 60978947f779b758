/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "lk-client.h"

/* What the files of LkClient share: lk-client.c holds the object and the one way in which every
 * call is made, each other lk-client-*.c the calls of one subject. */

/* Makes the result of a call out of the JSON of its answer: (transfer full), or NULL with an error
 * set. */
typedef gpointer (*LkClientParse) (JsonObject *object, GError **error);

SoupMessage *lk_client_new_message (LkClient *self, const char *method, const char *path);
SoupMessage *
lk_client_new_open_message (LkClient *self, const char *method, const char *path, JsonObject *body);
void lk_client_set_json_body (SoupMessage *message, JsonObject *body);
char *lk_client_build_path (const char *first, ...) G_GNUC_NULL_TERMINATED;

void lk_client_exchange_async (LkClient *self,
                               SoupMessage *message,
                               gsize max_bytes,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
GBytes *lk_client_exchange_finish (LkClient *self, GAsyncResult *result, GError **error);
gpointer lk_client_parse_answer (SoupMessage *message,
                                 GBytes *body,
                                 gsize max_bytes,
                                 LkClientParse parse,
                                 GError **error);

void lk_client_call_async (LkClient *self,
                           gpointer source_tag,
                           SoupMessage *message,
                           gsize max_bytes,
                           LkClientParse parse,
                           GDestroyNotify free_result,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
gpointer
lk_client_call_finish (LkClient *self, GAsyncResult *result, gpointer source_tag, GError **error);
void lk_client_order_async (LkClient *self,
                            gpointer source_tag,
                            SoupMessage *message,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean
lk_client_order_finish (LkClient *self, GAsyncResult *result, gpointer source_tag, GError **error);

GCancellable *lk_client_get_lifetime (LkClient *self);
const char *lk_client_get_contacts_etag (LkClient *self);
void lk_client_set_contacts_etag (LkClient *self, const char *etag);
