/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-byte-ranges.h"

#include <string.h>

/* More ranges than a reader has use for are a way to have much sent for little (CVE-2011-3192). */
#define MAX_RANGES 16

static gboolean
parse_number (const char *text, gsize *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXSSIZE, &value, NULL))
    return FALSE;
  *number = (gsize)value;
  return TRUE;
}

/* One of "2-5", "2-" and "-3"; FALSE where it is none of them. @there tells whether it lies in the
 * file. */
static gboolean
parse_range (char *text, gsize size, LkByteRange *range, gboolean *there)
{
  char *dash = strchr (text, '-');

  if (dash == NULL)
    return FALSE;
  *dash = '\0';
  if (dash == text)
    {
      gsize length;

      if (!parse_number (dash + 1, &length))
        return FALSE;
      *there = length > 0 && size > 0;
      range->first = length < size ? size - length : 0;
      range->last = size - 1;
      return TRUE;
    }
  if (!parse_number (text, &range->first))
    return FALSE;
  if (dash[1] == '\0')
    range->last = size - 1;
  else if (!parse_number (dash + 1, &range->last) || range->last < range->first)
    return FALSE;
  *there = range->first < size;
  range->last = MIN (range->last, size - 1);
  return TRUE;
}

/**
 * lk_byte_ranges_parse:
 * @header: the Range header
 * @size: the file's length in bytes
 * @ranges: (out) (transfer full) (element-type LkByteRange): the ranges, for LK_RANGE_SOME
 *
 * Reads a Range header (RFC 9110, 14.2). One that asks for more bytes than the file has is not
 * honoured.
 *
 * Returns: what it asks for
 */
LkRangeOutcome
lk_byte_ranges_parse (const char *header, gsize size, GArray **ranges)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (LkByteRange));
  g_auto (GStrv) parts = NULL;
  gsize sum = 0;

  *ranges = NULL;
  if (g_ascii_strncasecmp (header, "bytes=", strlen ("bytes=")) != 0)
    return LK_RANGE_WHOLE;
  parts = g_strsplit (header + strlen ("bytes="), ",", MAX_RANGES + 1);
  if (parts[0] == NULL || g_strv_length (parts) > MAX_RANGES)
    return LK_RANGE_WHOLE;
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      LkByteRange range;
      gboolean there;

      if (!parse_range (g_strstrip (parts[i]), size, &range, &there))
        return LK_RANGE_WHOLE;
      if (!there)
        continue;
      g_array_append_val (found, range);
      sum += range.last - range.first + 1;
    }
  if (found->len == 0)
    return LK_RANGE_UNSATISFIABLE;
  if (sum > size)
    return LK_RANGE_WHOLE;
  *ranges = g_steal_pointer (&found);
  return LK_RANGE_SOME;
}

/**
 * lk_byte_ranges_to_multipart:
 * @bytes: the file
 * @ranges: (element-type LkByteRange): ranges of it
 * @type: its media type
 * @boundary: what divides the parts
 *
 * Returns: (transfer full): a body of type multipart/byteranges (RFC 9110, 14.6)
 */
GBytes *
lk_byte_ranges_to_multipart (GBytes *bytes, GArray *ranges, const char *type, const char *boundary)
{
  g_autoptr (GString) body = g_string_new (NULL);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (guint i = 0; i < ranges->len; i++)
    {
      const LkByteRange *range = &g_array_index (ranges, LkByteRange, i);

      g_string_append_printf (
          body,
          "\r\n--%s\r\nContent-Type: %s\r\nContent-Range: bytes %" G_GSIZE_FORMAT
          "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n\r\n",
          boundary, type, range->first, range->last, size);
      g_string_append_len (body, data + range->first, range->last - range->first + 1);
    }
  g_string_append_printf (body, "\r\n--%s--\r\n", boundary);
  return g_string_free_to_bytes (g_steal_pointer (&body));
}
