/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-program.h"

/**
 * lk_test_run_program:
 * @program: a path, or a name that is looked for in PATH
 * @...: its arguments, then NULL
 *
 * Runs a program to its end, without what it prints; fails the test unless it succeeds.
 */
void
lk_test_run_program (const char *program, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  va_list arguments;
  int status;

  g_ptr_array_add (argv, (gpointer)program);
  va_start (arguments, program);
  for (char *argument = va_arg (arguments, char *); argument != NULL;
       argument = va_arg (arguments, char *))
    g_ptr_array_add (argv, argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  g_spawn_sync (NULL, (char **)argv->pdata, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
}
