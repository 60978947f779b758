/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-confine.h"
#include "lk-sealed.h"
#include "lk-test-picture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a process that called lk_confine() can still do, from inside of it. Each case tries in a
 * process of its own what it first shows to be possible without. */

#define SECRET "another picture of the person's"

/* What a confined process has: its socket, and one that is not for it to use. */
typedef struct
{
  char *secret;
  int own[2];
  int other[2];
  gboolean hides_files;
} Inside;

static char *
make_secret (void)
{
  g_autoptr (GError) error = NULL;
  char *path = lk_test_path ("secret");

  g_file_set_contents (path, SECRET, -1, &error);
  g_assert_no_error (error);

  return path;
}

static Inside
go_inside (void)
{
  g_autoptr (GError) error = NULL;
  Inside self = { .secret = make_secret () };

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, self.own), ==, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM, 0, self.other), ==, 0);
  g_assert_true (lk_confine (self.own[0], &self.hides_files, &error));
  g_assert_no_error (error);

  return self;
}

/* The sanitizer's check for leaks would start a process. */
G_NORETURN static void
leave (void)
{
  fflush (NULL);
  _exit (0);
}

static void
assert_fails (long result, int code)
{
  int found = errno;

  g_assert_cmpint (result, ==, -1);
  g_assert_cmpstr (g_strerror (found), ==, g_strerror (code));
}

static int
count_open_for_writing (const char *path)
{
  const int ways[] = { O_WRONLY, O_RDWR, O_RDONLY | O_CREAT, O_RDONLY | O_TRUNC };
  int n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      int fd = open (path, ways[i], 0600);

      if (fd >= 0)
        {
          close (fd);
          n++;
        }
      else
        {
          g_assert_cmpint (errno, ==, EROFS);
        }
    }

  return n;
}

static void
try_writing (void)
{
  g_autofree char *path = make_secret ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *added = g_build_filename (folder, "added", NULL);
  Inside self;

  g_assert_cmpint (count_open_for_writing (path), ==, 4);
  self = go_inside ();
  g_assert_cmpint (count_open_for_writing (self.secret), ==, 0);
  assert_fails (open (added, O_CREAT | O_EXCL | O_RDWR, 0600), EROFS);
  assert_fails (open (folder, O_TMPFILE | O_RDWR, 0600), EROFS);
  assert_fails (syscall (SYS_creat, added, 0600), EROFS);
  assert_fails (g_unlink (path), EROFS);
  assert_fails (g_rename (path, added), EROFS);
  assert_fails (g_mkdir (added, 0700), EROFS);
  assert_fails (link (path, added), EROFS);
  assert_fails (symlink (path, added), EROFS);
  assert_fails (g_chmod (path, 0777), EROFS);
  assert_fails (truncate (path, 0), EROFS);
  assert_fails (mknod (added, S_IFIFO | 0600, 0), EROFS);
  leave ();
}

static void
try_network (void)
{
  const struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = GUINT16_TO_BE (9), .sin_addr.s_addr = G_MAXUINT32 };
  int made_before = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct iovec piece = { .iov_base = (void *)"x", .iov_len = 1 };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
  const int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET };
  Inside self;

  g_assert_cmpint (made_before, >=, 0);
  self = go_inside ();
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    assert_fails (socket (families[i], SOCK_STREAM, 0), EPERM);
  assert_fails (connect (made_before, (const struct sockaddr *)&address, sizeof address), EPERM);
  assert_fails (bind (made_before, (const struct sockaddr *)&address, sizeof address), EPERM);
  assert_fails (sendto (made_before, "x", 1, 0, (const struct sockaddr *)&address, sizeof address),
                EPERM);
  assert_fails (listen (self.other[0], 1), EPERM);
  assert_fails (accept (self.other[0], NULL, NULL), EPERM);
  /* messages, and with them descriptors, go over the one socket only */
  assert_fails (sendmsg (self.other[0], &message, 0), ENOSYS);
  assert_fails (recvmsg (self.other[0], &message, MSG_DONTWAIT), ENOSYS);
  g_assert_cmpint (sendmsg (self.own[0], &message, 0), ==, 1);
  leave ();
}

