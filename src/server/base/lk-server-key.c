/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-server-key.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _LkServerKey
{
  gatomicrefcount ref_count;
  guint8 bytes[LK_SERVER_KEY_LENGTH];
};

static const char *
purpose_to_label (LkKeyPurpose purpose)
{
  switch (purpose)
    {
    case LK_KEY_PURPOSE_IDENTIFIER:
      return "likeness/identifier";
    case LK_KEY_PURPOSE_CODE:
      return "likeness/code";
    case LK_KEY_PURPOSE_NETWORK:
      return "likeness/network";
    case LK_KEY_PURPOSE_BOOK:
      return "likeness/book";
    default:
      g_assert_not_reached ();
    }
}

static void
set_errno_error (GError **error, const char *action, const char *path)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "Cannot %s %s: %s", action, path,
               g_strerror (saved));
}

/* Written under another name and then linked: a key is never there by half, and of two that are
 * made at once the first stays. */
static gboolean
create_key_file (const char *path, LkRng *rng, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  guint8 bytes[LK_SERVER_KEY_LENGTH];
  gboolean written, linked;
  int fd, directory_fd;

  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      set_errno_error (error, "create", temporary);
      return FALSE;
    }
  lk_rng_fill (rng, bytes, sizeof bytes);
  written = write (fd, bytes, sizeof bytes) == (gssize)sizeof bytes && fsync (fd) == 0;
  explicit_bzero (bytes, sizeof bytes);
  if (!written)
    set_errno_error (error, "write", temporary);
  if (!g_close (fd, written ? error : NULL))
    written = FALSE;
  linked = written && (link (temporary, path) == 0 || errno == EEXIST);
  if (written && !linked)
    set_errno_error (error, "create", path);
  if (unlink (temporary) != 0 && linked)
    {
      set_errno_error (error, "remove", temporary);
      return FALSE;
    }
  if (!linked)
    return FALSE;

  directory_fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory_fd < 0 || fsync (directory_fd) != 0)
    {
      set_errno_error (error, "synchronise", directory);
      if (directory_fd >= 0)
        close (directory_fd);
      return FALSE;
    }
  return g_close (directory_fd, error);
}

static LkServerKey *
read_key_file (int fd, const char *path, GError **error)
{
  guint8 bytes[LK_SERVER_KEY_LENGTH + 1];
  g_autoptr (LkServerKey) self = NULL;
  struct stat status;
  gssize n;

  if (fstat (fd, &status) != 0)
    {
      set_errno_error (error, "read", path);
      return NULL;
    }
  if (!S_ISREG (status.st_mode) || (status.st_mode & 077) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   "%s must be a file that only its owner can read", path);
      return NULL;
    }
  n = read (fd, bytes, sizeof bytes);
  if (n < 0)
    set_errno_error (error, "read", path);
  else if (n != LK_SERVER_KEY_LENGTH)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s does not hold a key of %d bytes",
                 path, LK_SERVER_KEY_LENGTH);
  else
    self = lk_server_key_new (bytes);
  explicit_bzero (bytes, sizeof bytes);
  return g_steal_pointer (&self);
}

/**
 * lk_server_key_new:
 * @bytes: LK_SERVER_KEY_LENGTH random bytes, copied
 *
 * Returns: (transfer full): a key
 */
LkServerKey *
lk_server_key_new (const guint8 *bytes)
{
  LkServerKey *self = g_new0 (LkServerKey, 1);

  g_atomic_ref_count_init (&self->ref_count);
  memcpy (self->bytes, bytes, LK_SERVER_KEY_LENGTH);
  return self;
}

/**
 * lk_server_key_load_or_create:
 * @path: a file in a directory that exists
 * @rng: where a new key comes from
 * @error: return location for a G_IO_ERROR: G_IO_ERROR_PERMISSION_DENIED when others can read the
 * file, G_IO_ERROR_INVALID_DATA when it does not hold a key
 *
 * Reads the key, or makes one with mode 0600 where there is none. A key that cannot be read is an
 * error and never replaced: everything under it would be lost.
 *
 * Returns: (transfer full): the key
 */
LkServerKey *
lk_server_key_load_or_create (const char *path, LkRng *rng, GError **error)
{
  g_autoptr (LkServerKey) self = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0 && errno == ENOENT)
    {
      if (!create_key_file (path, rng, error))
        return NULL;
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
  if (fd < 0)
    {
      set_errno_error (error, "open", path);
      return NULL;
    }
  self = read_key_file (fd, path, error);
  if (!g_close (fd, self != NULL ? error : NULL))
    return NULL;
  return g_steal_pointer (&self);
}

LkServerKey *
lk_server_key_ref (LkServerKey *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
lk_server_key_unref (LkServerKey *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  explicit_bzero (self->bytes, sizeof self->bytes);
  g_free (self);
}

/**
 * lk_server_key_mac:
 * @purpose: what the MAC is for
 * @text: what to make it of
 * @mac: (out caller-allocates): LK_SERVER_KEY_LENGTH bytes, HMAC-SHA256 (RFC 2104) of the purpose's
 * label, a NUL and @text
 */
void
lk_server_key_mac (LkServerKey *self, LkKeyPurpose purpose, const char *text, guint8 *mac)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, self->bytes, sizeof self->bytes);
  const char *label = purpose_to_label (purpose);
  gsize length = LK_SERVER_KEY_LENGTH;

  g_hmac_update (hmac, (const guchar *)label, (gssize)strlen (label) + 1);
  g_hmac_update (hmac, (const guchar *)text, (gssize)strlen (text));
  g_hmac_get_digest (hmac, mac, &length);
}
