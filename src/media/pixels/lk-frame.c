/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-frame.h"

struct _LkFrame
{
  gatomicrefcount ref_count;
  GBytes *pixels;
  guint width;
  guint height;
  gsize stride;
  gboolean has_alpha;
};

/**
 * lk_frame_new:
 * @pixels: (transfer none): @height rows of @stride bytes; the last row may end after its last
 * pixel
 * @width: columns, at least 1
 * @height: rows, at least 1
 * @stride: bytes from one row to the next, at least 4 × @width
 * @has_alpha: whether alpha differs from 255 somewhere, as far as the source says
 *
 * Returns: (transfer full): a frame that holds a reference to @pixels
 */
LkFrame *
lk_frame_new (GBytes *pixels, guint width, guint height, gsize stride, gboolean has_alpha)
{
  LkFrame *self;

  g_return_val_if_fail (pixels != NULL, NULL);
  g_return_val_if_fail (width > 0 && height > 0, NULL);
  g_return_val_if_fail (stride / 4 >= width, NULL);
  g_return_val_if_fail (
      g_bytes_get_size (pixels) >= (gsize)(height - 1) * stride + (gsize)width * 4, NULL);

  self = g_new0 (LkFrame, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->pixels = g_bytes_ref (pixels);
  self->width = width;
  self->height = height;
  self->stride = stride;
  self->has_alpha = has_alpha;

  return self;
}

/**
 * lk_frame_ref:
 *
 * Returns: (transfer full): @self
 */
LkFrame *
lk_frame_ref (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lk_frame_unref:
 * @self: (transfer full): the frame
 */
void
lk_frame_unref (LkFrame *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->pixels);
  g_free (self);
}

/**
 * lk_frame_unref_to_data:
 * @self: (transfer full): the frame
 *
 * For whoever goes on with what a frame holds and needs room for nothing else: the pixels as they
 * are where nobody else holds them, or else a copy.
 *
 * Returns: (transfer full): its rows, for g_free()
 */
guint8 *
lk_frame_unref_to_data (LkFrame *self)
{
  g_autoptr (LkFrame) frame = self;
  g_autoptr (GBytes) pixels = g_bytes_ref (frame->pixels);
  gsize length;

  g_clear_pointer (&frame, lk_frame_unref);

  return g_bytes_unref_to_data (g_steal_pointer (&pixels), &length);
}

guint
lk_frame_get_width (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->width;
}

guint
lk_frame_get_height (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->height;
}

gsize
lk_frame_get_stride (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->stride;
}

gboolean
lk_frame_has_alpha (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_alpha;
}

GBytes *
lk_frame_get_pixels (LkFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pixels;
}
