/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-fuzz-motion.h"
#include "lk-fuzz.h"

/* WebP animations. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    lk_fuzz_motion (data, size);

  return 0;
}
