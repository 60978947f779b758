/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-animation-frames.h"

#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-renderer.h"
#include "lk-timeline.h"
#include "lk-window.h"

/* On the way back of a boomerang the frames come in the opposite order, while a source only runs
 * forwards. So many bytes of rendered frames are kept: the last ones of the way there, then those
 * before them, read once more from the source, and so on. That is some ten seconds at the largest
 * size, so that mostly nothing is read twice; and memory does not grow with the length. */
#define MAX_HELD_BYTES (48 * 1024 * 1024)
/* Browsers show a frame of up to 10 ms for 100 ms: faster than that nothing may run. */
#define MAX_FRAME_RATE 50.0

struct _LkAnimationFrames
{
  LkMotion *motion; /* not owned */
  LkRecipe *recipe;
  LkTimeline timeline;
  LkRenderer *renderer; /* of the pass */
  guint max_held;
  GQueue held;   /* of LkMotionFrame, the newest last */
  GArray *times; /* of gint64: where in the source the frames of the way there are */
  guint left;    /* of them, those that the way back has still to read */
  gint64 length; /* of the way there */
  gboolean back;
};

/**
 * lk_animation_frames_new:
 * @motion: (transfer none): the source; outlives this
 *
 * Returns: (transfer full): its frames, not started
 */
LkAnimationFrames *
lk_animation_frames_new (LkMotion *motion, LkRecipe *recipe)
{
  LkAnimationFrames *self = g_new0 (LkAnimationFrames, 1);
  LkMotionEdits edits = lk_recipe_get_motion (recipe);

  self->motion = motion;
  self->recipe = lk_recipe_ref (recipe);
  lk_timeline_init (&self->timeline, &edits, lk_motion_get_info (motion)->duration);
  self->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_queue_init (&self->held);

  return self;
}

static void
forget (LkAnimationFrames *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify)lk_motion_frame_free);
  g_clear_pointer (&self->renderer, lk_renderer_unref);
  g_array_set_size (self->times, 0);
  self->left = 0;
  self->length = 0;
  self->back = FALSE;
}

void
lk_animation_frames_free (LkAnimationFrames *self)
{
  forget (self);
  g_array_unref (self->times);
  lk_recipe_unref (self->recipe);
  g_free (self);
}

/**
 * lk_animation_frames_get_crop:
 *
 * Returns: px of the side of what the crop leaves of the source
 */
guint
lk_animation_frames_get_crop (LkAnimationFrames *self)
{
  const LkMotionInfo *info = lk_motion_get_info (self->motion);
  double straighten = lk_recipe_get_straighten (self->recipe);
  LkSquare square = lk_square_from_crop (lk_recipe_get_crop (self->recipe), straighten, info->width,
                                         info->height, LK_ORIENTATION_UPRIGHT);

  return MAX ((guint)(square.side / lk_crop_get_reach (straighten) + 0.5), 1);
}

/**
 * lk_animation_frames_get_rate:
 *
 * Returns: frames a second on average, as far as the source says
 */
double
lk_animation_frames_get_rate (LkAnimationFrames *self)
{
  const LkMotionInfo *info = lk_motion_get_info (self->motion);
  double rate = MAX_FRAME_RATE;

  if (info->duration > 0 && info->frames > 0)
    rate = (double)info->frames * G_USEC_PER_SEC / (double)info->duration * self->timeline.speed;

  return MIN (rate, MAX_FRAME_RATE);
}

/**
 * lk_animation_frames_get_duration:
 *
 * Returns: of one run in µs, as far as the source says; 0 where it does not
 */
gint64
lk_animation_frames_get_duration (LkAnimationFrames *self)
{
  return lk_timeline_get_duration (&self->timeline);
}

/**
 * lk_animation_frames_start:
 * @size: px of the side of the frames
 * @frame_rate: the most frames a second; 0 for all that can be shown
 *
 * May be called again, for another pass.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR of a source or G_IO_ERROR_CANCELLED
 */
gboolean
lk_animation_frames_start (LkAnimationFrames *self,
                           guint size,
                           double frame_rate,
                           GCancellable *cancellable,
                           GError **error)
{
  const LkMotionInfo *info = lk_motion_get_info (self->motion);
  double natural = info->duration > 0 ? (double)info->frames * G_USEC_PER_SEC
                                            / (double)info->duration * self->timeline.speed
                                      : 0;

  forget (self);
  self->renderer = lk_renderer_new (self->recipe, size, TRUE);
  self->max_held = MAX (MAX_HELD_BYTES / (size * size * 4), 2);
  self->timeline.frame_rate = frame_rate;
  if (natural > MAX_FRAME_RATE && (frame_rate <= 0 || frame_rate > MAX_FRAME_RATE))
    self->timeline.frame_rate = MAX_FRAME_RATE;

  return lk_motion_seek (self->motion, self->timeline.start, self->timeline.stop, cancellable,
                         error);
}

