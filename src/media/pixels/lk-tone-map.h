/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

/**
 * LkHdr: how values of high dynamic range stand for light (ITU-R BT.2100).
 * @LK_HDR_PQ: perceptual quantization, also SMPTE ST 2084: of a screen, up to 10,000 cd/m²
 * @LK_HDR_HLG: hybrid log-gamma: of the scene, shown as on a screen of 1,000 cd/m²
 */
typedef enum
{
  LK_HDR_PQ,
  LK_HDR_HLG,
} LkHdr;

typedef struct _LkToneMap LkToneMap;

LkToneMap *lk_tone_map_new (LkHdr hdr, gboolean is_wide);
void lk_tone_map_free (LkToneMap *self);
LkFrame *
lk_tone_map_apply (LkToneMap *self, const guint16 *pixels, gsize stride, guint width, guint height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkToneMap, lk_tone_map_free)
