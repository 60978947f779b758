/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

/**
 * LkH264Settings: what an encoder is asked for.
 * @size: px of the side, even
 * @rate_n: frames per @rate_d seconds, about
 * @rate_d: at least 1
 * @rate_factor: the quality to hold, as x264 counts it: 0 is without loss, 23 is good, 51 the
 * worst; each 6 more take about half the bytes
 * @bit_rate: in bits a second, for an encoder that knows no rate factor
 */
typedef struct
{
  guint size;
  int rate_n;
  int rate_d;
  double rate_factor;
  guint bit_rate;
} LkH264Settings;

const char *lk_h264_encoder_find (void);
gboolean lk_h264_encoder_has_rate_factor (const char *name);
gboolean lk_h264_encoder_copies (const char *name);
GstElement *lk_h264_encoder_add (GstElement *pipeline,
                                 const char *name,
                                 const LkH264Settings *settings,
                                 GError **error);
