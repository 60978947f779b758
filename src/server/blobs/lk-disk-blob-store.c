/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-disk-blob-store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lk-hash.h"

/* Blobs are spread over folders named by this many digits of their hash. */
#define FAN_OUT_LENGTH 2
/* A blob in the making has this before its name, and is removed at the start when a crash has left
 * it. */
#define TEMPORARY_PREFIX ".new-"

struct _LkDiskBlobStore
{
  GObject parent_instance;

  char *directory;
};

static void lk_disk_blob_store_iface_init (LkBlobStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkDiskBlobStore,
                               lk_disk_blob_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_BLOB_STORE,
                                                      lk_disk_blob_store_iface_init))

/* Always FALSE, so that it can be returned. */
static gboolean
set_errno_error (GError **error, const char *action, const char *path)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "Cannot %s %s: %s", action, path,
               g_strerror (saved));
  return FALSE;
}

static char *
dup_folder (LkDiskBlobStore *self, const char *sha256)
{
  g_autofree char *name = g_strndup (sha256, FAN_OUT_LENGTH);

  return g_build_filename (self->directory, name, NULL);
}

static char *
dup_path (LkDiskBlobStore *self, const char *sha256)
{
  g_autofree char *folder = dup_folder (self, sha256);

  return g_build_filename (folder, sha256, NULL);
}

/* A name in a directory is durable only when the directory is. */
static gboolean
sync_directory (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return set_errno_error (error, "open", path);
  if (fsync (fd) != 0)
    {
      set_errno_error (error, "synchronise", path);
      close (fd);
      return FALSE;
    }
  return g_close (fd, error);
}

static gboolean
make_folder (LkDiskBlobStore *self, const char *folder, GError **error)
{
  if (g_mkdir (folder, 0700) == 0)
    return sync_directory (self->directory, error);
  return errno == EEXIST || set_errno_error (error, "create", folder);
}

static gboolean
write_all (int fd, GBytes *bytes, const char *path, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_errno_error (error, "write", path);
      data += n;
      length -= (gsize)n;
    }
  return fsync (fd) == 0 || set_errno_error (error, "synchronise", path);
}

/* @path is of the form that g_mkstemp_full() takes, and names the file afterwards. */
static gboolean
write_aside (char *path, GBytes *bytes, GError **error)
{
  int fd = g_mkstemp_full (path, O_WRONLY | O_CLOEXEC, 0600);

  if (fd < 0)
    return set_errno_error (error, "create", path);
  if (write_all (fd, bytes, path, error))
    {
      if (g_close (fd, error))
        return TRUE;
    }
  else
    close (fd);
  if (g_unlink (path) != 0)
    g_warning ("Cannot remove %s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
lk_disk_blob_store_put (LkBlobStore *store, const char *sha256, GBytes *bytes, GError **error)
{
  LkDiskBlobStore *self = LK_DISK_BLOB_STORE (store);
  g_autofree char *folder = dup_folder (self, sha256);
  g_autofree char *path = dup_path (self, sha256);
  g_autofree char *aside = g_build_filename (folder, TEMPORARY_PREFIX "XXXXXX", NULL);

  /* One that is there was renamed whole, but perhaps by a program that was killed before it synced
   * the folder. */
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return sync_directory (folder, error);
  if (!make_folder (self, folder, error) || !write_aside (aside, bytes, error))
    return FALSE;
  if (g_rename (aside, path) != 0)
    {
      set_errno_error (error, "rename", aside);
      if (g_unlink (aside) != 0)
        g_warning ("Cannot remove %s: %s", aside, g_strerror (errno));
      return FALSE;
    }
  return sync_directory (folder, error);
}

static int
open_blob (LkDiskBlobStore *self, const char *sha256, goffset *size, GError **error)
{
  g_autofree char *path = dup_path (self, sha256);
  struct stat status;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

  if (fd < 0)
    {
      set_errno_error (error, "open", path);
      return -1;
    }
  if (fstat (fd, &status) != 0)
    {
      set_errno_error (error, "read", path);
      close (fd);
      return -1;
    }
  *size = status.st_size;
  return fd;
}

static GBytes *
lk_disk_blob_store_load (LkBlobStore *store, const char *sha256, GError **error)
{
  goffset size;
  int fd = open_blob (LK_DISK_BLOB_STORE (store), sha256, &size, error);
  g_autoptr (GMappedFile) mapped = NULL;

  if (fd < 0)
    return NULL;
  /* Nothing ever writes into a blob, so the mapping cannot change or end early. */
  mapped = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (!g_close (fd, mapped != NULL ? error : NULL) || mapped == NULL)
    return NULL;
  return g_mapped_file_get_bytes (mapped);
}

static GInputStream *
lk_disk_blob_store_open (LkBlobStore *store, const char *sha256, goffset *size, GError **error)
{
  g_autofree char *path = dup_path (LK_DISK_BLOB_STORE (store), sha256);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GFileInfo) info = NULL;

  if (stream == NULL)
    return NULL;
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, error);
  if (info == NULL)
    return NULL;
  *size = g_file_info_get_size (info);
  return G_INPUT_STREAM (g_steal_pointer (&stream));
}

