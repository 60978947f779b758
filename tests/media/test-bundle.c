/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-bundle.h"
#include "lk-hash.h"
#include "lk-media-error.h"
#include "lk-test-zip.h"
#include "lk-wire.h"

#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* A JPEG file as far as its frame header says, of width × height px. */
static GBytes *
jpeg_new (guint width, guint height, gsize length)
{
  const guint8 start[] = { 0xff,
                           0xd8,
                           0xff,
                           0xe0,
                           0,
                           4,
                           'L',
                           'k',
                           0xff,
                           0xc0,
                           0,
                           11,
                           8,
                           (guint8)(height >> 8),
                           (guint8)height,
                           (guint8)(width >> 8),
                           (guint8)width,
                           1,
                           1,
                           0x11,
                           0 };
  guint8 *data = g_malloc0 (length);

  memcpy (data, start, sizeof start);

  return g_bytes_new_take (data, length);
}

static void
add_encoded (LkRendered *rendered, const char *name, guint side, gsize length)
{
  LkEncoded *encoded = g_new0 (LkEncoded, 1);
  g_autofree char *sha256 = NULL;

  encoded->bytes = jpeg_new (side, side, length);
  encoded->quality = 90;
  sha256 = lk_hash_sha256_hex (encoded->bytes);
  encoded->rendition = lk_rendition_new (name, "image/jpeg", side, side, 0, length, sha256);
  g_ptr_array_add (rendered->encoded, encoded);
}

static void
encoded_free (gpointer data)
{
  LkEncoded *encoded = data;

  lk_rendition_free (encoded->rendition);
  g_bytes_unref (encoded->bytes);
  g_free (encoded);
}

static LkRendered *
rendered_new (void)
{
  LkRendered *rendered = g_new0 (LkRendered, 1);

  rendered->encoded = g_ptr_array_new_with_free_func (encoded_free);
  add_encoded (rendered, "photo", 720, 5000);
  add_encoded (rendered, "thumbnail", 96, 500);

  return rendered;
}

/* This program links the bundle alone, as the server does: lk_rendered_free() is not there. */
static void
rendered_free (LkRendered *rendered)
{
  g_ptr_array_unref (rendered->encoded);
  g_free (rendered);
}

static GBytes *
write_bundle (LkRendered *rendered)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) manifest = lk_manifest_new ();
  GBytes *bundle;

  g_free (manifest->alt);
  manifest->alt = g_strdup ("A face");
  manifest->created = 1795380540;
  bundle = lk_bundle_write (manifest, rendered, &error);
  g_assert_no_error (error);

  return bundle;
}

static void
assert_refused (GBytes *bundle)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) blobs = NULL;

  g_assert_null (lk_bundle_read (bundle, &blobs, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_INVALID_BUNDLE);
  g_assert_null (blobs);
  g_test_message ("refused: %s", error->message);
}

static void
assert_accepted (GBytes *bundle)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) blobs = NULL;
  g_autoptr (LkManifest) manifest = lk_bundle_read (bundle, &blobs, &error);

  g_assert_no_error (error);
  g_assert_nonnull (manifest);
  g_assert_cmpuint (blobs->len, ==, manifest->renditions->len);
}

static void
test_round_trip (void)
{
  LkRendered *rendered = rendered_new ();
  g_autoptr (GBytes) bundle = write_bundle (rendered);
  g_autoptr (GPtrArray) blobs = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) manifest = lk_bundle_read (bundle, &blobs, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (manifest->alt, ==, "A face");
  g_assert_cmpuint (blobs->len, ==, 2);
  for (guint i = 0; i < blobs->len; i++)
    g_assert_true (
        g_bytes_equal (blobs->pdata[i], ((LkEncoded *)rendered->encoded->pdata[i])->bytes));

  rendered_free (rendered);
}

