/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-scrubber.h"

/* A decoder goes forward: one frame back costs all frames from the key frame on, of an animation
 * from the first. So where a hand goes back, the frames in front of the one that is asked for are
 * made with it: as many as it will reach next at its pace. */

/* What is kept, in bytes of px: more than a second at 480 px. */
#define MAX_BYTES (72 * 1024 * 1024)
/* How many steps of the hand are made at once when it goes back, and how long they are together at
 * most, in µs. A hand that takes longer steps would use too few of the frames. */
#define STEPS 8
#define MAX_SPAN (G_USEC_PER_SEC / 2)
#define MAX_STEP (G_USEC_PER_SEC / 4)

struct _LkScrubber
{
  LkMotion *motion;
  GPtrArray *kept; /* (element-type LkMotionFrame) */
  gsize bytes;     /* what they take */
  gint64 asked;    /* the time that was asked for last */
};

/**
 * lk_scrubber_new:
 * @motion: (transfer full): whose frames are asked for
 *
 * Returns: (transfer full): what gives them
 */
LkScrubber *
lk_scrubber_new (LkMotion *motion)
{
  LkScrubber *self = g_new0 (LkScrubber, 1);

  self->motion = motion;
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_motion_frame_free);

  return self;
}

void
lk_scrubber_free (LkScrubber *self)
{
  lk_motion_close (self->motion);
  g_ptr_array_unref (self->kept);
  g_free (self);
}

/**
 * lk_scrubber_get_motion:
 *
 * Returns: (transfer none): the source, for whoever needs more than single frames; it may be sought
 * at will
 */
LkMotion *
lk_scrubber_get_motion (LkScrubber *self)
{
  return self->motion;
}

static gsize
get_bytes (const LkMotionFrame *frame)
{
  return g_bytes_get_size (lk_frame_get_pixels (frame->frame));
}

static LkMotionFrame *
copy (const LkMotionFrame *frame)
{
  return lk_motion_frame_new (frame->frame, frame->time, frame->duration);
}

/* (nullable): what is shown at @time, if it is kept. Containers that round their times let frames
 * overlap a little: the later one is shown. */
static const LkMotionFrame *
find (LkScrubber *self, gint64 time)
{
  const LkMotionFrame *found = NULL;

  for (guint i = 0; i < self->kept->len; i++)
    {
      const LkMotionFrame *frame = self->kept->pdata[i];

      if (frame->time <= time && time < frame->time + frame->duration
          && (found == NULL || frame->time > found->time))
        found = frame;
    }

  return found;
}

static void
drop_furthest (LkScrubber *self, gint64 time)
{
  guint furthest = 0;
  gint64 most = -1;

  for (guint i = 0; i < self->kept->len; i++)
    {
      const LkMotionFrame *frame = self->kept->pdata[i];
      gint64 distance = ABS (frame->time - time);

      if (distance > most)
        {
          most = distance;
          furthest = i;
        }
    }

  self->bytes -= get_bytes (self->kept->pdata[furthest]);
  g_ptr_array_remove_index_fast (self->kept, furthest);
}

/* The frames that are closest to @time stay. */
static void
keep (LkScrubber *self, const LkMotionFrame *frame, gint64 time)
{
  const LkMotionFrame *same = find (self, frame->time);

  if (same != NULL && same->time == frame->time)
    return;

  g_ptr_array_add (self->kept, copy (frame));
  self->bytes += get_bytes (frame);
  while (self->bytes > MAX_BYTES && self->kept->len > 1)
    drop_furthest (self, time);
}

/* What to make in front of the frame at @time, in µs. */
static gint64
choose_span (LkScrubber *self, gint64 time)
{
  gint64 step = self->asked - time;

  return step > 0 && step <= MAX_STEP ? MIN (MIN (step * STEPS, MAX_SPAN), time) : 0;
}

static gboolean
is_past (const LkMotionFrame *frame, gint64 time)
{
  return frame->time + frame->duration > time;
}

/* Past the end is the last frame. */
static LkMotionFrame *
decode (LkScrubber *self, gint64 time, gint64 span, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkMotionFrame) shown = NULL;

  if (!lk_motion_seek (self->motion, time - span, -1, cancellable, error))
    return NULL;

  while (shown == NULL || (span > 0 && !is_past (shown, time)))
    {
      GError *cause = NULL;
      LkMotionFrame *frame = lk_motion_next (self->motion, cancellable, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return NULL;
        }
      if (frame == NULL)
        break;

      g_clear_pointer (&shown, lk_motion_frame_free);
      shown = frame;
      keep (self, frame, time);
    }

  return g_steal_pointer (&shown);
}

/**
 * lk_scrubber_get_frame:
 * @time: in µs from the start of the source, at least 0
 *
 * Blocks: not at all where the frame is kept, for a few ms where the hand goes forward, and for as
 * long as the source takes from its key frame on where it jumps.
 *
 * Returns: (transfer full) (nullable): what is shown at @time; NULL without an error where the
 * source has no frame; NULL with an LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
LkMotionFrame *
lk_scrubber_get_frame (LkScrubber *self, gint64 time, GCancellable *cancellable, GError **error)
{
  const LkMotionFrame *kept = find (self, time);
  gint64 span = choose_span (self, time);

  self->asked = time;
  if (kept != NULL)
    return copy (kept);
  if (span > 0)
    {
      LkMotionFrame *frame = decode (self, time, span, cancellable, NULL);

      if (frame != NULL)
        return frame;
    }

  /* What nobody has asked for may be broken. */
  return decode (self, time, 0, cancellable, error);
}

/**
 * lk_scrubber_get_near:
 * @time: in µs from the start of the source, at least 0
 *
 * Blocks, but not for long: as lk_motion_seek_near(), but for what is kept.
 *
 * Returns: (transfer full) (nullable): a frame at or before @time; NULL as above
 */
LkMotionFrame *
lk_scrubber_get_near (LkScrubber *self, gint64 time, GCancellable *cancellable, GError **error)
{
  const LkMotionFrame *kept = find (self, time);

  if (kept != NULL)
    return copy (kept);
  if (!lk_motion_seek_near (self->motion, time, cancellable, error))
    return NULL;

  return lk_motion_next (self->motion, cancellable, error);
}
