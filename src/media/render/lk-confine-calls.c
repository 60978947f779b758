/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-confine-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The filter of system calls: what is not named does not exist (ENOSYS), so that a newer C library
 * falls back to what is named, as on an older kernel. */

/* The bit that O_TMPFILE adds to O_DIRECTORY. */
#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)
#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC | TMPFILE_BIT)
/* include/uapi/linux/prctl.h: names a piece of memory */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
/* The arguments of clone() come in another order there (clone(2)). */
#if defined(__s390__) || defined(__CRIS__)
#define CLONE_FLAGS_ARGUMENT 1
#else
#define CLONE_FLAGS_ARGUMENT 0
#endif

static const char *const allowed[] = {
  /* memory */
  "brk",
  "madvise",
  "membarrier",
  "memfd_create",
  "mmap",
  "mmap2",
  "mlock",
  "mprotect",
  "mremap",
  "munlock",
  "munmap",
  /* what is open, and what is opened for reading */
  "access",
  "close",
  "close_range",
  "dup",
  "dup2",
  "dup3",
  "faccessat",
  "faccessat2",
  "fadvise64",
  "fadvise64_64",
  "fstat",
  "fstat64",
  "fstatat64",
  "fstatfs",
  "fstatfs64",
  "ftruncate",
  "ftruncate64",
  "getcwd",
  "getdents64",
  "_llseek",
  "lseek",
  "lstat",
  "lstat64",
  "newfstatat",
  "pread64",
  "preadv",
  "pwrite64",
  "read",
  "readlink",
  "readlinkat",
  "readv",
  "stat",
  "stat64",
  "statfs",
  "statfs64",
  "statx",
  "write",
  "writev",
  /* waiting */
  "clock_getres",
  "clock_getres_time64",
  "clock_gettime",
  "clock_gettime64",
  "clock_nanosleep",
  "clock_nanosleep_time64",
  "epoll_create1",
  "epoll_ctl",
  "epoll_pwait",
  "epoll_wait",
  "eventfd2",
  "futex",
  "futex_time64",
  "gettimeofday",
  "nanosleep",
  "pipe",
  "pipe2",
  "poll",
  "ppoll",
  "ppoll_time64",
  "pselect6",
  "pselect6_time64",
  "select",
  "_newselect",
  "sched_yield",
  "time",
  /* threads and signals of its own */
  "alarm",
  "exit",
  "exit_group",
  "get_robust_list",
  "restart_syscall",
  "rseq",
  "rt_sigaction",
  "rt_sigprocmask",
  "rt_sigreturn",
  "rt_sigtimedwait",
  "rt_sigtimedwait_time64",
  "setitimer",
  "set_robust_list",
  "set_tid_address",
  "sigaltstack",
  "timer_settime",
  "timer_settime64",
  "sigreturn",
  /* who and where it is */
  "getcpu",
  "getegid",
  "getegid32",
  "geteuid",
  "geteuid32",
  "getgid",
  "getgid32",
  "getpid",
  "getppid",
  "getrandom",
  "getresgid",
  "getresgid32",
  "getresuid",
  "getresuid32",
  "getrlimit",
  "getrusage",
  "gettid",
  "getuid",
  "getuid32",
  "sched_getaffinity",
  "sched_getattr",
  "sched_getparam",
  "sched_getscheduler",
  "sysinfo",
  "times",
  "ugetrlimit",
  "uname",
};

static const char *const read_only[] = {
  "chmod",        "chown",     "creat",        "fallocate",  "fchmod", "fchmodat",
  "fchown",       "fchownat",  "fremovexattr", "fsetxattr",  "link",   "linkat",
  "lremovexattr", "lsetxattr", "mkdir",        "mkdirat",    "mknod",  "mknodat",
  "removexattr",  "rename",    "renameat",     "renameat2",  "rmdir",  "setxattr",
  "symlink",      "symlinkat", "truncate",     "truncate64", "unlink", "unlinkat",
  "utime",        "utimensat", "utimes",
};

/* ENOSYS would do as well; this is what people who read a log know. */
static const char *const refused[] = {
  "accept",
  "accept4",
  "bind",
  "bpf",
  "connect",
  "execve",
  "execveat",
  "fork",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "kexec_load",
  "keyctl",
  "add_key",
  "request_key",
  "listen",
  "mount",
  "perf_event_open",
  "pivot_root",
  "process_vm_readv",
  "process_vm_writev",
  "ptrace",
  "sendto",
  "setrlimit",
  "setns",
  "socket",
  "socketcall",

  "umount2",
  "unshare",
  "userfaultfd",
  "vfork",
};

/* Of descriptors: not F_SETOWN, which makes the kernel send signals to others. */
static const int fcntl_commands[] = {
  F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_ADD_SEALS, F_GET_SEALS,
};

static const int prctl_options[] = { PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_VMA };

/* Of the drivers none: what isatty() and GLib's sockets ask. */
static const unsigned int ioctl_requests[] = { TCGETS, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX };

typedef struct
{
  scmp_filter_ctx filter;
  int code; /* of the first failure, an errno */
} Rules;

