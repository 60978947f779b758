/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-ico-header.h"

#include <string.h>
#include "lk-media-error.h"

/* ICONDIR and its entries, each of which tells where a BITMAPINFOHEADER stands. */
#define ICO_LENGTH 6
#define ICO_COUNT 4
#define ENTRY_LENGTH 16
#define ENTRY_OFFSET 12
/* Icons come in some sizes and depths. */
#define MAX_ENTRIES 256

#define INFO_LENGTH 40
#define INFO_WIDTH 4
#define INFO_HEIGHT 8
#define INFO_DEPTH 14
#define INFO_COMPRESSION 16
#define INFO_COLORS 32
#define COLOR_LENGTH 4
#define MAX_COLORS 256
/* In either direction, far past what the limits let through. */
#define MAX_SIDE 1000000
/* The loader has room for that much of the file before the pixels, and makes more where it needs
 * some. */
#define LOADER_HEAD (14 + INFO_LENGTH + MAX_COLORS * COLOR_LENGTH + 512)

static guint32
get_le32 (const guint8 *at)
{
  return at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

static guint
get_le16 (const guint8 *at)
{
  return at[0] | (guint)at[1] << 8;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                       "The icon's headers do not fit the file");
  return FALSE;
}

/* A pixel of few bits may name any colour of its depth: the loader looks it up without a look at
 * how many there are. */
static gboolean
has_colors (guint64 offset, guint depth, guint64 colors)
{
  guint64 room = MAX (offset + INFO_LENGTH + colors * COLOR_LENGTH, LOADER_HEAD);

  return colors == 0 || depth > 8 || offset + INFO_LENGTH + (COLOR_LENGTH << depth) <= room;
}

/* Each picture that the loader might take; it passes over compressed ones. */
static gboolean
check_entry (LkSource *source, guint64 offset, GCancellable *cancellable, GError **error)
{
  guint8 info[INFO_LENGTH];
  gint64 width;
  gint64 height;
  guint64 colors;

  if (!lk_source_read_exactly (source, offset, info, sizeof info, cancellable, error))
    return FALSE;
  if (get_le32 (info + INFO_COMPRESSION) != 0)
    return TRUE;

  width = (gint32)get_le32 (info + INFO_WIDTH);
  height = (gint32)get_le32 (info + INFO_HEIGHT);
  colors = get_le32 (info + INFO_COLORS);
  if (ABS (width) > MAX_SIDE || ABS (height) > MAX_SIDE || colors > MAX_COLORS
      || !has_colors (offset, get_le16 (info + INFO_DEPTH), colors))
    return refuse (error);

  return TRUE;
}

/**
 * lk_ico_check:
 * @source: a file with the signature of an icon or a cursor
 *
 * Holds what an icon's headers promise against the file. GdkPixbuf's loader takes them at their
 * word: it allocates as far as a picture or its palette is said to stand, ends the program at a
 * width of -2³¹, and reads past its buffer where a palette is shorter than a pixel's bits can name.
 * Which of the pictures it is, and so the size, the loader knows.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_MALFORMED, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
gboolean
lk_ico_check (LkSource *source, GCancellable *cancellable, GError **error)
{
  guint8 head[ICO_LENGTH];
  guint count;

  if (!lk_source_read_exactly (source, 0, head, sizeof head, cancellable, error))
    return FALSE;

  count = get_le16 (head + ICO_COUNT);
  if (count > MAX_ENTRIES)
    return refuse (error);

  for (guint i = 0; i < count; i++)
    {
      guint8 entry[ENTRY_LENGTH];

      if (!lk_source_read_exactly (source, ICO_LENGTH + (guint64)i * ENTRY_LENGTH, entry,
                                   sizeof entry, cancellable, error)
          || !check_entry (source, get_le32 (entry + ENTRY_OFFSET), cancellable, error))
        return FALSE;
    }

  return TRUE;
}
