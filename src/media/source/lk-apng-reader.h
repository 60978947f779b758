/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-patch.h"
#include "lk-source.h"

/** What comes before the first chunk. */
#define LK_PNG_SIGNATURE_LENGTH 8
/** Length and type, and the CRC at its end. */
#define LK_PNG_CHUNK_HEAD 8
#define LK_PNG_CHUNK_TAIL 4
#define LK_PNG_IHDR_LENGTH 13
/** More than that are not looked at: an IDAT is 8 KB in what careful encoders write: 512 MB of
 * them, and some more. */
#define LK_PNG_MAX_CHUNKS (128 * 1024)
/** An fdAT starts with its number. */
#define LK_PNG_SEQUENCE_LENGTH 4

/**
 * LkPngChunk:
 * @type: its four letters, and a NUL
 * @offset: where its data is in the file
 * @length: of the data in bytes
 * @number: the first four bytes of the data, 0 where there are fewer
 * @next: where the next chunk starts
 */
typedef struct
{
  char type[5];
  guint64 offset;
  guint32 length;
  guint32 number;
  guint64 next;
} LkPngChunk;

/**
 * LkApng: the patches of an animated PNG, one after the other, without their pixels.
 * @source: not owned
 * @width: of the canvas in px
 * @height: in px
 * @declared: how many frames the file says it has; 0 where it is not animated
 * @loops: how often it runs, 0 for ever
 * @offset: of the chunk to look at next
 * @sequence: the number that the next fcTL or fdAT has to bear
 * @chunks: how many were looked at
 * @data: of the patch last found: where the first chunk of its pixels is
 * @data_end: of the patch last found: behind its last chunk
 */
typedef struct
{
  LkSource *source;
  guint width;
  guint height;
  guint declared;
  guint loops;
  guint64 offset;
  guint32 sequence;
  guint chunks;
  guint64 data;
  guint64 data_end;
} LkApng;

LkStep lk_png_read_chunk (LkSource *source,
                          guint64 offset,
                          LkPngChunk *chunk,
                          GCancellable *cancellable,
                          GError **error);
guint32 lk_png_get_32 (const guint8 *data);

gboolean lk_apng_open (LkApng *self, LkSource *source, GCancellable *cancellable, GError **error);
void lk_apng_rewind (LkApng *self);
LkStep lk_apng_next (LkApng *self, LkPatch *patch, GCancellable *cancellable, GError **error);
