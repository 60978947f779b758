/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-patch.h"
#include "lk-source.h"

#define LK_WEBP_RIFF_LENGTH 12
#define LK_WEBP_CHUNK_HEAD 8

/**
 * LkWebpChunk:
 * @type: its four letters, and a NUL
 * @offset: where its data is in the file
 * @length: of the data in bytes
 * @next: where the next chunk starts
 * @whole: whether the file holds all of it
 */
typedef struct
{
  char type[5];
  guint64 offset;
  guint32 length;
  guint64 next;
  gboolean whole;
} LkWebpChunk;

/**
 * LkWebp: the patches of an animated WebP file, one after the other, without their pixels.
 * @source: not owned
 * @width: of the canvas in px
 * @height: in px
 * @loops: how often it runs, 0 for ever; known once the first patch is found
 * @offset: of the chunk to look at next
 * @chunks: how many were looked at
 * @data: of the patch last found: where its bitstream is
 * @data_length: of the patch last found, in bytes
 */
typedef struct
{
  LkSource *source;
  guint width;
  guint height;
  guint loops;
  guint64 offset;
  guint chunks;
  guint64 data;
  gsize data_length;
} LkWebp;

LkStep lk_webp_read_chunk (LkSource *source,
                           guint64 offset,
                           LkWebpChunk *chunk,
                           GCancellable *cancellable,
                           GError **error);
guint lk_webp_get_24 (const guint8 *data);

void lk_webp_init (LkWebp *self, LkSource *source, guint width, guint height);
void lk_webp_rewind (LkWebp *self);
LkStep lk_webp_next (LkWebp *self, LkPatch *patch, GCancellable *cancellable, GError **error);
