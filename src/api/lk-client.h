/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-api-error.h"
#include "lk-problem.h"
#include "lk-wire.h"

/**
 * LkClient: one account's view of one server. Main context only; each call is asynchronous and
 * cancellable.
 *
 * Properties: "server" (construct-only), "token" (nullable), "signed-in" (read-only), "timeout"
 * (seconds without a byte before a call fails with LK_API_ERROR_TIMEOUT).
 *
 * Signal "signed-out" (no arguments): the server does not take the token any more; it is dropped
 * already.
 *
 * Each call fails with LK_PROBLEM where the server refused, with LK_API_ERROR where there was no
 * proper answer, with LK_ERROR where what was given is past the contract's limits, and with
 * G_IO_ERROR_CANCELLED. A call holds a reference to the client until it is done;
 * g_object_run_dispose() cancels all that is under way.
 */
#define LK_TYPE_CLIENT (lk_client_get_type ())
G_DECLARE_FINAL_TYPE (LkClient, lk_client, LK, CLIENT, GObject)

LkClient *lk_client_new (const char *server, GError **error);
const char *lk_client_get_server (LkClient *self);
const char *lk_client_get_token (LkClient *self);
void lk_client_set_token (LkClient *self, const char *token);
gboolean lk_client_get_signed_in (LkClient *self);

void lk_client_send_code_async (LkClient *self,
                                const char *identifier,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
LkVerification *lk_client_send_code_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_check_code_async (LkClient *self,
                                 const char *verification,
                                 const char *code,
                                 const char *device,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
LkAccount *lk_client_check_code_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_get_account_async (LkClient *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
LkAccount *lk_client_get_account_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_delete_account_async (LkClient *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean lk_client_delete_account_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_list_sessions_async (LkClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
GPtrArray *lk_client_list_sessions_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_delete_session_async (LkClient *self,
                                     const char *id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean lk_client_delete_session_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_put_contacts_async (LkClient *self,
                                   GPtrArray *contacts,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
gboolean lk_client_put_contacts_finish (LkClient *self, GAsyncResult *result, GError **error);

/**
 * LkUploadProgress:
 * @sent: bytes of this try that went out
 * @total: bytes in all
 * @data: as given to lk_client_publish_async()
 *
 * Called on the main context; @sent starts over when a broken connection is tried again.
 */
typedef void (*LkUploadProgress) (gint64 sent, gint64 total, gpointer data);

void lk_client_publish_async (LkClient *self,
                              GBytes *bundle,
                              const char *key,
                              LkUploadProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
LkPicture *lk_client_publish_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_list_pictures_async (LkClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
GPtrArray *lk_client_list_pictures_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_change_picture_async (LkClient *self,
                                     const char *id,
                                     JsonObject *changes,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
LkPicture *lk_client_change_picture_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_withdraw_picture_async (LkClient *self,
                                       const char *id,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data);
gboolean lk_client_withdraw_picture_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_get_rendition_async (LkClient *self,
                                    const char *picture,
                                    const LkRendition *rendition,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
GBytes *lk_client_get_rendition_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_list_deliveries_async (LkClient *self,
                                      const char *picture,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data);
GPtrArray *lk_client_list_deliveries_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_get_feed_async (LkClient *self,
                               const char *cursor,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
LkFeed *lk_client_get_feed_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_put_receipt_async (LkClient *self,
                                  const char *picture,
                                  LkDeliveryState state,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean lk_client_put_receipt_finish (LkClient *self, GAsyncResult *result, GError **error);