/* The same picture gives the same bytes, whatever the time, and wherever the machine is. */
static void
test_deterministic (void)
{
  LkRendered *rendered = rendered_new ();
  g_autoptr (GBytes) first = write_bundle (rendered);
  g_autoptr (GBytes) second = NULL;
  const char *data;
  gsize length;

  g_setenv ("TZ", "Pacific/Auckland", TRUE);
  tzset ();
  second = write_bundle (rendered);
  g_assert_true (g_bytes_equal (first, second));

  /* deflated, then stored */
  data = g_bytes_get_data (first, &length);
  g_assert_cmpint (data[8], ==, 8);
  g_assert_nonnull (memmem (data, length, "photo.jpg", 9));

  rendered_free (rendered);
}

/* A picture that is honest in all but what a case changes. */
typedef struct
{
  LkTestEntry entries[4];
  guint n;
  GBytes *manifest;
  GBytes *photo;
  GBytes *thumbnail;
  char *text;
} Draft;

static char *
manifest_text (GBytes *photo, GBytes *thumbnail)
{
  g_autofree char *photo_hash = lk_hash_sha256_hex (photo);
  g_autofree char *thumbnail_hash = lk_hash_sha256_hex (thumbnail);

  return g_strdup_printf (
      "{\"version\":1,\"owner\":\"\",\"kind\":\"still\",\"alt\":\"\","
      "\"created\":\"2026-11-22T21:09:00Z\",\"renditions\":["
      "{\"name\":\"photo\",\"type\":\"image/jpeg\",\"width\":720,\"height\":720,\"duration\":0,"
      "\"bytes\":%" G_GSIZE_FORMAT ",\"sha256\":\"%s\"},"
      "{\"name\":\"thumbnail\",\"type\":\"image/jpeg\",\"width\":96,\"height\":96,\"duration\":0,"
      "\"bytes\":%" G_GSIZE_FORMAT ",\"sha256\":\"%s\"}]}",
      g_bytes_get_size (photo), photo_hash, g_bytes_get_size (thumbnail), thumbnail_hash);
}

static void
draft_init (Draft *self)
{
  self->photo = jpeg_new (720, 720, 5000);
  self->thumbnail = jpeg_new (96, 96, 500);
  self->text = manifest_text (self->photo, self->thumbnail);
  self->manifest = g_bytes_new (self->text, strlen (self->text));
  self->entries[0] = lk_test_entry ("manifest.json", self->manifest);
  self->entries[1] = lk_test_entry ("photo.jpg", self->photo);
  self->entries[2] = lk_test_entry ("thumbnail.jpg", self->thumbnail);
  self->n = 3;
}

static void
draft_clear (Draft *self)
{
  g_bytes_unref (self->manifest);
  g_bytes_unref (self->photo);
  g_bytes_unref (self->thumbnail);
  g_free (self->text);
}

static GBytes *
draft_finish (Draft *self, const char *comment)
{
  LkTestZip *zip = lk_test_zip_new ();

  for (guint i = 0; i < self->n; i++)
    lk_test_zip_add (zip, &self->entries[i]);

  return lk_test_zip_finish (zip, comment);
}

/* Each changes one thing of an honest draft. */
typedef void (*Change) (Draft *draft);

static void
change_path (Draft *draft)
{
  draft->entries[1].name = draft->entries[1].local_name = "../photo.jpg";
}

static void
change_absolute (Draft *draft)
{
  draft->entries[1].name = draft->entries[1].local_name = "/photo.jpg";
}

static void
change_backslash (Draft *draft)
{
  draft->entries[1].name = draft->entries[1].local_name = "..\\photo.jpg";
}

static void
change_folder (Draft *draft)
{
  draft->entries[3] = lk_test_entry ("folder/", draft->thumbnail);
  draft->n = 4;
}

static void
change_duplicate (Draft *draft)
{
  draft->entries[3] = draft->entries[1];
  draft->n = 4;
}

static void
change_duplicate_case (Draft *draft)
{
  draft->entries[3] = draft->entries[1];
  draft->entries[3].name = draft->entries[3].local_name = "PHOTO.jpg";
  draft->n = 4;
}

static void
change_link (Draft *draft)
{
  draft->entries[1].attributes = (guint32)(S_IFLNK | 0777) << 16;
}

static void
change_device (Draft *draft)
{
  draft->entries[1].attributes = (guint32)(S_IFCHR | 0666) << 16;
}

