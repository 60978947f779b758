/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "lk-async.h"
#include "lk-header.h"
#include "lk-json.h"
#include "lk-media-error.h"
#include "lk-sealed.h"
#include "lk-source.h"
#include "lk-worker-process.h"
#include "lk-worker-values.h"

/* How long a process may say nothing, in ms: the promise for any file is 10 s. */
#define TIMEOUT 10000

struct _LkWorker
{
  GObject parent_instance;

  GFile *file; /* NULL where it decodes only what it is given as bytes */
  guint timeout;

  GMutex mutex; /* over busy */
  GCond idle;
  gboolean busy;

  /* of whoever has made it busy */
  LkSource *source;
  gboolean is_video;
  LkWorkerProcess *process; /* NULL until it is needed */
};

G_DEFINE_FINAL_TYPE (LkWorker, lk_worker, G_TYPE_OBJECT)

static void
on_cancelled (GCancellable *cancellable, LkWorker *self)
{
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
}

/* Waits for its turn. */
static gboolean
begin (LkWorker *self, GCancellable *cancellable, GError **error)
{
  gulong handler = 0;
  gboolean begun;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);

  g_mutex_lock (&self->mutex);
  while (self->busy && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->idle, &self->mutex);
  begun = !self->busy;
  self->busy = TRUE;
  g_mutex_unlock (&self->mutex);

  /* waits for on_cancelled(), which must not wait for us */
  g_cancellable_disconnect (cancellable, handler);
  if (!begun)
    g_cancellable_set_error_if_cancelled (cancellable, error);

  return begun;
}

static void
end (LkWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->busy = FALSE;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->mutex);
}

/* The path is opened once: every process is given the same file, whatever becomes of the path. */
static gboolean
open_source (LkWorker *self, GCancellable *cancellable, GError **error)
{
  guint8 start[LK_HEADER_SNIFF_BYTES];
  gssize n;

  if (self->source != NULL || self->file == NULL)
    return TRUE;

  self->source = lk_source_open (self->file, cancellable, error);
  if (self->source == NULL)
    return FALSE;

  n = lk_source_read (self->source, 0, start, sizeof start, cancellable, error);
  if (n < 0)
    {
      g_clear_pointer (&self->source, lk_source_close);
      return FALSE;
    }

  self->is_video = lk_header_sniff (start, (gsize)n) == LK_FORMAT_VIDEO;
  return TRUE;
}

static LkWorkerMessage *
request_new (const char *operation)
{
  LkWorkerMessage *request = lk_worker_message_new ();

  json_object_set_string_member (request->object, "operation", operation);

  return request;
}

static gboolean
hand_over (LkWorker *self, LkWorkerProcess *process, GError **error)
{
  g_autoptr (LkWorkerMessage) message = NULL;
  int fd;

  if (self->source == NULL)
    return TRUE;

  fd = fcntl (lk_source_get_fd (self->source), F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE, "Cannot hand over: %s",
                   g_strerror (errno));
      return FALSE;
    }

  message = request_new ("open");
  lk_worker_message_take_fd (message, fd);

  return lk_worker_process_send (process, message, error);
}

static gboolean
prepare (LkWorker *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkWorkerProcess) process = NULL;

  if (self->process != NULL && lk_worker_process_is_fit (self->process))
    return TRUE;

  g_clear_pointer (&self->process, lk_worker_process_stop);
  if (!open_source (self, cancellable, error))
    return FALSE;

  process = lk_worker_process_start (self->is_video, cancellable, error);
  if (process == NULL || !hand_over (self, process, error))
    return FALSE;

  self->process = g_steal_pointer (&process);
  return TRUE;
}

/* Whoever is told of what comes before the answer: one of the two functions, or none. */
typedef struct
{
  LkRenderProgress progress;
  LkFilmstripFunc strip;
  guint n_strip; /* frames that were asked for */
  gpointer data;
} Listener;

static const Listener nobody = { NULL };

