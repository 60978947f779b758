/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-picture.h"
#include "lk-probe.h"

/** Frames a second that are told at most: of two in the same millisecond nobody sees the first. */
#define LK_MAX_FRAME_RATE 1000

/**
 * LkEncoded:
 * @rendition: what it is
 * @bytes: the file
 * @quality: what the encoder was given: of a JPEG or WebP 1 to 100, of H.264 the constant rate
 * factor or -1 where a bit rate was given instead
 * @frame_rate: frames a second on average, 0 for a still
 *
 * One rendition with its bytes, and what was chosen so that it fits its budget.
 */
typedef struct
{
  LkRendition *rendition;
  GBytes *bytes;
  double quality;
  double frame_rate;
} LkEncoded;

/**
 * LkRendered: what a source and a recipe became.
 * @probe: the source
 * @kind: what the picture is
 * @encoded: (element-type LkEncoded): photo first, then thumbnail, then motion where there is one
 */
typedef struct
{
  LkProbe *probe;
  LkPictureKind kind;
  GPtrArray *encoded;
} LkRendered;

LkEncoded *lk_encoded_new (const char *name,
                           const char *type,
                           guint width,
                           guint height,
                           gint64 duration,
                           GBytes *bytes,
                           double quality);
void lk_encoded_set_frames (LkEncoded *self, guint n);
void lk_encoded_free (LkEncoded *self);
LkRendered *lk_rendered_new (LkPictureKind kind);
const LkEncoded *lk_rendered_get (const LkRendered *self, const char *name);
void lk_rendered_free (LkRendered *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkEncoded, lk_encoded_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRendered, lk_rendered_free)
