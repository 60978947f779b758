/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-problem.h"

#include <string.h>

#include "lk-json.h"

static const struct
{
  guint status;
  const char *code;
  const char *title;
} problems[LK_PROBLEM_N] = {
  [LK_PROBLEM_BAD_REQUEST] = { 400, "bad-request", "The request is malformed" },
  [LK_PROBLEM_INVALID_IDENTIFIER]
  = { 400, "invalid-identifier", "Neither a phone number nor an email address" },
  [LK_PROBLEM_INVALID_BUNDLE] = { 400, "invalid-bundle", "The package breaks the format" },
  [LK_PROBLEM_UNAUTHORIZED] = { 401, "unauthorized", "Not signed in" },
  [LK_PROBLEM_WRONG_OWNER] = { 403, "wrong-owner", "The package names another owner" },
  [LK_PROBLEM_NOT_FOUND] = { 404, "not-found", "There is no such thing" },
  [LK_PROBLEM_METHOD_NOT_ALLOWED] = { 405, "method-not-allowed", "Not a method of this resource" },
  [LK_PROBLEM_CONFLICT] = { 409, "conflict", "Already in use" },
  [LK_PROBLEM_CODE_EXPIRED] = { 410, "code-expired", "This code is over" },
  [LK_PROBLEM_PRECONDITION_FAILED] = { 412, "precondition-failed", "Changed in the meantime" },
  [LK_PROBLEM_TOO_LARGE] = { 413, "too-large", "The body is too large" },
  [LK_PROBLEM_UNSUPPORTED_TYPE] = { 415, "unsupported-type", "Not a type that is taken here" },
  [LK_PROBLEM_RANGE_NOT_SATISFIABLE]
  = { 416, "range-not-satisfiable", "The range is outside of the file" },
  [LK_PROBLEM_WRONG_CODE] = { 422, "wrong-code", "The code is wrong" },
  [LK_PROBLEM_PRECONDITION_REQUIRED]
  = { 428, "precondition-required", "Say which version this replaces" },
  [LK_PROBLEM_TOO_MANY_REQUESTS] = { 429, "too-many-requests", "Too many requests" },
  [LK_PROBLEM_INTERNAL] = { 500, "internal", "The server failed" },
  [LK_PROBLEM_CANNOT_SEND] = { 502, "cannot-send", "The code could not be sent" },
  [LK_PROBLEM_UNAVAILABLE] = { 503, "unavailable", "Not available now" },
};

/* What a GError of the domain carries beside its message; -1 where it is not known. */
typedef struct
{
  int tries_left;
  int retry_after;
} LkProblemPrivate;

static void
lk_problem_private_init (LkProblemPrivate *priv)
{
  priv->tries_left = -1;
  priv->retry_after = -1;
}

static void
lk_problem_private_copy (const LkProblemPrivate *source, LkProblemPrivate *copy)
{
  *copy = *source;
}

static void
lk_problem_private_clear (LkProblemPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (LkProblem, lk_problem)

const char *
lk_problem_to_code (LkProblem problem)
{
  g_return_val_if_fail ((gsize)problem < LK_PROBLEM_N, NULL);

  return problems[problem].code;
}

gboolean
lk_problem_from_code (const char *code, LkProblem *problem)
{
  for (gsize i = 0; i < LK_PROBLEM_N; i++)
    {
      if (strcmp (code, problems[i].code) == 0)
        {
          *problem = (LkProblem)i;
          return TRUE;
        }
    }

  return FALSE;
}

/**
 * lk_problem_get_status:
 *
 * Returns: its HTTP status
 */
guint
lk_problem_get_status (LkProblem problem)
{
  g_return_val_if_fail ((gsize)problem < LK_PROBLEM_N, 500);

  return problems[problem].status;
}

/**
 * lk_problem_get_title:
 *
 * Returns: a short English summary for developers (RFC 9457, 3.1.3)
 */
const char *
lk_problem_get_title (LkProblem problem)
{
  g_return_val_if_fail ((gsize)problem < LK_PROBLEM_N, NULL);

  return problems[problem].title;
}

LkProblemDetails *
lk_problem_details_new (LkProblem problem, const char *detail)
{
  LkProblemDetails *self = g_new0 (LkProblemDetails, 1);

  self->problem = problem;
  self->detail = g_strdup (detail);
  self->tries_left = -1;
  self->retry_after = -1;

  return self;
}

void
lk_problem_details_free (LkProblemDetails *self)
{
  if (self == NULL)
    return;

  g_free (self->detail);
  g_free (self);
}

/**
 * lk_problem_details_to_json:
 *
 * Returns: (transfer full): the members of RFC 9457, 3.1, with `code`, and `tries_left` and
 * `retry_after` where known
 */
JsonObject *
lk_problem_details_to_json (const LkProblemDetails *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "about:blank");
  json_object_set_string_member (object, "title", lk_problem_get_title (self->problem));
  json_object_set_int_member (object, "status", lk_problem_get_status (self->problem));
  json_object_set_string_member (object, "code", lk_problem_to_code (self->problem));

  if (self->detail != NULL)
    json_object_set_string_member (object, "detail", self->detail);
  if (self->tries_left >= 0)
    json_object_set_int_member (object, "tries_left", self->tries_left);
  if (self->retry_after >= 0)
    json_object_set_int_member (object, "retry_after", self->retry_after);

  return object;
}