static void
tell_progress (const Listener *listener, const LkWorkerMessage *message)
{
  double fraction;

  if (listener->progress != NULL
      && lk_json_get_double (message->object, "progress", 0, 1, &fraction, NULL))
    listener->progress (fraction, listener->data);
}

/* Each index comes once and in order, so that there is an end to them. */
static gboolean
tell_strip (const Listener *listener, const LkWorkerMessage *message, gint64 *next, GError **error)
{
  g_autoptr (LkMotionFrame) frame = NULL;
  gint64 index;

  if (!lk_json_get_int (message->object, "index", *next, (gint64)listener->n_strip - 1, &index,
                        NULL))
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED,
                           "The decoder told nonsense: a frame that nobody asked for");
      return FALSE;
    }

  frame = lk_worker_take_motion_frame (message, error);
  if (frame == NULL)
    return FALSE;

  *next = index + 1;
  listener->strip ((guint)index, frame, listener->data);

  return TRUE;
}

static LkWorkerMessage *
wait_for_answer (LkWorker *self,
                 const Listener *listener,
                 GCancellable *cancellable,
                 GError **error)
{
  gint64 next = 0;

  while (TRUE)
    {
      g_autoptr (LkWorkerMessage) message
          = lk_worker_process_receive (self->process, self->timeout, cancellable, error);

      if (message == NULL)
        return NULL;
      if (json_object_has_member (message->object, "progress"))
        tell_progress (listener, message);
      else if (!json_object_has_member (message->object, "index"))
        return g_steal_pointer (&message);
      else if (!tell_strip (listener, message, &next, error))
        return NULL;
    }
}

/* Asks one thing. An error that the worker tells of is an answer: the process goes on, unless it
 * says that it does not. */
static LkWorkerMessage *
ask (LkWorker *self,
     const LkWorkerMessage *request,
     const Listener *listener,
     GCancellable *cancellable,
     GError **error)
{
  g_autoptr (LkWorkerMessage) answer = NULL;
  GError *refusal;

  if (!prepare (self, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (lk_worker_process_send (self->process, request, error))
    answer = wait_for_answer (self, listener, cancellable, error);
  if (answer == NULL)
    {
      g_clear_pointer (&self->process, lk_worker_process_stop);
      return NULL;
    }
  if (json_object_has_member (answer->object, "last"))
    g_clear_pointer (&self->process, lk_worker_process_end);

  refusal = lk_worker_take_error (answer);
  if (refusal == NULL)
    return g_steal_pointer (&answer);

  g_propagate_error (error, refusal);
  return NULL;
}

/* What is read from an answer. */
typedef gpointer (*Take) (const LkWorkerMessage *answer, GError **error);

/* One request from its turn to its answer. What told nonsense once is not asked again. */
static gpointer
perform (LkWorker *self,
         const LkWorkerMessage *request,
         Take take,
         const Listener *listener,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (LkWorkerMessage) answer = NULL;
  g_autoptr (GError) cause = NULL;
  gpointer result = NULL;

  if (!begin (self, cancellable, error))
    return NULL;

  answer = ask (self, request, listener, cancellable, &cause);
  if (answer != NULL)
    result = take (answer, &cause);
  if (g_error_matches (cause, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED))
    g_clear_pointer (&self->process, lk_worker_process_stop);
  end (self);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));

  return result;
}

typedef struct
{
  LkProbe *probe;
  LkFrame *frame;
} Loaded;

static gpointer
take_probe (const LkWorkerMessage *answer, GError **error)
{
  return lk_worker_take_probe (answer, error);
}

static gpointer
take_loaded (const LkWorkerMessage *answer, GError **error)
{
  g_autoptr (LkProbe) probe = lk_worker_take_probe (answer, error);
  LkFrame *frame = probe != NULL ? lk_worker_take_frame (answer, error) : NULL;
  Loaded *loaded;

  if (frame == NULL)
    return NULL;

  loaded = g_new (Loaded, 1);
  loaded->probe = g_steal_pointer (&probe);
  loaded->frame = frame;

  return loaded;
}

