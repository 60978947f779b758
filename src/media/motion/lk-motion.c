/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-motion.h"

#include "lk-apng-motion.h"
#include "lk-gif-motion.h"
#include "lk-media-error.h"
#include "lk-video-motion.h"
#include "lk-webp-motion.h"

/**
 * lk_motion_open:
 * @source: (transfer none): the open file; outlives the motion
 * @header: what lk_header_read() gave for it, of kind animation or clip, or framed
 * @min_side: px that a frame's shorter side needs at least, as far as the source has them: what can
 * decode smaller, or scale before it converts, may then give smaller frames. 0 for all there are.
 * Of no effect on an animation, whose frames change px of the ones before
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the motion, in front of its first frame, or NULL with any
 * LK_MEDIA_ERROR of a source or G_IO_ERROR_CANCELLED
 */
LkMotion *
lk_motion_open (LkSource *source,
                const LkHeader *header,
                guint min_side,
                GCancellable *cancellable,
                GError **error)
{
  g_return_val_if_fail (header->kind != LK_PICTURE_STILL || header->framed, NULL);

  switch (header->format)
    {
    case LK_FORMAT_GIF:
      return lk_gif_motion_open (source, header, cancellable, error);
    case LK_FORMAT_WEBP:
      return lk_webp_motion_open (source, header, cancellable, error);
    case LK_FORMAT_PNG:
      return lk_apng_motion_open (source, header, cancellable, error);
    case LK_FORMAT_VIDEO:
      return lk_video_motion_open (source, header, min_side, cancellable, error);
    default:
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED, "%s does not move here",
                   header->type);
      return NULL;
    }
}

/**
 * lk_motion_get_info:
 *
 * Returns: (transfer none): what is known of it
 */
const LkMotionInfo *
lk_motion_get_info (LkMotion *self)
{
  return &self->info;
}

/**
 * lk_motion_set_step_func:
 * @func: (nullable) (scope forever): is told of each frame that is decoded; NULL for nobody
 *
 * A video does not tell: how long one of its frames may take is bounded.
 */
void
lk_motion_set_step_func (LkMotion *self, LkMotionStepFunc func, gpointer data)
{
  self->step = func;
  self->step_data = data;
}

/**
 * lk_motion_seek:
 * @start: in µs, at least 0
 * @stop: in µs, or -1 for the end
 *
 * Makes the next frame the one that is shown at @start, and the last one the one that begins before
 * @stop. May be called at any time, backwards too; frames keep their own times. Past the end is the
 * last frame; of an animation the last whole one, which then lasts as long as those that are
 * damaged would have.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
gboolean
lk_motion_seek (LkMotion *self,
                gint64 start,
                gint64 stop,
                GCancellable *cancellable,
                GError **error)
{
  g_return_val_if_fail (start >= 0 && (stop < 0 || stop > start), FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  return self->klass->seek (self, start, stop, cancellable, error);
}

/**
 * lk_motion_seek_near:
 * @time: in µs, at least 0
 *
 * Makes the next frame one that is quick to come by and not after @time: of a video the key frame
 * before it. What follows that frame, and when, is not defined: seek again. For a first look,
 * before lk_motion_seek() gives the frame itself.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
gboolean
lk_motion_seek_near (LkMotion *self, gint64 time, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (time >= 0, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->klass->seek_near == NULL)
    return self->klass->seek (self, time, -1, cancellable, error);

  return self->klass->seek_near (self, time, cancellable, error);
}

/**
 * lk_motion_next:
 *
 * Blocks until the next frame is decoded. A file that ends too early gives the frames that are
 * whole, then ends.
 *
 * Returns: (transfer full) (nullable): the frame; NULL without an error at the end; NULL with an
 * LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
LkMotionFrame *
lk_motion_next (LkMotion *self, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return self->klass->next (self, cancellable, error);
}

void
lk_motion_close (LkMotion *self)
{
  self->klass->close (self);
}

/**
 * lk_motion_frame_new:
 * @frame: (transfer none): the picture
 *
 * Returns: (transfer full): that frame at that time
 */
LkMotionFrame *
lk_motion_frame_new (LkFrame *frame, gint64 time, gint64 duration)
{
  LkMotionFrame *self = g_new (LkMotionFrame, 1);

  self->frame = lk_frame_ref (frame);
  self->time = time;
  self->duration = MAX (duration, 1);

  return self;
}

void
lk_motion_frame_free (LkMotionFrame *self)
{
  lk_frame_unref (self->frame);
  g_free (self);
}
