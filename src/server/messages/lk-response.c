/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-response.h"

#include "lk-error.h"
#include "lk-json.h"
#include "lk-media-error.h"
#include "lk-server-error.h"
#include "lk-store.h"

/* How long a client should leave a server alone that is overloaded, draining or out of space, in
 * seconds. */
#define UNAVAILABLE_RETRY_AFTER 5

LkResponse *
lk_response_new (guint status)
{
  LkResponse *self = g_new0 (LkResponse, 1);

  self->status = status;
  self->problem = -1;
  return self;
}

LkResponse *
lk_response_new_bytes (guint status, const char *content_type, GBytes *body)
{
  LkResponse *self = lk_response_new (status);

  self->content_type = g_strdup (content_type);
  self->body = g_bytes_ref (body);
  return self;
}

/**
 * lk_response_new_json:
 * @status: the HTTP status
 * @object: (transfer full): what to say
 *
 * Returns: (transfer full): a response
 */
LkResponse *
lk_response_new_json (guint status, JsonObject *object)
{
  g_autoptr (JsonObject) owned = object;
  g_autoptr (GBytes) body = lk_json_object_to_bytes (object);

  return lk_response_new_bytes (status, "application/json", body);
}

LkResponse *
lk_response_new_problem (LkProblem problem, const char *detail)
{
  return lk_response_new_wait (problem, detail, -1,
                               problem == LK_PROBLEM_UNAVAILABLE ? UNAVAILABLE_RETRY_AFTER : -1);
}

/**
 * lk_response_new_wait:
 * @problem: what is wrong
 * @detail: (nullable): a sentence for developers
 * @tries_left: tries left, or -1
 * @retry_after: seconds until the next try is allowed, or -1
 *
 * Returns: (transfer full): a problem, with the headers that its status asks for
 */
LkResponse *
lk_response_new_wait (LkProblem problem, const char *detail, int tries_left, int retry_after)
{
  g_autoptr (LkProblemDetails) details = lk_problem_details_new (problem, detail);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GBytes) body = NULL;
  LkResponse *self;

  details->tries_left = tries_left;
  details->retry_after = retry_after;
  object = lk_problem_details_to_json (details);
  body = lk_json_object_to_bytes (object);
  self = lk_response_new_bytes (lk_problem_get_status (problem), LK_PROBLEM_MEDIA_TYPE, body);
  self->problem = (int)problem;
  if (retry_after >= 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%d", retry_after);

      lk_response_add_header (self, "Retry-After", seconds);
    }
  if (problem == LK_PROBLEM_UNAUTHORIZED)
    lk_response_add_header (self, "WWW-Authenticate", "Bearer");
  return self;
}

static LkProblem
problem_of_store (const GError *error)
{
  switch ((LkStoreError)error->code)
    {
    case LK_STORE_ERROR_NOT_FOUND:
      return LK_PROBLEM_NOT_FOUND;
    case LK_STORE_ERROR_CONFLICT:
    case LK_STORE_ERROR_TOO_MANY:
      return LK_PROBLEM_CONFLICT;
    case LK_STORE_ERROR_PRECONDITION:
      return LK_PROBLEM_PRECONDITION_FAILED;
    case LK_STORE_ERROR_INVALID:
      return LK_PROBLEM_BAD_REQUEST;
    case LK_STORE_ERROR_FULL:
      return LK_PROBLEM_UNAVAILABLE;
    case LK_STORE_ERROR_FAILED:
    case LK_STORE_ERROR_NEWER:
    default:
      return LK_PROBLEM_INTERNAL;
    }
}

static LkProblem
problem_of_error (const GError *error)
{
  if (error->domain == LK_PROBLEM)
    return (LkProblem)error->code;
  if (error->domain == LK_STORE_ERROR)
    return problem_of_store (error);
  if (g_error_matches (error, LK_ERROR, LK_ERROR_INVALID_IDENTIFIER))
    return LK_PROBLEM_INVALID_IDENTIFIER;
  if (g_error_matches (error, LK_ERROR, LK_ERROR_TOO_LARGE))
    return LK_PROBLEM_TOO_LARGE;
  if (error->domain == LK_ERROR)
    return LK_PROBLEM_BAD_REQUEST;
  if (g_error_matches (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY))
    return LK_PROBLEM_UNAVAILABLE;
  if (error->domain == LK_MEDIA_ERROR)
    return LK_PROBLEM_INVALID_BUNDLE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return LK_PROBLEM_UNAVAILABLE;
  if (error->domain == LK_SERVER_ERROR
      && (error->code == LK_SERVER_ERROR_SEND || error->code == LK_SERVER_ERROR_NO_SENDER))
    return LK_PROBLEM_CANNOT_SEND;
  return LK_PROBLEM_INTERNAL;
}

/**
 * lk_response_new_error:
 * @error: what a call failed with
 *
 * The problem that an error is on the wire. What went wrong inside the server is logged and not
 * told.
 *
 * Returns: (transfer full): a problem
 */
LkResponse *
lk_response_new_error (const GError *error)
{
  LkProblem problem = problem_of_error (error);
  guint status = lk_problem_get_status (problem);
  gboolean tell
      = error->domain == LK_PROBLEM || error->domain == LK_ERROR || error->domain == LK_MEDIA_ERROR;

  if (status >= 500)
    g_warning ("%s: %s", lk_problem_to_code (problem), error->message);
  return lk_response_new_problem (
      problem, tell && status < 500 && problem != LK_PROBLEM_NOT_FOUND ? error->message : NULL);
}

void
lk_response_add_header (LkResponse *self, const char *name, const char *value)
{
  if (self->headers == NULL)
    self->headers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

const char *
lk_response_get_header (const LkResponse *self, const char *name)
{
  for (guint i = 0; self->headers != NULL && i + 1 < self->headers->len; i += 2)
    if (g_ascii_strcasecmp (g_ptr_array_index (self->headers, i), name) == 0)
      return g_ptr_array_index (self->headers, i + 1);
  return NULL;
}

void
lk_response_free (LkResponse *self)
{
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_free (self);
}
