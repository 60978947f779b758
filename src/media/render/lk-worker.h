/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-filmstrip.h"
#include "lk-frame.h"
#include "lk-motion.h"
#include "lk-probe.h"
#include "lk-recipe.h"
#include "lk-render.h"
#include "lk-rendered.h"

/* One source file, decoded in a process of its own (likeness-render --worker) that can do nothing
 * but decode it: a codec that crashes, hangs or is taken over by the file ends that process, and
 * the request fails with LK_MEDIA_ERROR_CRASHED. The process starts with the first request and
 * stays, with the file open, until the worker is let go of; after a failure or a cancel the next
 * request starts another. What it answers is checked like a file.
 *
 * Any thread; requests of one worker wait for each other. Cancelling one ends its process at once.
 * The errors of each are those of lk_probe_file(), lk_still_load(), lk_motion_open() and
 * lk_render(), LK_MEDIA_ERROR_CRASHED and G_IO_ERROR_CANCELLED. */

#define LK_TYPE_WORKER (lk_worker_get_type ())
G_DECLARE_FINAL_TYPE (LkWorker, lk_worker, LK, WORKER, GObject)

LkWorker *lk_worker_new (GFile *file);
void lk_worker_set_timeout (LkWorker *self, guint timeout);
void lk_worker_end (LkWorker *self);

LkProbe *lk_worker_probe (LkWorker *self, GCancellable *cancellable, GError **error);
LkFrame *lk_worker_load (LkWorker *self,
                         guint min_side,
                         LkProbe **probe,
                         GCancellable *cancellable,
                         GError **error);
LkFrame *lk_worker_load_bytes (LkWorker *self,
                               GBytes *bytes,
                               guint min_side,
                               GCancellable *cancellable,
                               GError **error);
LkMotionFrame *lk_worker_frame (LkWorker *self,
                                gint64 time,
                                guint min_side,
                                GCancellable *cancellable,
                                GError **error);
LkMotionFrame *lk_worker_frame_near (LkWorker *self,
                                     gint64 time,
                                     guint min_side,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean lk_worker_filmstrip (LkWorker *self,
                              gint64 start,
                              gint64 stop,
                              guint n,
                              guint min_side,
                              LkFilmstripFunc func,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);
LkRendered *lk_worker_render (LkWorker *self,
                              LkRecipe *recipe,
                              LkRenderProgress progress,
                              gpointer data,
                              GCancellable *cancellable,
                              GError **error);

/* The same on a thread of GLib's; @progress and @func are called where the caller's main context
 * runs. */
void lk_worker_probe_async (LkWorker *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
LkProbe *lk_worker_probe_finish (LkWorker *self, GAsyncResult *result, GError **error);
void lk_worker_load_async (LkWorker *self,
                           guint min_side,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
LkFrame *
lk_worker_load_finish (LkWorker *self, GAsyncResult *result, LkProbe **probe, GError **error);
void lk_worker_frame_async (LkWorker *self,
                            gint64 time,
                            guint min_side,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
void lk_worker_frame_near_async (LkWorker *self,
                                 gint64 time,
                                 guint min_side,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
LkMotionFrame *lk_worker_frame_finish (LkWorker *self, GAsyncResult *result, GError **error);
void lk_worker_filmstrip_async (LkWorker *self,
                                gint64 start,
                                gint64 stop,
                                guint n,
                                guint min_side,
                                LkFilmstripFunc func,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean lk_worker_filmstrip_finish (LkWorker *self, GAsyncResult *result, GError **error);
void lk_worker_render_async (LkWorker *self,
                             LkRecipe *recipe,
                             LkRenderProgress progress,
                             gpointer progress_data,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data);
LkRendered *lk_worker_render_finish (LkWorker *self, GAsyncResult *result, GError **error);