/* A call that this processor does not have needs no rule. */
static void
add (Rules *self, guint32 action, const char *call, guint n, const struct scmp_arg_cmp *arguments)
{
  int number = seccomp_syscall_resolve_name (call);
  int result;

  if (number == __NR_SCMP_ERROR || self->code != 0)
    return;

  result = seccomp_rule_add_array (self->filter, action, number, n, arguments);
  if (result != 0)
    self->code = -result;
}

static void
add_all (Rules *self, guint32 action, const char *const *calls, guint n)
{
  for (guint i = 0; i < n; i++)
    add (self, action, calls[i], 0, NULL);
}

static void
allow_if (Rules *self, const char *call, struct scmp_arg_cmp argument)
{
  add (self, SCMP_ACT_ALLOW, call, 1, &argument);
}

static void
refuse_if (Rules *self, const char *call, int code, struct scmp_arg_cmp argument)
{
  add (self, SCMP_ACT_ERRNO (code), call, 1, &argument);
}

static void
add_opening (Rules *self, const char *call, unsigned int argument)
{
  const guint64 bits[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, TMPFILE_BIT };

  allow_if (self, call, SCMP_CMP64 (argument, SCMP_CMP_MASKED_EQ, WRITES, O_RDONLY));
  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    refuse_if (self, call, EROFS, SCMP_CMP64 (argument, SCMP_CMP_MASKED_EQ, bits[i], bits[i]));
}

static void
add_threads (Rules *self)
{
  const scmp_datum_t pid = (scmp_datum_t)getpid ();

  allow_if (self, "clone",
            SCMP_CMP64 (CLONE_FLAGS_ARGUMENT, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  refuse_if (self, "clone", EPERM,
             SCMP_CMP64 (CLONE_FLAGS_ARGUMENT, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  /* abort() */
  allow_if (self, "tgkill", SCMP_CMP64 (0, SCMP_CMP_EQ, pid));
  refuse_if (self, "tgkill", EPERM, SCMP_CMP64 (0, SCMP_CMP_NE, pid));
  allow_if (self, "kill", SCMP_CMP64 (0, SCMP_CMP_EQ, pid));
  refuse_if (self, "kill", EPERM, SCMP_CMP64 (0, SCMP_CMP_NE, pid));
  /* limits are read, not set */
  allow_if (self, "prlimit64", SCMP_CMP64 (2, SCMP_CMP_EQ, 0));
  refuse_if (self, "prlimit64", EPERM, SCMP_CMP64 (2, SCMP_CMP_NE, 0));
}

static void
add_choices (Rules *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (fcntl_commands); i++)
    {
      allow_if (self, "fcntl", SCMP_CMP64 (1, SCMP_CMP_EQ, (scmp_datum_t)fcntl_commands[i]));
      allow_if (self, "fcntl64", SCMP_CMP64 (1, SCMP_CMP_EQ, (scmp_datum_t)fcntl_commands[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (prctl_options); i++)
    allow_if (self, "prctl", SCMP_CMP64 (0, SCMP_CMP_EQ, (scmp_datum_t)prctl_options[i]));
  for (guint i = 0; i < G_N_ELEMENTS (ioctl_requests); i++)
    allow_if (self, "ioctl", SCMP_CMP64 (1, SCMP_CMP_EQ, ioctl_requests[i]));
}

static void
add_messages (Rules *self, int socket)
{
  const scmp_datum_t fd = (scmp_datum_t)socket;

  allow_if (self, "sendmsg", SCMP_CMP64 (0, SCMP_CMP_EQ, fd));
  allow_if (self, "recvmsg", SCMP_CMP64 (0, SCMP_CMP_EQ, fd));
  /* GStreamer wakes its own threads through one; it leads nowhere else. */
  allow_if (self, "socketpair", SCMP_CMP64 (0, SCMP_CMP_EQ, AF_UNIX));
  refuse_if (self, "socketpair", EPERM, SCMP_CMP64 (0, SCMP_CMP_NE, AF_UNIX));
}

static int
fill (scmp_filter_ctx filter, int socket)
{
  Rules rules = { .filter = filter };

  add_all (&rules, SCMP_ACT_ALLOW, allowed, G_N_ELEMENTS (allowed));
  add_all (&rules, SCMP_ACT_ERRNO (EROFS), read_only, G_N_ELEMENTS (read_only));
  add_all (&rules, SCMP_ACT_ERRNO (EPERM), refused, G_N_ELEMENTS (refused));
  add_opening (&rules, "open", 1);
  add_opening (&rules, "openat", 2);
  add_threads (&rules);
  add_choices (&rules);
  add_messages (&rules, socket);

  return rules.code;
}

gboolean
lk_confine_calls (int socket, GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (ENOSYS));
  int code;

  if (filter == NULL)
    return lk_confine_failed (error, "make a filter of system calls", ENOMEM);

  /* As a tree, since each call walks it; for every thread; and without the brake on the processor
   * that older kernels pull for whoever has a filter: the process guards no secret of its own. */
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_SSB, 1);
  code = fill (filter, socket);
  if (code == 0)
    code = -seccomp_load (filter);
  seccomp_release (filter);
  if (code != 0)
    return lk_confine_failed (error, "filter system calls", code);

  return TRUE;
}