static gpointer
take_motion_frame (const LkWorkerMessage *answer, GError **error)
{
  return lk_worker_take_motion_frame (answer, error);
}

/* Something that is not NULL. */
static gpointer
take_done (const LkWorkerMessage *answer, GError **error)
{
  if (json_object_has_member (answer->object, "done"))
    return GINT_TO_POINTER (TRUE);

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED,
                       "The decoder told nonsense: no end of a filmstrip");
  return NULL;
}

static gpointer
take_rendered (const LkWorkerMessage *answer, GError **error)
{
  return lk_worker_take_rendered (answer, error);
}

static LkFrame *
load (LkWorker *self,
      const LkWorkerMessage *request,
      guint min_side,
      LkProbe **probe,
      GCancellable *cancellable,
      GError **error)
{
  g_autofree Loaded *loaded = NULL;

  json_object_set_int_member (request->object, "min-side", min_side);
  loaded = perform (self, request, take_loaded, &nobody, cancellable, error);
  if (loaded == NULL)
    return NULL;

  if (probe != NULL)
    *probe = g_steal_pointer (&loaded->probe);
  g_clear_pointer (&loaded->probe, lk_probe_free);

  return loaded->frame;
}

static void
lk_worker_finalize (GObject *object)
{
  LkWorker *self = LK_WORKER (object);

  g_clear_pointer (&self->process, lk_worker_process_stop);
  g_clear_pointer (&self->source, lk_source_close);
  g_clear_object (&self->file);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);

  G_OBJECT_CLASS (lk_worker_parent_class)->finalize (object);
}

static void
lk_worker_class_init (LkWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_worker_finalize;
}

static void
lk_worker_init (LkWorker *self)
{
  self->timeout = TIMEOUT;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
}

/**
 * lk_worker_new:
 * @file: (nullable): the source; opened with the first request, and not again. Without one,
 * lk_worker_load_bytes() is all that can be asked for
 *
 * Returns: (transfer full): a worker for it
 */
LkWorker *
lk_worker_new (GFile *file)
{
  LkWorker *self;

  g_return_val_if_fail (file == NULL || G_IS_FILE (file), NULL);

  self = g_object_new (LK_TYPE_WORKER, NULL);
  g_set_object (&self->file, file);

  return self;
}

/**
 * lk_worker_set_timeout:
 * @timeout: how long a request may go without progress, in ms of a machine that does nothing else;
 * 10 s unless it is set
 */
void
lk_worker_set_timeout (LkWorker *self, guint timeout)
{
  g_return_if_fail (LK_IS_WORKER (self));

  self->timeout = timeout;
}

/**
 * lk_worker_end:
 *
 * Ends its process and waits until it is gone: for a program that is about to end, whose resources
 * those of the process are counted as. Another request would start another process.
 */
void
lk_worker_end (LkWorker *self)
{
  g_return_if_fail (LK_IS_WORKER (self));

  if (!begin (self, NULL, NULL))
    return;

  g_clear_pointer (&self->process, lk_worker_process_end);
  end (self);
}

/**
 * lk_worker_probe:
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): what the source is
 */
LkProbe *
lk_worker_probe (LkWorker *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("probe");

  g_return_val_if_fail (LK_IS_WORKER (self), NULL);

  return perform (self, request, take_probe, &nobody, cancellable, error);
}

/**
 * lk_worker_load:
 * @min_side: px that the shorter side needs at least, as far as the source has them
 * @probe: (out) (optional) (transfer full): what the source is
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): the whole picture, upright, sRGB
 */
LkFrame *
lk_worker_load (LkWorker *self,
                guint min_side,
                LkProbe **probe,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("load");

  g_return_val_if_fail (LK_IS_WORKER (self), NULL);

  return load (self, request, min_side, probe, cancellable, error);
}

/**
 * lk_worker_load_bytes:
 * @bytes: (transfer none): a picture that is in memory
 * @min_side: as for lk_worker_load()
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): that picture, upright, sRGB
 */
