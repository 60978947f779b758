/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-reel.h"

#include "lk-media-error.h"

static gboolean
reel_seek (LkMotion *motion, gint64 start, gint64 stop, GCancellable *cancellable, GError **error)
{
  LkTestReel *self = (LkTestReel *)motion;

  self->seeks++;
  self->next = (guint)(start / self->interval);
  self->stop = stop;

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static LkFrame *
draw (LkTestReel *self, guint number)
{
  guint width = self->parent.info.width;
  guint height = self->parent.info.height;
  guint8 *pixel = g_malloc ((gsize)width * height * 4);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixel, (gsize)width * height * 4);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, pixel += 4)
      self->draw (self, number, x, y, pixel);

  return lk_frame_new (bytes, width, height, (gsize)width * 4, self->parent.info.has_alpha);
}

static LkMotionFrame *
reel_next (LkMotion *motion, GCancellable *cancellable, GError **error)
{
  LkTestReel *self = (LkTestReel *)motion;
  g_autoptr (LkFrame) frame = NULL;
  guint number = self->next;
  gint64 time = number * self->interval;

  if (number >= self->parent.info.frames || (self->stop >= 0 && time >= self->stop))
    return NULL;

  self->reads++;
  if (self->reads == self->cancels_at)
    g_cancellable_cancel (self->cancellable);
  if (self->reads == self->fails_at)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE, "The disk is gone");
      return NULL;
    }

  frame = draw (self, number);
  self->next++;
  if (self->parent.step != NULL)
    self->parent.step (self->parent.step_data);

  return lk_motion_frame_new (frame, time, self->interval);
}

static void
reel_close (LkMotion *motion)
{
  LkTestReel *self = (LkTestReel *)motion;

  g_clear_object (&self->cancellable);
  g_free (self);
}

static const LkMotionClass reel_class
    = { .seek = reel_seek, .next = reel_next, .close = reel_close };

/* To be closed with lk_motion_close(). */
LkTestReel *
lk_test_reel_new (guint width,
                  guint height,
                  guint n,
                  gint64 interval,
                  gboolean has_alpha,
                  LkTestDraw draw_pixel)
{
  LkTestReel *self = g_new0 (LkTestReel, 1);

  self->parent.klass = &reel_class;
  self->parent.info = (LkMotionInfo){
    .width = width,
    .height = height,
    .frames = n,
    .duration = n * interval,
    .loops = 5,
    .has_alpha = has_alpha,
  };
  self->draw = draw_pixel;
  self->interval = interval;
  self->stop = -1;

  return self;
}

/* The gray of a frame: far enough from the next that they do not count as alike, and up and down
 * slowly enough that nothing flashes. */
guint8
lk_test_step (guint number)
{
  guint step = number * 6 % 510;

  return (guint8)(step <= 255 ? step : 510 - step);
}

void
lk_test_draw_steps (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  pixel[0] = pixel[1] = pixel[2] = lk_test_step (number);
  pixel[3] = 255;
}

void
lk_test_draw_noise (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel)
{
  guint32 hash = (number * 7919 + y) * 7907 + x;

  hash = (hash ^ hash >> 15) * 0x2c1b3c6d;
  hash = (hash ^ hash >> 12) * 0x297a2d39;
  pixel[0] = (guint8)(hash >> 8);
  pixel[1] = (guint8)(hash >> 16);
  pixel[2] = (guint8)(hash >> 24);
  pixel[3] = 255;
}
