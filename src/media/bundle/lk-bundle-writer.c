/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include "lk-media-error.h"

typedef struct archive Archive;
typedef struct archive_entry Entry;

static void
archive_close (Archive *archive)
{
  archive_write_free (archive);
}

static void
entry_free (Entry *entry)
{
  archive_entry_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

static la_ssize_t
on_write (Archive *archive, void *data, const void *buffer, size_t length)
{
  g_byte_array_append (data, buffer, (guint)length);

  return (la_ssize_t)length;
}

static gboolean
failed (Archive *archive, GError **error)
{
  const char *message = archive_error_string (archive);

  g_set_error_literal (error, LK_MEDIA_ERROR,
                       archive_errno (archive) == ENOMEM ? LK_MEDIA_ERROR_NO_MEMORY
                                                         : LK_MEDIA_ERROR_INVALID_BUNDLE,
                       message != NULL ? message : "The bundle cannot be packed");
  return FALSE;
}

/* Entries carry neither time nor owner: the same picture gives the same bytes, and tells nothing
 * about the machine. */
static gboolean
add_entry (Archive *archive, const char *name, GBytes *bytes, GError **error)
{
  g_autoptr (Entry) entry = archive_entry_new ();
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t)length);

  if (archive_write_header (archive, entry) != ARCHIVE_OK
      || archive_write_data (archive, data, length) != (la_ssize_t)length
      || archive_write_finish_entry (archive) != ARCHIVE_OK)
    return failed (archive, error);

  return TRUE;
}

static void
set_renditions (LkManifest *manifest, const LkRendered *rendered)
{
  manifest->kind = rendered->kind;
  g_ptr_array_set_size (manifest->renditions, 0);
  for (guint i = 0; i < rendered->encoded->len; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (rendered->encoded, i);

      g_ptr_array_add (manifest->renditions, lk_rendition_copy (encoded->rendition));
    }
}

static gboolean
add_entries (Archive *archive, LkManifest *manifest, const LkRendered *rendered, GError **error)
{
  g_autoptr (GBytes) text = lk_manifest_to_bytes (manifest);

  if (archive_write_zip_set_compression_deflate (archive) != ARCHIVE_OK)
    return failed (archive, error);
  if (!add_entry (archive, "manifest.json", text, error))
    return FALSE;

  if (archive_write_zip_set_compression_store (archive) != ARCHIVE_OK)
    return failed (archive, error);
  for (guint i = 0; i < rendered->encoded->len; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (rendered->encoded, i);
      g_autofree char *name = lk_manifest_dup_entry_name (encoded->rendition);

      if (!add_entry (archive, name, encoded->bytes, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * lk_bundle_write:
 * @manifest: owner, alt, created, expires and audience are the caller's; kind and renditions are
 * set from @rendered
 * @rendered: what to pack
 *
 * Any thread. The same input gives the same bytes.
 *
 * Returns: (transfer full) (nullable): the bundle, or NULL with LK_MEDIA_ERROR_INVALID_BUNDLE or
 * _NO_MEMORY
 */
GBytes *
lk_bundle_write (LkManifest *manifest, const LkRendered *rendered, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (Archive) archive = archive_write_new ();

  g_return_val_if_fail (manifest != NULL && rendered != NULL, NULL);

  set_renditions (manifest, rendered);
  if (archive_write_set_format_zip (archive) != ARCHIVE_OK
      || archive_write_set_format_option (archive, "zip", "zip64", NULL) != ARCHIVE_OK
      || archive_write_set_bytes_in_last_block (archive, 1) != ARCHIVE_OK
      || archive_write_open2 (archive, bytes, NULL, on_write, NULL, NULL) != ARCHIVE_OK)
    {
      failed (archive, error);
      return NULL;
    }

  if (!add_entries (archive, manifest, rendered, error))
    return NULL;

  if (archive_write_close (archive) != ARCHIVE_OK)
    {
      failed (archive, error);
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
