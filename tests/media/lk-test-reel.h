/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

/* A motion without a file: its frames are drawn when they are asked for. */

typedef struct _LkTestReel LkTestReel;

/* What frame @number looks like at a px: R, G, B, A. */
typedef void (*LkTestDraw) (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel);

/**
 * LkTestReel:
 * @interval: of each frame in µs
 * @reads: frames that were given
 * @seeks: how often it was sought
 * @fails_at: the read that fails, counted from 1; 0 for none
 * @cancels_at: the read at which @cancellable is cancelled, counted from 1
 */
struct _LkTestReel
{
  LkMotion parent;
  LkTestDraw draw;
  gint64 interval;
  guint next;
  gint64 stop;
  guint reads;
  guint seeks;
  guint fails_at;
  guint cancels_at;
  GCancellable *cancellable;
};

LkTestReel *lk_test_reel_new (guint width,
                              guint height,
                              guint n,
                              gint64 interval,
                              gboolean has_alpha,
                              LkTestDraw draw);

guint8 lk_test_step (guint number);
void lk_test_draw_steps (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel);
void lk_test_draw_noise (LkTestReel *reel, guint number, guint x, guint y, guint8 *pixel);
