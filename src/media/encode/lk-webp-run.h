/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <webp/encode.h>
#include <webp/mux.h>
#include "lk-frame.h"

/* Some frames of an animation that follow each other, encoded on a thread of their own. It is one
 * thread at a time that calls. */

typedef struct _LkWebpRun LkWebpRun;

/** For how many ms the frame before a run is shown in what the run gives. */
#define LK_WEBP_RUN_BEFORE 1
/** No frame is shown for longer, in ms: a file has 24 bits for it. */
#define LK_WEBP_MAX_DURATION ((1 << 24) - 1)

/**
 * LkWebpSettings: for all runs of one animation.
 * @width: of a frame in px
 * @height: in px
 * @quality: 0 to 100, as libwebp counts it
 * @method: 0 (fast) to 6 (small)
 */
typedef struct
{
  guint width;
  guint height;
  int quality;
  int method;
} LkWebpSettings;

gboolean lk_webp_settings_apply (const LkWebpSettings *self, WebPConfig *config);
gboolean lk_webp_import (WebPPicture *picture, LkFrame *frame);

LkWebpRun *lk_webp_run_new (const LkWebpSettings *settings,
                            LkFrame *before,
                            gint64 start,
                            GCancellable *cancellable);
void lk_webp_run_free (LkWebpRun *self);
LkFrame *lk_webp_run_get_before (LkWebpRun *self); /* (transfer none) (nullable) */
void lk_webp_run_push (LkWebpRun *self, LkFrame *frame, gint64 time);
void lk_webp_run_end (LkWebpRun *self, gint64 end);
gint64 lk_webp_run_get_duration (LkWebpRun *self);
gboolean lk_webp_run_is_done (LkWebpRun *self);
gboolean lk_webp_run_wait (LkWebpRun *self, WebPData *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkWebpRun, lk_webp_run_free)
