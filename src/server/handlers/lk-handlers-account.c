/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-handlers.h"

#include "lk-entity-tag.h"
#include "lk-json.h"

LkResponse *
lk_handle_get_account (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAccount) account = NULL;

  account = lk_store_get_account (service->store, caller->account, &error);
  if (account == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_account_to_json (account));
}

LkResponse *
lk_handle_delete_account (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!lk_publisher_erase_account (service->publisher, caller->account, &error))
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  return lk_response_new (204);
}

LkResponse *
lk_handle_list_sessions (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;

  sessions = lk_store_list_sessions (service->store, caller->account, caller->session, &error);
  if (sessions == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_sessions_to_json (sessions));
}

LkResponse *
lk_handle_delete_session (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  const char *id = request->parameters[0];
  g_autoptr (GError) error = NULL;

  if (g_str_equal (id, "current"))
    id = caller->session;
  if (!lk_store_delete_session (service->store, caller->account, id, &error))
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  return lk_response_new (204);
}

LkResponse *
lk_handle_get_contacts (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  LkResponse *response;
  JsonObject *object;
  guint count;

  if (!lk_store_get_contacts (service->store, caller->account, &count, &etag, &error))
    return lk_response_new_error (error);
  object = json_object_new ();
  json_object_set_int_member (object, "count", count);
  response = lk_response_new_json (200, object);
  lk_response_add_entity_tag (response, etag);
  return response;
}

LkResponse *
lk_handle_put_contacts (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GPtrArray) contacts = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *etag = NULL;
  LkResponse *response;

  if (request->if_match == NULL)
    return lk_response_new_problem (LK_PROBLEM_PRECONDITION_REQUIRED,
                                    "If-Match names the ETag of the address book to replace");
  if (!lk_entity_tag_parse (request->if_match, &expected))
    return lk_response_new_problem (LK_PROBLEM_PRECONDITION_FAILED, NULL);
  object = lk_json_parse_object (request->body, LK_CONTACTS_MAX_BYTES, &error);
  if (object == NULL || (contacts = lk_shared_contacts_from_json (object, &error)) == NULL
      || !lk_store_replace_contacts (service->store, caller->account, contacts, expected, &etag,
                                     &error))
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  response = lk_response_new (204);
  lk_response_add_entity_tag (response, etag);
  return response;
}
