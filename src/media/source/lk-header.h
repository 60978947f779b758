/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-picture.h"
#include "lk-source.h"

/** So many bytes from the start of a file tell its format. */
#define LK_HEADER_SNIFF_BYTES 64

/**
 * LkFormat: which of our own readers knows a file.
 */
typedef enum
{
  LK_FORMAT_OTHER, /* some GdkPixbuf loader, perhaps */
  LK_FORMAT_JPEG,
  LK_FORMAT_PNG,
  LK_FORMAT_WEBP,
  LK_FORMAT_GIF,
  LK_FORMAT_TIFF,
  LK_FORMAT_HEIF, /* HEIC and AVIF: ISO base media files */
  LK_FORMAT_VIDEO,
} LkFormat;

/**
 * LkHeader:
 * @format: whose reader filled this
 * @type: media type
 * @kind: what the source can become
 * @framed: a still in the form of an animation of one frame, which LkMotion reads
 * @width: in px, as the pixels are stored (for HEIC and AVIF, whose loaders turn them: upright)
 * @height: in px
 * @frames: 1 for a still; of an animation those that are in the file to their end, where damage in
 * them may leave fewer; of a video an estimate
 * @duration: of one run in µs, 0 for a still
 * @loops: how often an animation runs, 0 for ever; 1 for all else
 * @orientation: EXIF orientation, 1 to 8; 1 for HEIC and AVIF, whose loaders turn the pixels
 * @profile: (nullable): the ICC profile, where the container was read for it
 * @has_profile: says that it carries one
 * @has_alpha: says that it has an alpha channel
 *
 * What the first bytes of a source say, read without decoding: no byte of a declared size is
 * allocated.
 */
typedef struct
{
  LkFormat format;
  char *type;
  LkPictureKind kind;
  gboolean framed;
  guint width;
  guint height;
  guint frames;
  gint64 duration;
  guint loops;
  int orientation;
  GBytes *profile;
  gboolean has_profile;
  gboolean has_alpha;
} LkHeader;

LkHeader *lk_header_new (LkFormat format, const char *type);
void lk_header_free (LkHeader *self);
LkFormat lk_header_sniff (const guint8 *start, gsize length);
LkHeader *lk_header_read (LkSource *source, GCancellable *cancellable, GError **error);
gboolean lk_header_check_size (guint64 width, guint64 height, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkHeader, lk_header_free)
