/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <gio/gio.h>
#include <sys/mman.h>

/* GdkPixbuf's loaders of XPM and XBM put the whole file aside before they read it. A confined
 * process can make no file; in this program, whose symbols come before the libraries', a temporary
 * file is one in memory. */

/**
 * g_file_open_tmp:
 * @tmpl: (nullable): not used
 * @name_used: (out) (optional) (transfer full): a name for messages; no file has it
 *
 * Returns: a descriptor of an empty file in memory, or -1 with a GFileError
 */
gint
g_file_open_tmp (const gchar *tmpl, gchar **name_used, GError **error)
{
  int fd = memfd_create ("likeness", MFD_CLOEXEC);

  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (errno),
                   "Cannot make a file in memory: %s", g_strerror (errno));
      return -1;
    }

  if (name_used != NULL)
    *name_used = g_strdup ("likeness-in-memory");

  return fd;
}