static gboolean
lk_disk_blob_store_remove (LkBlobStore *store, const char *sha256, GError **error)
{
  g_autofree char *path = dup_path (LK_DISK_BLOB_STORE (store), sha256);

  return g_unlink (path) == 0 || errno == ENOENT || set_errno_error (error, "remove", path);
}

static gboolean
list_folder (const char *folder, GPtrArray *blobs, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (lk_hash_is_sha256_hex (name))
      g_ptr_array_add (blobs, g_strdup (name));
  return TRUE;
}

typedef gboolean (*FolderFunc) (const char *folder, GPtrArray *data, GError **error);

static gboolean
for_each_folder (LkDiskBlobStore *self, FolderFunc func, GPtrArray *data, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (self->directory, name, NULL);

      if (strlen (name) == FAN_OUT_LENGTH && g_file_test (folder, G_FILE_TEST_IS_DIR)
          && !func (folder, data, error))
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
lk_disk_blob_store_list (LkBlobStore *store, GError **error)
{
  g_autoptr (GPtrArray) blobs = g_ptr_array_new_with_free_func (g_free);

  if (!for_each_folder (LK_DISK_BLOB_STORE (store), list_folder, blobs, error))
    return NULL;
  return g_steal_pointer (&blobs);
}

static gboolean
clean_folder (const char *folder, GPtrArray *data, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, TEMPORARY_PREFIX) && g_unlink (path) != 0)
        return set_errno_error (error, "remove", path);
    }
  return TRUE;
}

static void
lk_disk_blob_store_finalize (GObject *object)
{
  LkDiskBlobStore *self = LK_DISK_BLOB_STORE (object);

  g_free (self->directory);
  G_OBJECT_CLASS (lk_disk_blob_store_parent_class)->finalize (object);
}

static void
lk_disk_blob_store_class_init (LkDiskBlobStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_disk_blob_store_finalize;
}

static void
lk_disk_blob_store_init (LkDiskBlobStore *self)
{
}

static void
lk_disk_blob_store_iface_init (LkBlobStoreInterface *iface)
{
  iface->put = lk_disk_blob_store_put;
  iface->load = lk_disk_blob_store_load;
  iface->open = lk_disk_blob_store_open;
  iface->remove = lk_disk_blob_store_remove;
  iface->list = lk_disk_blob_store_list;
}

/**
 * lk_disk_blob_store_new:
 * @directory: where the blobs are; made, with mode 0700, when it is not there, in a directory that
 * is
 * @error: return location for a G_IO_ERROR
 *
 * Removes what a crash has left half written: no other process may have the directory open.
 *
 * Returns: (transfer full): the store
 */
LkDiskBlobStore *
lk_disk_blob_store_new (const char *directory, GError **error)
{
  g_autoptr (LkDiskBlobStore) self = g_object_new (LK_TYPE_DISK_BLOB_STORE, NULL);
  g_autofree char *parent = g_path_get_dirname (directory);

  self->directory = g_strdup (directory);
  if (g_mkdir (directory, 0700) == 0)
    {
      if (!sync_directory (parent, error))
        return NULL;
    }
  else if (errno != EEXIST)
    {
      set_errno_error (error, "create", directory);
      return NULL;
    }
  if (!for_each_folder (self, clean_folder, NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}
