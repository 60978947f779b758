/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-mp4-boxes.h"

#include <gst/gst.h>
#include <string.h>
#include "lk-media-error.h"

/* A muxer knows the header ("moov") only when the last frame is written, so it stands behind the
 * frames ("mdat"). A player that gets the file over a network wants it in front. GStreamer's own
 * way to that writes the frames into a temporary file first; here everything is in memory, so the
 * header is moved, and with it what it says about places in the file (ISO/IEC 14496-12: 4.2 boxes,
 * 8.7.5 chunk offsets). GStreamer's muxer also takes the time until the last frame is decoded for
 * the time until it has been shown, which cuts off the last frames of a variable rate and is too
 * long for others: so that is written here as well (8.2.2 movie header, 8.3.2 track header, 8.6.6
 * edit list). */

/* type and size, 32 bits each */
#define BOX_HEADER 8
/* version, flags, number of entries */
#define TABLE_HEADER 8
/* Where these begin in a header of version 0, whose times have 32 bits. */
#define MOVIE_TIMESCALE 12
#define MOVIE_DURATION 16
#define TRACK_DURATION 20
/* duration, start in the media, rate */
#define EDIT_SIZE 12

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

static void
write_32 (guint8 *data, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (data, &value, sizeof value);
}

/* The body of a box of version 0 that has at least @size bytes. */
static guint8 *
get_body (guint8 *data, const Box *box, gsize size)
{
  guint8 *body = data + box->start + BOX_HEADER;

  return box->end - box->start >= BOX_HEADER + size && body[0] == 0 ? body : NULL;
}

/* One edit: from the first frame to the end. Without frames out of order there may be none. */
static gboolean
set_edit (guint8 *moov, const Box *track, guint32 duration)
{
  guint8 *body;
  Box box;

  if (!find (moov, track->start + BOX_HEADER, track->end, "edts", &box))
    return TRUE;
  if (!find (moov, box.start + BOX_HEADER, box.end, "elst", &box))
    return FALSE;

  body = get_body (moov, &box, TABLE_HEADER + EDIT_SIZE);
  if (body == NULL || read_32 (body + 4) != 1)
    return FALSE;

  write_32 (body + TABLE_HEADER, duration);
  return TRUE;
}

/* @duration in ns. */
static gboolean
set_duration (guint8 *moov, gsize length, guint64 duration)
{
  guint8 *movie = NULL;
  guint8 *track = NULL;
  guint64 scaled;
  Box box;

  if (find (moov, BOX_HEADER, length, "mvhd", &box))
    movie = get_body (moov, &box, MOVIE_DURATION + 4);
  if (movie == NULL || !find (moov, BOX_HEADER, length, "trak", &box))
    return FALSE;

  scaled = gst_util_uint64_scale_round (duration, read_32 (movie + MOVIE_TIMESCALE), GST_SECOND);
  if (scaled > G_MAXUINT32 || !set_edit (moov, &box, (guint32)scaled))
    return FALSE;
  if (find (moov, box.start + BOX_HEADER, box.end, "tkhd", &box))
    track = get_body (moov, &box, TRACK_DURATION + 4);
  if (track == NULL)
    return FALSE;

  write_32 (movie + MOVIE_DURATION, (guint32)scaled);
  write_32 (track + TRACK_DURATION, (guint32)scaled);
  return TRUE;
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

      if (moved < 0 || (guint64)moved >= limit)
        return FALSE;
      write_32 (moov + at, (guint32)moved);
    }

  return TRUE;
}

/**
 * lk_mp4_finish:
 * @file: an MP4 file of one track, whose boxes are below 4 GiB, as GStreamer's muxer leaves it
 * @duration: from the start of the first frame to the end of the last, in ns
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the same with that duration, its boxes in the order in which
 * a player needs them, type, header, frames, and without what fills gaps; or NULL with
 * LK_MEDIA_ERROR_MALFORMED
 */
GBytes *
lk_mp4_finish (GBytes *file, guint64 duration, GError **error)
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
  if (!set_duration (result + type_size, header_size, duration))
    {
      malformed (error, "The muxer's headers make no sense");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&result), total);
}
