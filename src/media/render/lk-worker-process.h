/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-worker-message.h"

/* One run of likeness-render --worker, as whoever started it sees it: messages, a watch on how long
 * it is silent, and its end. One thread at a time. */

typedef struct _LkWorkerProcess LkWorkerProcess;

/** What the process does; returns its status where it cannot begin. @video: as for
 * lk_worker_process_start(). */
typedef int (*LkWorkerMain) (gboolean video);

void lk_worker_process_use_copies (LkWorkerMain main);
LkWorkerProcess *
lk_worker_process_start (gboolean video, GCancellable *cancellable, GError **error);
void lk_worker_process_stop (LkWorkerProcess *self);
void lk_worker_process_end (LkWorkerProcess *self);
gboolean lk_worker_process_is_fit (LkWorkerProcess *self);
gboolean
lk_worker_process_send (LkWorkerProcess *self, const LkWorkerMessage *message, GError **error);
LkWorkerMessage *lk_worker_process_receive (LkWorkerProcess *self,
                                            guint timeout,
                                            GCancellable *cancellable,
                                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkWorkerProcess, lk_worker_process_stop)
