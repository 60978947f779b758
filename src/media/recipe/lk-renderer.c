/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-renderer.h"

#include <math.h>
#include "lk-backdrop.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-resample.h"
#include "lk-window.h"

struct _LkRenderer
{
  gatomicrefcount ref_count;
  LkRecipe *recipe;
  LkOverlay *overlay;
  LkAdjustMatrix adjust;
  gboolean adjusts;
  int orientation; /* rotation and flips in one */
  guint size;
  gboolean keep_alpha;
};

/* The rotation, then the flips: which of the eight ways that is. */
static int
get_orientation (LkRecipe *recipe)
{
  /* A flip left-right after each of the four turns. */
  const int turned[4] = { 1, 6, 3, 8 };
  const int mirrored[4] = { 2, 5, 4, 7 };
  gboolean horizontal = lk_recipe_get_flip_horizontal (recipe);
  gboolean vertical = lk_recipe_get_flip_vertical (recipe);
  guint quarters = (guint)lk_recipe_get_rotation (recipe) / 90;

  /* Top-bottom is left-right after a half turn. */
  if (vertical)
    quarters = (quarters + 2) % 4;

  return horizontal != vertical ? mirrored[quarters] : turned[quarters];
}

/**
 * lk_renderer_new_with_overlay:
 * @size: px of the side of what it makes, at least 1
 * @keep_alpha: leave transparent pixels so where the recipe names no background; otherwise they are
 * laid over it, white unless the recipe says so
 * @overlay: (nullable) (transfer none): what @recipe draws at @size, drawn already
 *
 * Returns: (transfer full): the renderer
 */
LkRenderer *
lk_renderer_new_with_overlay (LkRecipe *recipe, guint size, gboolean keep_alpha, LkOverlay *overlay)
{
  LkAdjust adjust;
  LkRenderer *self;

  g_return_val_if_fail (recipe != NULL && size > 0, NULL);
  g_return_val_if_fail (overlay == NULL || lk_overlay_get_size (overlay) == size, NULL);

  self = g_new0 (LkRenderer, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = lk_recipe_ref (recipe);
  self->overlay = overlay != NULL ? lk_overlay_ref (overlay) : NULL;
  self->orientation = get_orientation (recipe);
  adjust = lk_recipe_get_adjust (recipe);
  self->adjusts = !lk_adjust_is_neutral (&adjust);
  lk_adjust_get_matrix (&adjust, &self->adjust);
  self->size = size;
  self->keep_alpha = keep_alpha;

  return self;
}

/**
 * lk_renderer_new:
 *
 * As lk_renderer_new_with_overlay(), which it draws.
 *
 * Returns: (transfer full): the renderer
 */
LkRenderer *
lk_renderer_new (LkRecipe *recipe, guint size, gboolean keep_alpha)
{
  g_autoptr (LkOverlay) overlay = NULL;

  g_return_val_if_fail (recipe != NULL && size > 0, NULL);

  overlay = lk_overlay_new (recipe, size);

  return lk_renderer_new_with_overlay (recipe, size, keep_alpha, overlay);
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

/* The box of a crop that is turned → the crop, straight. Left and right may have changed places on
 * what is not upright yet: so has the turn. */
static LkFrame *
straighten (LkRenderer *self, LkFrame *frame, LkSquare box, int orientation, GError **error)
{
  double degrees = lk_recipe_get_straighten (self->recipe);

  return lk_resample_turned (frame, box, lk_orientation_mirrors (orientation) ? -degrees : degrees,
                             self->size, error);
}

/* W3C Compositing and Blending, 5.1 "simple alpha compositing", in the sRGB values themselves, as
 * browsers and GTK do. */
static inline void
lay_over (guint8 *pixel, const guint8 *below)
{
  guint alpha = pixel[3];

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)((pixel[c] * alpha + below[c] * (255 - alpha) + 127) / 255);
  pixel[3] = 255;
}

static void
lay_over_color (guint8 *pixels, guint n, LkColor color)
{
  const guint8 below[3] = { color.red, color.green, color.blue };

  for (guint i = 0; i < n; i++, pixels += 4)
    lay_over (pixels, below);
}

static void
lay_over_row (guint8 *pixels, guint n, const guint8 *below)
{
  for (guint i = 0; i < n; i++, pixels += 4, below += 3)
    lay_over (pixels, below);
}

/* Row by row: each px is read once and written once, while it is near the processor. @cut is NULL
 * where @pixels hold it already. */
static void
finish_rows (LkRenderer *self, LkFrame *cut, int orientation, gboolean flattens, guint8 *pixels)
{
  LkColor below = lk_recipe_get_background (self->recipe);

  for (guint row = 0; row < self->size; row++, pixels += (gsize)self->size * 4)
    {
      if (cut != NULL)
        lk_orientation_copy_row (cut, orientation, row, pixels);
      if (self->adjusts)
        lk_adjust_apply (&self->adjust, pixels, self->size);
      if (flattens)
        lay_over_color (pixels, self->size, below);
      if (self->overlay != NULL)
        lk_overlay_blend_row (self->overlay, row, pixels);
    }
}

/* The whole picture must be there before it can lie below itself. */
static void
finish_over_backdrop (LkRenderer *self, LkFrame *cut, int orientation, guint8 *pixels)
{
  gsize stride = (gsize)self->size * 4;
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, stride * self->size);
  g_autoptr (LkFrame) picture = lk_frame_new (bytes, self->size, self->size, stride, TRUE);
  g_autoptr (LkBackdrop) backdrop = NULL;
  g_autofree guint8 *below = g_malloc ((gsize)self->size * 3);

  for (guint row = 0; row < self->size; row++)
    {
      if (cut != NULL)
        lk_orientation_copy_row (cut, orientation, row, pixels + row * stride);
      if (self->adjusts)
        lk_adjust_apply (&self->adjust, pixels + row * stride, self->size);
    }

  backdrop = lk_backdrop_new (picture);
  for (guint row = 0; row < self->size; row++, pixels += stride)
    {
      lk_backdrop_fill_row (backdrop, row, below);
      lay_over_row (pixels, self->size, below);
      if (self->overlay != NULL)
        lk_overlay_blend_row (self->overlay, row, pixels);
    }
}