static void *
add_one (void *data)
{
  g_atomic_int_inc ((int *)data);

  return NULL;
}

static void
try_processes (void)
{
  char *const arguments[] = { (char *)"/bin/true", NULL };
  pthread_t thread;
  int counted = 0;
  pid_t pid;

  g_assert_cmpint (posix_spawn (&pid, arguments[0], NULL, NULL, arguments, NULL), ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  go_inside ();
  for (int i = 0; i < 1000; i++)
    assert_fails (fork (), EPERM);
  assert_fails (execv (arguments[0], arguments), EPERM);
  assert_fails (syscall (SYS_execveat, AT_FDCWD, arguments[0], arguments, NULL, 0), EPERM);
  g_assert_cmpint (posix_spawn (&pid, arguments[0], NULL, NULL, arguments, NULL), !=, 0);
  assert_fails (syscall (SYS_unshare, 0x10000000 /* CLONE_NEWUSER */), EPERM);
  /* codecs have threads */
  g_assert_cmpint (pthread_create (&thread, NULL, add_one, &counted), ==, 0);
  pthread_join (thread, NULL);
  g_assert_cmpint (counted, ==, 1);
  leave ();
}

static void
try_others (void)
{
  struct iovec piece = { .iov_base = &piece, .iov_len = 1 };
  const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
  pid_t parent = getppid ();
  Inside self;

  g_assert_cmpint (kill (parent, 0), ==, 0);
  self = go_inside ();
  assert_fails (kill (parent, 0), EPERM);
  assert_fails (kill (-1, 0), EPERM);
  assert_fails (syscall (SYS_tgkill, parent, parent, 0), EPERM);
  assert_fails (syscall (SYS_ptrace, 0, parent, 0, 0), EPERM);
  assert_fails (syscall (SYS_process_vm_readv, parent, &piece, 1, &piece, 1, 0), EPERM);
  assert_fails (syscall (SYS_prlimit64, parent, RLIMIT_CPU, &more, NULL), EPERM);
  assert_fails (syscall (SYS_pidfd_open, parent, 0), ENOSYS);
  assert_fails (fcntl (self.own[0], F_SETOWN, parent), ENOSYS);
  g_assert_cmpint (kill (getpid (), 0), ==, 0);
  leave ();
}

static void
try_kernel (void)
{
  const char *path = "/etc/passwd";
  struct
  {
    guint64 flags, mode, resolve;
  } how = { O_RDWR, 0, 0 };

  go_inside ();
  assert_fails (syscall (SYS_openat2, AT_FDCWD, path, &how, sizeof how), ENOSYS);
  assert_fails (syscall (SYS_io_uring_setup, 1, NULL), EPERM);
  assert_fails (syscall (SYS_bpf, 0, NULL, 0), EPERM);
  assert_fails (syscall (SYS_perf_event_open, NULL, 0, -1, -1, 0), EPERM);
  assert_fails (syscall (SYS_userfaultfd, 0), EPERM);
  assert_fails (syscall (SYS_keyctl, 0, 0, 0, 0, 0), EPERM);
  assert_fails (syscall (SYS_mount, "none", "/", "tmpfs", 0, NULL), EPERM);
  assert_fails (syscall (SYS_name_to_handle_at, AT_FDCWD, path, NULL, NULL, 0), ENOSYS);
  assert_fails (syscall (100000), ENOSYS);
  assert_fails (prctl (PR_SET_DUMPABLE, 1, 0, 0, 0), ENOSYS);
  leave ();
}

static void
try_memory (void)
{
  const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
  struct rlimit limit;
  char *some;

  /* not through malloc(), on which the sanitizer's has its own opinion */
  go_inside ();
#ifndef __SANITIZE_ADDRESS__
  g_assert_true (
      mmap (NULL, (gsize)2 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      == MAP_FAILED);
  g_assert_cmpint (errno, ==, ENOMEM);
#endif
  some = mmap (NULL, (gsize)900 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (some != MAP_FAILED);
  some[0] = 1;

  g_assert_cmpint (getrlimit (RLIMIT_CPU, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_max, ==, LK_CONFINED_SECONDS);
  g_assert_cmpint (getrlimit (RLIMIT_CORE, &limit), ==, 0);
  g_assert_cmpuint (limit.rlim_max, ==, 0);
  assert_fails (setrlimit (RLIMIT_CPU, &more), EPERM);
  leave ();
}

/* Ends by the signal. */
static void
try_large_file (void)
{
  int fd;

  go_inside ();
  fd = memfd_create ("large", 0);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t)LK_CONFINED_FILE_SIZE), ==, 0);
  puts ("large enough");
  fflush (stdout);
  g_assert_cmpint (ftruncate (fd, (off_t)LK_CONFINED_FILE_SIZE + 1), ==, -1);
  puts ("too large");
  leave ();
}

static void
try_descriptors (void)
{
  int n = 0;

  go_inside ();
  while (dup (0) >= 0)
    n++;
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpint (n, >, 100);
  g_assert_cmpint (n, <, 256);
  leave ();
}

static void
try_reading (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (SECRET, strlen (SECRET));
  g_autofree char *path = make_secret ();
  g_autofree char *text = NULL;
  int opened_before = open (path, O_RDONLY | O_CLOEXEC);
  char buffer[sizeof SECRET];
  Inside self = go_inside ();
  int fd;

  /* what it was given */
  g_assert_cmpint (pread (opened_before, buffer, sizeof buffer, 0), ==, strlen (SECRET));
  fd = lk_sealed_new (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  /* what codecs need */
  g_assert_true (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL));
  g_assert_cmpint (access ("/usr/lib", R_OK), ==, 0);
  fd = open ("/usr/share", O_RDONLY | O_DIRECTORY);
  g_assert_cmpint (fd, >=, 0);

  g_assert_cmpint (close (self.own[0]), ==, 0);
  leave ();
}

static void
try_hidden (void)
{
  Inside self = go_inside ();
  g_autofree char *folder = g_path_get_dirname (self.secret);

  g_assert_true (self.hides_files);
  assert_fails (open (self.secret, O_RDONLY), EACCES);
  assert_fails (open (folder, O_RDONLY | O_DIRECTORY), EACCES);
  assert_fails (open ("/etc/passwd", O_RDONLY), EACCES);
  assert_fails (open ("/", O_RDONLY | O_DIRECTORY), EACCES);
  assert_fails (open ("/proc/1/status", O_RDONLY), EACCES);
  assert_fails (open ("/dev", O_RDONLY | O_DIRECTORY), EACCES);
  leave ();
}

/* Of a codec that finds itself broken. */
static void
try_aborting (void)
{
  go_inside ();
  puts ("about to abort");
  fflush (stdout);
  abort ();
}

typedef struct
{
  const char *path;
  void (*run) (void);
} Case;

static const Case cases[] = {
  { "/media/confine/writing", try_writing },     { "/media/confine/network", try_network },
  { "/media/confine/processes", try_processes }, { "/media/confine/others", try_others },
  { "/media/confine/kernel", try_kernel },       { "/media/confine/memory", try_memory },
  { "/media/confine/reading", try_reading },     { "/media/confine/descriptors", try_descriptors },
};

static void
run_inside (void (*run) (void))
{
  if (g_test_subprocess ())
    run ();
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
}

static void
test_case (gconstpointer data)
{
  const Case *one = data;

  run_inside (one->run);
  g_test_trap_assert_passed ();
}

static void
test_hidden (void)
{
  if (syscall (SYS_landlock_create_ruleset, NULL, 0, 1 /* the version */) < 1)
    {
      g_test_skip ("The kernel has no Landlock");
      return;
    }

  run_inside (try_hidden);
  g_test_trap_assert_passed ();
}

static void
test_large_file (void)
{
  run_inside (try_large_file);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stdout ("*large enough*");
  g_test_trap_assert_stdout_unmatched ("*too large*");
}

static void
test_aborting (void)
{
  run_inside (try_aborting);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stdout ("*about to abort*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/media/confine/hidden", test_hidden);
  g_test_add_func ("/media/confine/large-file", test_large_file);
  g_test_add_func ("/media/confine/aborting", test_aborting);

  return g_test_run ();
}
