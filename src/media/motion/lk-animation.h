/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-canvas.h"
#include "lk-motion.h"

typedef struct _LkAnimation LkAnimation;

/**
 * LkAnimationClass: what each format implements.
 * @rewind: goes back in front of the first patch
 * @draw: draws the next patch on the canvas, from lk_canvas_begin() to lk_canvas_end(), and says
 * for how long it is shown; LK_STEP_END where no further one is whole, however much of it is drawn
 * @free: frees what is its own, and @self
 */
typedef struct
{
  gboolean (*rewind) (LkAnimation *self, GCancellable *cancellable, GError **error);
  LkStep (*draw) (LkAnimation *self, gint64 *duration, GCancellable *cancellable, GError **error);
  void (*free) (LkAnimation *self);
} LkAnimationClass;

/**
 * LkAnimation: the motion of a file of patches on a canvas: what is common to all formats.
 *
 * One canvas and at most one rectangle below a patch are kept, however many frames there are; a
 * frame that is not asked for is drawn, but not copied. Every frame changes the one before, so that
 * going back means from the start again, and so that all are as large as the source.
 */
struct _LkAnimation
{
  LkMotion parent;
  const LkAnimationClass *klass;
  LkSource *source; /* not owned */
  LkCanvas *canvas;
  LkColorTransform *transform;
  int orientation;

  gint64 start; /* what was sought */
  gint64 stop;
  gint64 time;     /* of what is on the canvas */
  gint64 end;      /* and until when: the next one's time */
  gboolean drawn;  /* there is something on the canvas */
  gboolean wanted; /* it is what comes next */
  gboolean lost;   /* what is on the canvas is no frame */
  gboolean ended;
  gboolean given;  /* a frame, since it was sought */
  gboolean past;   /* what was sought lies past the last whole frame */
  gint64 last_end; /* of that frame, as it is drawn; 0 until it is known */
};

LkMotion *lk_animation_open (LkAnimation *self,
                             const LkAnimationClass *klass,
                             LkSource *source,
                             const LkHeader *header,
                             GBytes *profile,
                             GCancellable *cancellable,
                             GError **error);