/* The next frame of the source that is shown at all, rendered, with its time on the way there. */
static LkMotionFrame *
read_frame (LkAnimationFrames *self, gint64 *time, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      g_autoptr (LkMotionFrame) source = lk_motion_next (self->motion, cancellable, error);
      g_autoptr (LkFrame) rendered = NULL;
      LkSpan span;

      if (source == NULL)
        return NULL;
      if (!lk_timeline_map (&self->timeline, source->time, source->duration, &span))
        continue;

      rendered = lk_renderer_apply (self->renderer, source->frame, error);
      if (rendered == NULL)
        return NULL;

      *time = MAX (source->time, self->timeline.start);
      return lk_motion_frame_new (rendered, span.start, span.end - span.start);
    }
}

static void
hold (LkAnimationFrames *self, LkMotionFrame *frame)
{
  g_queue_push_tail (&self->held, lk_motion_frame_new (frame->frame, frame->time, frame->duration));
  if (self->held.length > self->max_held)
    lk_motion_frame_free (g_queue_pop_head (&self->held));
}

static LkMotionFrame *
next_there (LkAnimationFrames *self, GCancellable *cancellable, GError **error)
{
  gint64 time;
  LkMotionFrame *frame = read_frame (self, &time, cancellable, error);

  if (frame == NULL || !self->timeline.boomerang)
    return frame;

  hold (self, frame);
  g_array_append_val (self->times, time);
  self->length = frame->time + frame->duration;

  return frame;
}

/* Reads the frames in front of those that were held. */
static gboolean
read_back (LkAnimationFrames *self, GCancellable *cancellable, GError **error)
{
  guint first = self->left > self->max_held ? self->left - self->max_held : 0;
  gint64 start = g_array_index (self->times, gint64, first);
  gint64 stop = self->left < self->times->len ? g_array_index (self->times, gint64, self->left)
                                              : self->timeline.stop;
  gint64 time;

  if (!lk_motion_seek (self->motion, start, stop, cancellable, error))
    return FALSE;

  while (self->held.length < self->left - first)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (LkMotionFrame) frame = read_frame (self, &time, cancellable, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (frame == NULL)
        break;
      hold (self, frame);
    }

  if (self->held.length == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE,
                           "The file was changed while it was read");
      return FALSE;
    }

  self->left = first;

  return TRUE;
}

static LkMotionFrame *
next_back (LkAnimationFrames *self, GCancellable *cancellable, GError **error)
{
  LkMotionFrame *frame;
  LkSpan there;
  LkSpan back;

  if (self->held.length == 0)
    {
      if (self->left == 0 || !read_back (self, cancellable, error))
        return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  frame = g_queue_pop_tail (&self->held);
  there = (LkSpan){ .start = frame->time, .end = frame->time + frame->duration };
  back = lk_timeline_mirror (&there, self->length);
  frame->time = back.start;

  return frame;
}

/**
 * lk_animation_frames_next:
 *
 * Blocks until the next frame is decoded and rendered. One begins where the one before ends, the
 * first at 0.
 *
 * Returns: (transfer full) (nullable): the frame; NULL without an error at the end; NULL with an
 * LK_MEDIA_ERROR of a source, _NO_MEMORY or G_IO_ERROR_CANCELLED
 */
LkMotionFrame *
lk_animation_frames_next (LkAnimationFrames *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) cause = NULL;
  LkMotionFrame *frame;

  if (self->back)
    return next_back (self, cancellable, error);

  frame = next_there (self, cancellable, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  if (frame != NULL || !self->timeline.boomerang)
    return frame;

  self->back = TRUE;
  self->left = self->times->len - self->held.length;

  return next_back (self, cancellable, error);
}

/**
 * lk_animation_frames_render_poster:
 * @size: px of the side
 *
 * Ends a pass.
 *
 * Returns: (transfer full) (nullable): the frame that stands for all, opaque; or NULL as
 * lk_animation_frames_next() has it, with LK_MEDIA_ERROR_MALFORMED where there is none
 */
LkFrame *
lk_animation_frames_render_poster (LkAnimationFrames *self,
                                   guint size,
                                   GCancellable *cancellable,
                                   GError **error)
{
  g_autoptr (LkRenderer) renderer = lk_renderer_new (self->recipe, size, FALSE);
  g_autoptr (LkMotionFrame) frame = NULL;
  g_autoptr (GError) cause = NULL;
  gint64 duration = lk_motion_get_info (self->motion)->duration;
  gint64 poster = lk_recipe_get_motion (self->recipe).poster;

  if (poster < 0)
    poster = self->timeline.start;
  if (duration > 0)
    poster = MIN (poster, duration - 1);

  if (!lk_motion_seek (self->motion, poster, poster + 1, cancellable, error))
    return NULL;

  frame = lk_motion_next (self->motion, cancellable, &cause);
  if (frame != NULL)
    return lk_renderer_apply (renderer, frame->frame, error);

  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                         "The animation has no whole frame");

  return NULL;
}
