/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-signature.h"

#include <string.h>

#define JPEG_SOI 0xd8
#define JPEG_EOI 0xd9
#define JPEG_SOS 0xda
#define JPEG_RST0 0xd0
#define JPEG_TEM 0x01

#define WEBP_RIFF_LENGTH 12
#define WEBP_FLAG_ALPHA 0x10

static guint32
get_24 (const guint8 *data)
{
  return (guint32)data[0] | (guint32)data[1] << 8 | (guint32)data[2] << 16;
}

/* ITU-T T.81, table B.1: C0 to CF are frame headers, but for DHT, JPG and DAC. */
static gboolean
is_frame_header (guint8 marker)
{
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/**
 * lk_signature_read_jpeg:
 * @data: a file
 * @width: (out): in px
 * @height: (out): in px
 *
 * Returns: whether the file is JPEG by its markers up to the frame header (ITU-T T.81, B.2), with a
 * size over 0
 */
gboolean
lk_signature_read_jpeg (const guint8 *data, gsize length, guint *width, guint *height)
{
  gsize offset = 2;

  if (length < 4 || data[0] != 0xff || data[1] != JPEG_SOI)
    return FALSE;

  while (length - offset >= 4)
    {
      guint8 marker = data[offset + 1];
      gsize segment = (gsize)data[offset + 2] << 8 | data[offset + 3];

      if (data[offset] != 0xff)
        return FALSE;

      if (marker == 0xff) /* a fill byte */
        {
          offset++;
          continue;
        }

      if (marker == JPEG_TEM || (marker >= JPEG_RST0 && marker <= JPEG_EOI) || marker == JPEG_SOS
          || segment < 2 || segment > length - offset - 2)
        return FALSE;

      if (is_frame_header (marker))
        {
          if (segment < 8)
            return FALSE;

          *height = (guint)data[offset + 5] << 8 | data[offset + 6];
          *width = (guint)data[offset + 7] << 8 | data[offset + 8];
          return *width > 0 && *height > 0;
        }

      offset += 2 + segment;
    }

  return FALSE;
}

/**
 * lk_signature_read_webp_chunk:
 * @chunk: the first LK_SIGNATURE_WEBP_CHUNK bytes after the RIFF header
 * @width: (out): of the canvas or the one picture, in px
 * @height: (out): in px
 * @has_alpha: (out): says that it has an alpha channel
 *
 * Returns: whether a WebP file may start so (RFC 9649, 2.5 to 2.7)
 */
gboolean
lk_signature_read_webp_chunk (const guint8 *chunk, guint *width, guint *height, gboolean *has_alpha)
{
  const guint8 *data = chunk + 8;

  *has_alpha = FALSE;
  if (memcmp (chunk, "VP8X", 4) == 0)
    {
      *has_alpha = (data[0] & WEBP_FLAG_ALPHA) != 0;
      *width = get_24 (data + 4) + 1;
      *height = get_24 (data + 7) + 1;
      return TRUE;
    }

  /* RFC 6386, 9.1: a start code, then 14 bits each */
  if (memcmp (chunk, "VP8 ", 4) == 0 && memcmp (data + 3, "\x9d\x01\x2a", 3) == 0)
    {
      *width = (data[6] | (guint)data[7] << 8) & 0x3fff;
      *height = (data[8] | (guint)data[9] << 8) & 0x3fff;
      return *width > 0 && *height > 0;
    }

  /* RFC 9649, 3.4: a signature, then 14 bits each less one, then alpha */
  if (memcmp (chunk, "VP8L", 4) == 0 && data[0] == 0x2f)
    {
      guint32 bits = get_24 (data + 1) | (guint32)data[4] << 24;

      *width = (bits & 0x3fff) + 1;
      *height = (bits >> 14 & 0x3fff) + 1;
      *has_alpha = (bits >> 28 & 1) != 0;
      return TRUE;
    }

  return FALSE;
}

/**
 * lk_signature_read_webp:
 *
 * Returns: whether the file is WebP by its first chunk, with a size over 0
 */
gboolean
lk_signature_read_webp (const guint8 *data, gsize length, guint *width, guint *height)
{
  gboolean has_alpha;

  return length >= WEBP_RIFF_LENGTH + LK_SIGNATURE_WEBP_CHUNK && memcmp (data, "RIFF", 4) == 0
         && memcmp (data + 8, "WEBP", 4) == 0
         && lk_signature_read_webp_chunk (data + WEBP_RIFF_LENGTH, width, height, &has_alpha);
}

/**
 * lk_signature_is_mp4:
 *
 * Returns: whether the file starts with the file type box of an ISO base media file (ISO/IEC
 * 14496-12, 4.3)
 */
gboolean
lk_signature_is_mp4 (const guint8 *data, gsize length)
{
  return length >= 16 && memcmp (data + 4, "ftyp", 4) == 0 && data[0] == 0 && data[1] == 0;
}
