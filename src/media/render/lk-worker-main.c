/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker-main.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>
#include "lk-confine.h"
#include "lk-filmstrip.h"
#include "lk-gst.h"
#include "lk-json.h"
#include "lk-media-error.h"
#include "lk-probe-file.h"
#include "lk-render.h"
#include "lk-scrubber.h"
#include "lk-source.h"
#include "lk-still.h"
#include "lk-watchdog.h"
#include "lk-worker-values.h"

/* Of the processor, in seconds without progress: a hostile file is refused within 10 s, with these
 * words, which are a packet of their own. */
#define MAX_SECONDS 5
#define TOO_SLOW                                                                                   \
  "{\"error\":{\"code\":\"malformed\",\"message\":\"It takes too long to be "                      \
  "decoded\"},\"last\":true}"
/* After so many seconds without an answer or progress, whatever they were spent with, it ends
 * itself, in case whoever started it is gone and cannot. */
#define MAX_SILENCE 90
/* Progress is told no more often than this, in µs. */
#define PROGRESS_INTERVAL (50 * G_TIME_SPAN_MILLISECOND)
#define MAX_SIDE 32768
/* Memory up to this size that one step frees is kept for the next, in bytes: a new page costs more
 * than the px on it. What is larger goes back at once. The threads of a video's codecs would each
 * keep some, and they have pools of their own. */
#define KEPT_MEMORY (32 * 1024 * 1024)
#define KEPT_MEMORY_VIDEO (128 * 1024)

typedef struct
{
  GSocket *socket;
  int fd;      /* the open file, or -1 */
  GFile *file; /* the same, for functions that take a file */
  LkSource *source;
  LkScrubber *scrubber; /* open between requests for frames */
  guint min_side;       /* of its frames */
  gint64 told;          /* when progress was told last */
} Worker;

/* Nobody is there to be told: there is nothing left to do. Memory is not given back piece by piece,
 * and what a library would do at the end is not wanted. */
G_NORETURN static void
leave (int status)
{
  _exit (status);
}

static void
send_or_leave (Worker *self, const LkWorkerMessage *message)
{
  if (!lk_worker_message_send (self->socket, message, NULL))
    leave (EXIT_SUCCESS);
}

static void
on_progress (double fraction, gpointer data)
{
  g_autoptr (LkWorkerMessage) message = NULL;
  Worker *self = data;
  gint64 now = g_get_monotonic_time ();

  if (now - self->told < PROGRESS_INTERVAL)
    return;

  self->told = now;
  lk_watchdog_feed ();
  alarm (MAX_SILENCE);
  message = lk_worker_message_new ();
  json_object_set_double_member (message->object, "progress", fraction);
  send_or_leave (self, message);
}

/* LkMotionStepFunc: on the way to the frame that was asked for. */
static void
on_step (gpointer data)
{
  on_progress (0, data);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, message);
  return FALSE;
}

static gboolean
probe (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error)
{
  g_autoptr (LkProbe) found = lk_probe_file (self->file, NULL, error);

  if (found == NULL)
    return FALSE;

  lk_worker_put_probe (answer, found);
  return TRUE;
}

static gboolean
load (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error)
{
  g_autoptr (GFile) file = request->n_fds > 0 ? lk_source_file_new_for_fd (request->fds[0])
                                              : g_object_ref (self->file);
  g_autoptr (LkProbe) found = NULL;
  g_autoptr (LkFrame) frame = NULL;
  gint64 min_side;

  if (!lk_json_get_int (request->object, "min-side", 0, MAX_SIDE, &min_side, error))
    return FALSE;

  frame = lk_still_load_probed (file, (guint)min_side, &found, NULL, error);
  if (frame == NULL)
    return FALSE;

  lk_worker_put_probe (answer, found);
  return lk_worker_put_frame (answer, frame, error);
}

