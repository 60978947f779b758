/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz.h"
#include "lk-probe-file.h"

/* The headers of all formats but videos, whose readers are GStreamer's. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (LkSource) source = NULL;
  g_autoptr (LkHeader) header = NULL;
  g_autoptr (LkProbe) probe = NULL;

  if (lk_fuzz_is_video (data, size))
    return 0;

  source = lk_fuzz_source (data, size);
  header = source != NULL ? lk_fuzz_header (source) : NULL;
  if (header == NULL)
    return 0;

  probe = lk_probe_new_from_header (header, lk_source_get_size (source));
  g_assert_cmpuint (probe->size, ==, size);

  return 0;
}