LkFrame *
lk_worker_load_bytes (LkWorker *self,
                      GBytes *bytes,
                      guint min_side,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("load");
  int fd;

  g_return_val_if_fail (LK_IS_WORKER (self) && bytes != NULL, NULL);

  fd = lk_sealed_new (bytes, error);
  if (fd < 0)
    return NULL;

  lk_worker_message_take_fd (request, fd);

  return load (self, request, min_side, NULL, cancellable, error);
}

static LkMotionFrame *
ask_for_frame (LkWorker *self,
               gint64 time,
               gboolean near,
               guint min_side,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("frame");

  json_object_set_int_member (request->object, "time", time);
  json_object_set_boolean_member (request->object, "near", near);
  json_object_set_int_member (request->object, "min-side", min_side);

  return perform (self, request, take_motion_frame, &nobody, cancellable, error);
}

/**
 * lk_worker_frame:
 * @time: in µs from the start of the source
 * @min_side: px that the shorter side needs at least; as long as it is the same the source stays
 * open between frames, and those around the last one are kept
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): what is shown at @time
 */
LkMotionFrame *
lk_worker_frame (LkWorker *self,
                 gint64 time,
                 guint min_side,
                 GCancellable *cancellable,
                 GError **error)
{
  g_return_val_if_fail (LK_IS_WORKER (self) && time >= 0, NULL);

  return ask_for_frame (self, time, FALSE, min_side, cancellable, error);
}

/**
 * lk_worker_frame_near:
 * @time: in µs from the start of the source
 * @min_side: as for lk_worker_frame(); the same for both keeps the source open
 *
 * Blocks, but not for long: for what is shown while a hand moves, before lk_worker_frame() gives
 * the frame itself. As lk_motion_seek_near().
 *
 * Returns: (transfer full) (nullable): of a video the key frame at or before @time, as its own time
 * says; else what is shown at @time
 */
LkMotionFrame *
lk_worker_frame_near (LkWorker *self,
                      gint64 time,
                      guint min_side,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (LK_IS_WORKER (self) && time >= 0, NULL);

  return ask_for_frame (self, time, TRUE, min_side, cancellable, error);
}

/**
 * lk_worker_filmstrip:
 * @start: of the range in µs, at least 0
 * @stop: its end in µs, after @start
 * @n: how many frames, up to 1,000
 * @min_side: px that a frame's shorter side needs at least
 * @func: (scope call): is given each frame as it comes, on this thread
 *
 * Blocks. As lk_filmstrip_make().
 *
 * Returns: TRUE, or FALSE with an error
 */
gboolean
lk_worker_filmstrip (LkWorker *self,
                     gint64 start,
                     gint64 stop,
                     guint n,
                     guint min_side,
                     LkFilmstripFunc func,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("filmstrip");
  const Listener listener = { .strip = func, .n_strip = n, .data = user_data };

  g_return_val_if_fail (LK_IS_WORKER (self) && start >= 0 && stop > start, FALSE);
  g_return_val_if_fail (n > 0 && n <= LK_WORKER_MAX_STRIP, FALSE);

  json_object_set_int_member (request->object, "start", start);
  json_object_set_int_member (request->object, "stop", stop);
  json_object_set_int_member (request->object, "frames", n);
  json_object_set_int_member (request->object, "min-side", min_side);

  return perform (self, request, take_done, &listener, cancellable, error) != NULL;
}

/**
 * lk_worker_render:
 * @progress: (nullable) (scope call): is told how far it is, on this thread
 *
 * Blocks.
 *
 * Returns: (transfer full) (nullable): what is sent
 */
LkRendered *
lk_worker_render (LkWorker *self,
                  LkRecipe *recipe,
                  LkRenderProgress progress,
                  gpointer data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (LkWorkerMessage) request = request_new ("render");
  const Listener listener = { .progress = progress, .data = data };

  g_return_val_if_fail (LK_IS_WORKER (self) && recipe != NULL, NULL);

  json_object_set_object_member (request->object, "recipe", lk_recipe_to_json (recipe));

  return perform (self, request, take_rendered, &listener, cancellable, error);
}