/* The source stays open, so that the next frame costs a seek and no more. */
static LkScrubber *
get_scrubber (Worker *self, guint min_side, GError **error)
{
  g_autoptr (LkHeader) header = NULL;
  LkMotion *motion;

  if (self->scrubber != NULL && self->min_side == min_side)
    return self->scrubber;

  g_clear_pointer (&self->scrubber, lk_scrubber_free);
  if (self->source == NULL)
    self->source = lk_source_open (self->file, NULL, error);
  header = self->source != NULL ? lk_header_read (self->source, NULL, error) : NULL;
  if (header == NULL)
    return NULL;

  if (header->kind == LK_PICTURE_STILL)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                           "A still has no frames");
      return NULL;
    }

  motion = lk_motion_open (self->source, header, min_side, NULL, error);
  if (motion == NULL)
    return NULL;

  lk_motion_set_step_func (motion, on_step, self);
  self->scrubber = lk_scrubber_new (motion);
  self->min_side = min_side;

  return self->scrubber;
}

static gboolean
frame (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error)
{
  g_autoptr (LkMotionFrame) found = NULL;
  LkScrubber *scrubber;
  gint64 time, min_side;
  gboolean near;

  if (!lk_json_get_int (request->object, "time", 0, G_MAXINT64 / 2, &time, error)
      || !lk_json_get_boolean (request->object, "near", &near, error)
      || !lk_json_get_int (request->object, "min-side", 0, MAX_SIDE, &min_side, error))
    return FALSE;

  scrubber = get_scrubber (self, (guint)min_side, error);
  if (scrubber == NULL)
    return FALSE;

  found = near ? lk_scrubber_get_near (scrubber, time, NULL, error)
               : lk_scrubber_get_frame (scrubber, time, NULL, error);
  if (found != NULL)
    return lk_worker_put_motion_frame (answer, found, error);

  if (error != NULL && *error == NULL)
    g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                         "There is no frame at that time");
  return FALSE;
}

static void
on_strip_frame (guint index, const LkMotionFrame *frame, gpointer data)
{
  g_autoptr (LkWorkerMessage) message = lk_worker_message_new ();
  Worker *self = data;

  lk_watchdog_feed ();
  alarm (MAX_SILENCE);
  json_object_set_int_member (message->object, "index", index);
  /* Without memory for a small picture there is none for anything else. */
  if (!lk_worker_put_motion_frame (message, frame, NULL))
    leave (EXIT_FAILURE);
  send_or_leave (self, message);
}

static gboolean
filmstrip (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error)
{
  LkScrubber *scrubber;
  gint64 start, stop, n, min_side;

  if (!lk_json_get_int (request->object, "start", 0, G_MAXINT64 / 2, &start, error)
      || !lk_json_get_int (request->object, "stop", start + 1, G_MAXINT64 / 2, &stop, error)
      || !lk_json_get_int (request->object, "frames", 1, LK_WORKER_MAX_STRIP, &n, error)
      || !lk_json_get_int (request->object, "min-side", 0, MAX_SIDE, &min_side, error))
    return FALSE;

  scrubber = get_scrubber (self, (guint)min_side, error);
  if (scrubber == NULL
      || !lk_filmstrip_make (lk_scrubber_get_motion (scrubber), start, stop, (guint)n,
                             on_strip_frame, self, NULL, error))
    return FALSE;

  json_object_set_boolean_member (answer->object, "done", TRUE);
  return TRUE;
}

static gboolean
render (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error)
{
  g_autoptr (LkRecipe) recipe = NULL;
  g_autoptr (LkRendered) rendered = NULL;
  JsonObject *object;

  if (!lk_json_get_object (request->object, "recipe", &object, error))
    return FALSE;

  recipe = lk_recipe_from_json (object, error);
  if (recipe == NULL)
    return FALSE;

  rendered = lk_render (self->file, recipe, on_progress, self, NULL, error);

  return rendered != NULL && lk_worker_put_rendered (answer, rendered, error);
}

typedef struct
{
  const char *name;
  gboolean (*run) (Worker *self, LkWorkerMessage *request, LkWorkerMessage *answer, GError **error);
} Operation;

static const Operation operations[] = {
  { "probe", probe },         { "load", load },     { "frame", frame },
  { "filmstrip", filmstrip }, { "render", render },
};

