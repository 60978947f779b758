/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-api-error.h"
#include "lk-problem.h"

GQuark
lk_api_error_quark (void)
{
  return g_quark_from_static_string ("lk-api-error-quark");
}

/**
 * lk_api_error_get_retry_after:
 * @error: of any domain
 *
 * Any thread.
 *
 * Returns: seconds until the next try is allowed, or -1 where the server did not say
 */
int
lk_api_error_get_retry_after (const GError *error)
{
  return lk_problem_error_get_retry_after (error);
}

/**
 * lk_api_error_get_tries_left:
 * @error: of any domain
 *
 * Any thread.
 *
 * Returns: tries left for a code, or -1 where the server did not say
 */
int
lk_api_error_get_tries_left (const GError *error)
{
  return lk_problem_error_get_tries_left (error);
}
