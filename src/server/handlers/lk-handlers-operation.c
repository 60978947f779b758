/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-handlers.h"

#include <string.h>

#include "lk-client-address.h"

LkResponse *
lk_handle_get_health (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  LkStoreCounts counts;
  JsonObject *object;

  if (!lk_store_count (service->store, &counts, &error))
    {
      g_warning ("The store does not answer: %s", error->message);
      return lk_response_new_problem (LK_PROBLEM_UNAVAILABLE, "the store does not answer");
    }
  object = json_object_new ();
  json_object_set_string_member (object, "status", "ok");
  return lk_response_new_json (200, object);
}

LkResponse *
lk_handle_get_metrics (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  LkStoreCounts counts;
  char *text;

  if (!lk_address_is_in (request->client, service->config->metrics_from))
    return lk_response_new_problem (LK_PROBLEM_NOT_FOUND, NULL);
  if (!lk_store_count (service->store, &counts, &error))
    return lk_response_new_error (error);
  text = lk_metrics_to_text (service->metrics, &counts);
  body = g_bytes_new_take (text, strlen (text));
  return lk_response_new_bytes (200, "text/plain; version=0.0.4; charset=utf-8", body);
}
