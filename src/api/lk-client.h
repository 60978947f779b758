/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-problem.h"
#include "lk-wire.h"

/**
 * LkApiError: what went wrong between here and the server. An answer of the server's own is a LK_PROBLEM error instead.
 */
typedef enum {
  LK_API_ERROR_INSECURE,    /* plain HTTP to something else than loopback, or no usable address */
  LK_API_ERROR_OFFLINE,     /* no network, no such host, refused, reset */
  LK_API_ERROR_TIMEOUT,
  LK_API_ERROR_TLS,         /* the server's certificate is not to be trusted */
  LK_API_ERROR_BAD_ANSWER,  /* an answer that is not the contract's: too large, wrong shape, a hash that differs */
} LkApiError;

#define LK_API_ERROR (lk_api_error_quark ())
GQuark lk_api_error_quark (void);

/* Details of a LK_PROBLEM error: seconds until the next try, tries left; -1 where the server did not say. */
int lk_api_error_get_retry_after (const GError *error);
int lk_api_error_get_tries_left (const GError *error);

/**
 * LkClient: one account's view of one server. Main context only; each call is asynchronous and cancellable.
 * Properties: "server" (construct-only), "token" (nullable), "signed-in".
 */
#define LK_TYPE_CLIENT (lk_client_get_type ())
G_DECLARE_FINAL_TYPE (LkClient, lk_client, LK, CLIENT, GObject)

LkClient *lk_client_new (const char *server, GError **error);
const char *lk_client_get_server (LkClient *self);
const char *lk_client_get_token (LkClient *self);
void lk_client_set_token (LkClient *self, const char *token);

void lk_client_send_code_async (LkClient *self, const char *identifier, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkVerification *lk_client_send_code_finish (LkClient *self, GAsyncResult *result, GError **error);
/* Signs in: on success the client holds the token. */
void lk_client_check_code_async (LkClient *self, const char *verification, const char *code, const char *device, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkAccount *lk_client_check_code_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_get_account_async (LkClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkAccount *lk_client_get_account_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_delete_account_async (LkClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_client_delete_account_finish (LkClient *self, GAsyncResult *result, GError **error);

void lk_client_list_sessions_async (LkClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GPtrArray *lk_client_list_sessions_finish (LkClient *self, GAsyncResult *result, GError **error); /* (element-type LkSession) */
/* @id: a session's, or "current" to sign this device out, which also drops the token. */
void lk_client_delete_session_async (LkClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_client_delete_session_finish (LkClient *self, GAsyncResult *result, GError **error);

/* Replaces the shared address book (element-type LkSharedContact); asks for the ETag first where it is not known and tries once more after a 412. */
void lk_client_put_contacts_async (LkClient *self, GPtrArray *contacts, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_client_put_contacts_finish (LkClient *self, GAsyncResult *result, GError **error);

/* @progress: called on the main context with bytes sent and in all. @key: the Idempotency-Key, from g_uuid_string_random(), the same
 * for each try of the same bundle; a broken connection is tried again by itself, with the same key. */
typedef void (*LkUploadProgress) (gint64 sent, gint64 total, gpointer data);
void lk_client_publish_async (LkClient *self, GBytes *bundle, const char *key, LkUploadProgress progress, gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkPicture *lk_client_publish_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_list_pictures_async (LkClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GPtrArray *lk_client_list_pictures_finish (LkClient *self, GAsyncResult *result, GError **error); /* (element-type LkPicture), by position */
/* @changes: members of PATCH: "audience", "position", "expires", "alt". */
void lk_client_change_picture_async (LkClient *self, const char *id, JsonObject *changes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkPicture *lk_client_change_picture_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_withdraw_picture_async (LkClient *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_client_withdraw_picture_finish (LkClient *self, GAsyncResult *result, GError **error);
/* Bytes whose SHA-256 and length are the rendition's. */
void lk_client_get_rendition_async (LkClient *self, const char *picture, const LkRendition *rendition, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GBytes *lk_client_get_rendition_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_list_deliveries_async (LkClient *self, const char *picture, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GPtrArray *lk_client_list_deliveries_finish (LkClient *self, GAsyncResult *result, GError **error); /* (element-type LkDelivery) */

void lk_client_get_feed_async (LkClient *self, const char *cursor, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
LkFeed *lk_client_get_feed_finish (LkClient *self, GAsyncResult *result, GError **error);
void lk_client_put_receipt_async (LkClient *self, const char *picture, LkDeliveryState state, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean lk_client_put_receipt_finish (LkClient *self, GAsyncResult *result, GError **error);
