/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-motion.h"

#include "lk-orientation.h"
#include "lk-video-converter.h"
#include "lk-video-decoder.h"

typedef struct
{
  LkMotion parent;

  LkVideoDecoder *decoder;
  LkVideoConverter *converter;
} LkVideoMotion;

static gboolean
lk_video_motion_seek (LkMotion *motion,
                      gint64 start,
                      gint64 stop,
                      GCancellable *cancellable,
                      GError **error)
{
  LkVideoMotion *self = (LkVideoMotion *)motion;

  return lk_video_decoder_seek (self->decoder, start, stop, LK_VIDEO_SEEK_EXACT, cancellable,
                                error);
}

static gboolean
lk_video_motion_seek_near (LkMotion *motion, gint64 time, GCancellable *cancellable, GError **error)
{
  LkVideoMotion *self = (LkVideoMotion *)motion;

  return lk_video_decoder_seek (self->decoder, time, -1, LK_VIDEO_SEEK_KEY, cancellable, error);
}

static LkMotionFrame *
lk_video_motion_next (LkMotion *motion, GCancellable *cancellable, GError **error)
{
  LkVideoMotion *self = (LkVideoMotion *)motion;
  g_autoptr (LkVideoPicture) picture = NULL;
  g_autoptr (LkFrame) frame = NULL;

  picture = lk_video_decoder_next (self->decoder, cancellable, error);
  if (picture == NULL)
    return NULL;

  frame = lk_video_converter_convert (self->converter, picture, error);
  if (frame == NULL)
    return NULL;

  return lk_motion_frame_new (frame, picture->time, picture->duration);
}

static void
lk_video_motion_close (LkMotion *motion)
{
  LkVideoMotion *self = (LkVideoMotion *)motion;

  lk_video_decoder_close (self->decoder);
  lk_video_converter_free (self->converter);
  g_free (self);
}

/**
 * lk_video_motion_open:
 *
 * lk_motion_open() for a clip.
 */
LkMotion *
lk_video_motion_open (LkSource *source,
                      const LkHeader *header,
                      guint min_side,
                      GCancellable *cancellable,
                      GError **error)
{
  static const LkMotionClass klass = {
    .seek = lk_video_motion_seek,
    .seek_near = lk_video_motion_seek_near,
    .next = lk_video_motion_next,
    .close = lk_video_motion_close,
  };
  g_autoptr (LkVideoDecoder) decoder = NULL;
  const LkVideoInfo *info;
  LkVideoMotion *self;
  gboolean swaps;

  decoder = lk_video_decoder_open (source, header->type, cancellable, error);
  if (decoder == NULL)
    return NULL;

  info = lk_video_decoder_get_info (decoder);
  if (!lk_video_converter_check (info, error))
    return NULL;

  swaps = lk_orientation_swaps (info->orientation);
  self = g_new0 (LkVideoMotion, 1);
  self->parent.klass = &klass;
  self->parent.info.width = swaps ? info->height : info->width;
  self->parent.info.height = swaps ? info->width : info->height;
  self->parent.info.frames = header->frames;
  self->parent.info.duration = info->duration;
  self->parent.info.loops = 1;
  self->parent.info.has_alpha = info->has_alpha;
  self->converter = lk_video_converter_new (info, min_side);
  self->decoder = g_steal_pointer (&decoder);

  return &self->parent;
}
