/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-draft-store.h"

#include <errno.h>
#include <glib/gstdio.h>

#define STATE_FILE "draft.json"
#define CORRUPT_FILE "draft.json.corrupt"
#define SOURCE_PREFIX "source-"

static gboolean
make_directory (const char *directory, GError **error)
{
  int code;

  if (g_mkdir_with_parents (directory, 0700) == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot make the folder “%s”: %s",
               directory, g_strerror (code));
  return FALSE;
}

/* What the names of this process's copies begin with: lk_draft_store_sweep() leaves these alone. */
static const char *
get_own_prefix (void)
{
  static gsize prefix = 0;

  if (g_once_init_enter (&prefix))
    {
      g_autofree char *id = g_uuid_string_random ();

      g_once_init_leave (&prefix, (gsize)g_strconcat (SOURCE_PREFIX, id, "-", NULL));
    }
  return (const char *)prefix;
}

/**
 * lk_draft_store_dup_new_source:
 *
 * Returns: (transfer full): a path in the folder that no source has had
 */
char *
lk_draft_store_dup_new_source (const char *directory)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (get_own_prefix (), id, NULL);

  return g_build_filename (directory, name, NULL);
}

/**
 * lk_draft_store_holds:
 *
 * Whether @source is a copy that the store owns, and may delete.
 */
gboolean
lk_draft_store_holds (const char *directory, GFile *source)
{
  g_autoptr (GFile) folder = g_file_new_for_path (directory);
  g_autoptr (GFile) parent = g_file_get_parent (source);
  g_autofree char *name = g_file_get_basename (source);

  return parent != NULL && g_file_equal (parent, folder) && g_str_has_prefix (name, SOURCE_PREFIX);
}

/**
 * lk_draft_store_save:
 * @state: (nullable): what lk_draft_state_to_bytes() gave, or %NULL for no draft
 *
 * The file on disk is the old one or the new one at any moment. Only its owner can read it.
 */
gboolean
lk_draft_store_save (const char *directory, GBytes *state, GError **error)
{
  g_autofree char *path = g_build_filename (directory, STATE_FILE, NULL);
  int code;

  if (state != NULL)
    return make_directory (directory, error)
           && g_file_set_contents_full (
               path, g_bytes_get_data (state, NULL), (gssize)g_bytes_get_size (state),
               G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot delete “%s”: %s", path,
               g_strerror (code));
  return FALSE;
}

/**
 * lk_draft_store_add:
 * @path: from lk_draft_store_dup_new_source()
 *
 * Writes a source that has no file of its own, such as one that was pasted.
 */
gboolean
lk_draft_store_add (const char *directory, const char *path, GBytes *bytes, GError **error)
{
  return make_directory (directory, error)
         && g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL),
                                      (gssize)g_bytes_get_size (bytes),
                                      G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/**
 * lk_draft_store_copy:
 * @path: from lk_draft_store_dup_new_source()
 *
 * Copies a source of at most LK_DRAFT_MAX_COPY bytes; a larger one is G_IO_ERROR_NO_SPACE. A
 * failure leaves nothing.
 */
gboolean
lk_draft_store_copy (const char *directory,
                     const char *path,
                     GFile *source,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GFile) copy = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;

  info = g_file_query_info (source, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE,
                            cancellable, error);
  if (info == NULL)
    return FALSE;
  if (g_file_info_get_size (info) > LK_DRAFT_MAX_COPY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "too large to be copied");
      return FALSE;
    }
  if (!make_directory (directory, error))
    return FALSE;
  if (g_file_copy (source, copy, G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL, error))
    return TRUE;
  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("Cannot delete “%s”: %s", path, g_strerror (errno));
  return FALSE;
}

/**
 * lk_draft_store_load:
 *
 * Returns: (transfer full) (nullable): the state; %NULL without an error where there is none. A
 * file that makes no sense is set aside, and the error is LK_DRAFT_ERROR_CORRUPT.
 */
LkDraftState *
lk_draft_store_load (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, STATE_FILE, NULL);
  g_autofree char *aside = g_build_filename (directory, CORRUPT_FILE, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  LkDraftState *state;

  file = g_mapped_file_new (path, FALSE, &local_error);
  if (file == NULL)
    {
      if (!g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (file);
  state = lk_draft_state_from_bytes (bytes, &local_error);
  if (state != NULL)
    return state;

  if (g_rename (path, aside) != 0)
    g_warning ("Cannot set aside “%s”: %s", path, g_strerror (errno));
  g_set_error (error, LK_DRAFT_ERROR, LK_DRAFT_ERROR_CORRUPT, "“%s” makes no sense: %s", path,
               local_error->message);
  return NULL;
}

/**
 * lk_draft_store_sweep:
 * @keep: (nullable): the one source that is in use
 *
 * Deletes the copied sources that another process may have left behind when it crashed.
 */
void
lk_draft_store_sweep (const char *directory, GFile *keep)
{
  g_autoptr (GDir) folder = g_dir_open (directory, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      if (!g_str_has_prefix (name, SOURCE_PREFIX) || g_str_has_prefix (name, get_own_prefix ())
          || (keep != NULL && g_file_equal (file, keep)))
        continue;
      if (g_unlink (path) != 0)
        g_warning ("Cannot delete “%s”: %s", path, g_strerror (errno));
    }
}
