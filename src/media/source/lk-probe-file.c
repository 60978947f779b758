/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-probe-file.h"

#include "lk-header.h"
#include "lk-orientation.h"

/**
 * lk_probe_new_from_header:
 * @header: what a source says of itself
 * @size: of the source in bytes
 *
 * Returns: (transfer full): the same, as the picture stands upright
 */
LkProbe *
lk_probe_new_from_header (const LkHeader *header, guint64 size)
{
  LkProbe *self = g_new0 (LkProbe, 1);
  gboolean swaps = lk_orientation_swaps (header->orientation);

  self->kind = header->kind;
  self->type = g_strdup (header->type);
  self->width = swaps ? header->height : header->width;
  self->height = swaps ? header->width : header->height;
  self->frames = header->frames;
  self->duration = header->duration;
  self->orientation = header->orientation;
  self->has_profile = header->has_profile;
  self->has_alpha = header->has_alpha;
  self->size = size;

  return self;
}

/**
 * lk_probe_new_from_raw:
 * @raw: what was loaded: it knows what the header could only guess
 *
 * Returns: (transfer full): what the source turned out to be
 */
LkProbe *
lk_probe_new_from_raw (const LkHeader *header, const LkRaw *raw, guint64 size)
{
  LkProbe *self = lk_probe_new_from_header (header, size);
  gboolean swaps = lk_orientation_swaps (raw->orientation);

  self->width = swaps ? raw->height : raw->width;
  self->height = swaps ? raw->width : raw->height;
  self->has_profile = raw->profile != NULL || header->has_profile;
  self->has_alpha = lk_frame_has_alpha (raw->frame);

  return self;
}

/**
 * lk_probe_file:
 * @file: the source
 *
 * Says what a file is; of a video the first frame is decoded for that. Blocks.
 *
 * Returns: (transfer full) (nullable): what it is, or NULL with LK_MEDIA_ERROR_UNREADABLE,
 * _UNSUPPORTED, _MALFORMED, _TOO_MANY_PIXELS, _TOO_MANY_BYTES, _NO_VIDEO, _HDR_UNSUPPORTED or
 * G_IO_ERROR_CANCELLED
 */
LkProbe *
lk_probe_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkSource) source = NULL;
  g_autoptr (LkHeader) header = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  source = lk_source_open (file, cancellable, error);
  if (source == NULL)
    return NULL;

  header = lk_header_read (source, cancellable, error);
  if (header == NULL)
    return NULL;

  return lk_probe_new_from_header (header, lk_source_get_size (source));
}
