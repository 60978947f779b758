/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-still.h"

#include "lk-color.h"
#include "lk-orientation.h"
#include "lk-probe-file.h"
#include "lk-raw.h"

typedef struct
{
  GFile *file;
  guint min_side;
  LkProbe *probe;
} Load;

static void
load_free (Load *self)
{
  g_object_unref (self->file);
  g_clear_pointer (&self->probe, lk_probe_free);
  g_free (self);
}

static LkFrame *
load (GFile *file, guint min_side, LkProbe **probe, GCancellable *cancellable, GError **error)
{
  const LkRequest request = { .whole = TRUE, .min_side = min_side };
  g_autoptr (LkSource) source = NULL;
  g_autoptr (LkHeader) header = NULL;
  g_autoptr (LkRaw) raw = NULL;
  g_autoptr (LkFrame) srgb = NULL;

  source = lk_source_open (file, cancellable, error);
  if (source == NULL)
    return NULL;

  header = lk_header_read (source, cancellable, error);
  if (header == NULL)
    return NULL;

  raw = lk_raw_load (source, header, &request, cancellable, error);
  if (raw == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  srgb = lk_color_to_srgb (raw->frame, raw->model, raw->profile);
  if (probe != NULL)
    *probe = lk_probe_new_from_raw (header, raw, lk_source_get_size (source));

  return lk_orientation_apply (srgb, raw->orientation);
}

static void
load_in_thread (GTask *task, gpointer source_object, gpointer data, GCancellable *cancellable)
{
  Load *self = data;
  GError *error = NULL;
  LkFrame *frame = load (self->file, self->min_side, &self->probe, cancellable, &error);

  if (frame == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, frame, (GDestroyNotify)lk_frame_unref);
}

/**
 * lk_still_load:
 * @file: the source
 * @min_side: px that the shorter side needs at least, as far as the source has them
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the whole picture, upright, sRGB, or NULL with any
 * LK_MEDIA_ERROR of a source or G_IO_ERROR_CANCELLED
 */
LkFrame *
lk_still_load (GFile *file, guint min_side, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  return load (file, min_side, NULL, cancellable, error);
}

/**
 * lk_still_load_probed:
 * @probe: (out) (transfer full): what the source is
 *
 * As lk_still_load(), which finds out on its way what the source is.
 *
 * Returns: (transfer full) (nullable): as lk_still_load()
 */
LkFrame *
lk_still_load_probed (GFile *file,
                      guint min_side,
                      LkProbe **probe,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (G_IS_FILE (file) && probe != NULL, NULL);

  return load (file, min_side, probe, cancellable, error);
}

/**
 * lk_still_load_async:
 *
 * lk_still_load() on a worker thread; cancelling takes effect between the pieces of the file and
 * the rows of the picture.
 */
void
lk_still_load_async (GFile *file,
                     guint min_side,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Load *self;

  g_return_if_fail (G_IS_FILE (file));

  self = g_new0 (Load, 1);
  self->file = g_object_ref (file);
  self->min_side = min_side;

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_still_load_async);
  g_task_set_task_data (task, self, (GDestroyNotify)load_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * lk_still_load_finish:
 * @probe: (out) (optional) (transfer full): what the source is
 *
 * Returns: (transfer full) (nullable): as lk_still_load()
 */
LkFrame *
lk_still_load_finish (GAsyncResult *result, LkProbe **probe, GError **error)
{
  LkFrame *frame;
  Load *self;

  g_return_val_if_fail (g_async_result_is_tagged (result, lk_still_load_async), NULL);

  self = g_task_get_task_data (G_TASK (result));
  frame = g_task_propagate_pointer (G_TASK (result), error);
  if (frame != NULL && probe != NULL)
    *probe = g_steal_pointer (&self->probe);

  return frame;
}
