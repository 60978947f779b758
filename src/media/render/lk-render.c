/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-render.h"

#include "lk-clip-frames.h"
#include "lk-clip-stage.h"
#include "lk-jpeg-writer.h"
#include "lk-media-error.h"
#include "lk-motion.h"
#include "lk-orientation.h"
#include "lk-probe-file.h"
#include "lk-raw.h"
#include "lk-render-clip.h"
#include "lk-renderer.h"
#include "lk-resample.h"
#include "lk-still.h"
#include "lk-video-converter.h"

#define LOADED 0.7
#define ENCODED_PHOTO 0.9

typedef struct
{
  GFile *source;
  LkRecipe *recipe;
} Render;

static void
render_free (Render *self)
{
  g_object_unref (self->source);
  lk_recipe_unref (self->recipe);
  g_free (self);
}

/* Cuts and scales first, so that orientation and profile are applied to no more pixels than are
 * left. */
static LkFrame *
render_raw (const LkRaw *raw, LkRecipe *recipe, guint size, GError **error)
{
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, size, FALSE);
  g_autoptr (LkFrame) square = NULL;
  g_autoptr (LkFrame) srgb = NULL;
  g_autoptr (LkFrame) upright = NULL;

  square = lk_resample_square (
      raw->frame,
      lk_raw_get_square (raw, lk_recipe_get_crop (recipe), lk_recipe_get_straighten (recipe)),
      lk_renderer_get_cut_size (renderer), error);
  if (square == NULL)
    return NULL;

  srgb = lk_color_to_srgb (square, raw->model, raw->profile);
  upright = lk_orientation_apply (srgb, raw->orientation);

  return lk_renderer_finish (renderer, upright, error);
}

static LkEncoded *
encode (LkFrame *frame, const char *name, gsize budget, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  int quality;

  bytes = lk_jpeg_encode (frame, budget, &quality, error);
  if (bytes == NULL)
    return NULL;

  return lk_encoded_new (name, "image/jpeg", lk_frame_get_width (frame),
                         lk_frame_get_height (frame), 0, bytes, quality);
}

static void
report (LkRenderProgress progress, double fraction, gpointer data)
{
  if (progress != NULL)
    progress (fraction, data);
}

static LkFrame *
shrink_to_thumbnail (LkFrame *photo, GError **error)
{
  guint side = lk_frame_get_width (photo);
  LkSquare square = { .x = 0, .y = 0, .side = side };

  return lk_resample_square (photo, square, MIN (side, LK_THUMBNAIL_SIZE), error);
}

static gboolean
add_encoded (LkRendered *self, LkFrame *frame, const char *name, gsize budget, GError **error)
{
  LkEncoded *encoded = encode (frame, name, budget, error);

  if (encoded == NULL)
    return FALSE;

  g_ptr_array_add (self->encoded, encoded);
  return TRUE;
}

static gboolean
add_thumbnail (LkRendered *self, LkFrame *photo, GError **error)
{
  g_autoptr (LkFrame) thumbnail = shrink_to_thumbnail (photo, error);

  return thumbnail != NULL
         && add_encoded (self, thumbnail, "thumbnail", LK_THUMBNAIL_MAX_BYTES, error);
}

