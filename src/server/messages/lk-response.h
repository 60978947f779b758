/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include "lk-problem.h"

/**
 * LkResponse:
 * @status: the HTTP status
 * @content_type: (nullable): media type of the body
 * @body: (nullable): the body
 * @headers: (nullable): name, value, name, value…
 * @problem: the problem's code where it is one, or -1
 *
 * What a handler answers.
 */
typedef struct
{
  guint status;
  char *content_type;
  GBytes *body;
  GPtrArray *headers;
  int problem;
} LkResponse;

LkResponse *lk_response_new (guint status);
LkResponse *lk_response_new_bytes (guint status, const char *content_type, GBytes *body);
LkResponse *lk_response_new_json (guint status, JsonObject *object);
LkResponse *lk_response_new_problem (LkProblem problem, const char *detail);
LkResponse *
lk_response_new_wait (LkProblem problem, const char *detail, int tries_left, int retry_after);
LkResponse *lk_response_new_error (const GError *error);
void lk_response_add_header (LkResponse *self, const char *name, const char *value);
const char *lk_response_get_header (const LkResponse *self, const char *name);
void lk_response_free (LkResponse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkResponse, lk_response_free)
