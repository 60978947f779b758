/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-private.h"
#include "lk-async.h"
#include "lk-hash.h"

static gpointer
parse_picture (JsonObject *object, GError **error)
{
  return lk_picture_from_json (object, error);
}

static gpointer
parse_pictures (JsonObject *object, GError **error)
{
  return lk_pictures_from_json (object, error);
}

static gpointer
parse_deliveries (JsonObject *object, GError **error)
{
  return lk_deliveries_from_json (object, error);
}

static void
on_rendition_ready (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const LkRendition *rendition = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *sha256 = NULL;

  bytes = lk_client_exchange_finish (LK_CLIENT (object), result, &error);
  if (lk_task_failed (task, g_steal_pointer (&error)))
    return;

  sha256 = lk_hash_sha256_hex (bytes);
  if (g_bytes_get_size (bytes) != rendition->size || !g_str_equal (sha256, rendition->sha256))
    g_task_return_new_error (task, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                             "A rendition that is not the one that was announced");
  else
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify)g_bytes_unref);
}

/**
 * lk_client_list_pictures_async:
 * @self: a client
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Asks for the account's own pictures.
 */
void
lk_client_list_pictures_async (LkClient *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));

  message = lk_client_new_message (self, SOUP_METHOD_GET, "pictures");
  lk_client_call_async (self, lk_client_list_pictures_async, message, LK_CONTACTS_MAX_BYTES,
                        parse_pictures, (GDestroyNotify)g_ptr_array_unref, cancellable, callback,
                        data);
}

/**
 * lk_client_list_pictures_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer container) (element-type LkPicture) (nullable): the pictures by position, or
 * NULL with @error set
 */
GPtrArray *
lk_client_list_pictures_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_list_pictures_async, error);
}

/**
 * lk_client_change_picture_async:
 * @self: a client
 * @id: the picture's
 * @changes: (transfer none): those of "audience", "position", "expires" and "alt" that are to
 * change
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Changes who may have a picture, its order, its end or its text.
 */
void
lk_client_change_picture_async (LkClient *self,
                                const char *id,
                                JsonObject *changes,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (id != NULL && changes != NULL);

  path = lk_client_build_path ("pictures", id, NULL);
  message = lk_client_new_message (self, "PATCH", path);
  lk_client_set_json_body (message, changes);
  lk_client_call_async (self, lk_client_change_picture_async, message, LK_JSON_BODY_MAX_BYTES,
                        parse_picture, (GDestroyNotify)lk_picture_unref, cancellable, callback,
                        data);
}

/**
 * lk_client_change_picture_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer full) (nullable): the picture as it is now, or NULL with @error set
 */
LkPicture *
lk_client_change_picture_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_change_picture_async, error);
}

/**
 * lk_client_withdraw_picture_async:
 * @self: a client
 * @id: the picture's
 * @cancellable: (nullable): ends it
 * @callback: called when it is withdrawn
 * @data: for @callback
 *
 * Withdraws a picture: the server erases it and tells whoever was offered it.
 */
void
lk_client_withdraw_picture_async (LkClient *self,
                                  const char *id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (id != NULL);

  path = lk_client_build_path ("pictures", id, NULL);
  message = lk_client_new_message (self, SOUP_METHOD_DELETE, path);
  lk_client_order_async (self, lk_client_withdraw_picture_async, message, cancellable, callback,
                         data);
}

/**
 * lk_client_withdraw_picture_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: whether it is withdrawn; FALSE with @error set
 */
gboolean
lk_client_withdraw_picture_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_order_finish (self, result, lk_client_withdraw_picture_async, error);
}

/**
 * lk_client_get_rendition_async:
 * @self: a client
 * @picture: the picture's id
 * @rendition: what was announced of it; copied
 * @cancellable: (nullable): ends it
 * @callback: called with the bytes
 * @data: for @callback
 *
 * Downloads one file of a picture, one's own or one that the feed told of.
 */
void
lk_client_get_rendition_async (LkClient *self,
                               const char *picture,
                               const LkRendition *rendition,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (picture != NULL && rendition != NULL);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_client_get_rendition_async);
  g_task_set_task_data (task, lk_rendition_copy (rendition), (GDestroyNotify)lk_rendition_free);
  if (rendition->size > LK_RENDITION_MAX_BYTES)
    {
      g_task_return_new_error (task, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                               "A rendition larger than the contract's limit");
      return;
    }

  path = lk_client_build_path ("pictures", picture, rendition->name, NULL);
  message = lk_client_new_message (self, SOUP_METHOD_GET, path);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept",
                                "*/*, " LK_PROBLEM_MEDIA_TYPE);
  /* The announced size and hash are those of the file itself. */
  soup_message_disable_feature (message, SOUP_TYPE_CONTENT_DECODER);
  lk_client_exchange_async (self, message, rendition->size, cancellable, on_rendition_ready,
                            g_steal_pointer (&task));
}

/**
 * lk_client_get_rendition_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient; LK_API_ERROR_BAD_ANSWER where length or hash differ
 *
 * Returns: (transfer full) (nullable): bytes whose length and SHA-256 are the rendition's, or NULL
 * with @error set
 */
GBytes *
lk_client_get_rendition_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lk_client_list_deliveries_async:
 * @self: a client
 * @picture: the picture's id
 * @cancellable: (nullable): ends it
 * @callback: called with the answer
 * @data: for @callback
 *
 * Asks how far a picture of one's own got with whom.
 */
void
lk_client_list_deliveries_async (LkClient *self,
                                 const char *picture,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (picture != NULL);

  path = lk_client_build_path ("pictures", picture, "deliveries", NULL);
  message = lk_client_new_message (self, SOUP_METHOD_GET, path);
  lk_client_call_async (self, lk_client_list_deliveries_async, message, LK_CONTACTS_MAX_BYTES,
                        parse_deliveries, (GDestroyNotify)g_ptr_array_unref, cancellable, callback,
                        data);
}

/**
 * lk_client_list_deliveries_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer container) (element-type LkDelivery) (nullable): by contact, or NULL with
 * @error set
 */
GPtrArray *
lk_client_list_deliveries_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_list_deliveries_async, error);
}
