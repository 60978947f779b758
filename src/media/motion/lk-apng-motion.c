/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-apng-motion.h"

#include "lk-animation.h"
#include "lk-apng-reader.h"
#include "lk-png-frames.h"

typedef struct
{
  LkAnimation parent;
  LkApng apng;
  LkPngFrames *frames;
} LkApngMotion;

static gboolean
apng_rewind (LkAnimation *animation, GCancellable *cancellable, GError **error)
{
  LkApngMotion *self = (LkApngMotion *)animation;

  lk_apng_rewind (&self->apng);

  return TRUE;
}

static void
on_row (guint row, const guint8 *pixels, gpointer data)
{
  lk_canvas_draw_rgba (data, row, pixels);
}

static LkStep
apng_draw (LkAnimation *animation, gint64 *duration, GCancellable *cancellable, GError **error)
{
  LkApngMotion *self = (LkApngMotion *)animation;
  LkPatch patch;
  LkStep step = lk_apng_next (&self->apng, &patch, cancellable, error);

  if (step != LK_STEP_PATCH)
    return step;
  if (!lk_canvas_begin (animation->canvas, &patch, error))
    return LK_STEP_FAILED;

  step = lk_png_frames_read (self->frames, &self->apng, &patch, on_row, animation->canvas,
                             cancellable, error);
  lk_canvas_end (animation->canvas, FALSE);
  *duration = patch.duration;

  return step;
}

static void
apng_free (LkAnimation *animation)
{
  LkApngMotion *self = (LkApngMotion *)animation;

  g_clear_pointer (&self->frames, lk_png_frames_free);
  g_free (self);
}

static const LkAnimationClass apng_class = {
  .rewind = apng_rewind,
  .draw = apng_draw,
  .free = apng_free,
};

/**
 * lk_apng_motion_open:
 *
 * As lk_animation_open().
 */
LkMotion *
lk_apng_motion_open (LkSource *source,
                     const LkHeader *header,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (LkPngFrames) frames = lk_png_frames_new (source, cancellable, error);
  g_autoptr (GBytes) profile = NULL;
  LkApngMotion *self;
  LkApng apng;

  if (frames == NULL || !lk_apng_open (&apng, source, cancellable, error))
    return NULL;

  profile = lk_png_frames_read_profile (frames);
  self = g_new0 (LkApngMotion, 1);
  self->apng = apng;
  self->frames = g_steal_pointer (&frames);

  return lk_animation_open (&self->parent, &apng_class, source, header, profile, cancellable,
                            error);
}
