/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include "lk-hash.h"
#include "lk-media-error.h"
#include "lk-signature.h"
#include "lk-wire.h"
#include "lk-zip.h"

#define MANIFEST_NAME "manifest.json"

typedef struct archive Archive;

static void
archive_close (Archive *archive)
{
  archive_read_free (archive);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_close)

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_BUNDLE, message);
  return FALSE;
}

/* Unpacks the entry that @archive stands at; one byte more is asked for than it may have. */
static GBytes *
read_entry (Archive *archive, gsize size, GError **error)
{
  g_autofree guint8 *data = g_malloc (size + 1);
  gsize done = 0;

  while (done <= size)
    {
      la_ssize_t n = archive_read_data (archive, data + done, size + 1 - done);

      if (n < 0)
        {
          refuse (error, "An entry cannot be unpacked");
          return NULL;
        }
      if (n == 0)
        break;
      done += (gsize)n;
    }

  if (done != size)
    {
      refuse (error, "An entry has another size than it says");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&data), size);
}

static gsize
get_limit (const char *name)
{
  return g_str_equal (name, MANIFEST_NAME) ? LK_MANIFEST_MAX_BYTES : LK_RENDITION_MAX_BYTES;
}

static gboolean
read_next (Archive *archive, const LkZipEntry *expected, GHashTable *contents, GError **error)
{
  struct archive_entry *entry;
  const char *name;
  GBytes *bytes;

  if (expected->size > get_limit (expected->name))
    return refuse (error, "An entry is too large");

  if (archive_read_next_header (archive, &entry) != ARCHIVE_OK)
    return refuse (error, "An entry cannot be read");

  name = archive_entry_pathname (entry);
  if (name == NULL || !g_str_equal (name, expected->name)
      || archive_entry_filetype (entry) != AE_IFREG || archive_entry_hardlink (entry) != NULL
      || archive_entry_symlink (entry) != NULL || archive_entry_is_encrypted (entry))
    return refuse (error, "An entry is no plain file");

  bytes = read_entry (archive, expected->size, error);
  if (bytes == NULL)
    return FALSE;

  g_hash_table_insert (contents, g_strdup (expected->name), bytes);
  return TRUE;
}

/* (element-type utf8 GBytes) */
static GHashTable *
unpack (GBytes *bundle, GPtrArray *entries, GError **error)
{
  g_autoptr (Archive) archive = archive_read_new ();
  g_autoptr (GHashTable) contents = NULL;
  gsize length;
  const void *data = g_bytes_get_data (bundle, &length);

  if (archive_read_support_format_zip_seekable (archive) != ARCHIVE_OK
      || archive_read_open_memory (archive, data, length) != ARCHIVE_OK)
    {
      refuse (error, "The ZIP file cannot be opened");
      return NULL;
    }

  contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < entries->len; i++)
    if (!read_next (archive, g_ptr_array_index (entries, i), contents, error))
      return NULL;

  return g_steal_pointer (&contents);
}

static gboolean
check_type (const LkRendition *rendition, GBytes *bytes, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint width = rendition->width;
  guint height = rendition->height;
  gboolean known;

  if (g_str_equal (rendition->type, "image/jpeg"))
    known = lk_signature_read_jpeg (data, length, &width, &height);
  else if (g_str_equal (rendition->type, "image/webp"))
    known = lk_signature_read_webp (data, length, &width, &height);
  else
    known = g_str_equal (rendition->type, "video/mp4") && lk_signature_is_mp4 (data, length);

  if (!known || width != rendition->width || height != rendition->height)
    return refuse (error, "A rendition is not of the type and size that the manifest says");

  return TRUE;
}

/* Address books rely on these: a photo that is larger would be refused by some later. */
static gboolean
check_budget (const LkRendition *rendition, GError **error)
{
  guint side = G_MAXUINT;
  gsize budget = LK_RENDITION_MAX_BYTES;

  if (g_str_equal (rendition->name, "photo"))
    {
      side = LK_PHOTO_SIZE;
      budget = LK_PHOTO_MAX_BYTES;
    }
  else if (g_str_equal (rendition->name, "thumbnail"))
    {
      side = LK_THUMBNAIL_SIZE;
      budget = LK_THUMBNAIL_MAX_BYTES;
    }

  if (rendition->width > side || rendition->height > side || rendition->size > budget)
    return refuse (error, "A rendition is larger than its budget");

  return TRUE;
}

static GBytes *
take_rendition (GHashTable *contents, const LkRendition *rendition, GError **error)
{
  g_autofree char *name = lk_manifest_dup_entry_name (rendition);
  g_autofree char *sha256 = NULL;
  GBytes *bytes = g_hash_table_lookup (contents, name);

  if (bytes == NULL)
    {
      refuse (error, "A rendition of the manifest is missing");
      return NULL;
    }

  sha256 = lk_hash_sha256_hex (bytes);
  if (g_bytes_get_size (bytes) != rendition->size || !g_str_equal (sha256, rendition->sha256))
    {
      refuse (error, "A rendition has another size or hash than the manifest says");
      return NULL;
    }

  if (!check_budget (rendition, error) || !check_type (rendition, bytes, error))
    return NULL;

  return g_bytes_ref (bytes);
}

static LkManifest *
read_manifest (GHashTable *contents, GError **error)
{
  g_autoptr (GError) cause = NULL;
  GBytes *text = g_hash_table_lookup (contents, MANIFEST_NAME);
  LkManifest *manifest;

  if (text == NULL)
    {
      refuse (error, "There is no manifest");
      return NULL;
    }

  manifest = lk_manifest_from_bytes (text, &cause);
  if (manifest == NULL)
    refuse (error, cause->message);

  return manifest;
}

/**
 * lk_bundle_read:
 * @bundle: a bundle that somebody else wrote
 * @blobs: (out) (transfer full) (element-type GBytes): the renditions' bytes, in the order of the
 * manifest's renditions
 *
 * Refuses all that lk_bundle_write() does not write. SHA-256s, sizes, media types and the pixel
 * sizes in the headers are checked against the manifest; pixels are not decoded. Any thread.
 *
 * Returns: (transfer full) (nullable): the manifest, or NULL with LK_MEDIA_ERROR_INVALID_BUNDLE
 */
LkManifest *
lk_bundle_read (GBytes *bundle, GPtrArray **blobs, GError **error)
{
  g_autoptr (LkManifest) manifest = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GHashTable) contents = NULL;

  g_return_val_if_fail (bundle != NULL && blobs != NULL, NULL);

  if (g_bytes_get_size (bundle) > LK_BUNDLE_MAX_BYTES)
    {
      refuse (error, "The bundle is too large");
      return NULL;
    }

  entries = lk_zip_check (bundle, error);
  if (entries == NULL)
    return NULL;

  contents = unpack (bundle, entries, error);
  if (contents == NULL)
    return NULL;

  manifest = read_manifest (contents, error);
  if (manifest == NULL)
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < manifest->renditions->len; i++)
    {
      GBytes *bytes = take_rendition (contents, g_ptr_array_index (manifest->renditions, i), error);

      if (bytes == NULL)
        return NULL;

      g_ptr_array_add (found, bytes);
    }

  if (entries->len != found->len + 1)
    {
      refuse (error, "There is an entry that the manifest does not know");
      return NULL;
    }

  *blobs = g_steal_pointer (&found);

  return g_steal_pointer (&manifest);
}
