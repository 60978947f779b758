/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-header.h"
#include "lk-source.h"

/* A source that moves, an animation or a video, as upright sRGB frames in the order in which they
 * are shown. One thread at a time; nothing here waits for another thread but GStreamer's. */

/**
 * LkMotionInfo: what is known once the source is open.
 * @width: of a frame of the source in px, upright
 * @height: in px, upright
 * @frames: how many there are; of a video an estimate, 0 where even that is not known
 * @duration: of one run in µs; 0 where the file does not say
 * @loops: how often an animation runs, 0 for ever; 1 for a video
 * @has_alpha: some frame may be transparent somewhere
 */
typedef struct
{
  guint width;
  guint height;
  guint frames;
  gint64 duration;
  guint loops;
  gboolean has_alpha;
} LkMotionInfo;

/**
 * LkMotionFrame:
 * @frame: the whole picture as it is shown then: an animation's is composed
 * @time: when it is shown, in µs from the start of the source
 * @duration: for how long, in µs; at least 1
 */
typedef struct
{
  LkFrame *frame;
  gint64 time;
  gint64 duration;
} LkMotionFrame;

typedef struct _LkMotion LkMotion;

/**
 * LkMotionClass: what each kind of source implements.
 *
 * Each starts its own struct with an LkMotion, fills @info when it opens, and is called through the
 * functions below only. @seek_near is NULL where nothing is quicker than @seek.
 */
typedef struct
{
  gboolean (
      *seek) (LkMotion *self, gint64 start, gint64 stop, GCancellable *cancellable, GError **error);
  gboolean (*seek_near) (LkMotion *self, gint64 time, GCancellable *cancellable, GError **error);
  LkMotionFrame *(*next) (LkMotion *self, GCancellable *cancellable, GError **error);
  void (*close) (LkMotion *self);
} LkMotionClass;

/**
 * LkMotionStepFunc:
 *
 * Called for each frame of an animation that is decoded, wanted or not: the way to the one that is
 * wanted may be long. On the thread that asked for it.
 */
typedef void (*LkMotionStepFunc) (gpointer data);

struct _LkMotion
{
  const LkMotionClass *klass;
  LkMotionInfo info;
  LkMotionStepFunc step;
  gpointer step_data;
};

LkMotion *lk_motion_open (LkSource *source,
                          const LkHeader *header,
                          guint min_side,
                          GCancellable *cancellable,
                          GError **error);
const LkMotionInfo *lk_motion_get_info (LkMotion *self);
void lk_motion_set_step_func (LkMotion *self, LkMotionStepFunc func, gpointer data);
gboolean lk_motion_seek (LkMotion *self,
                         gint64 start,
                         gint64 stop,
                         GCancellable *cancellable,
                         GError **error);
gboolean
lk_motion_seek_near (LkMotion *self, gint64 time, GCancellable *cancellable, GError **error);
LkMotionFrame *lk_motion_next (LkMotion *self, GCancellable *cancellable, GError **error);
void lk_motion_close (LkMotion *self);

LkMotionFrame *lk_motion_frame_new (LkFrame *frame, gint64 time, gint64 duration);
void lk_motion_frame_free (LkMotionFrame *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkMotion, lk_motion_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkMotionFrame, lk_motion_frame_free)
