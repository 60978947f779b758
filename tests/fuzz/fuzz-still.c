/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz.h"
#include "lk-still.h"

/* Smaller than most seeds, so that what decodes at a smaller scale does. */
#define MIN_SIDE 16

static gboolean
is_small_enough (const guint8 *data, gsize size)
{
  g_autoptr (LkSource) source = lk_fuzz_source (data, size);
  g_autoptr (LkHeader) header = source != NULL ? lk_fuzz_header (source) : NULL;

  return header != NULL && (guint64)header->width * header->height <= LK_FUZZ_MAX_PIXELS;
}

/* A still of any format, decoded, brought to sRGB and turned upright. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) frame = NULL;

  if (lk_fuzz_is_video (data, size) || !is_small_enough (data, size))
    return 0;

  file = lk_fuzz_file (data, size);
  frame = lk_still_load (file, MIN_SIDE, NULL, &error);
  if (frame != NULL)
    lk_fuzz_check_frame (frame);
  else
    lk_fuzz_check_refusal (error);

  return 0;
}
