/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-handlers.h"

#include <string.h>

#include "lk-bundle.h"
#include "lk-bundle-rules.h"
#include "lk-hash.h"
#include "lk-json.h"

#define MAX_POSITION 10000
#define MAX_TIME_LENGTH 40

/* Unreserved characters of RFC 3986: what a client sends is stored, so it is held to a form. */
static gboolean
is_key (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > LK_STORE_KEY_MAX_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._~-", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* A bundle that was made without signing in names nobody and is the caller's. */
static gboolean
check_owner (LkService *service, const LkCaller *caller, const char *owner, GError **error)
{
  g_autoptr (LkAccount) account = NULL;

  if (*owner == '\0')
    return TRUE;
  account = lk_store_get_account (service->store, caller->account, error);
  if (account == NULL)
    return FALSE;
  if (!g_strv_contains ((const char *const *)account->identifiers, owner))
    {
      g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_WRONG_OWNER,
                           "the manifest's owner is none of the account's identifiers");
      return FALSE;
    }
  return TRUE;
}

static LkPicture *
read_bundle (LkService *service,
             const LkCaller *caller,
             GBytes *bundle,
             GPtrArray **blobs,
             GError **error)
{
  g_autoptr (LkManifest) manifest = NULL;
  g_autoptr (GPtrArray) found = NULL;
  LkPicture *picture;

  manifest = lk_bundle_read (bundle, &found, error);
  if (manifest == NULL
      || !lk_bundle_rules_check (manifest, lk_clock_get_seconds (service->clock), error)
      || !check_owner (service, caller, manifest->owner, error))
    return NULL;
  picture = lk_picture_new ();
  picture->kind = manifest->kind;
  g_free (picture->alt);
  picture->alt = g_strdup (manifest->alt);
  picture->created = manifest->created;
  picture->expires = manifest->expires;
  picture->audience = manifest->audience != NULL ? lk_audience_ref (manifest->audience) : NULL;
  g_clear_pointer (&picture->renditions, g_ptr_array_unref);
  picture->renditions = g_ptr_array_ref (manifest->renditions);
  *blobs = g_steal_pointer (&found);
  return picture;
}

static LkResponse *
respond_published (LkPicture *picture)
{
  LkResponse *response = lk_response_new_json (201, lk_picture_to_json (picture));
  g_autofree char *location = g_strconcat ("/v1/pictures/", picture->id, NULL);

  lk_response_add_header (response, "Location", location);
  return response;
}

LkResponse *
lk_handle_publish (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = NULL;
  g_autoptr (LkPicture) published = NULL;
  g_autoptr (GPtrArray) blobs = NULL;
  g_autofree char *sha256 = NULL;

  if (request->idempotency_key == NULL || !is_key (request->idempotency_key))
    return lk_response_new_problem (LK_PROBLEM_BAD_REQUEST,
                                    "Idempotency-Key: is missing or has an unexpected form");
  sha256 = lk_hash_sha256_hex (request->body);
  published = lk_store_find_published (service->store, caller->account, request->idempotency_key,
                                       sha256, &error);
  if (published != NULL)
    return respond_published (published);
  if (!g_error_matches (error, LK_STORE_ERROR, LK_STORE_ERROR_NOT_FOUND))
    return lk_response_new_error (error);
  g_clear_error (&error);
  picture = read_bundle (service, caller, request->body, &blobs, &error);
  if (picture == NULL)
    return lk_response_new_error (error);
  published = lk_publisher_publish (service->publisher, caller->account, picture, blobs,
                                    request->idempotency_key, sha256, &error);
  if (published == NULL)
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  lk_metrics_add_published (service->metrics);
  return respond_published (published);
}

LkResponse *
lk_handle_list_pictures (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pictures = NULL;

  pictures = lk_store_list_pictures (service->store, caller->account, &error);
  if (pictures == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_pictures_to_json (pictures));
}

static gboolean
read_expires (JsonObject *object, LkPictureChange *change, GError **error)
{
  const char *text;

  change->set_expires = json_object_has_member (object, "expires");
  if (!change->set_expires || json_object_get_null_member (object, "expires"))
    return TRUE;
  if (!lk_json_get_string (object, "expires", MAX_TIME_LENGTH, &text, error))
    return FALSE;
  if (!lk_wire_parse_time (text, &change->expires) || change->expires <= 0)
    {
      g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_BAD_REQUEST,
                           "expires: is not a time of RFC 3339 in UTC");
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_change (JsonObject *object, LkPictureChange *change, GError **error)
{
  static const char *const members[] = { "audience", "position", "expires", "alt", NULL };
  JsonObject *audience;
  gint64 position;

  if (!lk_json_only_members (object, members, error))
    return FALSE;
  if (json_object_get_size (object) == 0)
    {
      g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_BAD_REQUEST, "there is nothing to change");
      return FALSE;
    }
  if (json_object_has_member (object, "alt")
      && !lk_json_get_string (object, "alt", LK_ALT_MAX_LENGTH, &change->alt, error))
    return FALSE;
  change->set_position = json_object_has_member (object, "position");
  if (change->set_position)
    {
      if (!lk_json_get_int (object, "position", 0, MAX_POSITION, &position, error))
        return FALSE;
      change->position = (guint)position;
    }
  if (!read_expires (object, change, error))
    return FALSE;
  if (json_object_has_member (object, "audience")
      && (!lk_json_get_object (object, "audience", &audience, error)
          || (change->audience = lk_audience_from_json (audience, error)) == NULL))
    return FALSE;
  return TRUE;
}

LkResponse *
lk_handle_change_picture (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (LkAudience) audience = NULL;
  g_autoptr (LkPicture) picture = NULL;
  LkPictureChange change = { 0 };

  object = lk_json_parse_object (request->body, LK_JSON_BODY_MAX_BYTES, &error);
  if (object == NULL || !read_change (object, &change, &error))
    return lk_response_new_error (error);
  audience = change.audience;
  picture = lk_store_change_picture (service->store, caller->account, request->parameters[0],
                                     &change, &error);
  if (picture == NULL)
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  return lk_response_new_json (200, lk_picture_to_json (picture));
}

LkResponse *
lk_handle_withdraw_picture (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (!lk_publisher_withdraw (service->publisher, caller->account, request->parameters[0], &error))
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  return lk_response_new (204);
}

LkResponse *
lk_handle_list_deliveries (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;

  deliveries
      = lk_store_list_deliveries (service->store, caller->account, request->parameters[0], &error);
  if (deliveries == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_deliveries_to_json (deliveries));
}
