/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-handlers.h"

#include <string.h>

#include "lk-json.h"
#include "lk-rendition-response.h"

/* The most changes of one page of the feed. */
#define FEED_PAGE 100
/* A cursor of ours is far shorter. */
#define MAX_CURSOR_LENGTH 512
#define MAX_STATE_LENGTH 16

LkResponse *
lk_handle_get_rendition (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  guint generation = lk_rendition_cache_get_generation (service->renditions);
  const char *picture = request->parameters[0];
  const char *name = request->parameters[1];
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRendition) rendition = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LkCachedRendition) given = NULL;
  int attempt = 0;

  /* A blob may be withdrawn between the two questions; the second time the row is gone as well. */
  while (bytes == NULL)
    {
      g_clear_error (&error);
      g_clear_pointer (&rendition, lk_rendition_free);
      rendition = lk_store_find_rendition (service->store, caller->account, picture, name, &error);
      if (rendition == NULL)
        return lk_response_new_error (error);
      bytes = lk_blob_store_load (service->blobs, rendition->sha256, &error);
      if (bytes == NULL
          && (attempt++ > 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)))
        return lk_response_new_error (error);
    }
  given = lk_cached_rendition_new (rendition->type, rendition->sha256, bytes);
  lk_rendition_cache_add (service->renditions, generation, request->token, picture, name, given);
  return lk_rendition_response_new (given, request);
}

LkResponse *
lk_handle_get_feed (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cursor = NULL;
  g_autoptr (LkFeed) feed = NULL;

  if (!lk_request_get_query_member (request, "cursor", &cursor, &error))
    return lk_response_new_error (error);
  if (cursor != NULL && strlen (cursor) > MAX_CURSOR_LENGTH)
    return lk_response_new_problem (LK_PROBLEM_BAD_REQUEST, "cursor: is too long");
  feed = lk_store_read_feed (service->store, caller->account, cursor, FEED_PAGE, &error);
  if (feed == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_feed_to_json (feed));
}

LkResponse *
lk_handle_put_receipt (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  static const char *const members[] = { "state", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  LkDeliveryState state;
  const char *text;

  object = lk_json_parse_object (request->body, LK_JSON_BODY_MAX_BYTES, &error);
  if (object == NULL || !lk_json_only_members (object, members, &error)
      || !lk_json_get_string (object, "state", MAX_STATE_LENGTH, &text, &error))
    return lk_response_new_error (error);
  if (!lk_delivery_state_from_string (text, &state) || state == LK_DELIVERY_OFFERED)
    return lk_response_new_problem (LK_PROBLEM_BAD_REQUEST,
                                    "state: is none of fetched, accepted and declined");
  if (!lk_store_put_receipt (service->store, caller->account, request->parameters[0], state,
                             &error))
    return lk_response_new_error (error);
  return lk_response_new (204);
}
