/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-draft-writer.h"

#include "lk-draft-store.h"

/* How long changes are gathered before they are written, in ms. */
#define SAVE_DELAY 300

struct _LkDraftWriter
{
  GObject parent_instance;

  char *directory;
  LkDraftWriterSerialize serialize;
  gpointer serialize_data;

  guint save_timer;
  gboolean dirty;
  gboolean writing;
  guint64 generation; /* of the state that was handed out last */
  GPtrArray *flushes; /* (element-type GTask): waiting until all is written */
  GPtrArray *garbage; /* (element-type GFile): to delete once nothing names them */

  GMutex lock;     /* held while the folder is written */
  guint64 written; /* generation of what is on disk; under the lock */
};

enum
{
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkDraftWriter, lk_draft_writer, G_TYPE_OBJECT)

/* What a worker thread writes; it owns all of it. */
typedef struct
{
  guint64 generation;
  GBytes *bytes; /* (nullable) */
  GPtrArray *garbage;
} Job;

static void save_now (LkDraftWriter *self);

static void
job_free (Job *job)
{
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_ptr_array_unref (job->garbage);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static void
delete_garbage (GPtrArray *garbage)
{
  for (guint i = 0; i < garbage->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!g_file_delete (g_ptr_array_index (garbage, i), NULL, &error)
          && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_warning ("Cannot delete a picture that is not needed any more: %s", error->message);
    }
}

/* Writes, unless something newer was written already. Any thread. */
static gboolean
write_job (LkDraftWriter *self, const Job *job, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (job->generation < self->written)
    return TRUE;
  if (!lk_draft_store_save (self->directory, job->bytes, error))
    return FALSE;
  self->written = job->generation;
  delete_garbage (job->garbage);
  return TRUE;
}

static Job *
take_save_job (LkDraftWriter *self)
{
  Job *job = g_new0 (Job, 1);

  g_clear_handle_id (&self->save_timer, g_source_remove);
  self->dirty = FALSE;
  job->generation = ++self->generation;
  job->bytes = self->serialize (self->serialize_data);
  job->garbage = g_steal_pointer (&self->garbage);
  self->garbage = g_ptr_array_new_with_free_func (g_object_unref);
  return job;
}

static void
return_flushes (LkDraftWriter *self, const GError *error)
{
  g_autoptr (GPtrArray) flushes = g_steal_pointer (&self->flushes);

  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < flushes->len; i++)
    {
      GTask *task = g_ptr_array_index (flushes, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_job (LK_DRAFT_WRITER (source), data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_save_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  LkDraftWriter *self = LK_DRAFT_WRITER (source);
  gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  self->writing = FALSE;
  if (!saved)
    {
      return_flushes (self, error);
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
    }
  else if (!self->dirty)
    return_flushes (self, NULL);
  else if (self->flushes->len > 0)
    save_now (self);
}

/* Writes on a worker thread, one at a time. */
static void
save_now (LkDraftWriter *self)
{
  g_autoptr (GTask) task = NULL;

  self->writing = TRUE;
  task = g_task_new (self, NULL, on_save_ready, NULL);
  g_task_set_source_tag (task, save_now);
  g_task_set_task_data (task, take_save_job (self), (GDestroyNotify)job_free);
  g_task_run_in_thread (task, save_thread);
}

static gboolean
on_save_timeout (gpointer data)
{
  LkDraftWriter *self = data;

  if (self->writing)
    return G_SOURCE_CONTINUE;
  self->save_timer = 0;
  save_now (self);
  return G_SOURCE_REMOVE;
}

static void
lk_draft_writer_dispose (GObject *object)
{
  LkDraftWriter *self = LK_DRAFT_WRITER (object);

  g_clear_handle_id (&self->save_timer, g_source_remove);

  G_OBJECT_CLASS (lk_draft_writer_parent_class)->dispose (object);
}

static void
lk_draft_writer_finalize (GObject *object)
{
  LkDraftWriter *self = LK_DRAFT_WRITER (object);

  g_free (self->directory);
  g_clear_pointer (&self->flushes, g_ptr_array_unref);
  g_clear_pointer (&self->garbage, g_ptr_array_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (lk_draft_writer_parent_class)->finalize (object);
}

static void
lk_draft_writer_class_init (LkDraftWriterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lk_draft_writer_dispose;
  object_class->finalize = lk_draft_writer_finalize;

  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_draft_writer_init (LkDraftWriter *self)
{
  g_mutex_init (&self->lock);
  self->flushes = g_ptr_array_new_with_free_func (g_object_unref);
  self->garbage = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * lk_draft_writer_new:
 * @directory: the draft's folder
 * @serialize: gives what is to be written; called on the main thread
 * @data: for @serialize; has to call lk_draft_writer_flush() before it ends
 *
 * Returns: (transfer full)
 */
LkDraftWriter *
lk_draft_writer_new (const char *directory, LkDraftWriterSerialize serialize, gpointer data)
{
  LkDraftWriter *self = g_object_new (LK_TYPE_DRAFT_WRITER, NULL);

  self->directory = g_strdup (directory);
  self->serialize = serialize;
  self->serialize_data = data;
  return self;
}

/**
 * lk_draft_writer_queue:
 *
 * The state has changed: it is written within a moment.
 */
void
lk_draft_writer_queue (LkDraftWriter *self)
{
  g_return_if_fail (LK_IS_DRAFT_WRITER (self));

  self->dirty = TRUE;
  if (self->save_timer == 0)
    self->save_timer = g_timeout_add (SAVE_DELAY, on_save_timeout, self);
}

/**
 * lk_draft_writer_throw_away:
 *
 * Deletes a file after the next write: until then what is on disk may name it.
 */
void
lk_draft_writer_throw_away (LkDraftWriter *self, GFile *file)
{
  g_return_if_fail (LK_IS_DRAFT_WRITER (self));

  g_ptr_array_add (self->garbage, g_object_ref (file));
}

/**
 * lk_draft_writer_flush:
 *
 * Writes at once what has changed, and blocks: for the end of the program only.
 */
void
lk_draft_writer_flush (LkDraftWriter *self)
{
  g_autoptr (Job) job = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (LK_IS_DRAFT_WRITER (self));

  if (!self->dirty)
    return;
  job = take_save_job (self);
  if (!write_job (self, job, &error))
    g_warning ("Cannot keep the draft: %s", error->message);
}

/**
 * lk_draft_writer_flush_async:
 *
 * Writes at once what has changed, and returns when nothing is left to write.
 */
void
lk_draft_writer_flush_async (LkDraftWriter *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_DRAFT_WRITER (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_draft_writer_flush_async);
  if (!self->dirty && !self->writing)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_ptr_array_add (self->flushes, g_steal_pointer (&task));
  if (!self->writing)
    save_now (self);
}

gboolean
lk_draft_writer_flush_finish (LkDraftWriter *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