static void
change_unknown (Draft *draft)
{
  draft->entries[3] = lk_test_entry ("extra.jpg", draft->photo);
  draft->n = 4;
}

static void
change_missing (Draft *draft)
{
  draft->n = 2;
}

static void
change_no_manifest (Draft *draft)
{
  draft->entries[0] = draft->entries[1];
  draft->entries[1] = draft->entries[2];
  draft->n = 2;
}

static void
change_size_both (Draft *draft)
{
  draft->entries[1].size = draft->entries[1].local_size = 4999;
}

static void
change_size_directory (Draft *draft)
{
  draft->entries[1].size = 4999;
}

static void
change_size_local (Draft *draft)
{
  draft->entries[1].local_size = 4999;
}

static void
change_size_shorter (Draft *draft)
{
  LkTestEntry *entry = &draft->entries[1];

  entry->size = entry->local_size = entry->packed = entry->local_packed = 4000;
}

static void
change_size_huge (Draft *draft)
{
  LkTestEntry *entry = &draft->entries[1];

  entry->size = entry->local_size = entry->packed = entry->local_packed = 0xffffffff;
}

static void
change_name_local (Draft *draft)
{
  draft->entries[1].local_name = "photu.jpg";
}

static void
change_crc (Draft *draft)
{
  draft->entries[1].crc = draft->entries[1].local_crc = 1;
}

static void
change_encrypted (Draft *draft)
{
  draft->entries[1].flags = draft->entries[1].local_flags = 1;
}

static void
change_flags_differ (Draft *draft)
{
  draft->entries[1].local_flags = 8;
}

static void
change_method (Draft *draft)
{
  draft->entries[1].method = 12;
}

static void
change_zip64 (Draft *draft)
{
  draft->entries[1].extra = "\x01\0\x10\0\x88\x13\0\0\0\0\0\0\x88\x13\0\0\0\0\0\0";
  draft->entries[1].extra_length = 20;
}

static void
change_unicode_path (Draft *draft)
{
  draft->entries[1].extra = "\x75\x70\x09\0\x01\0\0\0\0/etc";
  draft->entries[1].extra_length = 13;
}

static void
change_extra_cut (Draft *draft)
{
  draft->entries[1].extra = "\x55\x54\x20\0\x01";
  draft->entries[1].extra_length = 5;
}

static void
change_version (Draft *draft)
{
  draft->entries[1].version = 45;
}

static void
change_gap (Draft *draft)
{
  draft->entries[1].gap = 7;
}

static void
change_start (Draft *draft)
{
  draft->entries[0].gap = 64;
}

static void
test_structure (void)
{
  const struct
  {
    const char *name;
    Change change;
  } cases[] = {
    { "a path that leaves the folder", change_path },
    { "an absolute path", change_absolute },
    { "a path of Windows", change_backslash },
    { "a folder", change_folder },
    { "a duplicate", change_duplicate },
    { "a duplicate but for its case", change_duplicate_case },
    { "a link", change_link },
    { "a device", change_device },
    { "an unknown entry", change_unknown },
    { "a missing entry", change_missing },
    { "no manifest", change_no_manifest },
    { "stored with two sizes", change_size_both },
    { "another size in the directory", change_size_directory },
    { "another size in the header", change_size_local },
    { "a size that is too small", change_size_shorter },
    { "a size of 4 GiB", change_size_huge },
    { "another name in the header", change_name_local },
    { "a wrong checksum", change_crc },
    { "an encrypted entry", change_encrypted },
    { "other flags in the header", change_flags_differ },
    { "an unknown method", change_method },
    { "ZIP64", change_zip64 },
    { "a second name", change_unicode_path },
    { "an extra field that is cut off", change_extra_cut },
    { "a newer version", change_version },
    { "a gap between entries", change_gap },
    { "something in front", change_start },
  };
  Draft honest;
  g_autoptr (GBytes) bundle = NULL;

  draft_init (&honest);
  bundle = draft_finish (&honest, "");
  assert_accepted (bundle);
  draft_clear (&honest);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Draft draft;
      g_autoptr (GBytes) lying = NULL;

      g_test_message ("%s", cases[i].name);
      draft_init (&draft);
      cases[i].change (&draft);
      lying = draft_finish (&draft, "");
      assert_refused (lying);
      draft_clear (&draft);
    }
}

