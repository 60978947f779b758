/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-fuzz-motion.h"
#include "lk-fuzz.h"

/* GIF animations. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size >= 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    lk_fuzz_motion (data, size);

  return 0;
}
