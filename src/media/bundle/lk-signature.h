/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What the first bytes of an encoded picture say, read without a decoder. */

/** How much of a WebP file's first chunk, its 8-byte header included,
 * lk_signature_read_webp_chunk() looks at. */
#define LK_SIGNATURE_WEBP_CHUNK 18

gboolean lk_signature_read_jpeg (const guint8 *data, gsize length, guint *width, guint *height);
gboolean lk_signature_read_webp (const guint8 *data, gsize length, guint *width, guint *height);
gboolean lk_signature_read_webp_chunk (const guint8 *chunk,
                                       guint *width,
                                       guint *height,
                                       gboolean *has_alpha);
gboolean lk_signature_is_mp4 (const guint8 *data, gsize length);
