/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-preview.h"

#include "lk-async.h"
#include "lk-frame-texture.h"
#include "lk-media-error.h"

typedef struct
{
  LkWorker *worker;
  LkRecipe *recipe;
} Making;

static void
making_free (Making *making)
{
  g_object_unref (making->worker);
  lk_recipe_unref (making->recipe);
  g_free (making);
}

/* The texture, and the file that it was decoded from. */
static GdkTexture *
decode (LkWorker *decoder,
        const LkRendered *rendered,
        const char *name,
        GBytes **bytes,
        GCancellable *cancellable,
        GError **error)
{
  const LkEncoded *encoded = lk_rendered_get (rendered, name);
  g_autoptr (LkFrame) frame = NULL;

  if (encoded == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, "no %s was made", name);
      return NULL;
    }

  frame = lk_worker_load_bytes (decoder, encoded->bytes, LK_PHOTO_SIZE, cancellable, error);
  if (frame == NULL)
    return NULL;

  *bytes = g_bytes_ref (encoded->bytes);
  return lk_frame_to_texture (frame);
}

/* What was made of a stranger's file is decoded by another process than the one that made it, and
 * not in this one: it is a stranger's, too. */
static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Making *making = data;
  g_autoptr (LkWorker) decoder = lk_worker_new (NULL);
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (LkPreview) preview = NULL;
  GError *error = NULL;

  rendered = lk_worker_render (making->worker, making->recipe, NULL, NULL, cancellable, &error);
  if (lk_task_failed (task, error))
    return;
  preview = g_new0 (LkPreview, 1);
  preview->photo = decode (decoder, rendered, "photo", &preview->photo_bytes, cancellable, &error);
  if (lk_task_failed (task, error))
    return;
  preview->thumbnail
      = decode (decoder, rendered, "thumbnail", &preview->thumbnail_bytes, cancellable, &error);
  if (lk_task_failed (task, error))
    return;
  g_task_return_pointer (task, g_steal_pointer (&preview), (GDestroyNotify)lk_preview_free);
}

/**
 * lk_preview_make_async:
 *
 * @worker: of the source
 *
 * Renders, encodes and decodes in processes of their own. When it is cancelled it returns at once.
 */
void
lk_preview_make_async (LkWorker *worker,
                       LkRecipe *recipe,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Making *making;

  g_return_if_fail (LK_IS_WORKER (worker));
  g_return_if_fail (recipe != NULL);

  making = g_new0 (Making, 1);
  making->worker = g_object_ref (worker);
  making->recipe = lk_recipe_ref (recipe);
  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_preview_make_async);
  g_task_set_task_data (task, making, (GDestroyNotify)making_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, make_thread);
}

/**
 * lk_preview_make_finish:
 *
 * Returns: (transfer full): the preview, or %NULL with an error of LK_MEDIA_ERROR
 */
LkPreview *
lk_preview_make_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
lk_preview_free (LkPreview *self)
{
  g_clear_object (&self->photo);
  g_clear_object (&self->thumbnail);
  g_clear_pointer (&self->photo_bytes, g_bytes_unref);
  g_clear_pointer (&self->thumbnail_bytes, g_bytes_unref);
  g_free (self);
}
