/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-mp4-boxes.h"

#include <string.h>
#include "lk-media-error.h"

/* A muxer knows the header ("moov") only when the last frame is written, so it stands behind the
 * frames ("mdat"). A player that gets the file over a network wants it in front. GStreamer's own
 * way to that writes the frames into a temporary file first; here everything is in memory, so the
 * header is moved, and with it what it says about places in the file (ISO/IEC 14496-12: 4.2 boxes,
 * 8.7.5 chunk offsets). */

/* type and size, 32 bits each */
#define BOX_HEADER 8
/* version, flags, number of entries */
#define TABLE_HEADER 8

typedef struct
{
  gsize start;
  gsize end;
} Box;

static guint32
read_32 (const guint8 *data)
{
  guint32 value;

  memcpy (&value, data, sizeof value);

  return GUINT32_FROM_BE (value);
}

static gboolean
malformed (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, message);
  return FALSE;
}

/* The box at @at, with its header, inside of what ends at @end. Sizes of 64 bits are never needed
 * within the budget of a rendition. */
static gboolean
box_at (const guint8 *data, gsize at, gsize end, Box *box)
{
  guint32 size;

  if (end - at < BOX_HEADER)
    return FALSE;

  size = read_32 (data + at);
  if (size < BOX_HEADER || size > end - at)
    return FALSE;

  *box = (Box){ .start = at, .end = at + size };

  return TRUE;
}

/* The first box of @type among the children of what spans @from to @end. */
static gboolean
find (const guint8 *data, gsize from, gsize end, const char *type, Box *box)
{
  while (box_at (data, from, end, box))
    {
      if (memcmp (data + box->start + 4, type, 4) == 0)
        return TRUE;
      from = box->end;
    }

  return FALSE;
}

/* Moves each place that the header's table of chunks names by @shift. */
static gboolean
move_chunks (guint8 *moov, gsize length, gint64 shift, gsize limit)
{
  const char *const path[] = { "trak", "mdia", "minf", "stbl", "stco" };
  Box box = { .start = 0, .end = length };
  guint32 n;
  gsize at;

  for (guint i = 0; i < G_N_ELEMENTS (path); i++)
    if (!find (moov, box.start + BOX_HEADER, box.end, path[i], &box))
      return FALSE;

  at = box.start + BOX_HEADER;
  if (box.end - at < TABLE_HEADER)
    return FALSE;

  n = read_32 (moov + at + 4);
  at += TABLE_HEADER;
  if (n == 0 || (box.end - at) / 4 < n)
    return FALSE;

  for (guint32 i = 0; i < n; i++, at += 4)
    {
      gint64 moved = (gint64)read_32 (moov + at) + shift;
      guint32 value;

      if (moved < 0 || (guint64)moved >= limit)
        return FALSE;
      value = GUINT32_TO_BE ((guint32)moved);
      memcpy (moov + at, &value, sizeof value);
    }

  return TRUE;
}

/**
 * lk_mp4_put_header_first:
 * @file: an MP4 file of one track, whose boxes are below 4 GiB
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the same with its boxes in the order in which a player needs
 * them, type, header, frames, and without what fills gaps; or NULL with LK_MEDIA_ERROR_MALFORMED
 */
GBytes *
lk_mp4_put_header_first (GBytes *file, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);
  g_autofree guint8 *result = NULL;
  Box ftyp;
  Box mdat;
  Box moov;
  gsize type_size;
  gsize header_size;
  gsize frames_size;
  gsize total;

  if (!find (data, 0, length, "ftyp", &ftyp) || !find (data, 0, length, "mdat", &mdat)
      || !find (data, 0, length, "moov", &moov))
    {
      malformed (error, "The muxer left out a box");
      return NULL;
    }

  type_size = ftyp.end - ftyp.start;
  header_size = moov.end - moov.start;
  frames_size = mdat.end - mdat.start;
  total = type_size + header_size + frames_size;

  result = g_malloc (total);
  memcpy (result, data + ftyp.start, type_size);
  memcpy (result + type_size, data + moov.start, header_size);
  memcpy (result + type_size + header_size, data + mdat.start, frames_size);
  if (!move_chunks (result + type_size, header_size,
                    (gint64)(type_size + header_size) - (gint64)mdat.start, total))
    {
      malformed (error, "The muxer's table of chunks makes no sense");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&result), total);
}
