/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <zlib.h>
#include "lk-bundle.h"
#include "lk-fuzz.h"
#include "lk-signature.h"

/* APPNOTE.TXT, 4.3.7 and 4.3.12: where the CRC-32, the packed size and the name's length stand in
 * the header before the data and in the directory. */
#define LOCAL_HEADER 30
#define DIRECTORY_HEADER 46

static guint32
get_uint (const guint8 *data, gsize n)
{
  guint32 value = 0;

  for (gsize i = 0; i < n; i++)
    value |= (guint32)data[i] << (8 * i);

  return value;
}

/* Puts the CRC-32 of an entry into the directory, at each header that names its place. */
static void
set_crc_in_directory (guint8 *data, gsize size, guint32 offset, const guint8 *crc)
{
  for (gsize i = 0; i + DIRECTORY_HEADER <= size; i++)
    if (memcmp (data + i, "PK\1\2", 4) == 0 && get_uint (data + i + 42, 4) == offset)
      memcpy (data + i + 16, crc, 4);
}

/* Makes the CRC-32 of each stored entry right again. */
static void
mend_checksums (guint8 *data, gsize size)
{
  for (gsize i = 0; i + LOCAL_HEADER <= size; i++)
    {
      guint32 length;
      gsize start;
      guint32 sum;
      guint8 crc[4];

      if (memcmp (data + i, "PK\3\4", 4) != 0 || get_uint (data + i + 8, 2) != 0)
        continue;

      length = get_uint (data + i + 18, 4);
      start = i + LOCAL_HEADER + get_uint (data + i + 26, 2) + get_uint (data + i + 28, 2);
      if (start > size || length > size - start)
        continue;

      sum = (guint32)crc32 (0, data + start, length);
      for (guint j = 0; j < 4; j++)
        crc[j] = (guint8)(sum >> (8 * j));
      memcpy (data + i + 14, crc, 4);
      set_crc_in_directory (data, size, (guint32)i, crc);
    }
}

/* Without it hardly a change would get past the checksums. */
gsize
LLVMFuzzerCustomMutator (guint8 *data, gsize size, gsize max_size, guint seed)
{
  gsize changed = LLVMFuzzerMutate (data, size, max_size);

  /* One in eight keeps its wrong checksums. */
  if (seed % 8 != 0)
    mend_checksums (data, changed);

  return changed;
}

/* What tells a rendition's size stands behind its SHA-256 in a bundle: no mutation gets there. */
static void
read_signatures (const guint8 *data, gsize size)
{
  guint width = 0;
  guint height = 0;
  gboolean has_alpha;

  if (lk_signature_read_jpeg (data, size, &width, &height))
    g_assert_true (width > 0 && height > 0);
  if (lk_signature_read_webp (data, size, &width, &height))
    g_assert_true (width > 0 && height > 0);
  if (size >= LK_SIGNATURE_WEBP_CHUNK)
    lk_signature_read_webp_chunk (data, &width, &height, &has_alpha);
  lk_signature_is_mp4 (data, size);
}

/* A bundle, and what else it reads of a rendition. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bundle = g_bytes_new_static (data, size);
  g_autoptr (GPtrArray) blobs = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) manifest = NULL;

  if (size < 2 || memcmp (data, "PK", 2) != 0)
    {
      read_signatures (data, size);
      return 0;
    }

  manifest = lk_bundle_read (bundle, &blobs, &error);
  if (manifest == NULL)
    {
      g_assert_null (blobs);
      lk_fuzz_check_refusal (error);
      return 0;
    }

  g_assert_cmpuint (blobs->len, ==, manifest->renditions->len);

  return 0;
}
