/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-confine-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock (https://docs.kernel.org/userspace-api/landlock.html): from the 5.13 kernel on, where it
 * is switched on. The C library has no functions for it, and the headers of Debian 12 know its
 * second version. */

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_DIR LANDLOCK_ACCESS_FS_READ_DIR
/* From LANDLOCK_ACCESS_FS_EXECUTE to _MAKE_SYM. */
#define FIRST_RIGHTS ((G_GUINT64_CONSTANT (1) << 13) - 1)
#define REFER (G_GUINT64_CONSTANT (1) << 13)
#define TRUNCATE (G_GUINT64_CONSTANT (1) << 14)
#define IOCTL_DEV (G_GUINT64_CONSTANT (1) << 15)
#define BIND_AND_CONNECT_TCP 3
#define ABSTRACT_SOCKETS_AND_SIGNALS 3

/* struct landlock_ruleset_attr of version 6; an older kernel is told a shorter size. */
typedef struct
{
  guint64 handled_access_fs;
  guint64 handled_access_net;
  guint64 scoped;
} Ruleset;

/* The system's own: libraries, codecs, loaders, fonts and their settings, and what tells how many
 * processors and how much memory there are. /app, /run/host and /nix are where Flatpak and Nix have
 * theirs. */
static const char *const system_paths[] = {
  "/usr",
  "/lib",
  "/lib32",
  "/lib64",
  "/app",
  "/nix/store",
  "/gnu/store",
  "/etc/fonts",
  "/etc/ld.so.cache",
  "/etc/ld.so.preload",
  "/etc/locale.alias",
  "/etc/localtime",
  "/etc/gcrypt",
  "/etc/libva.conf",
  "/var/cache/fontconfig",
  "/run/host/fonts",
  "/run/host/local-fonts",
  "/run/host/user-fonts",
  "/run/host/fonts-cache",
  "/run/host/user-fonts-cache",
  "/sys/devices/system/cpu",
  "/sys/devices/system/node",
  "/proc/cpuinfo",
  "/proc/meminfo",
  "/proc/self",
  "/proc/sys/vm/overcommit_memory",
  "/dev/null",
  "/dev/zero",
  "/dev/urandom",
};

/* Variables that name a file, or folders, with more loaders and codecs. */
static const char *const path_variables[] = {
  "GDK_PIXBUF_MODULEDIR",       "GST_PLUGIN_PATH", "GST_PLUGIN_PATH_1_0", "GST_PLUGIN_SYSTEM_PATH",
  "GST_PLUGIN_SYSTEM_PATH_1_0", "LD_LIBRARY_PATH",
};

/* What is not there needs no right. */
static gboolean
allow_reading (int ruleset, const char *path, GError **error)
{
  int fd = open (path, O_PATH | O_CLOEXEC);
  struct landlock_path_beneath_attr rule = { .parent_fd = fd };
  struct stat status;
  long failed;

  if (fd < 0)
    return TRUE;

  failed = fstat (fd, &status);
  if (failed == 0)
    {
      rule.allowed_access = S_ISDIR (status.st_mode) ? READ_FILE | READ_DIR : READ_FILE;
      failed = syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
  if (failed != 0)
    lk_confine_failed (error, "allow the system's files", errno);
  close (fd);

  return failed == 0;
}

static gboolean
allow_beneath (int ruleset, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return allow_reading (ruleset, path, error);
}

/* The person's own fonts, and the caches of fonts and codecs. */
static gboolean
allow_own (int ruleset, GError **error)
{
  return allow_beneath (ruleset, g_get_user_data_dir (), "fonts", error)
         && allow_beneath (ruleset, g_get_home_dir (), ".fonts", error)
         && allow_beneath (ruleset, g_get_home_dir (), ".fonts.conf", error)
         && allow_beneath (ruleset, g_get_user_config_dir (), "fontconfig", error)
         && allow_beneath (ruleset, g_get_user_cache_dir (), "fontconfig", error)
         && allow_beneath (ruleset, g_get_user_cache_dir (), "gstreamer-1.0", error);
}

static gboolean
allow_named (int ruleset, GError **error)
{
  const char *loaders = g_getenv ("GDK_PIXBUF_MODULE_FILE");
  g_autofree char *folder = loaders != NULL ? g_path_get_dirname (loaders) : NULL;

  if (folder != NULL && !allow_reading (ruleset, folder, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (path_variables); i++)
    {
      const char *value = g_getenv (path_variables[i]);
      g_auto (GStrv) paths = value != NULL ? g_strsplit (value, ":", -1) : NULL;

      for (guint j = 0; paths != NULL && paths[j] != NULL; j++)
        if (*paths[j] != '\0' && !allow_reading (ruleset, paths[j], error))
          return FALSE;
    }

  return TRUE;
}

static int
create_ruleset (void)
{
  long version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  Ruleset ruleset = { .handled_access_fs = FIRST_RIGHTS };
  gsize size = G_STRUCT_OFFSET (Ruleset, handled_access_net);

  if (version < 1)
    return -1;

  if (version >= 2)
    ruleset.handled_access_fs |= REFER;
  if (version >= 3)
    ruleset.handled_access_fs |= TRUNCATE;
  if (version >= 4)
    {
      ruleset.handled_access_net = BIND_AND_CONNECT_TCP;
      size = G_STRUCT_OFFSET (Ruleset, scoped);
    }
  if (version >= 5)
    ruleset.handled_access_fs |= IOCTL_DEV;
  if (version >= 6)
    {
      ruleset.scoped = ABSTRACT_SOCKETS_AND_SIGNALS;
      size = sizeof ruleset;
    }

  return (int)syscall (SYS_landlock_create_ruleset, &ruleset, size, 0);
}

static gboolean
restrict_to (int ruleset, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_paths); i++)
    if (!allow_reading (ruleset, system_paths[i], error))
      return FALSE;
  if (!allow_own (ruleset, error) || !allow_named (ruleset, error))
    return FALSE;

  if (syscall (SYS_landlock_restrict_self, ruleset, 0) != 0)
    return lk_confine_failed (error, "give up the person's files", errno);

  return TRUE;
}

/* A kernel without Landlock, one that has it switched off, and a container that does not pass it
 * on, all leave it to the filter of calls. */
gboolean
lk_confine_paths (gboolean *hides_files, GError **error)
{
  int ruleset = create_ruleset ();
  gboolean done;

  *hides_files = ruleset >= 0;
  if (ruleset < 0)
    return TRUE;

  done = restrict_to (ruleset, error);
  close (ruleset);

  return done;
}
