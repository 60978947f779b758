/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-gif-motion.h"

#include <string.h>
#include "lk-animation.h"
#include "lk-gif-reader.h"
#include "lk-limits.h"

#define N_COLORS 256

typedef struct
{
  LkAnimation parent;
  LkGif *gif;
  guint8 *row;
  gsize row_size;
  guint32 colors[N_COLORS]; /* the bytes R, G, B, 255, or none */
  gboolean has_holes;
} LkGifMotion;

/* Rows of an interlaced image come in four passes (GIF89a, appendix E). */
typedef struct
{
  guint first;
  guint step;
} Pass;

static const Pass interlaced[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
static const Pass plain[] = { { 0, 1 } };

static gboolean
gif_rewind (LkAnimation *animation, GCancellable *cancellable, GError **error)
{
  LkGifMotion *self = (LkGifMotion *)animation;

  g_clear_pointer (&self->gif, lk_gif_close);
  self->gif = lk_gif_open (animation->source, cancellable, error);

  return self->gif != NULL;
}

static void
read_colors (LkGifMotion *self)
{
  guint8 palette[N_COLORS * 3];
  guint n = lk_gif_get_palette (self->gif, palette);
  int transparent = lk_gif_get_transparent (self->gif);

  memset (self->colors, 0, sizeof self->colors);
  for (guint i = 0; i < n; i++)
    {
      const guint8 color[4] = { palette[i * 3], palette[i * 3 + 1], palette[i * 3 + 2], 255 };

      if ((int)i != transparent)
        memcpy (&self->colors[i], color, sizeof color);
    }
  self->has_holes = n < N_COLORS || transparent != LK_GIF_NO_INDEX;
}

static LkStep
draw_rows (LkGifMotion *self, guint width, guint height, GCancellable *cancellable, GError **error)
{
  gboolean in_passes = lk_gif_is_interlaced (self->gif);
  const Pass *passes = in_passes ? interlaced : plain;
  guint n_passes = in_passes ? G_N_ELEMENTS (interlaced) : G_N_ELEMENTS (plain);

  for (guint i = 0; i < n_passes; i++)
    for (guint y = passes[i].first; y < height; y += passes[i].step)
      {
        LkStep step;

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return LK_STEP_FAILED;

        step = lk_gif_read_row (self->gif, self->row, width, cancellable, error);
        if (step != LK_STEP_PATCH)
          return step;

        lk_canvas_draw_indexed (self->parent.canvas, y, self->row, self->colors, self->has_holes);
      }

  return LK_STEP_PATCH;
}

static LkStep
gif_draw (LkAnimation *animation, gint64 *duration, GCancellable *cancellable, GError **error)
{
  LkGifMotion *self = (LkGifMotion *)animation;
  LkPatch patch;
  LkStep step = lk_gif_next (self->gif, &patch, cancellable, error);

  if (step != LK_STEP_PATCH)
    return step;
  if ((guint64)patch.width * patch.height > LK_ANIMATION_MAX_PIXELS)
    return LK_STEP_END;
  if (!lk_canvas_begin (animation->canvas, &patch, error))
    return LK_STEP_FAILED;

  if (patch.width > self->row_size)
    {
      self->row = g_realloc (self->row, patch.width);
      self->row_size = patch.width;
    }
  read_colors (self);
  if (patch.width > 0 && patch.height > 0)
    step = draw_rows (self, patch.width, patch.height, cancellable, error);
  else
    step = lk_gif_skip_pixels (self->gif, cancellable, error);

  lk_canvas_end (animation->canvas, FALSE);
  *duration = patch.duration;

  return step;
}

static void
gif_free (LkAnimation *animation)
{
  LkGifMotion *self = (LkGifMotion *)animation;

  g_clear_pointer (&self->gif, lk_gif_close);
  g_free (self->row);
  g_free (self);
}

static const LkAnimationClass gif_class = {
  .rewind = gif_rewind,
  .draw = gif_draw,
  .free = gif_free,
};

/**
 * lk_gif_motion_open:
 *
 * As lk_animation_open().
 */
LkMotion *
lk_gif_motion_open (LkSource *source,
                    const LkHeader *header,
                    GCancellable *cancellable,
                    GError **error)
{
  LkGifMotion *self = g_new0 (LkGifMotion, 1);

  return lk_animation_open (&self->parent, &gif_class, source, header, NULL, cancellable, error);
}
