/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-header.h"

/**
 * LkDispose: what becomes of a patch when its time is over.
 * @LK_DISPOSE_NONE: it stays
 * @LK_DISPOSE_BACKGROUND: its rectangle becomes transparent, as browsers have it for GIF too
 * @LK_DISPOSE_PREVIOUS: its rectangle becomes what it was before
 */
typedef enum
{
  LK_DISPOSE_NONE,
  LK_DISPOSE_BACKGROUND,
  LK_DISPOSE_PREVIOUS,
} LkDispose;

/**
 * LkPatch: one frame of an animation as the file has it, a change to a part of the canvas.
 * @x: first column on the canvas; may lie outside of it, as may the rest
 * @y: first row
 * @width: columns
 * @height: rows
 * @duration: in µs, as it is shown
 * @dispose: what becomes of it afterwards
 * @over: its transparency shows what is below; else it replaces that
 */
typedef struct
{
  guint x;
  guint y;
  guint width;
  guint height;
  gint64 duration;
  LkDispose dispose;
  gboolean over;
} LkPatch;

/**
 * LkStep: what came of going on to the next patch.
 * @LK_STEP_PATCH: there is one
 * @LK_STEP_END: there is none, or none that is whole: not an error
 * @LK_STEP_FAILED: an error is set
 */
typedef enum
{
  LK_STEP_PATCH,
  LK_STEP_END,
  LK_STEP_FAILED,
} LkStep;

/**
 * LkTally: what is found out about an animation while its patches are gone through.
 * @begun: how many begin
 * @whole: how many of them are in the file to their end
 * @duration: of the whole ones in µs
 * @has_alpha: some px of some frame may be transparent
 * @largest: px of the largest that begins
 * @pixels: of all whole ones: for each those of the canvas, or its own where they are more
 */
typedef struct
{
  guint begun;
  guint whole;
  guint64 largest;
  guint64 pixels;
  gint64 duration;
  gboolean has_alpha;
} LkTally;

gint64 lk_patch_shown_for (gint64 declared);
gboolean lk_tally_begin (LkTally *self, const LkPatch *patch, GError **error);
void lk_tally_add (LkTally *self, const LkPatch *patch, const LkHeader *canvas, gboolean has_alpha);
gboolean lk_tally_finish (const LkTally *self, guint loops, LkHeader *header, GError **error);
void lk_tally_make_still (LkHeader *header);
