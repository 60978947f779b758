/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* Errors on the wire: application/problem+json (RFC 9457) with a stable code. The domain's codes
 * are the wire's codes, so a server's handler and a client's caller speak of the same thing. */

/**
 * LkProblem: the stable codes, in the order of their HTTP status. lk_problem_to_code() gives the
 * text on the wire.
 */
typedef enum
{
  LK_PROBLEM_BAD_REQUEST, /* 400 bad-request: malformed JSON, a wrong type, a missing or unknown
                             member */
  LK_PROBLEM_INVALID_IDENTIFIER, /* 400 invalid-identifier */
  LK_PROBLEM_INVALID_BUNDLE,     /* 400 invalid-bundle: the package breaks the format */
  LK_PROBLEM_UNAUTHORIZED, /* 401 unauthorized: no token, or one that is not known (any more) */
  LK_PROBLEM_WRONG_OWNER,  /* 403 wrong-owner: the manifest names an identifier that is not the
                              account's */
  LK_PROBLEM_NOT_FOUND,    /* 404 not-found: not there, or not for you */
  LK_PROBLEM_METHOD_NOT_ALLOWED, /* 405 method-not-allowed */
  LK_PROBLEM_CONFLICT,     /* 409 conflict: an identifier that another account holds; a key used for
                              another bundle */
  LK_PROBLEM_CODE_EXPIRED, /* 410 code-expired: the verification is over, used, voided or out of
                              tries; ask for a new code */
  LK_PROBLEM_PRECONDITION_FAILED,   /* 412 precondition-failed: the ETag has moved on */
  LK_PROBLEM_TOO_LARGE,             /* 413 too-large */
  LK_PROBLEM_UNSUPPORTED_TYPE,      /* 415 unsupported-type */
  LK_PROBLEM_RANGE_NOT_SATISFIABLE, /* 416 range-not-satisfiable */
  LK_PROBLEM_WRONG_CODE,            /* 422 wrong-code: members tries_left, retry_after */
  LK_PROBLEM_PRECONDITION_REQUIRED, /* 428 precondition-required: If-Match or If-None-Match is
                                       missing */
  LK_PROBLEM_TOO_MANY_REQUESTS,     /* 429 too-many-requests: member retry_after */
  LK_PROBLEM_INTERNAL,              /* 500 internal */
  LK_PROBLEM_CANNOT_SEND, /* 502 cannot-send: the mail server or the SMS gateway did not take the
                             code */
  LK_PROBLEM_UNAVAILABLE, /* 503 unavailable: draining, or out of space */
  LK_PROBLEM_N,
} LkProblem;

#define LK_PROBLEM (lk_problem_quark ())
GQuark lk_problem_quark (void);

#define LK_PROBLEM_MEDIA_TYPE "application/problem+json"

const char *lk_problem_to_code (LkProblem problem);
gboolean lk_problem_from_code (const char *code, LkProblem *problem);
guint lk_problem_get_status (LkProblem problem);
const char *lk_problem_get_title (LkProblem problem);

/**
 * LkProblemDetails:
 * @problem: the code
 * @detail: (nullable): an English sentence for developers; people are shown a text made from the
 * code
 * @tries_left: tries left for a code, or -1
 * @retry_after: seconds until the next try is allowed, or -1
 */
typedef struct
{
  LkProblem problem;
  char *detail;
  int tries_left;
  int retry_after;
} LkProblemDetails;

LkProblemDetails *lk_problem_details_new (LkProblem problem, const char *detail);
void lk_problem_details_free (LkProblemDetails *self);
JsonObject *lk_problem_details_to_json (const LkProblemDetails *self);
LkProblemDetails *lk_problem_details_from_json (JsonObject *object, GError **error);
GError *lk_problem_details_to_error (const LkProblemDetails *self);

int lk_problem_error_get_tries_left (const GError *error);
int lk_problem_error_get_retry_after (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkProblemDetails, lk_problem_details_free)
