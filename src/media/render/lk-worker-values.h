/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"
#include "lk-probe.h"
#include "lk-rendered.h"
#include "lk-worker-message.h"

/* Values in messages. The functions that put one in are the worker's, those that take one out the
 * app's, which believes nothing that the sizes of what came do not bear out: what is read fails
 * with LK_MEDIA_ERROR_CRASHED where a member or a descriptor is not as it should be. */

/** The longest message of an error in bytes: longer words are of no use in a log. */
#define LK_WORKER_MAX_ERROR 500
/** The most spans of time that an error names. */
#define LK_WORKER_MAX_SPANS 64

JsonObject *lk_probe_to_json (const LkProbe *self);

void lk_worker_put_error (LkWorkerMessage *self, const GError *error);
void lk_worker_put_probe (LkWorkerMessage *self, const LkProbe *probe);
gboolean lk_worker_put_frame (LkWorkerMessage *self, LkFrame *frame, GError **error);
gboolean
lk_worker_put_motion_frame (LkWorkerMessage *self, const LkMotionFrame *frame, GError **error);
gboolean lk_worker_put_rendered (LkWorkerMessage *self, const LkRendered *rendered, GError **error);

GError *lk_worker_take_error (const LkWorkerMessage *self);
LkProbe *lk_worker_take_probe (const LkWorkerMessage *self, GError **error);
LkFrame *lk_worker_take_frame (const LkWorkerMessage *self, GError **error);
LkMotionFrame *lk_worker_take_motion_frame (const LkWorkerMessage *self, GError **error);
LkRendered *lk_worker_take_rendered (const LkWorkerMessage *self, GError **error);
