/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker.h"

/* Each operation of lk-worker.h on a thread of GLib's. */

typedef struct
{
  guint min_side;
  gint64 time; /* where a range starts */
  gboolean near;
  gint64 stop;
  guint n;
  LkRecipe *recipe;
  LkProbe *probe;
  LkRenderProgress progress;
  gpointer progress_data;
  LkFilmstripFunc strip;
  gpointer strip_data;
} Request;

/* Progress, or a frame of a filmstrip, on its way to the thread that asked. */
typedef struct
{
  LkRenderProgress progress;
  double fraction;
  LkFilmstripFunc strip;
  guint index;
  LkMotionFrame *frame;
  gpointer data;
} Report;

static void
request_free (Request *self)
{
  g_clear_pointer (&self->recipe, lk_recipe_unref);
  g_clear_pointer (&self->probe, lk_probe_free);
  g_free (self);
}

static void
run (LkWorker *self,
     gpointer tag,
     Request *request,
     GTaskThreadFunc function,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  g_task_run_in_thread (task, function);
}

static void
give (GTask *task, gpointer result, GDestroyNotify free_result, GError *error)
{
  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, free_result);
}

static void
probe_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  LkProbe *probe = lk_worker_probe (source, cancellable, &error);

  give (task, probe, (GDestroyNotify)lk_probe_free, error);
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  LkFrame *frame = lk_worker_load (source, request->min_side, &request->probe, cancellable, &error);

  give (task, frame, (GDestroyNotify)lk_frame_unref, error);
}

static void
frame_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  LkMotionFrame *frame = (request->near ? lk_worker_frame_near : lk_worker_frame) (
      source, request->time, request->min_side, cancellable, &error);

  give (task, frame, (GDestroyNotify)lk_motion_frame_free, error);
}

static void
report_free (Report *self)
{
  g_clear_pointer (&self->frame, lk_motion_frame_free);
  g_free (self);
}

static gboolean
on_report (gpointer data)
{
  Report *report = data;

  if (report->frame != NULL)
    report->strip (report->index, report->frame, report->data);
  else
    report->progress (report->fraction, report->data);

  return G_SOURCE_REMOVE;
}

/* With the priority of the task, whose result then comes behind all reports. Takes @report. */
static void
send_report (GTask *task, Report *report)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, on_report, report, (GDestroyNotify)report_free);
  g_source_attach (source, g_task_get_context (task));
}

static void
on_progress (double fraction, gpointer data)
{
  const Request *request = g_task_get_task_data (data);
  Report *report;

  if (request->progress == NULL)
    return;

  report = g_new0 (Report, 1);
  report->progress = request->progress;
  report->fraction = fraction;
  report->data = request->progress_data;
  send_report (data, report);
}

static void
on_strip_frame (guint index, const LkMotionFrame *frame, gpointer data)
{
  const Request *request = g_task_get_task_data (data);
  Report *report = g_new0 (Report, 1);

  report->strip = request->strip;
  report->index = index;
  report->frame = lk_motion_frame_new (frame->frame, frame->time, frame->duration);
  report->data = request->strip_data;
  send_report (data, report);
}

