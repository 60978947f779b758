/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clip-flash.h"

#include <gst/video/video.h>
#include <string.h>

/* The flash check looks at areas of a hundredth of the picture: it is given the means of blocks, of
 * which there are about this many in a row, and none of the clip's px is made RGB for it. */
#define BLOCKS 64

/* Columns first, since many of them are added at once: 256 px of 8 bits fit their sum. */
static void
average_plane (const GstVideoFrame *planes,
               guint plane,
               guint block,
               guint n,
               guint16 *columns,
               guint8 *out)
{
  const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (planes, plane);
  gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (planes, plane);
  guint area = block * block;

  for (guint y = 0; y < n; y++)
    {
      memset (columns, 0, sizeof *columns * n * block);
      for (guint j = 0; j < block; j++, row += stride)
        for (guint x = 0; x < n * block; x++)
          columns[x] = (guint16)(columns[x] + row[x]);

      for (guint x = 0; x < n; x++)
        {
          guint sum = area / 2;

          for (guint i = 0; i < block; i++)
            sum += columns[x * block + i];
          *out++ = (guint8)(sum / area);
        }
    }
}

static guint8
to_byte (double value)
{
  return (guint8)(CLAMP (value, 0, 255) + 0.5);
}

/* ITU-R BT.709, limited range: what the clip is tagged with. */
static void
to_rgb (guint8 luma, guint8 cb, guint8 cr, guint8 *out)
{
  double y = 1.16438 * (luma - 16);
  double u = cb - 128;
  double v = cr - 128;

  out[0] = to_byte (y + 1.79274 * v);
  out[1] = to_byte (y - 0.21325 * u - 0.53291 * v);
  out[2] = to_byte (y + 2.11240 * u);
  out[3] = 255;
}

/**
 * lk_clip_flash_add:
 * @buffer: size × size px of I420, BT.709, limited range
 * @size: even, at least 2, at most 16,384
 * @time: when it is shown, in µs; later than the one before
 *
 * Shows a frame of a clip to @flash.
 */
void
lk_clip_flash_add (LkFlash *flash, GstBuffer *buffer, guint size, gint64 time)
{
  guint block = MAX (size / BLOCKS / 2 * 2, 2);
  guint n = size / block;
  g_autofree guint8 *means = g_malloc ((gsize)n * n * 3);
  g_autofree guint16 *columns = g_new (guint16, size);
  guint8 *pixels = g_malloc ((gsize)n * n * 4);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize)n * n * 4);
  g_autoptr (LkFrame) frame = lk_frame_new (bytes, n, n, (gsize)n * 4, FALSE);
  GstVideoInfo info;
  GstVideoFrame planes;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, size, size);
  if (!gst_video_frame_map (&planes, &info, buffer, GST_MAP_READ))
    g_return_if_reached ();

  for (guint plane = 0; plane < 3; plane++)
    average_plane (&planes, plane, plane == 0 ? block : block / 2, n, columns,
                   means + plane * n * n);
  gst_video_frame_unmap (&planes);

  for (guint i = 0; i < n * n; i++)
    to_rgb (means[i], means[n * n + i], means[2 * n * n + i], pixels + (gsize)i * 4);

  lk_flash_add (flash, frame, time);
}
