/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-color.h"
#include "lk-frame.h"
#include "lk-header.h"
#include "lk-window.h"

/** What a load may take at its peak, in bytes: the promise is 1 GiB, less what the rest of the
 * program needs. */
#define LK_RAW_MAX_MEMORY (G_GUINT64_CONSTANT (960) * 1024 * 1024)

/**
 * LkRaw:
 * @frame: the window's pixels, as stored: neither turned nor converted
 * @model: what they hold
 * @profile: (nullable): their ICC profile
 * @orientation: what is left to be done to them
 * @width: of the whole source in px, raw
 * @height: of the whole source in px, raw
 * @x: where the frame starts on the source, in px of the source
 * @y: where the frame starts on the source
 * @scale: px of the frame for each px of the source, up to 1
 */
typedef struct
{
  LkFrame *frame;
  LkColorModel model;
  GBytes *profile;
  int orientation;
  guint width;
  guint height;
  guint x;
  guint y;
  double scale;
} LkRaw;

LkRaw *lk_raw_load (LkSource *source,
                    const LkHeader *header,
                    const LkRequest *request,
                    GCancellable *cancellable,
                    GError **error);
void lk_raw_free (LkRaw *self);
LkSquare lk_raw_get_square (const LkRaw *self, LkCrop crop, double straighten);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkRaw, lk_raw_free)
