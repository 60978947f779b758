/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-async.h"

/**
 * lk_error_is_cancelled:
 * @error: (nullable): an error
 *
 * Tells cancelled from failed: what a person stopped needs no message.
 *
 * Returns: whether @error only says that the operation was cancelled
 */
gboolean
lk_error_is_cancelled (const GError *error)
{
  return error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/**
 * lk_task_failed:
 * @task: a task that has not returned yet
 * @error: (transfer full) (nullable): what went wrong, if anything did
 *
 * Returns @error through @task. Use it at an early exit of an operation that is made of steps:
 * `if (lk_task_failed (task, g_steal_pointer (&error))) return;`
 *
 * Returns: whether there was an error, so that @task has returned
 */
gboolean
lk_task_failed (GTask *task, GError *error)
{
  g_return_val_if_fail (G_IS_TASK (task), FALSE);

  if (error == NULL)
    return FALSE;

  g_task_return_error (task, error);
  return TRUE;
}
