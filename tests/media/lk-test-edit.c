/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-edit.h"

#include <math.h>
#include <stdlib.h>
#include "lk-renderer.h"
#include "lk-test-picture.h"

/* Whose px at the fraction (x, y) is what @paint says. */
LkFrame *
lk_test_paint_frame (guint width, guint height, gboolean has_alpha, LkTestPaint paint)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels = g_malloc ((gsize)width * height * 4);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        guint8 *pixel = pixels + ((gsize)y * width + x) * 4;

        pixel[3] = 255;
        paint ((x + 0.5) / width, (y + 0.5) / height, pixel);
      }
  bytes = g_bytes_new_take (pixels, (gsize)width * height * 4);

  return lk_frame_new (bytes, width, height, (gsize)width * 4, has_alpha);
}

/* Red tells the column, green the row. */
void
lk_test_paint_map (double x, double y, guint8 *pixel)
{
  pixel[0] = (guint8)lround (x * 255);
  pixel[1] = (guint8)lround (y * 255);
  pixel[2] = 128;
}

/* Like a photo: soft shades, a hard edge, a fine pattern. */
void
lk_test_paint_scene (double x, double y, guint8 *pixel)
{
  gboolean inside = hypot (x - 0.4, y - 0.55) < 0.25;

  pixel[0] = (guint8)lround (127 + 120 * sin (9 * x + 3 * y));
  pixel[1] = inside ? 230 : (guint8)lround (255 * y);
  pixel[2] = (guint8)lround (127 + 60 * sin (160 * x) * cos (130 * y));
}

void
lk_test_paint_scene_with_holes (double x, double y, guint8 *pixel)
{
  lk_test_paint_scene (x, y, pixel);
  /* Outside of a large circle, and inside of a small one. */
  pixel[3] = (guint8)CLAMP (lround (255 * 4 * (0.45 - hypot (x - 0.5, y - 0.5))), 0, 255);
  if (hypot (x - 0.45, y - 0.55) < 0.12)
    pixel[3] = 0;
}

/* Red on the left, nothing on the right. */
void
lk_test_paint_half (double x, double y, guint8 *pixel)
{
  pixel[0] = 200;
  pixel[1] = 40;
  pixel[2] = 30;
  pixel[3] = x < 0.5 ? 255 : 0;
}

LkFrame *
lk_test_render (LkFrame *source, LkRecipe *recipe, guint size, gboolean keep_alpha)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, size, keep_alpha);
  LkFrame *frame = lk_renderer_apply (renderer, source, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (lk_frame_get_width (frame), ==, size);
  g_assert_cmpuint (lk_frame_get_height (frame), ==, size);

  return frame;
}

/* Of the colour; transparent px do not count. */
double
lk_test_get_difference (LkFrame *a, LkFrame *b)
{
  guint size = lk_frame_get_width (a);
  double sum = 0;
  guint n = 0;

  g_assert_cmpuint (size, ==, lk_frame_get_width (b));
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      {
        const guint8 *p = lk_test_frame_at (a, x, y);
        const guint8 *q = lk_test_frame_at (b, x, y);

        if (p[3] < 255 || q[3] < 255)
          continue;
        n++;
        for (guint c = 0; c < 3; c++)
          sum += abs (p[c] - q[c]);
      }
  g_assert_cmpuint (n, >, size * size / 4);

  return sum / (3.0 * n);
}
