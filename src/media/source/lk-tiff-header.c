/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-tiff-header.h"

#include <string.h>
#include "lk-media-error.h"
#include "lk-orientation.h"

/* TIFF 6.0, section 2: a header, then a directory of 12-byte entries. EXIF is a small TIFF file
 * inside of another. */

#define HEADER_LENGTH 8
#define ENTRY_LENGTH 12
/* A real directory has 20 to 60 entries. */
#define MAX_ENTRIES 1024

#define TYPE_SHORT 3
#define TYPE_LONG 4

#define TAG_WIDTH 256
#define TAG_HEIGHT 257
#define TAG_ORIENTATION 274
#define TAG_EXTRA_SAMPLES 338
#define TAG_ICC_PROFILE 34675

static guint16
get_16 (const guint8 *data, gboolean big_endian)
{
  return big_endian ? (guint16)(data[0] << 8 | data[1]) : (guint16)(data[1] << 8 | data[0]);
}

static guint32
get_32 (const guint8 *data, gboolean big_endian)
{
  guint32 first = get_16 (data, big_endian);
  guint32 second = get_16 (data + 2, big_endian);

  return big_endian ? first << 16 | second : second << 16 | first;
}

/* The offset of the first directory, or 0 where that is not the start of a TIFF file. */
static guint32
parse_start (const guint8 *start, gboolean *big_endian)
{
  if (memcmp (start, "MM\0*", 4) == 0)
    *big_endian = TRUE;
  else if (memcmp (start, "II*\0", 4) == 0)
    *big_endian = FALSE;
  else
    return 0;

  return get_32 (start + 4, *big_endian);
}

/* The first value of an entry that is a whole number, or 0. */
static guint32
get_value (const guint8 *entry, gboolean big_endian)
{
  switch (get_16 (entry + 2, big_endian))
    {
    case TYPE_SHORT:
      return get_16 (entry + 8, big_endian);
    case TYPE_LONG:
      return get_32 (entry + 8, big_endian);
    default:
      return 0;
    }
}

static int
to_orientation (guint32 value)
{
  return value <= 8 && lk_orientation_is_valid ((int)value) ? (int)value : LK_ORIENTATION_UPRIGHT;
}

/**
 * lk_tiff_find_orientation:
 * @data: an EXIF block, from its TIFF header on
 * @length: of @data in bytes
 *
 * Returns: the orientation of its first directory, 1 to 8; 1 where there is none or it makes no
 * sense
 */
int
lk_tiff_find_orientation (const guint8 *data, gsize length)
{
  gboolean big_endian = FALSE;
  gsize offset;
  guint n;

  if (length < HEADER_LENGTH)
    return LK_ORIENTATION_UPRIGHT;

  offset = parse_start (data, &big_endian);
  if (offset < HEADER_LENGTH || offset + 2 > length)
    return LK_ORIENTATION_UPRIGHT;

  n = get_16 (data + offset, big_endian);
  offset += 2;
  for (guint i = 0; i < n && offset + ENTRY_LENGTH <= length; i++, offset += ENTRY_LENGTH)
    if (get_16 (data + offset, big_endian) == TAG_ORIENTATION)
      return to_orientation (get_value (data + offset, big_endian));

  return LK_ORIENTATION_UPRIGHT;
}

/**
 * lk_tiff_read_header:
 *
 * Returns: (transfer full) (nullable): what the first directory says, or NULL with
 * LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkHeader *
lk_tiff_read_header (LkSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkHeader) self = lk_header_new (LK_FORMAT_TIFF, "image/tiff");
  g_autofree guint8 *entries = g_malloc (MAX_ENTRIES * ENTRY_LENGTH);
  gboolean big_endian = FALSE;
  guint8 start[HEADER_LENGTH];
  guint8 count[2];
  guint64 offset;
  guint n;

  if (!lk_source_read_exactly (source, 0, start, sizeof start, cancellable, error))
    return NULL;

  offset = parse_start (start, &big_endian);
  if (!lk_source_read_exactly (source, offset, count, sizeof count, cancellable, error))
    return NULL;

  n = MIN (get_16 (count, big_endian), MAX_ENTRIES);
  if (!lk_source_read_exactly (source, offset + 2, entries, n * ENTRY_LENGTH, cancellable, error))
    return NULL;

  for (guint i = 0; i < n; i++)
    {
      const guint8 *entry = entries + i * ENTRY_LENGTH;

      switch (get_16 (entry, big_endian))
        {
        case TAG_WIDTH:
          self->width = get_value (entry, big_endian);
          break;
        case TAG_HEIGHT:
          self->height = get_value (entry, big_endian);
          break;
        case TAG_ORIENTATION:
          self->orientation = to_orientation (get_value (entry, big_endian));
          break;
        case TAG_EXTRA_SAMPLES:
          self->has_alpha = TRUE;
          break;
        case TAG_ICC_PROFILE:
          self->has_profile = TRUE;
          break;
        default:
          break;
        }
    }

  return g_steal_pointer (&self);
}
