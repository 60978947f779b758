/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-error.h"
#include "lk-fuzz.h"
#include "lk-manifest.h"

/* A bundle's manifest.json: what is read is written as a manifest that reads and is written as the
 * same text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) text = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkManifest) manifest = lk_manifest_from_bytes (text, &error);
  g_autoptr (LkManifest) again = NULL;
  g_autoptr (GBytes) once = NULL;
  g_autoptr (GBytes) twice = NULL;

  if (manifest == NULL)
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == LK_ERROR);
      return 0;
    }

  once = lk_manifest_to_bytes (manifest);
  again = lk_manifest_from_bytes (once, &error);
  g_assert_no_error (error);
  twice = lk_manifest_to_bytes (again);
  g_assert_true (g_bytes_equal (once, twice));

  return 0;
}
