/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker-process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "lk-async.h"
#include "lk-config.h"
#include "lk-confine.h"
#include "lk-media-error.h"

#define PROGRAM "likeness-render"
/* To be ready, in ms: the first start after a plugin was installed looks through all of them. */
#define START_TIMEOUT 60000
/* One that has worked for so long makes room for another before its limit ends it. */
#define MAX_USED_SECONDS (LK_CONFINED_SECONDS / 2)
/* A process that is silent because the machine is busy elsewhere is given so many times the time;
 * it got at least this part of it. */
#define MAX_PATIENCE 6
#define MIN_SHARE 0.02

struct _LkWorkerProcess
{
  GSubprocess *process; /* NULL for a copy of this program */
  pid_t copy;           /* 0 for a program, or where it is waited for */
  int status;           /* how the copy ended, as waitpid() tells it */
  GSocket *socket;
};

/* What a copy of this program does, where it may be the decoder. */
static LkWorkerMain copy_main;

/* LIKENESS_RENDER of the environment, for a program that is not installed; else beside this
 * program; else where it is installed. */
static char *
find_program (void)
{
  const char *named = g_getenv ("LIKENESS_RENDER");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, PROGRAM, NULL) : NULL;

  if (named != NULL && *named != '\0')
    return g_strdup (named);
  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);

  return g_build_filename (LK_BINDIR, PROGRAM, NULL);
}

static gboolean
failed (GError **error, const char *what, const char *why)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, "%s: %s", what, why);
  return FALSE;
}

/* The worker closes what it inherits, before anything else: that way GLib need not copy this whole
 * process in order to close it between fork and exec. */
static gboolean
spawn (LkWorkerProcess *self, gboolean video, int its_end, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_INHERIT_FDS | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *program = find_program ();
  g_autoptr (GError) cause = NULL;

  g_subprocess_launcher_take_stdin_fd (launcher, its_end);
  self->process = g_subprocess_launcher_spawn (launcher, &cause, program, "--worker",
                                               video ? "--video" : NULL, NULL);
  if (self->process == NULL)
    return failed (error, "The decoder cannot be started", cause->message);

  return TRUE;
}

/* A copy of a process that has threads would be left with locks that nobody opens. */
static gboolean
is_single_threaded (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (tasks != NULL && g_dir_read_name (tasks) != NULL)
    n++;

  return n == 1;
}

/* Its standard input is the socket, its standard output nothing, as for a program of its own. It
 * ends with @parent, of which only one thread is there to end; a program of its own, which any
 * thread may have started, ends with the next thing that it has to tell. */
G_NORETURN static void
be_copy (pid_t parent, gboolean video, int its_end)
{
  int nothing = open ("/dev/null", O_WRONLY | O_CLOEXEC);

  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid () != parent || nothing < 0
      || dup2 (its_end, STDIN_FILENO) < 0 || dup2 (nothing, STDOUT_FILENO) < 0)
    _exit (EXIT_FAILURE);

  _exit (copy_main (video));
}

static gboolean
copy_self (LkWorkerProcess *self, gboolean video, int its_end, GError **error)
{
  pid_t parent = getpid ();

  self->copy = fork ();
  if (self->copy == 0)
    be_copy (parent, video, its_end);

  close (its_end);
  if (self->copy > 0)
    return TRUE;

  self->copy = 0;
  return failed (error, "The decoder cannot be started", g_strerror (errno));
}

static gboolean
connect_and_start (LkWorkerProcess *self, gboolean video, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return failed (error, "The decoder cannot be started", g_strerror (errno));

  self->socket = g_socket_new_from_fd (ends[0], &cause);
  if (self->socket == NULL)
    {
      close (ends[0]);
      close (ends[1]);
      return failed (error, "The decoder cannot be started", cause->message);
    }

  if (copy_main != NULL && is_single_threaded ())
    return copy_self (self, video, ends[1], error);

  return spawn (self, video, ends[1], error);
}

/* 0 where it has ended. */
static pid_t
get_pid (LkWorkerProcess *self)
{
  const char *id = self->process != NULL ? g_subprocess_get_identifier (self->process) : NULL;

  return id != NULL ? (pid_t)g_ascii_strtoll (id, NULL, 10) : self->copy;
}

/* Waits for a copy; GLib waits for a program. */
static void
kill_now (LkWorkerProcess *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  if (self->copy == 0)
    return;

  kill (self->copy, SIGKILL);
  while (waitpid (self->copy, &self->status, 0) < 0 && errno == EINTR)
    ;
  self->copy = 0;
}

/* Of the processor, all its threads together. */
static double
get_used_seconds (LkWorkerProcess *self)
{
  pid_t pid = get_pid (self);
  struct timespec used;
  clockid_t clock;

  if (pid == 0 || clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &used) != 0)
    return G_MAXDOUBLE;

  return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* Waits for what is ended already, or about to be. */
