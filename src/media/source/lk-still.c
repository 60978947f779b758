/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-still.h"

#include "lk-color.h"
#include "lk-orientation.h"
#include "lk-probe-file.h"
#include "lk-raw.h"

/**
 * lk_still_load:
 * @file: the source
 * @min_side: px that the shorter side needs at least, as far as the source has them
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the whole picture, upright, sRGB, or NULL with any
 * LK_MEDIA_ERROR of a source or G_IO_ERROR_CANCELLED
 */
LkFrame *
lk_still_load (GFile *file, guint min_side, GCancellable *cancellable, GError **error)
{
  return lk_still_load_probed (file, min_side, NULL, cancellable, error);
}

/**
 * lk_still_load_probed:
 * @probe: (out) (optional) (transfer full): what the source is
 *
 * As lk_still_load(), which finds out on its way what the source is.
 *
 * Returns: (transfer full) (nullable): as lk_still_load()
 */
LkFrame *
lk_still_load_probed (GFile *file,
                      guint min_side,
                      LkProbe **probe,
                      GCancellable *cancellable,
                      GError **error)
{
  const LkRequest request = { .whole = TRUE, .min_side = min_side };
  g_autoptr (LkSource) source = NULL;
  g_autoptr (LkHeader) header = NULL;
  g_autoptr (LkRaw) raw = NULL;
  g_autoptr (LkFrame) srgb = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  source = lk_source_open (file, cancellable, error);
  if (source == NULL)
    return NULL;

  header = lk_header_read (source, cancellable, error);
  if (header == NULL)
    return NULL;

  raw = lk_raw_load (source, header, &request, cancellable, error);
  if (raw == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  srgb = lk_color_to_srgb (raw->frame, raw->model, raw->profile);
  if (probe != NULL)
    *probe = lk_probe_new_from_raw (header, raw, lk_source_get_size (source));

  return lk_orientation_apply (srgb, raw->orientation);
}
