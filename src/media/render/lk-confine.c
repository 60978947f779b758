/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-confine.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include "lk-confine-private.h"
#include "lk-media-error.h"

/* Of each thread but the first, in bytes: the usual 8 MiB count as memory whether they are used or
 * not, and codecs start some threads for each processor. */
#define THREAD_STACK (1024 * 1024)
#define MAX_DESCRIPTORS 256
/* What a library for encryption, which comes with FFmpeg, locks and complains without. */
#define LOCKED_MEMORY (64 * 1024)

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED TRUE
#else
#define IS_SANITIZED FALSE
#endif

gboolean
lk_confine_failed (GError **error, const char *what, int code)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, "Cannot %s: %s", what,
               g_strerror (code));
  return FALSE;
}

static gboolean
limit (int resource, rlim_t most, GError **error)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0)
    return lk_confine_failed (error, "read a limit", errno);

  now.rlim_max = MIN (now.rlim_max, most);
  now.rlim_cur = now.rlim_max;
  if (setrlimit (resource, &now) != 0)
    return lk_confine_failed (error, "set a limit", errno);

  return TRUE;
}

/* Memory is limited by what can be written to and is not shared, RLIMIT_DATA: RLIMIT_AS would count
 * the address space that glibc sets aside for each thread and the code of every codec as well.
 * There is no limit on processes: that one counts all of the person's, and the filter of calls lets
 * none be started. */
gboolean
lk_confine_limits (GError **error)
{
  pthread_attr_t attributes;
  int code;

  pthread_attr_init (&attributes);
  code = pthread_attr_setstacksize (&attributes, THREAD_STACK);
  if (code == 0)
    code = pthread_setattr_default_np (&attributes);
  pthread_attr_destroy (&attributes);
  if (code != 0)
    return lk_confine_failed (error, "choose the size of stacks", code);

  /* The sanitizer's shadow is larger than any limit. */
  if (!IS_SANITIZED && !limit (RLIMIT_DATA, LK_CONFINED_MEMORY, error))
    return FALSE;

  return limit (RLIMIT_CPU, LK_CONFINED_SECONDS, error)
         && limit (RLIMIT_FSIZE, LK_CONFINED_FILE_SIZE, error)
         && limit (RLIMIT_NOFILE, MAX_DESCRIPTORS, error)
         && limit (RLIMIT_MEMLOCK, LOCKED_MEMORY, error) && limit (RLIMIT_MSGQUEUE, 0, error)
         && limit (RLIMIT_CORE, 0, error);
}

/**
 * lk_confine:
 * @socket: the only descriptor that may go on sending and receiving messages
 * @hides_files: (out): whether files outside the system's folders cannot be read any more either
 *
 * Confines the process for good, before it reads what a stranger made: limits of memory, time and
 * files; where the kernel has Landlock, no file but the system's; and a filter of system calls
 * without any that reaches the network, starts a program or a process, changes a file, or touches
 * another process. What is open stays open. To be called before a second thread is started, which
 * Landlock would not hold.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_CRASHED where the kernel lacks something
 */
gboolean
lk_confine (int socket, gboolean *hides_files, GError **error)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return lk_confine_failed (error, "give up privileges", errno);
  /* Neither a debugger nor a core file of it. */
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return lk_confine_failed (error, "hide the memory", errno);

  return lk_confine_limits (error) && lk_confine_paths (hides_files, error)
         && lk_confine_calls (socket, error);
}
