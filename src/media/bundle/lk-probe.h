/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-picture.h"

/**
 * LkProbe:
 * @kind: what the source can become
 * @type: media type
 * @width: in px, upright (after the orientation)
 * @height: in px, upright
 * @frames: 1 for a still; of a video an estimate
 * @duration: in µs, 0 for a still
 * @orientation: EXIF orientation, 1 to 8, as found in the file
 * @has_profile: carries an ICC profile
 * @has_alpha: has an alpha channel; a guess from the format until the pixels are loaded
 * @size: in bytes
 *
 * What a source is, found without decoding all of it.
 */
typedef struct
{
  LkPictureKind kind;
  char *type;
  guint width;
  guint height;
  guint frames;
  gint64 duration;
  int orientation;
  gboolean has_profile;
  gboolean has_alpha;
  guint64 size;
} LkProbe;

LkProbe *lk_probe_copy (const LkProbe *self);
void lk_probe_free (LkProbe *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkProbe, lk_probe_free)
