/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-timeline.h"

#include <math.h>

/* What rounding to whole µs may take from, or add to, the beginning of a slot. */
#define SLACK 2

/**
 * lk_timeline_init:
 * @edits: what the recipe does to time
 * @duration: of the source in µs, 0 where it is not known
 *
 * A part that begins behind the end of the source becomes the source's last moment: that gives the
 * last frame, alone.
 */
void
lk_timeline_init (LkTimeline *self, const LkMotionEdits *edits, gint64 duration)
{
  self->start = duration > 0 ? CLAMP (edits->start, 0, duration - 1) : MAX (edits->start, 0);
  self->stop = duration > 0 ? duration : -1;
  if (edits->duration > 0 && (self->stop < 0 || edits->duration < self->stop - self->start))
    self->stop = self->start + edits->duration;
  self->speed = edits->speed;
  self->boomerang = edits->boomerang;
  self->frame_rate = 0;
}

static gint64
to_output (const LkTimeline *self, gint64 time)
{
  return llround ((double)(time - self->start) / self->speed);
}

/* The first slot that begins at @time or later, as a time; the end of the whole is no slot's
 * beginning, and stays where it is. */
static gint64
to_slot (const LkTimeline *self, gint64 time)
{
  double slot = ceil ((double)(time - SLACK) * self->frame_rate / G_USEC_PER_SEC);
  gint64 start = llround (slot * G_USEC_PER_SEC / self->frame_rate);

  return self->stop >= 0 ? MIN (start, to_output (self, self->stop)) : start;
}

/**
 * lk_timeline_get_length:
 *
 * Returns: µs of the result that the part takes to run once in one direction; 0 where the end of
 * the source is not known
 */
gint64
lk_timeline_get_length (const LkTimeline *self)
{
  return self->stop >= 0 ? to_output (self, self->stop) : 0;
}

/**
 * lk_timeline_get_duration:
 *
 * Returns: µs of one run of the result, there and back for a boomerang; 0 where it is not known
 */
gint64
lk_timeline_get_duration (const LkTimeline *self)
{
  return lk_timeline_get_length (self) * (self->boomerang ? 2 : 1);
}

/**
 * lk_timeline_map:
 * @time: of a frame, in µs of the source
 * @duration: of it, in µs of the source
 * @span: (out): when it is shown in the result, running forwards
 *
 * The frame that is shown when the part begins counts from there on, and the last one up to where
 * the part ends.
 *
 * Returns: whether it is shown at all
 */
gboolean
lk_timeline_map (const LkTimeline *self, gint64 time, gint64 duration, LkSpan *span)
{
  gint64 end = time + duration;

  if (self->stop >= 0)
    end = MIN (end, self->stop);
  span->start = to_output (self, MAX (time, self->start));
  span->end = to_output (self, MAX (end, self->start));

  if (self->frame_rate > 0)
    {
      span->start = to_slot (self, span->start);
      span->end = to_slot (self, span->end);
    }

  return span->end > span->start;
}

/**
 * lk_timeline_mirror:
 * @span: when a frame is shown on the way there
 * @length: of that way, in µs: lk_timeline_get_length(), or the end of its last frame
 *
 * Returns: when it is shown on the way back
 */
LkSpan
lk_timeline_mirror (const LkSpan *span, gint64 length)
{
  return (LkSpan){ .start = 2 * length - span->end, .end = 2 * length - span->start };
}
