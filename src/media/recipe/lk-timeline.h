/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-recipe.h"
#include "lk-span.h"

/**
 * LkTimeline: when a frame of the source is shown in what is made of it.
 * @start: of the part that is kept, in µs of the source
 * @stop: where it ends, in µs of the source; -1 where the source's end is not known
 * @speed: how many times faster it runs
 * @boomerang: the part runs forwards, then backwards
 * @frame_rate: the most frames a second of the result; 0 for all that there are
 *
 * Times of the result count from 0. A frame rate cuts the result into slots: each shows what is
 * shown when it begins, so frames begin and end where slots do, follow each other without a gap,
 * and those that miss every beginning are dropped.
 */
typedef struct
{
  gint64 start;
  gint64 stop;
  double speed;
  gboolean boomerang;
  double frame_rate;
} LkTimeline;

void lk_timeline_init (LkTimeline *self, const LkMotionEdits *edits, gint64 duration);
gint64 lk_timeline_get_length (const LkTimeline *self);
gint64 lk_timeline_get_duration (const LkTimeline *self);
gboolean lk_timeline_map (const LkTimeline *self, gint64 time, gint64 duration, LkSpan *span);
LkSpan lk_timeline_mirror (const LkSpan *span, gint64 length);