static LkFrame *
load_photo (LkSource *source,
            const LkHeader *header,
            LkRecipe *recipe,
            LkProbe **probe,
            GCancellable *cancellable,
            GError **error)
{
  const LkRequest request = {
    .crop = lk_recipe_get_crop (recipe),
    .straighten = lk_recipe_get_straighten (recipe),
    .min_side = LK_PHOTO_SIZE,
  };
  g_autoptr (LkRaw) raw = NULL;
  g_autoptr (LkFrame) photo = NULL;
  double side;

  raw = lk_raw_load (source, header, &request, cancellable, error);
  if (raw == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  side = lk_square_from_crop (request.crop, request.straighten, raw->width, raw->height,
                              raw->orientation)
             .side
         / lk_crop_get_reach (request.straighten);
  photo = render_raw (raw, recipe, CLAMP ((guint)(side + 0.5), 1, LK_PHOTO_SIZE), error);
  if (photo == NULL)
    return NULL;

  *probe = lk_probe_new_from_raw (header, raw, lk_source_get_size (source));

  return g_steal_pointer (&photo);
}

static LkRendered *
render_still (LkSource *source,
              const LkHeader *header,
              LkRecipe *recipe,
              LkRenderProgress progress,
              gpointer data,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (LkRendered) self = lk_rendered_new (LK_PICTURE_STILL);
  g_autoptr (LkFrame) photo = NULL;

  photo = load_photo (source, header, recipe, &self->probe, cancellable, error);
  if (photo == NULL)
    return NULL;

  report (progress, LOADED, data);
  if (!add_encoded (self, photo, "photo", LK_PHOTO_MAX_BYTES, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  report (progress, ENCODED_PHOTO, data);
  if (!add_thumbnail (self, photo, error))
    return NULL;

  report (progress, 1, data);

  return g_steal_pointer (&self);
}

/* What stands for a clip, as if it were a still. */
static LkFrame *
make_poster (LkClipFrames *frames, LkRecipe *recipe, GError **error)
{
  const LkVideoInfo *info = lk_clip_frames_get_info (frames);
  double side = lk_clip_stage_get_side (info, recipe);
  guint size = CLAMP ((guint)(side + 0.5), 1, LK_PHOTO_SIZE);
  /* All of a frame at the scale at which the crop has the px that are needed. */
  g_autoptr (LkVideoConverter) converter
      = lk_video_converter_new (info, (guint)(size * MIN (info->width, info->height) / side + 1));
  g_autoptr (LkVideoPicture) picture = lk_clip_frames_steal_poster (frames);
  g_autoptr (LkFrame) frame = lk_video_converter_convert (converter, picture, error);

  return frame != NULL ? lk_render_frame (frame, recipe, size, error) : NULL;
}

static LkRendered *
render_clip (LkSource *source,
             const LkHeader *header,
             LkRecipe *recipe,
             LkRenderProgress progress,
             gpointer data,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (LkRendered) self = lk_rendered_new (LK_PICTURE_CLIP);
  g_autoptr (LkClipFrames) frames = NULL;
  g_autoptr (LkFrame) photo = NULL;
  LkEncoded *motion;

  self->probe = lk_probe_new_from_header (header, lk_source_get_size (source));
  frames = lk_clip_frames_open (source, header, recipe, cancellable, error);
  if (frames == NULL)
    return NULL;

  motion = lk_render_clip (frames, progress, data, cancellable, error);
  if (motion == NULL)
    return NULL;

  photo = make_poster (frames, recipe, error);
  if (photo == NULL || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !add_encoded (self, photo, "photo", LK_PHOTO_MAX_BYTES, error)
      || !add_thumbnail (self, photo, error))
    {
      lk_encoded_free (motion);
      return NULL;
    }

  g_ptr_array_add (self->encoded, motion);
  report (progress, 1, data);

  return g_steal_pointer (&self);
}

static void
render_in_thread (GTask *task, gpointer source_object, gpointer data, GCancellable *cancellable)
{
  Render *self = data;
  GError *error = NULL;
  LkRendered *rendered = lk_render (self->source, self->recipe, NULL, NULL, cancellable, &error);

  if (rendered == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, rendered, (GDestroyNotify)lk_rendered_free);
}

/**
 * lk_render_frame:
 * @source: an upright sRGB picture, at whatever scale it was loaded
 * @recipe: the edits
 * @size: px of the result's side, at least 1; a preview may be larger than its crop
 *
 * Any thread; blocks for some milliseconds.
 *
 * Returns: (transfer full) (nullable): @size × @size px, opaque, or NULL with
 * LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_render_frame (LkFrame *source, LkRecipe *recipe, guint size, GError **error)
{
  g_autoptr (LkRenderer) renderer = NULL;

  g_return_val_if_fail (source != NULL && recipe != NULL && size > 0, NULL);

  renderer = lk_renderer_new (recipe, size, FALSE);

  return lk_renderer_apply (renderer, source, error);
}

static LkFrame *
load_at (GFile *file, gint64 time, guint min_side, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkSource) source = lk_source_open (file, cancellable, error);
  g_autoptr (LkHeader) header = NULL;
  g_autoptr (LkMotion) motion = NULL;
  g_autoptr (LkMotionFrame) shown = NULL;

  header = source != NULL ? lk_header_read (source, cancellable, error) : NULL;
  if (header == NULL)
    return NULL;
  if (header->kind == LK_PICTURE_STILL)
    return lk_still_load (file, min_side, cancellable, error);

  /* What lies behind the end is the last frame. */
  if (header->duration > 0)
    time = MIN (time, header->duration - 1);
  motion = lk_motion_open (source, header, min_side, cancellable, error);
  if (motion == NULL || !lk_motion_seek (motion, time, -1, cancellable, error))
    return NULL;

  shown = lk_motion_next (motion, cancellable, error);
  if (shown == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                             "There is no frame at that time");
      return NULL;
    }

  return lk_frame_ref (shown->frame);
}

/**
 * lk_render_frame_at:
 * @source: the file
 * @recipe: the edits
 * @time: which frame of a clip or an animation, in µs from the start of the source
 * @size: px of the result's side, at least 1
 *
 * What the editor shows at that time. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): @size × @size px, opaque, or NULL with any LK_MEDIA_ERROR of
 * a source or G_IO_ERROR_CANCELLED
 */
LkFrame *
lk_render_frame_at (GFile *source,
                    LkRecipe *recipe,
                    gint64 time,
                    guint size,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (LkFrame) frame = NULL;

  g_return_val_if_fail (G_IS_FILE (source) && recipe != NULL && time >= 0 && size > 0, NULL);

  frame = load_at (source, time, size, cancellable, error);

  return frame != NULL ? lk_render_frame (frame, recipe, size, error) : NULL;
}

/**
 * lk_render:
 * @source: the file
 * @recipe: the edits
 * @progress: (nullable) (scope call): is told how far it is
 *
 * Makes the renditions that are sent. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): photo and thumbnail, and motion of what moves, or NULL with
 * any LK_MEDIA_ERROR of a source, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET, _CLIP_TOO_LONG, _NO_ENCODER or
 * G_IO_ERROR_CANCELLED
 */
LkRendered *
lk_render (GFile *source,
           LkRecipe *recipe,
           LkRenderProgress progress,
           gpointer data,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (LkSource) opened = NULL;
  g_autoptr (LkHeader) header = NULL;

  g_return_val_if_fail (G_IS_FILE (source) && recipe != NULL, NULL);

  report (progress, 0, data);
  opened = lk_source_open (source, cancellable, error);
  if (opened == NULL)
    return NULL;

  header = lk_header_read (opened, cancellable, error);
  if (header == NULL)
    return NULL;

  if (header->kind == LK_PICTURE_CLIP)
    return render_clip (opened, header, recipe, progress, data, cancellable, error);

  return render_still (opened, header, recipe, progress, data, cancellable, error);
}

/**
 * lk_render_async:
 *
 * lk_render() on a worker thread.
 */
void
lk_render_async (GFile *source,
                 LkRecipe *recipe,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Render *self;

  g_return_if_fail (G_IS_FILE (source) && recipe != NULL);

  self = g_new0 (Render, 1);
  self->source = g_object_ref (source);
  self->recipe = lk_recipe_ref (recipe);

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_render_async);
  g_task_set_task_data (task, self, (GDestroyNotify)render_free);
  g_task_run_in_thread (task, render_in_thread);
}

/**
 * lk_render_finish:
 *
 * Returns: (transfer full) (nullable): as lk_render()
 */
LkRendered *
lk_render_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, lk_render_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