static gboolean
open_file (Worker *self, LkWorkerMessage *request)
{
  if (self->file != NULL || request->n_fds != 1)
    return FALSE;

  self->fd = request->fds[0];
  request->n_fds = 0;
  self->file = lk_source_file_new_for_fd (self->fd);

  return TRUE;
}

static gboolean
run (Worker *self,
     const char *name,
     LkWorkerMessage *request,
     LkWorkerMessage *answer,
     GError **error)
{
  if (self->file == NULL && request->n_fds == 0)
    return refuse (error, "No file is open");

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (operations[i].name, name))
      return operations[i].run (self, request, answer, error);

  return refuse (error, "An operation that nobody knows");
}

static void
answer (Worker *self, LkWorkerMessage *request)
{
  g_autoptr (LkWorkerMessage) message = lk_worker_message_new ();
  g_autoptr (LkWorkerMessage) failure = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  if (lk_json_get_string (request->object, "operation", 16, &name, &error))
    {
      if (g_str_equal (name, "open"))
        {
          if (!open_file (self, request))
            leave (EXIT_FAILURE);
          return;
        }
      self->told = 0;
      lk_watchdog_feed ();
      alarm (MAX_SILENCE);
      if (run (self, name, request, message, &error))
        {
          alarm (0);
          send_or_leave (self, message);
          return;
        }
      alarm (0);
    }

  failure = lk_worker_message_new ();
  lk_worker_put_error (failure, error);
  send_or_leave (self, failure);
}

static void
serve (Worker *self)
{
  while (TRUE)
    {
      g_autoptr (LkWorkerMessage) request = lk_worker_message_receive (self->socket, NULL);

      if (request == NULL)
        return;
      answer (self, request);
    }
}

/**
 * lk_worker_set_environment:
 *
 * What comes from the network or the session is of no use to a decoder: GIO starts no thread for
 * it. To be called before GIO is used.
 */
void
lk_worker_set_environment (void)
{
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
}

/* The list of plugins is read, and brought up to date by a program of GStreamer's, while that is
 * still possible; from here on it is taken as it is. */
static gboolean
prepare_video (GError **error)
{
  return lk_gst_init (error);
}

static void
freeze_registry (void)
{
  g_setenv ("GST_REGISTRY_UPDATE", "no", TRUE);
  g_setenv ("GST_REGISTRY_FORK", "no", TRUE);
}

/**
 * lk_worker_main:
 * @video: the file looks like a video
 *
 * Serves one file over the socket that is its standard input (lk-worker-message.h says how), as a
 * confined process that is given the file open. Returns only where it cannot start: nothing is left
 * to clean up when the other end is gone.
 *
 * Returns: a status to exit with
 */
int
lk_worker_main (gboolean video)
{
  g_autoptr (LkWorkerMessage) ready = lk_worker_message_new ();
  g_autoptr (GError) error = NULL;
  Worker self = { .fd = -1 };
  gboolean hides_files = FALSE;

  close_range (STDERR_FILENO + 1, ~0U, 0);
  lk_worker_set_environment ();
#ifdef M_MMAP_THRESHOLD /* the GNU C library's */
  mallopt (M_MMAP_THRESHOLD, video ? KEPT_MEMORY_VIDEO : KEPT_MEMORY);
  mallopt (M_TRIM_THRESHOLD, video ? KEPT_MEMORY_VIDEO : KEPT_MEMORY);
#endif

  self.socket = g_socket_new_from_fd (LK_WORKER_SOCKET, &error);
  if (self.socket == NULL || (video && !prepare_video (&error)))
    {
      g_printerr ("likeness-render: %s\n", error->message);
      return EXIT_FAILURE;
    }

  freeze_registry ();
  lk_watchdog_start (MAX_SECONDS, LK_WORKER_SOCKET, EXIT_FAILURE, TOO_SLOW);
  if (!lk_confine (LK_WORKER_SOCKET, &hides_files, &error))
    {
      g_printerr ("likeness-render: %s\n", error->message);
      return EXIT_FAILURE;
    }

  json_object_set_boolean_member (ready->object, "ready", TRUE);
  json_object_set_boolean_member (ready->object, "hides-files", hides_files);
  send_or_leave (&self, ready);
  serve (&self);
  leave (EXIT_SUCCESS);
}
