/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>

/* A smooth picture in which no two corners are alike: red grows to the right, green downwards. */
LkFrame *
lk_test_frame_new (guint width, guint height, gboolean has_alpha)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels = g_malloc ((gsize)width * height * 4);
  guint8 *pixel = pixels;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, pixel += 4)
      {
        pixel[0] = (guint8)(width > 1 ? x * 255 / (width - 1) : 0);
        pixel[1] = (guint8)(height > 1 ? y * 255 / (height - 1) : 0);
        pixel[2] = (guint8)(100 + abs ((int)((x + y) % 128) - 64) / 2);
        pixel[3] = has_alpha ? (guint8)((x + y) % 256) : 255;
      }
  bytes = g_bytes_new_take (pixels, (gsize)width * height * 4);

  return lk_frame_new (bytes, width, height, (gsize)width * 4, has_alpha);
}

const guint8 *
lk_test_frame_at (LkFrame *frame, guint x, guint y)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);

  g_assert_cmpuint (x, <, lk_frame_get_width (frame));
  g_assert_cmpuint (y, <, lk_frame_get_height (frame));

  return pixels + y * lk_frame_get_stride (frame) + (gsize)x * 4;
}

void
lk_test_frame_save (LkFrame *frame, const char *path, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_bytes (
      lk_frame_get_pixels (frame), GDK_COLORSPACE_RGB, TRUE, 8, (int)lk_frame_get_width (frame),
      (int)lk_frame_get_height (frame), (int)lk_frame_get_stride (frame));

  gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);
}

void
lk_test_assert_near (LkFrame *frame, guint x, guint y, int red, int green, int blue, int tolerance)
{
  const guint8 *pixel = lk_test_frame_at (frame, x, y);

  if (abs (pixel[0] - red) > tolerance || abs (pixel[1] - green) > tolerance
      || abs (pixel[2] - blue) > tolerance)
    g_error ("At %u, %u: %d %d %d, not %d %d %d", x, y, pixel[0], pixel[1], pixel[2], red, green,
             blue);
}

/* In the private folder that G_TEST_OPTION_ISOLATE_DIRS gives. */
char *
lk_test_path (const char *name)
{
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);

  return g_build_filename (g_get_user_data_dir (), name, NULL);
}
