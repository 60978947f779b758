/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <webp/demux.h>

/* dump-webp IN.webp OUT.rgba: the frames of an animated WebP as libwebp shows them, one after
 * another, R, G, B, A; prints width, height, loops, and until when each frame is shown, in ms. */
int
main (int argc, char **argv)
{
  g_autofree char *bytes = NULL;
  WebPAnimDecoder *decoder;
  WebPAnimInfo info;
  WebPData data;
  FILE *out;

  if (argc != 3 || !g_file_get_contents (argv[1], &bytes, &data.size, NULL))
    return 2;

  data.bytes = (const guint8 *)bytes;
  decoder = WebPAnimDecoderNew (&data, NULL);
  out = fopen (argv[2], "wb");
  if (decoder == NULL || out == NULL || !WebPAnimDecoderGetInfo (decoder, &info))
    return 1;

  printf ("%u %u %u", info.canvas_width, info.canvas_height, info.loop_count);
  while (WebPAnimDecoderHasMoreFrames (decoder))
    {
      guint8 *pixels;
      int end;

      if (!WebPAnimDecoderGetNext (decoder, &pixels, &end)
          || fwrite (pixels, (gsize)info.canvas_width * 4, info.canvas_height, out)
                 != info.canvas_height)
        return 1;
      printf (" %d", end);
    }
  printf ("\n");
  WebPAnimDecoderDelete (decoder);

  return fclose (out) == 0 ? EXIT_SUCCESS : 1;
}