static void
test_ends (void)
{
  Draft draft;
  g_autoptr (GBytes) comment = NULL;
  g_autoptr (GBytes) bundle = NULL;
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_autoptr (GBytes) trailing = NULL;
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) no_entry = lk_test_zip_finish (lk_test_zip_new (), "");
  g_autoptr (GBytes) too_large
      = g_bytes_new_take (g_malloc0 (LK_BUNDLE_MAX_BYTES + 1), LK_BUNDLE_MAX_BYTES + 1);
  gsize length;
  const guint8 *data;

  draft_init (&draft);
  comment = draft_finish (&draft, "hello");
  bundle = draft_finish (&draft, "");
  draft_clear (&draft);

  data = g_bytes_get_data (bundle, &length);
  g_byte_array_append (longer, data, (guint)length);
  g_byte_array_append (longer, (const guint8 *)"garbage", 7);
  trailing = g_byte_array_free_to_bytes (g_steal_pointer (&longer));

  assert_refused (comment);
  assert_refused (trailing);
  assert_refused (empty);
  assert_refused (no_entry);
  assert_refused (too_large);

  for (gsize cut = 0; cut < length; cut += 1 + length / 200)
    {
      g_autoptr (GBytes) shorter = g_bytes_new_from_bytes (bundle, 0, cut);

      assert_refused (shorter);
    }
}

/* Whatever is flipped: refused or the same content, and never a crash. */
static void
test_flips (void)
{
  Draft draft;
  g_autoptr (GBytes) bundle = NULL;
  g_autofree guint8 *copy = NULL;
  gsize length;

  draft_init (&draft);
  bundle = draft_finish (&draft, "");
  copy = g_memdup2 (g_bytes_get_data (bundle, NULL), g_bytes_get_size (bundle));
  length = g_bytes_get_size (bundle);

  for (guint i = 0; i < 3000; i++)
    {
      gsize at = (gsize)g_test_rand_int_range (0, (gint32)length);
      guint8 before = copy[at];
      g_autoptr (GBytes) flipped = NULL;
      g_autoptr (GPtrArray) blobs = NULL;
      g_autoptr (LkManifest) manifest = NULL;
      g_autoptr (GError) error = NULL;

      copy[at] ^= (guint8)(1 << g_test_rand_int_range (0, 8));
      flipped = g_bytes_new_static (copy, length);
      manifest = lk_bundle_read (flipped, &blobs, &error);
      g_assert_true ((manifest != NULL) == (error == NULL));
      if (manifest != NULL)
        g_assert_true (g_bytes_equal (blobs->pdata[0], draft.photo));
      copy[at] = before;
    }

  draft_clear (&draft);
}

/* Packs with raw deflate, as ZIP wants it. */
static GBytes *
deflate_bytes (GBytes *bytes)
{
  z_stream stream = { 0 };
  gsize length;
  gpointer data = (gpointer)g_bytes_get_data (bytes, &length);
  gsize room;
  guint8 *packed;

  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), ==, Z_OK);
  room = deflateBound (&stream, length);
  packed = g_malloc (room);
  stream.next_in = data;
  stream.avail_in = (uInt)length;
  stream.next_out = packed;
  stream.avail_out = (uInt)room;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  room = stream.total_out;
  deflateEnd (&stream);

  return g_bytes_new_take (packed, room);
}

/* Spaces after the manifest, packed 1000 : 1. */
static void
test_ratio (void)
{
  Draft draft;
  g_autofree char *padding = g_strnfill (900 * 1024, ' ');
  g_autofree char *text = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) bomb = NULL;
  g_autoptr (GBytes) lying = NULL;

  draft_init (&draft);
  text = g_strconcat (draft.text, padding, NULL);
  content = g_bytes_new (text, strlen (text));
  packed = deflate_bytes (content);
  draft.entries[0] = lk_test_entry_deflated ("manifest.json", packed, content);
  bomb = draft_finish (&draft, "");
  assert_refused (bomb);

  /* and one that claims to be small */
  draft.entries[0].size = draft.entries[0].local_size = 2000;
  lying = draft_finish (&draft, "");
  assert_refused (lying);
  draft_clear (&draft);
}