/**
 * lk_problem_details_from_json:
 * @object: the body of an answer
 * @error: return location for a %LK_ERROR_INVALID_JSON
 *
 * A code that this version does not know is read as its status's own problem, so that an older
 * client copes.
 *
 * Returns: (transfer full): the problem, or %NULL
 */
LkProblemDetails *
lk_problem_details_from_json (JsonObject *object, GError **error)
{
  const char *code, *detail;
  gint64 status;
  gint64 tries_left = -1;
  gint64 retry_after = -1;
  LkProblem problem = LK_PROBLEM_BAD_REQUEST;
  LkProblemDetails *self;

  if (!lk_json_get_int (object, "status", 400, 599, &status, error)
      || !lk_json_get_string (object, "code", 64, &code, error)
      || !lk_json_get_optional_string (object, "detail", 1000, &detail, error)
      || !lk_json_get_optional_int (object, "tries_left", 0, 1000, &tries_left, error)
      || !lk_json_get_optional_int (object, "retry_after", 0, G_MAXINT32, &retry_after, error))
    return NULL;

  if (!lk_problem_from_code (code, &problem))
    {
      problem = status >= 500 ? LK_PROBLEM_INTERNAL : LK_PROBLEM_BAD_REQUEST;
      for (gsize i = 0; i < LK_PROBLEM_N; i++)
        {
          if (problems[i].status == (guint)status)
            {
              problem = (LkProblem)i;
              break;
            }
        }
    }

  self = lk_problem_details_new (problem, detail);
  self->tries_left = (int)tries_left;
  self->retry_after = (int)retry_after;

  return self;
}

/**
 * lk_problem_details_to_error:
 * @self: a problem
 *
 * Returns: (transfer full): a GError of the %LK_PROBLEM domain which carries tries_left and
 * retry_after along
 */
GError *
lk_problem_details_to_error (const LkProblemDetails *self)
{
  const char *text = self->detail != NULL ? self->detail : lk_problem_get_title (self->problem);
  GError *error = g_error_new_literal (LK_PROBLEM, (int)self->problem, text);
  LkProblemPrivate *priv = lk_problem_get_private (error);

  priv->tries_left = self->tries_left;
  priv->retry_after = self->retry_after;

  return error;
}

/**
 * lk_problem_error_get_tries_left:
 * @error: (nullable): an error of any domain
 *
 * Returns: tries left for a code, or -1 where that is not known
 */
int
lk_problem_error_get_tries_left (const GError *error)
{
  if (error == NULL || error->domain != LK_PROBLEM)
    return -1;

  return lk_problem_get_private (error)->tries_left;
}

/**
 * lk_problem_error_get_retry_after:
 * @error: (nullable): an error of any domain
 *
 * Returns: seconds until the next try is allowed, or -1 where that is not known
 */
int
lk_problem_error_get_retry_after (const GError *error)
{
  if (error == NULL || error->domain != LK_PROBLEM)
    return -1;

  return lk_problem_get_private (error)->retry_after;
}
