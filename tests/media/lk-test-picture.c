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

static void
append_rgb (GString *to, const guint8 *pixel)
{
  g_string_append_len (to, (const char *)pixel, 3);
}

static void
append_bgr (GString *to, const guint8 *pixel)
{
  for (int i = 2; i >= 0; i--)
    g_string_append_c (to, (char)pixel[i]);
}

/* Eight levels of red and of green, a character for each. */
static void
append_name (GString *to, const guint8 *pixel)
{
  g_string_append_c (to, (char)('a' + pixel[0] / 32));
  g_string_append_c (to, (char)('a' + pixel[1] / 32));
}

static void
append_row (GString *to, LkFrame *frame, guint y, void (*append) (GString *to, const guint8 *pixel))
{
  for (guint x = 0; x < lk_frame_get_width (frame); x++)
    append (to, lk_test_frame_at (frame, x, y));
}

static void
append_pnm (GString *to, LkFrame *frame)
{
  g_string_append_printf (to, "P6\n# a comment of 1 line\n%u %u\n255\n", lk_frame_get_width (frame),
                          lk_frame_get_height (frame));
  for (guint y = 0; y < lk_frame_get_height (frame); y++)
    append_row (to, frame, y, append_rgb);
}

static void
append_tga (GString *to, LkFrame *frame)
{
  guint width = lk_frame_get_width (frame);
  guint height = lk_frame_get_height (frame);
  const guint8 header[18] = {
    [2] = 2, /* true colour, the lowest row first */
    [12] = (guint8)width,
    [13] = (guint8)(width >> 8),
    [14] = (guint8)height,
    [15] = (guint8)(height >> 8),
    [16] = 24,
  };

  g_string_append_len (to, (const char *)header, sizeof header);
  for (guint y = height; y > 0; y--)
    append_row (to, frame, y - 1, append_bgr);
}

static void
append_xpm (GString *to, LkFrame *frame)
{
  g_string_append_printf (to,
                          "/* XPM */\nstatic char *x[] = {\n/* a \"comment\" { */\n\"%u %u 64 2\"",
                          lk_frame_get_width (frame), lk_frame_get_height (frame));
  for (int i = 0; i < 64; i++)
    g_string_append_printf (to, ",\n\"%c%c c #%02x%02x73\"", 'a' + i / 8, 'a' + i % 8,
                            i / 8 * 255 / 7, i % 8 * 255 / 7);
  for (guint y = 0; y < lk_frame_get_height (frame); y++)
    {
      g_string_append (to, ",\n\"");
      append_row (to, frame, y, append_name);
      g_string_append_c (to, '"');
    }
  g_string_append (to, "};\n");
}

typedef struct
{
  const char *type;
  void (*append) (GString *to, LkFrame *frame);
} Writer;

/* GdkPixbuf writes the others. */
static const Writer writers[]
    = { { "pnm", append_pnm }, { "tga", append_tga }, { "xpm", append_xpm } };

/* @type: pnm, tga, xpm, or what GdkPixbuf can write */
void
lk_test_frame_save (LkFrame *frame, const char *path, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    if (g_str_equal (writers[i].type, type))
      {
        writers[i].append (text, frame);
        g_file_set_contents (path, text->str, (gssize)text->len, &error);
        g_assert_no_error (error);
        return;
      }

  pixbuf = gdk_pixbuf_new_from_bytes (
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
