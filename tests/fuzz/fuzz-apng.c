/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "lk-fuzz-motion.h"
#include "lk-fuzz.h"

/* APNG animations. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (size >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    lk_fuzz_motion (data, size);

  return 0;
}
