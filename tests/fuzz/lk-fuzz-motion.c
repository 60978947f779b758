/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz-motion.h"

#include "lk-fuzz.h"
#include "lk-limits.h"
#include "lk-motion.h"

/* Of one input, all runs together. */
#define MAX_FRAMES 64
#define MAX_PIXELS LK_FUZZ_MAX_PIXELS
/* Of one frame. */
#define MAX_CANVAS (LK_FUZZ_MAX_PIXELS / 16)

typedef struct
{
  LkMotion *motion;
  guint64 pixels;
  guint frames;
} Player;

static gboolean
may_go_on (const Player *self)
{
  return self->frames < MAX_FRAMES && self->pixels < MAX_PIXELS;
}

/* Returns: (nullable): the time of the next frame was at least @after, and it is as the source
 * promised; NULL at the end, or where the rest of the file is refused. */
static LkMotionFrame *
play_frame (Player *self, gint64 after)
{
  const LkMotionInfo *info = lk_motion_get_info (self->motion);
  g_autoptr (GError) error = NULL;
  LkMotionFrame *frame = lk_motion_next (self->motion, NULL, &error);

  if (frame == NULL)
    {
      if (error != NULL)
        lk_fuzz_check_refusal (error);
      return NULL;
    }

  g_assert_no_error (error);
  lk_fuzz_check_frame (frame->frame);
  g_assert_cmpint (frame->time, >=, after);
  g_assert_cmpint (frame->duration, >=, 1);
  g_assert_cmpint (frame->time, <=, G_MAXINT64 - frame->duration);
  g_assert_cmpuint (lk_frame_get_width (frame->frame), <=, info->width);
  g_assert_cmpuint (lk_frame_get_height (frame->frame), <=, info->height);
  self->frames++;
  self->pixels += (guint64)info->width * info->height;

  return frame;
}

/* Returns: the time of the last frame, or -1 where there was none. */
static gint64
play (Player *self)
{
  gint64 last = -1;

  while (may_go_on (self))
    {
      g_autoptr (LkMotionFrame) frame = play_frame (self, last + 1);

      if (frame == NULL)
        break;
      last = frame->time;
    }

  return last;
}

static void
seek_and_play (Player *self, gint64 start, gint64 stop)
{
  g_autoptr (GError) error = NULL;

  if (!lk_motion_seek (self->motion, start, stop, NULL, &error))
    lk_fuzz_check_refusal (error);
  else
    play (self);
}

/**
 * lk_fuzz_motion:
 *
 * Plays an animation to its end, then its second half, then its start again, and holds what it
 * gives against what LkMotion promises.
 */
void
lk_fuzz_motion (const guint8 *data, gsize size)
{
  g_autoptr (LkSource) source = lk_fuzz_source (data, size);
  g_autoptr (LkHeader) header = source != NULL ? lk_fuzz_header (source) : NULL;
  g_autoptr (LkMotion) motion = NULL;
  g_autoptr (GError) error = NULL;
  Player player = { 0 };
  gint64 last;

  if (header == NULL || header->kind != LK_PICTURE_ANIMATION
      || (guint64)header->width * header->height > MAX_CANVAS)
    return;

  g_assert_cmpuint (header->frames, <=, LK_ANIMATION_MAX_FRAMES);
  motion = lk_motion_open (source, header, 0, NULL, &error);
  if (motion == NULL)
    {
      lk_fuzz_check_refusal (error);
      return;
    }

  player.motion = motion;
  last = play (&player);
  if (last > 0)
    seek_and_play (&player, last / 2 + 1, -1);
  seek_and_play (&player, 0, MAX (last, 1));
}