/* The data deflates to less than both headers say. */
static void
test_deflated_lies (void)
{
  Draft draft;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) honest = NULL;
  g_autoptr (GBytes) more = NULL;
  g_autoptr (GBytes) less = NULL;

  draft_init (&draft);
  packed = deflate_bytes (draft.manifest);
  draft.entries[0] = lk_test_entry_deflated ("manifest.json", packed, draft.manifest);
  honest = draft_finish (&draft, "");
  assert_accepted (honest);

  draft.entries[0].size = draft.entries[0].local_size += 1;
  more = draft_finish (&draft, "");
  assert_refused (more);

  draft.entries[0].size = draft.entries[0].local_size -= 2;
  less = draft_finish (&draft, "");
  assert_refused (less);
  draft_clear (&draft);
}

static void
assert_renditions (GBytes *photo, const char *from, const char *to, gboolean accepted)
{
  Draft draft;
  g_autoptr (GBytes) bundle = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *plain = NULL;

  draft_init (&draft);
  plain = manifest_text (photo, draft.thumbnail);
  text = g_string_new (plain);
  if (from != NULL)
    g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  g_bytes_unref (draft.manifest);
  draft.manifest = g_bytes_new (text->str, text->len);
  draft.entries[0] = lk_test_entry ("manifest.json", draft.manifest);
  draft.entries[1] = lk_test_entry ("photo.jpg", photo);
  bundle = draft_finish (&draft, "");
  if (accepted)
    assert_accepted (bundle);
  else
    assert_refused (bundle);
  draft_clear (&draft);
}

static void
test_renditions (void)
{
  g_autoptr (GBytes) photo = jpeg_new (720, 720, 5000);
  g_autoptr (GBytes) other = jpeg_new (720, 720, 5001);
  g_autoptr (GBytes) wide = jpeg_new (721, 720, 5000);
  g_autoptr (GBytes) huge = jpeg_new (1000, 1000, 5000);
  g_autoptr (GBytes) heavy = jpeg_new (720, 720, LK_PHOTO_MAX_BYTES + 1);
  g_autoptr (GBytes) heaviest = jpeg_new (720, 720, LK_PHOTO_MAX_BYTES);
  g_autoptr (GBytes) text = g_bytes_new_static ("<script>alert(1)</script> and some more", 39);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (photo, 0, 12);
  g_autofree char *hash = lk_hash_sha256_hex (photo);
  g_autofree char *other_hash = lk_hash_sha256_hex (other);

  assert_renditions (photo, NULL, NULL, TRUE);
  assert_renditions (heaviest, NULL, NULL, TRUE);
  assert_renditions (photo, hash, other_hash, FALSE);
  assert_renditions (photo, "\"bytes\":5000", "\"bytes\":5001", FALSE);
  assert_renditions (photo, "image/jpeg", "image/png", FALSE);
  assert_renditions (photo, "\"photo\"", "\"thumbnail\"", FALSE);
  assert_renditions (photo, "\"version\":1", "\"version\":2", FALSE);
  assert_renditions (wide, NULL, NULL, FALSE);
  assert_renditions (huge, "\"width\":720,\"height\":720", "\"width\":1000,\"height\":1000", FALSE);
  assert_renditions (heavy, NULL, NULL, FALSE);
  assert_renditions (text, NULL, NULL, FALSE);
  assert_renditions (cut, NULL, NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/bundle/round-trip", test_round_trip);
  g_test_add_func ("/media/bundle/deterministic", test_deterministic);
  g_test_add_func ("/media/bundle/structure", test_structure);
  g_test_add_func ("/media/bundle/ends", test_ends);
  g_test_add_func ("/media/bundle/flips", test_flips);
  g_test_add_func ("/media/bundle/ratio", test_ratio);
  g_test_add_func ("/media/bundle/deflated-lies", test_deflated_lies);
  g_test_add_func ("/media/bundle/renditions", test_renditions);

  return g_test_run ();
}
