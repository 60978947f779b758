/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-handlers.h"

#include <string.h>

#include "lk-code-text.h"
#include "lk-identifier.h"
#include "lk-json.h"
#include "lk-server-error.h"
#include "lk-token.h"

/* More than any code has: a longer one is refused before it is looked at. */
#define MAX_CODE_LENGTH 16
#define MAX_VERIFICATION_LENGTH 64

static LkResponse *
respond_refusal (const GError *error, const LkCodesRefusal *refusal)
{
  if (error->domain != LK_PROBLEM)
    return lk_response_new_error (error);
  return lk_response_new_wait ((LkProblem)error->code, NULL, refusal->tries_left,
                               refusal->retry_after);
}

static gboolean
read_identifier (const LkRequest *request, char **identifier, GError **error)
{
  static const char *const members[] = { "identifier", NULL };
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *email = NULL;
  const char *text;

  object = lk_json_parse_object (request->body, LK_JSON_BODY_MAX_BYTES, error);
  if (object == NULL || !lk_json_only_members (object, members, error)
      || !lk_json_get_string (object, "identifier", LK_JSON_BODY_MAX_BYTES, &text, error))
    return FALSE;
  if (lk_identifier_get_kind (text) != LK_IDENTIFIER_NONE)
    {
      *identifier = g_strdup (text);
      return TRUE;
    }
  /* People type addresses in capitals and with umlauts; a phone number needs a region, which only
   * the client knows. */
  email = lk_identifier_normalize_email (text, NULL);
  if (email == NULL)
    {
      g_set_error_literal (error, LK_PROBLEM, LK_PROBLEM_INVALID_IDENTIFIER,
                           "neither an E.164 phone number nor an email address");
      return FALSE;
    }
  *identifier = g_steal_pointer (&email);
  return TRUE;
}

static gboolean
send_code (LkService *service,
           const char *identifier,
           const char *code,
           const char *accept_language,
           GError **error)
{
  gboolean phone = lk_identifier_get_kind (identifier) == LK_IDENTIFIER_PHONE;
  LkCodeSender *sender = phone ? service->sms : service->mail;
  g_autoptr (LkCodeText) text = NULL;
  gboolean sent = FALSE;

  if (sender == NULL)
    g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_NO_SENDER,
                 "no sender for %s is configured", phone ? "SMS" : "email");
  else
    {
      text = lk_code_text_new (service->catalog, accept_language, code);
      sent = lk_code_sender_send (sender, identifier, text, error);
    }
  lk_metrics_add_code (service->metrics, phone ? "sms" : "email", sent);
  return sent;
}

/* Whether an account exists is not looked at on this path: neither the answer nor its time can
 * tell. */
LkResponse *
lk_handle_send_code (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *identifier = NULL;
  g_autofree char *redacted = NULL;
  g_autoptr (LkSentCode) sent = NULL;
  LkCodesRefusal refusal = { -1, -1 };

  if (!read_identifier (request, &identifier, &error))
    return lk_response_new_error (error);
  sent = lk_codes_request (service->codes, identifier, request->client, &refusal, &error);
  if (sent == NULL)
    return respond_refusal (error, &refusal);
  if (!send_code (service, identifier, sent->code, request->accept_language, &error))
    {
      g_autoptr (LkResponse) response = lk_response_new_error (error);
      g_autoptr (GError) taking_back = NULL;

      /* Nobody got this code: the person may ask again at once. */
      if (!lk_codes_take_back (service->codes, sent->verification->id, &taking_back))
        g_warning ("A code that was not sent could not be taken back: %s", taking_back->message);
      return g_steal_pointer (&response);
    }
  redacted = lk_identifier_redact (identifier);
  g_info ("Sent a code to %s", redacted);
  return lk_response_new_json (201, lk_verification_to_json (sent->verification));
}

static LkResponse *
sign_in (LkService *service, const char *identifier, const char *device)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = lk_token_generate (service->rng);
  g_autoptr (LkSession) session = NULL;
  g_autoptr (LkAccount) account = NULL;
  LkResponse *response;
  guint8 hash[LK_TOKEN_HASH_LENGTH];
  gint64 handle;
  JsonObject *object;

  if (!lk_token_hash (token, hash)
      || !lk_store_sign_in (service->store, identifier, device, hash, &handle, &session, &error)
      || (account = lk_store_get_account (service->store, handle, &error)) == NULL)
    return lk_response_new_error (error);
  /* An account may have ended its oldest session to make room for this one. */
  lk_rendition_cache_forget (service->renditions);
  object = json_object_new ();
  json_object_set_string_member (object, "token", token);
  json_object_set_object_member (object, "session", lk_session_to_json (session));
  json_object_set_object_member (object, "account", lk_account_to_json (account));
  response = lk_response_new_json (201, object);
  lk_response_add_header (response, "Cache-Control", "no-store");
  explicit_bzero (token, strlen (token));
  return response;
}

LkResponse *
lk_handle_check_code (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  static const char *const members[] = { "code", "device", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *identifier = NULL;
  LkCodesRefusal refusal = { -1, -1 };
  const char *code;
  const char *device;

  object = lk_json_parse_object (request->body, LK_JSON_BODY_MAX_BYTES, &error);
  if (object == NULL || !lk_json_only_members (object, members, &error)
      || !lk_json_get_string (object, "code", MAX_CODE_LENGTH, &code, &error)
      || !lk_json_get_string (object, "device", LK_DEVICE_NAME_MAX_LENGTH, &device, &error))
    return lk_response_new_error (error);
  if (*device == '\0')
    return lk_response_new_problem (LK_PROBLEM_BAD_REQUEST, "device: is empty");
  identifier = lk_codes_check (service->codes, request->parameters[0], code, &refusal, &error);
  if (identifier == NULL)
    return respond_refusal (error, &refusal);
  return sign_in (service, identifier, device);
}

LkResponse *
lk_handle_add_identifier (LkService *service, const LkCaller *caller, const LkRequest *request)
{
  static const char *const members[] = { "verification", "code", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (LkAccount) account = NULL;
  g_autofree char *identifier = NULL;
  LkCodesRefusal refusal = { -1, -1 };
  const char *verification;
  const char *code;

  object = lk_json_parse_object (request->body, LK_JSON_BODY_MAX_BYTES, &error);
  if (object == NULL || !lk_json_only_members (object, members, &error)
      || !lk_json_get_string (object, "verification", MAX_VERIFICATION_LENGTH, &verification,
                              &error)
      || !lk_json_get_string (object, "code", MAX_CODE_LENGTH, &code, &error))
    return lk_response_new_error (error);
  identifier = lk_codes_check (service->codes, verification, code, &refusal, &error);
  if (identifier == NULL)
    return respond_refusal (error, &refusal);
  if (!lk_store_add_identifier (service->store, caller->account, identifier, &error))
    return lk_response_new_error (error);
  lk_rendition_cache_forget (service->renditions);
  account = lk_store_get_account (service->store, caller->account, &error);
  if (account == NULL)
    return lk_response_new_error (error);
  return lk_response_new_json (200, lk_account_to_json (account));
}