static void
filmstrip_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  GError *error = NULL;

  if (lk_worker_filmstrip (source, request->time, request->stop, request->n, request->min_side,
                           on_strip_frame, task, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
render_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  GError *error = NULL;
  LkRendered *rendered
      = lk_worker_render (source, request->recipe, on_progress, task, cancellable, &error);

  give (task, rendered, (GDestroyNotify)lk_rendered_free, error);
}

/**
 * lk_worker_probe_async:
 *
 * lk_worker_probe() on a thread of its own, as all that follows; @callback is called in the main
 * context of the caller. Cancelling ends the worker's process, and with it what is asked for.
 */
void
lk_worker_probe_async (LkWorker *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_return_if_fail (LK_IS_WORKER (self));

  run (self, lk_worker_probe_async, g_new0 (Request, 1), probe_thread, cancellable, callback, data);
}

/**
 * lk_worker_probe_finish:
 *
 * Returns: (transfer full) (nullable): what the source is, or NULL as lk_worker_probe() says
 */
LkProbe *
lk_worker_probe_finish (LkWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lk_worker_load_async:
 * @min_side: px that the shorter side needs at least, as far as the source has them
 *
 * lk_worker_load() on a thread of its own.
 */
void
lk_worker_load_async (LkWorker *self,
                      guint min_side,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  Request *request;

  g_return_if_fail (LK_IS_WORKER (self));

  request = g_new0 (Request, 1);
  request->min_side = min_side;
  run (self, lk_worker_load_async, request, load_thread, cancellable, callback, data);
}

/**
 * lk_worker_load_finish:
 * @probe: (out) (optional) (transfer full): what the source is
 *
 * Returns: (transfer full) (nullable): the picture, or NULL as lk_worker_load() says
 */
LkFrame *
lk_worker_load_finish (LkWorker *self, GAsyncResult *result, LkProbe **probe, GError **error)
{
  LkFrame *frame;
  Request *request;

  g_return_val_if_fail (g_async_result_is_tagged (result, lk_worker_load_async), NULL);

  request = g_task_get_task_data (G_TASK (result));
  frame = g_task_propagate_pointer (G_TASK (result), error);
  if (frame != NULL && probe != NULL)
    *probe = g_steal_pointer (&request->probe);

  return frame;
}

static void
run_frame (LkWorker *self,
           gint64 time,
           gboolean near,
           guint min_side,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer data)
{
  Request *request = g_new0 (Request, 1);

  request->time = time;
  request->near = near;
  request->min_side = min_side;
  run (self, lk_worker_frame_async, request, frame_thread, cancellable, callback, data);
}

/**
 * lk_worker_frame_async:
 * @time: in µs from the start of the source
 * @min_side: px that the shorter side needs at least
 *
 * lk_worker_frame() on a thread of its own.
 */
void
lk_worker_frame_async (LkWorker *self,
                       gint64 time,
                       guint min_side,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_return_if_fail (LK_IS_WORKER (self) && time >= 0);

  run_frame (self, time, FALSE, min_side, cancellable, callback, data);
}

/**
 * lk_worker_frame_near_async:
 *
 * To be ended by lk_worker_frame_finish().
 */
void
lk_worker_frame_near_async (LkWorker *self,
                            gint64 time,
                            guint min_side,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_return_if_fail (LK_IS_WORKER (self) && time >= 0);

  run_frame (self, time, TRUE, min_side, cancellable, callback, data);
}

/**
 * lk_worker_frame_finish:
 *
 * Returns: (transfer full) (nullable): the frame, or NULL as lk_worker_frame() says
 */
LkMotionFrame *
lk_worker_frame_finish (LkWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lk_worker_filmstrip_async:
 * @func: is given each frame as it comes, before @callback is called and never after
 */
void
lk_worker_filmstrip_async (LkWorker *self,
                           gint64 start,
                           gint64 stop,
                           guint n,
                           guint min_side,
                           LkFilmstripFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  Request *request;

  g_return_if_fail (LK_IS_WORKER (self) && start >= 0 && stop > start && n > 0 && func != NULL);

  request = g_new0 (Request, 1);
  request->time = start;
  request->stop = stop;
  request->n = n;
  request->min_side = min_side;
  request->strip = func;
  request->strip_data = user_data;
  run (self, lk_worker_filmstrip_async, request, filmstrip_thread, cancellable, callback, data);
}

/**
 * lk_worker_filmstrip_finish:
 *
 * Returns: whether all frames came, or FALSE as lk_worker_filmstrip() says
 */
gboolean
lk_worker_filmstrip_finish (LkWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * lk_worker_render_async:
 * @progress: (nullable): is told how far it is, before @callback is called and never after
 */
void
lk_worker_render_async (LkWorker *self,
                        LkRecipe *recipe,
                        LkRenderProgress progress,
                        gpointer progress_data,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  Request *request;

  g_return_if_fail (LK_IS_WORKER (self) && recipe != NULL);

  request = g_new0 (Request, 1);
  request->recipe = lk_recipe_ref (recipe);
  request->progress = progress;
  request->progress_data = progress_data;
  run (self, lk_worker_render_async, request, render_thread, cancellable, callback, data);
}

/**
 * lk_worker_render_finish:
 *
 * Returns: (transfer full) (nullable): what is sent, or NULL as lk_worker_render() says
 */
LkRendered *
lk_worker_render_finish (LkWorker *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
