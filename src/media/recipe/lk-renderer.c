/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-renderer.h"

#include <math.h>
#include <string.h>
#include "lk-backdrop.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-resample.h"
#include "lk-straighten.h"
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
  LkAdjust adjust;
  LkRenderer *self;

  g_return_val_if_fail (recipe != NULL && size > 0, NULL);

  self = g_new0 (LkRenderer, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->recipe = lk_recipe_ref (recipe);
  self->overlay = lk_overlay_new (recipe, size);
  self->orientation = get_orientation (recipe);
  adjust = lk_recipe_get_adjust (recipe);
  self->adjusts = !lk_adjust_is_neutral (&adjust);
  lk_adjust_get_matrix (&adjust, &self->adjust);
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

/**
 * lk_renderer_get_cut_size:
 *
 * Returns: px of the side of what lk_renderer_finish() takes: more than it makes where the crop is
 * turned
 */
guint
lk_renderer_get_cut_size (LkRenderer *self)
{
  return (guint)ceil (self->size * lk_crop_get_reach (lk_recipe_get_straighten (self->recipe))
                      - 1e-9);
}

static void
lay_over_color (guint8 *pixels, guint n, LkColor color)
{
  const guint8 below[3] = { color.red, color.green, color.blue };

  for (guint i = 0; i < n; i++, pixels += 4)
    {
      for (guint c = 0; c < 3; c++)
        pixels[c] = (guint8)((pixels[c] * pixels[3] + below[c] * (255 - pixels[3]) + 127) / 255);
      pixels[3] = 255;
    }
}

static void
lay_over_backdrop (guint8 *pixels, guint size, LkFrame *square)
{
  g_autoptr (LkBackdrop) backdrop = lk_backdrop_new (square);
  g_autofree guint8 *row = g_malloc ((gsize)size * 3);

  for (guint y = 0; y < size; y++)
    {
      const guint8 *below = row;

      lk_backdrop_fill_row (backdrop, y, row);
      for (guint x = 0; x < size; x++, pixels += 4, below += 3)
        {
          for (guint c = 0; c < 3; c++)
            pixels[c]
                = (guint8)((pixels[c] * pixels[3] + below[c] * (255 - pixels[3]) + 127) / 255);
          pixels[3] = 255;
        }
    }
}

/* Lays over the background (W3C Compositing and Blending, 5.1 "simple alpha compositing", in the
 * sRGB values themselves, as browsers and GTK do). Whether alpha is left. */
static gboolean
flatten (LkRenderer *self, guint8 *pixels, guint size)
{
  gsize length = (gsize)size * size * 4;

  switch (lk_recipe_get_background_kind (self->recipe))
    {
    case LK_BACKGROUND_BLUR:
      {
        g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, length);
        g_autoptr (LkFrame) square = lk_frame_new (bytes, size, size, (gsize)size * 4, TRUE);

        lay_over_backdrop (pixels, size, square);
        return FALSE;
      }
    case LK_BACKGROUND_NONE:
      if (self->keep_alpha)
        return TRUE;
      break;
    case LK_BACKGROUND_COLOR:
    default:
      break;
    }

  lay_over_color (pixels, size * size, lk_recipe_get_background (self->recipe));
  return FALSE;
}

/* What is left to do needs no other px than the one that it changes: done in place, on a copy. */
static LkFrame *
touch_up (LkRenderer *self, LkFrame *square, GError **error)
{
  gsize stride = (gsize)self->size * 4;
  gboolean has_alpha = lk_frame_has_alpha (square);
  const guint8 *source = g_bytes_get_data (lk_frame_get_pixels (square), NULL);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels = g_try_malloc (stride * self->size);

  if (pixels == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px",
                   self->size, self->size);
      return NULL;
    }

  bytes = g_bytes_new_take (pixels, stride * self->size);
  for (guint row = 0; row < self->size; row++)
    memcpy (pixels + row * stride, source + row * lk_frame_get_stride (square), stride);

  if (self->adjusts)
    lk_adjust_apply (&self->adjust, pixels, (gsize)self->size * self->size);
  if (has_alpha)
    has_alpha = flatten (self, pixels, self->size);
  if (self->overlay != NULL)
    lk_overlay_blend (self->overlay, pixels, stride);

  return lk_frame_new (bytes, self->size, self->size, stride, has_alpha);
}

/**
 * lk_renderer_finish:
 * @square: the crop, or the bounding box of one that is turned, upright and sRGB, of
 * lk_renderer_get_cut_size() px
 *
 * All edits after the crop: straightening, rotation, flips, adjustment, background, overlay.
 *
 * Returns: (transfer full) (nullable): the picture, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_renderer_finish (LkRenderer *self, LkFrame *square, GError **error)
{
  double degrees = lk_recipe_get_straighten (self->recipe);
  g_autoptr (LkFrame) straight
      = degrees != 0 ? lk_straighten (square, degrees, self->size, error) : lk_frame_ref (square);
  g_autoptr (LkFrame) turned = NULL;

  if (straight == NULL)
    return NULL;

  turned = lk_orientation_apply (straight, self->orientation);
  if (self->adjusts || self->overlay != NULL || lk_frame_has_alpha (turned))
    return touch_up (self, turned, error);

  return g_steal_pointer (&turned);
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
  LkSquare square = lk_square_from_crop (
      lk_recipe_get_crop (self->recipe), lk_recipe_get_straighten (self->recipe),
      lk_frame_get_width (source), lk_frame_get_height (source), LK_ORIENTATION_UPRIGHT);

  cut = lk_resample_square (source, square, lk_renderer_get_cut_size (self), error);

  return cut != NULL ? lk_renderer_finish (self, cut, error) : NULL;
}
