/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-header.h"

#include "lk-video-converter.h"
#include "lk-video-decoder.h"

/* The average rate times the duration; a video of unknown rate or duration has one frame for sure.
 */
static guint
estimate_frames (const LkVideoInfo *info)
{
  guint64 frames;

  if (info->rate_n <= 0)
    return 1;

  frames = gst_util_uint64_scale_round ((guint64)info->duration, (guint64)info->rate_n,
                                        (guint64)info->rate_d * G_USEC_PER_SEC);

  return (guint)CLAMP (frames, 1, G_MAXUINT);
}

/**
 * lk_video_read_header:
 * @type: what lk_video_sniff() said
 *
 * Decodes the first frame, since only the decoder knows what it gives, and leaves the decoder to
 * the next lk_video_decoder_open(). Blocks; the number of frames is an estimate.
 *
 * Returns: (transfer full) (nullable): the header of a clip, or NULL with the errors of
 * lk_video_decoder_open() or LK_MEDIA_ERROR_HDR_UNSUPPORTED
 */
LkHeader *
lk_video_read_header (LkSource *source, const char *type, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkVideoDecoder) decoder = NULL;
  g_autoptr (LkHeader) self = NULL;
  const LkVideoInfo *info;

  decoder = lk_video_decoder_open (source, type, cancellable, error);
  if (decoder == NULL)
    return NULL;

  info = lk_video_decoder_get_info (decoder);
  if (!lk_video_converter_check (info, error))
    return NULL;

  self = lk_header_new (LK_FORMAT_VIDEO, type);
  self->kind = LK_PICTURE_CLIP;
  self->width = info->width;
  self->height = info->height;
  self->orientation = info->orientation;
  self->duration = info->duration;
  self->frames = estimate_frames (info);
  self->has_alpha = info->has_alpha;
  lk_source_keep (source, g_steal_pointer (&decoder), (GDestroyNotify)lk_video_decoder_close);

  return g_steal_pointer (&self);
}