static char *
describe_end (LkWorkerProcess *self)
{
  int status;

  kill_now (self);
  if (self->process != NULL)
    g_subprocess_wait (self->process, NULL, NULL);
  status = self->process != NULL ? g_subprocess_get_status (self->process) : self->status;

  return WIFSIGNALED (status) ? g_strdup_printf ("signal %d", WTERMSIG (status))
                              : g_strdup_printf ("status %d", WEXITSTATUS (status));
}

/**
 * lk_worker_process_use_copies:
 * @main: (scope forever): what likeness-render --worker runs: it serves LK_WORKER_SOCKET
 *
 * For a program that is the decoder itself: as long as it has one thread, a worker is a copy of it
 * (fork), which saves a second start. To be called before the first worker is started.
 */
void
lk_worker_process_use_copies (LkWorkerMain main)
{
  copy_main = main;
}

/**
 * lk_worker_process_start:
 * @video: the file looks like a video
 *
 * Blocks until the process is confined and waits for requests.
 *
 * Returns: (transfer full) (nullable): the process, or NULL with LK_MEDIA_ERROR_CRASHED or
 * G_IO_ERROR_CANCELLED
 */
LkWorkerProcess *
lk_worker_process_start (gboolean video, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkWorkerProcess) self = g_new0 (LkWorkerProcess, 1);
  g_autoptr (LkWorkerMessage) ready = NULL;

  if (!connect_and_start (self, video, error))
    return NULL;

  ready = lk_worker_process_receive (self, START_TIMEOUT, cancellable, error);
  if (ready == NULL)
    return NULL;

  if (!json_object_has_member (ready->object, "ready"))
    {
      failed (error, "The decoder cannot be started", "it is none");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * lk_worker_process_stop:
 * @self: (transfer full): ended at once, whatever it does; GLib collects what is left of it
 */
void
lk_worker_process_stop (LkWorkerProcess *self)
{
  kill_now (self);
  g_clear_object (&self->process);
  g_clear_object (&self->socket);
  g_free (self);
}

/**
 * lk_worker_process_end:
 * @self: (transfer full): ended, and waited for
 */
void
lk_worker_process_end (LkWorkerProcess *self)
{
  g_autofree char *end = describe_end (self);

  g_debug ("The decoder ended: %s", end);
  lk_worker_process_stop (self);
}

/**
 * lk_worker_process_is_fit:
 *
 * Returns: whether it can be given another request: it lives, has told nothing that was not asked
 * for, and has processor time left
 */
gboolean
lk_worker_process_is_fit (LkWorkerProcess *self)
{
  return g_socket_condition_check (self->socket, G_IO_IN | G_IO_HUP | G_IO_ERR) == 0
         && get_used_seconds (self) < MAX_USED_SECONDS;
}

gboolean
lk_worker_process_send (LkWorkerProcess *self, const LkWorkerMessage *message, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *end = NULL;

  if (lk_worker_message_send (self->socket, message, &cause))
    return TRUE;

  end = describe_end (self);
  return failed (error, "The decoder ended", end);
}

/* Waits until there is something to read. Time that the machine gives to others is not the
 * process's: it hangs where it did nothing for @timeout ms, or worked as long as that. */
static gboolean
wait_for_message (LkWorkerProcess *self, guint timeout, GCancellable *cancellable, GError **error)
{
  double seconds = timeout / 1000.0;
  double before = get_used_seconds (self);

  for (int i = 1;; i++)
    {
      g_autoptr (GError) cause = NULL;
      double used;

      if (g_socket_condition_timed_wait (self->socket, G_IO_IN | G_IO_HUP,
                                         (gint64)timeout * G_TIME_SPAN_MILLISECOND, cancellable,
                                         &cause))
        return TRUE;

      used = get_used_seconds (self) - before;
      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) || i == MAX_PATIENCE
          || used < i * seconds * MIN_SHARE || used >= seconds)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
    }
}

/**
 * lk_worker_process_receive:
 * @timeout: in ms, on a machine that has nothing else to do
 *
 * Blocks until the process says something.
 *
 * Returns: (transfer full) (nullable): what it says, or NULL with LK_MEDIA_ERROR_CRASHED where it
 * ended, says nothing in time or something that is no message, or with G_IO_ERROR_CANCELLED. After
 * either it is of no more use
 */
LkWorkerMessage *
lk_worker_process_receive (LkWorkerProcess *self,
                           guint timeout,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *end = NULL;
  LkWorkerMessage *message = NULL;

  if (wait_for_message (self, timeout, cancellable, &cause))
    message = lk_worker_message_receive (self->socket, &cause);
  if (message != NULL)
    return message;

  if (lk_error_is_cancelled (cause))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
    }
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      failed (error, "The decoder hangs", cause->message);
    }
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CLOSED)
           || g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    {
      end = describe_end (self);
      failed (error, "The decoder ended", end);
    }
  else
    {
      failed (error, "The decoder told nonsense", cause->message);
    }

  return NULL;
}