/**
 * lk_renderer_cut:
 * @frame: the source, or a part of it
 * @square: the crop on @frame, inside of it; its bounding box where the picture is straightened
 * @orientation: what is left to be done until @frame is upright, 1 to 8
 *
 * Returns: (transfer full) (nullable): the crop, straight, of as many px as the renderer makes, as
 * upright as @frame, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_renderer_cut (LkRenderer *self, LkFrame *frame, LkSquare square, int orientation, GError **error)
{
  if (lk_recipe_get_straighten (self->recipe) != 0)
    return straighten (self, frame, square, orientation, error);

  return lk_resample_square (frame, square, self->size, error);
}

/**
 * lk_renderer_finish:
 * @cut: (transfer full): what lk_renderer_cut() gives, in sRGB
 * @orientation: what is left to be done until @cut is upright, 1 to 8
 *
 * All edits after the crop: rotation, flips, adjustment, background, overlay. What nobody else
 * holds and need not be turned is worked on where it is.
 *
 * Returns: (transfer full) (nullable): the picture, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_renderer_finish (LkRenderer *self, LkFrame *cut, int orientation, GError **error)
{
  g_autoptr (LkFrame) source = cut;
  gsize stride = (gsize)self->size * 4;
  gboolean has_alpha = lk_frame_has_alpha (cut);
  LkBackground kind = lk_recipe_get_background_kind (self->recipe);
  gboolean flattens = has_alpha && !(self->keep_alpha && kind == LK_BACKGROUND_NONE);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;

  g_return_val_if_fail (
      lk_frame_get_width (cut) == self->size && lk_frame_get_height (cut) == self->size, NULL);

  orientation = lk_orientation_combine (orientation, self->orientation);
  if (orientation == LK_ORIENTATION_UPRIGHT && !self->adjusts && !flattens && self->overlay == NULL)
    return g_steal_pointer (&source);

  if (orientation == LK_ORIENTATION_UPRIGHT && lk_frame_get_stride (cut) == stride)
    pixels = lk_frame_unref_to_data (g_steal_pointer (&source));
  else
    pixels = g_try_malloc (stride * self->size);
  if (pixels == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px",
                   self->size, self->size);
      return NULL;
    }

  bytes = g_bytes_new_take (pixels, stride * self->size);
  if (flattens && kind == LK_BACKGROUND_BLUR)
    finish_over_backdrop (self, source, orientation, pixels);
  else
    finish_rows (self, source, orientation, flattens, pixels);

  return lk_frame_new (bytes, self->size, self->size, stride, has_alpha && !flattens);
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
  LkFrame *cut;
  LkSquare square = lk_square_from_crop (
      lk_recipe_get_crop (self->recipe), lk_recipe_get_straighten (self->recipe),
      lk_frame_get_width (source), lk_frame_get_height (source), LK_ORIENTATION_UPRIGHT);

  cut = lk_renderer_cut (self, source, square, LK_ORIENTATION_UPRIGHT, error);

  return cut != NULL ? lk_renderer_finish (self, cut, LK_ORIENTATION_UPRIGHT, error) : NULL;
}
