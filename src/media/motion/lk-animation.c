/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-animation.h"

#include "lk-media-error.h"
#include "lk-orientation.h"

static gboolean
rewind_to_start (LkAnimation *self, GCancellable *cancellable, GError **error)
{
  self->lost = TRUE;
  if (!self->klass->rewind (self, cancellable, error))
    return FALSE;

  lk_canvas_clear (self->canvas);
  self->lost = FALSE;
  self->drawn = FALSE;
  self->wanted = FALSE;
  self->end = 0;

  return TRUE;
}

/* Past the last whole frame that one is shown, for as long as the header counts those that are
 * damaged. */
static void
stay_before_end (LkAnimation *self)
{
  self->past = self->last_end > 0 && self->start >= self->last_end;
  if (self->past)
    self->start = self->last_end - 1;
}

/* Draws one more. What could not be drawn to its end has spoilt the canvas. */
static LkStep
advance (LkAnimation *self, GCancellable *cancellable, GError **error)
{
  gint64 duration = 0;
  LkStep step = self->klass->draw (self, &duration, cancellable, error);

  if (step != LK_STEP_PATCH)
    {
      self->lost = TRUE;
      self->ended = step == LK_STEP_END;
      if (self->ended && self->drawn)
        self->last_end = self->end;
      return step;
    }

  self->time = self->end;
  self->end += duration;
  self->drawn = TRUE;
  self->wanted = TRUE;
  if (self->parent.step != NULL)
    self->parent.step (self->parent.step_data);

  return LK_STEP_PATCH;
}

static LkMotionFrame *
take (LkAnimation *self, GError **error)
{
  g_autoptr (LkFrame) frame = lk_canvas_copy (self->canvas, self->transform, error);
  g_autoptr (LkFrame) upright = NULL;
  gint64 end = self->past ? MAX (self->end, self->parent.info.duration) : self->end;

  if (frame == NULL)
    return NULL;

  self->wanted = FALSE;
  self->given = TRUE;
  upright = lk_orientation_apply (frame, self->orientation);

  return lk_motion_frame_new (upright, self->time, end - self->time);
}

static gboolean
animation_seek (LkMotion *motion,
                gint64 start,
                gint64 stop,
                GCancellable *cancellable,
                GError **error)
{
  LkAnimation *self = (LkAnimation *)motion;

  self->start = start;
  self->stop = stop;
  self->ended = FALSE;
  self->given = FALSE;
  stay_before_end (self);
  if (self->lost || (self->drawn && self->start < self->time))
    return rewind_to_start (self, cancellable, error);

  self->wanted = self->drawn && self->start < self->end;
  return TRUE;
}

/* Draws the next frame; where there is none, and none was given since it was sought, goes back for
 * the last one: what could not be drawn has spoilt it.
 *
 * Returns: whether something was drawn, or is to be */
static gboolean
go_on (LkAnimation *self, GCancellable *cancellable, GError **error)
{
  if (advance (self, cancellable, error) == LK_STEP_PATCH)
    return TRUE;
  if (!self->ended || self->given || !self->drawn)
    return FALSE;

  self->ended = FALSE;
  stay_before_end (self);
  return rewind_to_start (self, cancellable, error);
}

static LkMotionFrame *
animation_next (LkMotion *motion, GCancellable *cancellable, GError **error)
{
  LkAnimation *self = (LkAnimation *)motion;

  if (self->ended)
    return NULL;

  /* Cancelled, or not readable, in the middle of a patch: that one is still to come. */
  if (self->lost)
    {
      self->start = MAX (self->start, self->end);
      if (!rewind_to_start (self, cancellable, error))
        return NULL;
    }

  while (!self->wanted || self->end <= self->start)
    {
      if (self->stop >= 0 && self->end >= self->stop)
        return NULL;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !go_on (self, cancellable, error))
        return NULL;
    }

  return take (self, error);
}

static void
animation_close (LkMotion *motion)
{
  LkAnimation *self = (LkAnimation *)motion;

  g_clear_pointer (&self->canvas, lk_canvas_free);
  g_clear_pointer (&self->transform, lk_color_transform_free);
  self->klass->free (self);
}

static const LkMotionClass animation_class = {
  .seek = animation_seek,
  .next = animation_next,
  .close = animation_close,
};

/**
 * lk_animation_open:
 * @self: (transfer full): the start of a format's own struct, all 0 but what is its own
 * @source: (transfer none): the open file; outlives the motion
 * @header: of an animation
 * @profile: (nullable): the ICC profile of its colours
 *
 * Draws the first frame, so that a file without one is refused here.
 *
 * Returns: (transfer full) (nullable): the motion, or NULL with LK_MEDIA_ERROR_MALFORMED (not even
 * one frame is whole), _NO_MEMORY, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkMotion *
lk_animation_open (LkAnimation *self,
                   const LkAnimationClass *klass,
                   LkSource *source,
                   const LkHeader *header,
                   GBytes *profile,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (LkMotion) motion = &self->parent;
  gboolean swaps = lk_orientation_swaps (header->orientation);
  LkStep step;

  self->klass = klass;
  self->source = source;
  self->orientation = header->orientation;
  self->stop = -1;
  self->parent.klass = &animation_class;
  self->parent.info = (LkMotionInfo){
    .width = swaps ? header->height : header->width,
    .height = swaps ? header->width : header->height,
    .frames = header->frames,
    .duration = header->duration,
    .loops = header->loops,
    .has_alpha = header->has_alpha,
  };

  self->transform = lk_color_transform_new (LK_COLOR_MODEL_RGB, profile, header->width);
  self->canvas = lk_canvas_new (header->width, header->height, error);
  if (self->canvas == NULL || !klass->rewind (self, cancellable, error))
    return NULL;

  step = advance (self, cancellable, error);
  if (step == LK_STEP_PATCH)
    return g_steal_pointer (&motion);

  if (step == LK_STEP_END)
    g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                         "Not even the first frame of the animation is whole");
  return NULL;
}
