/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-face.h"

#include "lk-frame-texture.h"
#include "lk-worker.h"

/* A photo in an address book was put there by anybody: what is larger than a camera makes is not
 * decoded, and what is decoded is so in a process of its own, which all faces share. */
#define MAX_BYTES (32 * 1024 * 1024)
/* How long that process waits for another face before it ends, in seconds. */
#define IDLE_SECONDS 10

typedef struct
{
  GBytes *image;
  LkWorker *worker;
  int size;
} Load;

/* The main thread's. */
static LkWorker *shared_worker;
static guint n_loading;
static guint idle_timer;

static gboolean
on_idle (gpointer data)
{
  idle_timer = 0;
  g_clear_object (&shared_worker);

  return G_SOURCE_REMOVE;
}

static LkWorker *
acquire_worker (void)
{
  g_clear_handle_id (&idle_timer, g_source_remove);
  n_loading++;
  if (shared_worker == NULL)
    shared_worker = lk_worker_new (NULL);

  return g_object_ref (shared_worker);
}

static void
release_worker (void)
{
  if (--n_loading == 0)
    idle_timer = g_timeout_add_seconds (IDLE_SECONDS, on_idle, NULL);
}

static void
load_free (Load *self)
{
  g_bytes_unref (self->image);
  g_object_unref (self->worker);
  g_free (self);
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  g_autoptr (LkFrame) frame = NULL;
  GError *error = NULL;

  frame = lk_worker_load_bytes (load->worker, load->image, (guint)load->size, cancellable, &error);
  if (frame == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, lk_frame_to_texture (frame), g_object_unref);
}

/* Of the task's completion, which comes exactly once, also where nobody asks for the result. */
static void
on_completed (GTask *task, GParamSpec *pspec, gpointer data)
{
  release_worker ();
}

/**
 * lk_face_load_async:
 * @image: an image file
 * @size: the shorter side in px at which it is shown; the texture is less than twice as large
 *
 * Decodes a face. Main thread only.
 */
void
lk_face_load_async (GBytes *image,
                    int size,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Load *load = NULL;

  g_return_if_fail (image != NULL);
  g_return_if_fail (size > 0);

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_face_load_async);
  if (g_bytes_get_size (image) > MAX_BYTES)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The file is too large");
      return;
    }

  load = g_new0 (Load, 1);
  load->image = g_bytes_ref (image);
  load->worker = acquire_worker ();
  load->size = size;
  g_signal_connect (task, "notify::completed", G_CALLBACK (on_completed), NULL);
  g_task_set_task_data (task, load, (GDestroyNotify)load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * lk_face_load_finish:
 *
 * Returns: (transfer full): the texture, or NULL with an LkMediaError or G_IO_ERROR
 */
GdkTexture *
lk_face_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
