/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-renderer.h"

#include "lk-color.h"
#include "lk-orientation.h"
#include "lk-resample.h"
#include "lk-window.h"

struct _LkRenderer
{
  gatomicrefcount ref_count;
  LkRecipe *recipe;
  LkOverlay *overlay;
  guint size;
  gboolean keep_alpha;
};

/**
 * lk_renderer_new:
 * @size: px of the side of what it makes, at least 1
 * @keep_alpha: leave transparent pixels so where the recipe names no background; otherwise they are
 * laid over it, white unless the recipe says so
 *
 * Returns: (transfer full): the renderer
 */
LkRenderer *
lk_renderer_new (LkRecipe *recipe, guint size, gboolean keep_alpha)
{
  LkRenderer *self;

  g_return_val_if_fail (recipe != NULL && size > 0, NULL);

  self = g_new0 (LkRenderer, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = lk_recipe_ref (recipe);
  self->overlay = lk_overlay_new (recipe, size);
  self->size = size;
  self->keep_alpha = keep_alpha;

  return self;
}

LkRenderer *
lk_renderer_ref (LkRenderer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
lk_renderer_unref (LkRenderer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  lk_recipe_unref (self->recipe);
  g_clear_pointer (&self->overlay, lk_overlay_unref);
  g_free (self);
}

LkOverlay *
lk_renderer_get_overlay (LkRenderer *self)
{
  return self->overlay;
}

static LkFrame *
blend (LkFrame *frame, LkOverlay *overlay)
{
  gsize stride = lk_frame_get_stride (frame);
  GBytes *pixels = lk_frame_get_pixels (frame);
  guint8 *copy = g_memdup2 (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels));
  g_autoptr (GBytes) blended = g_bytes_new_take (copy, g_bytes_get_size (pixels));

  lk_overlay_blend (overlay, copy, stride);

  return lk_frame_new (blended, lk_frame_get_width (frame), lk_frame_get_height (frame), stride,
                       lk_frame_has_alpha (frame));
}

/**
 * lk_renderer_finish:
 * @square: the crop, upright and sRGB, as many px as the renderer makes
 *
 * All edits after the crop: rotation, flips, background, overlay.
 *
 * Returns: (transfer full) (nullable): the picture, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_renderer_finish (LkRenderer *self, LkFrame *square, GError **error)
{
  LkRecipe *recipe = self->recipe;
  g_autoptr (LkFrame) turned = NULL;
  g_autoptr (LkFrame) flipped = NULL;
  g_autoptr (LkFrame) flipped_twice = NULL;
  g_autoptr (LkFrame) flat = NULL;

  turned = lk_orientation_apply (square,
                                 lk_orientation_from_rotation (lk_recipe_get_rotation (recipe)));
  flipped = lk_orientation_apply (turned, lk_recipe_get_flip_horizontal (recipe) ? 2 : 1);
  flipped_twice = lk_orientation_apply (flipped, lk_recipe_get_flip_vertical (recipe) ? 4 : 1);
  flat = self->keep_alpha ? lk_frame_ref (flipped_twice)
                          : lk_color_flatten (flipped_twice, lk_recipe_get_background (recipe));

  return self->overlay != NULL ? blend (flat, self->overlay) : g_steal_pointer (&flat);
}

/**
 * lk_renderer_apply:
 * @source: the whole picture, upright and sRGB, at whatever scale it was loaded
 *
 * Blocks for some milliseconds.
 *
 * Returns: (transfer full) (nullable): size × size px, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_renderer_apply (LkRenderer *self, LkFrame *source, GError **error)
{
  g_autoptr (LkFrame) cut = NULL;
  LkSquare square
      = lk_square_from_crop (lk_recipe_get_crop (self->recipe), lk_frame_get_width (source),
                             lk_frame_get_height (source), LK_ORIENTATION_UPRIGHT);

  cut = lk_resample_square (source, square, self->size, error);

  return cut != NULL ? lk_renderer_finish (self, cut, error) : NULL;
}
