/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-render.h"

#include "lk-clip-frames.h"
#include "lk-clip-stage.h"
#include "lk-media-error.h"
#include "lk-motion.h"
#include "lk-orientation.h"
#include "lk-overlay-task.h"
#include "lk-photo.h"
#include "lk-probe-file.h"
#include "lk-raw.h"
#include "lk-render-animation.h"
#include "lk-render-clip.h"
#include "lk-renderer.h"
#include "lk-resample.h"
#include "lk-video-converter.h"

#define LOADED 0.7
#define ENCODED_PHOTO 0.9

/* Px of the side of the photo of a source of @width × @height px: never more than the crop has. */
static guint
choose_size (LkRecipe *recipe, guint width, guint height, int orientation)
{
  double straighten = lk_recipe_get_straighten (recipe);
  LkSquare box
      = lk_square_from_crop (lk_recipe_get_crop (recipe), straighten, width, height, orientation);

  return CLAMP ((guint)(box.side / lk_crop_get_reach (straighten) + 0.5), 1, LK_PHOTO_SIZE);
}

/* (nullable) @drawing: begun when no more than the header was known, which may have been wrong
 * about the size. */
static LkRenderer *
create_renderer (LkRecipe *recipe, guint size, LkOverlayTask *drawing)
{
  g_autoptr (LkOverlay) overlay = drawing != NULL ? lk_overlay_task_wait (drawing) : NULL;

  if (overlay != NULL && lk_overlay_get_size (overlay) == size)
    return lk_renderer_new_with_overlay (recipe, size, FALSE, overlay);

  return lk_renderer_new (recipe, size, FALSE);
}

/* Cuts and scales first, so that orientation and profile are applied to no more pixels than are
 * left. */
static LkFrame *
render_raw (const LkRaw *raw, LkRecipe *recipe, LkOverlayTask *drawing, GError **error)
{
  guint size = choose_size (recipe, raw->width, raw->height, raw->orientation);
  g_autoptr (LkRenderer) renderer = create_renderer (recipe, size, drawing);
  LkSquare square
      = lk_raw_get_square (raw, lk_recipe_get_crop (recipe), lk_recipe_get_straighten (recipe));
  g_autoptr (LkFrame) cut = NULL;
  LkFrame *srgb;

  cut = lk_renderer_cut (renderer, raw->frame, square, raw->orientation, error);
  if (cut == NULL)
    return NULL;

  srgb = lk_color_to_srgb (cut, raw->model, raw->profile);
  g_clear_pointer (&cut, lk_frame_unref);

  return lk_renderer_finish (renderer, srgb, raw->orientation, error);
}

static void
report (LkRenderProgress progress, double fraction, gpointer data)
{
  if (progress != NULL)
    progress (fraction, data);
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
  /* A decoder has one thread: texts are drawn by another meanwhile. */
  g_autoptr (LkOverlayTask) drawing = lk_overlay_task_new (
      recipe, choose_size (recipe, header->width, header->height, header->orientation));
  g_autoptr (LkRaw) raw = NULL;
  g_autoptr (LkFrame) photo = NULL;

  raw = lk_raw_load (source, header, &request, cancellable, error);
  if (raw == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  photo = render_raw (raw, recipe, drawing, error);
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
  if (!lk_photo_add (self, photo, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  report (progress, ENCODED_PHOTO, data);
  if (!lk_photo_add_thumbnail (self, photo, error))
    return NULL;

  report (progress, 1, data);

  return g_steal_pointer (&self);
}

static LkRendered *
render_animation (LkSource *source,
                  const LkHeader *header,
                  LkRecipe *recipe,
                  LkRenderProgress progress,
                  gpointer data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (LkMotion) motion = lk_motion_open (source, header, 0, cancellable, error);
  LkRendered *self;

  if (motion == NULL)
    return NULL;

  self = lk_render_animation (motion, recipe, LK_MOTION_MAX_BYTES, progress, data, cancellable,
                              error);
  if (self != NULL)
    self->probe = lk_probe_new_from_header (header, lk_source_get_size (source));

  return self;
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
      || !lk_photo_add (self, photo, error) || !lk_photo_add_thumbnail (self, photo, error))
    {
      lk_encoded_free (motion);
      return NULL;
    }

  g_ptr_array_add (self->encoded, motion);
  report (progress, 1, data);

  return g_steal_pointer (&self);
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

/**
 * lk_render:
 * @source: the file
 * @recipe: the edits
 * @progress: (nullable) (scope call): is told how far it is
 *
 * Makes the renditions that are sent. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): photo and thumbnail, and motion of what moves, or NULL with
 * any LK_MEDIA_ERROR of a source, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET, _FLASHING, _CLIP_TOO_LONG,
 * _NO_ENCODER or
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

  lk_source_set_feeds_encoder (opened, TRUE);
  header = lk_header_read (opened, cancellable, error);
  if (header == NULL)
    return NULL;

  if (header->kind == LK_PICTURE_ANIMATION)
    return render_animation (opened, header, recipe, progress, data, cancellable, error);
  if (header->kind == LK_PICTURE_CLIP)
    return render_clip (opened, header, recipe, progress, data, cancellable, error);

  return render_still (opened, header, recipe, progress, data, cancellable, error);
}
