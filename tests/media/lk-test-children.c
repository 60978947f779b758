/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-children.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lk-test-async.h"

/* How often what tells nobody of its changes is looked at, in ms. */
#define POLL_MS 2

typedef struct
{
  const char *name;
  int n;
} Wanted;

/* proc(5): the name is in parentheses and may hold any character; the parent comes behind the
 * state.
 */
static gboolean
is_child (const char *pid, const char *name)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *text = NULL;
  const char *start;
  const char *end;
  int parent = 0;

  if (!g_ascii_isdigit (*pid) || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;

  start = strchr (text, '(');
  end = strrchr (text, ')');
  if (start == NULL || end == NULL || sscanf (end + 1, " %*c %d", &parent) != 1)
    return FALSE;

  return parent == getpid () && (gsize)(end - start - 1) == strlen (name)
         && strncmp (start + 1, name, strlen (name)) == 0;
}

/* Of one of them, or 0. */
static int
count (const char *name, int *pid)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *entry;
  int n = 0;

  g_assert_nonnull (processes);
  while ((entry = g_dir_read_name (processes)) != NULL)
    if (is_child (entry, name))
      {
        *pid = atoi (entry);
        n++;
      }

  return n;
}

int
lk_test_count_children (const char *name)
{
  int pid = 0;

  return count (name, &pid);
}

/* Returns: whether there is exactly one. */
gboolean
lk_test_signal_child (const char *name, int signal)
{
  int pid = 0;

  return count (name, &pid) == 1 && kill (pid, signal) == 0;
}

static gboolean
is_count (gpointer data)
{
  const Wanted *wanted = data;

  return lk_test_count_children (wanted->name) == wanted->n;
}

static gboolean
on_poll (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Waits until there are @n. */
void
lk_test_wait_children (const char *name, int n)
{
  Wanted wanted = { .name = name, .n = n };
  guint poll = g_timeout_add (POLL_MS, on_poll, NULL);

  lk_test_wait_until (is_count, &wanted);
  g_source_remove (poll);
}
