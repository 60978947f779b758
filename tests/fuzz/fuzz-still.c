/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz.h"
#include "lk-raw.h"
#include "lk-still.h"

/* Smaller than most seeds, so that what decodes at a smaller scale does. */
#define MIN_SIDE 16

/* What a crop has of it, as a reader gives it: not all of it is decoded for that.
 *
 * Returns: whether the source is small enough to be looked at further */
static gboolean
load_window (const guint8 *data, gsize size)
{
  const LkRequest request
      = { .crop = { .x = 0.7, .y = 0.6, .size = 0.4 }, .min_side = MIN_SIDE / 2 };
  g_autoptr (LkSource) source = lk_fuzz_source (data, size);
  g_autoptr (LkHeader) header = source != NULL ? lk_fuzz_header (source) : NULL;
  g_autoptr (LkRaw) raw = NULL;
  g_autoptr (GError) error = NULL;

  if (header == NULL || (guint64)header->width * header->height > LK_FUZZ_MAX_PIXELS)
    return FALSE;
  if (header->kind != LK_PICTURE_STILL)
    return TRUE;

  raw = lk_raw_load (source, header, &request, NULL, &error);
  if (raw != NULL)
    lk_fuzz_check_frame (raw->frame);
  else
    lk_fuzz_check_refusal (error);

  return TRUE;
}

/* A still of any format: a part of it, and all of it, brought to sRGB and turned upright. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) frame = NULL;

  if (lk_fuzz_is_video (data, size) || !load_window (data, size))
    return 0;

  file = lk_fuzz_file (data, size);
  frame = lk_still_load (file, MIN_SIDE, NULL, &error);
  if (frame != NULL)
    lk_fuzz_check_frame (frame);
  else
    lk_fuzz_check_refusal (error);

  return 0;
}
