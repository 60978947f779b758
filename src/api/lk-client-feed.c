/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-client-private.h"

static gpointer
parse_feed (JsonObject *object, GError **error)
{
  return lk_feed_from_json (object, error);
}

/**
 * lk_client_get_feed_async:
 * @self: a client
 * @cursor: (nullable): where the last page ended, or NULL to start from the beginning
 * @cancellable: (nullable): ends it
 * @callback: called with the page
 * @data: for @callback
 *
 * Asks for the next page of changes that the account may see.
 */
void
lk_client_get_feed_async (LkClient *self,
                          const char *cursor,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GString) path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));

  path = g_string_new ("feed");
  if (cursor != NULL)
    {
      g_string_append (path, "?cursor=");
      g_string_append_uri_escaped (path, cursor, NULL, FALSE);
    }
  message = lk_client_new_message (self, SOUP_METHOD_GET, path->str);
  lk_client_call_async (self, lk_client_get_feed_async, message, LK_CONTACTS_MAX_BYTES, parse_feed,
                        (GDestroyNotify)lk_feed_free, cancellable, callback, data);
}

/**
 * lk_client_get_feed_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: (transfer full) (nullable): the page, or NULL with @error set
 */
LkFeed *
lk_client_get_feed_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_call_finish (self, result, lk_client_get_feed_async, error);
}

/**
 * lk_client_put_receipt_async:
 * @self: a client
 * @picture: the picture's id
 * @state: LK_DELIVERY_FETCHED, LK_DELIVERY_ACCEPTED or LK_DELIVERY_DECLINED
 * @cancellable: (nullable): ends it
 * @callback: called when the server knows
 * @data: for @callback
 *
 * Tells how far another person's picture got here.
 */
void
lk_client_put_receipt_async (LkClient *self,
                             const char *picture,
                             LkDeliveryState state,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (LK_IS_CLIENT (self));
  g_return_if_fail (picture != NULL);
  g_return_if_fail (state != LK_DELIVERY_OFFERED);

  json_object_set_string_member (body, "state", lk_delivery_state_to_string (state));
  path = lk_client_build_path ("receipts", picture, NULL);
  message = lk_client_new_message (self, SOUP_METHOD_PUT, path);
  lk_client_set_json_body (message, body);
  lk_client_order_async (self, lk_client_put_receipt_async, message, cancellable, callback, data);
}

/**
 * lk_client_put_receipt_finish:
 * @self: a client
 * @result: as given to the callback
 * @error: see LkClient
 *
 * Returns: whether the server knows; FALSE with @error set
 */
gboolean
lk_client_put_receipt_finish (LkClient *self, GAsyncResult *result, GError **error)
{
  return lk_client_order_finish (self, result, lk_client_put_receipt_async, error);
}
