/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-movie.h"

#include <gif_lib.h>
#include <png.h>
#include <string.h>
#include <webp/encode.h>
#include <zlib.h>

#define N_COLORS 256

static void
patch_free (LkTestPatch *self)
{
  g_free (self->pixels);
  g_free (self);
}

LkTestMovie *
lk_test_movie_new (guint width, guint height)
{
  LkTestMovie *self = g_new0 (LkTestMovie, 1);

  self->width = width;
  self->height = height;
  self->loops = -1;
  self->patches = g_ptr_array_new_with_free_func ((GDestroyNotify)patch_free);

  return self;
}

void
lk_test_movie_free (LkTestMovie *self)
{
  g_ptr_array_unref (self->patches);
  g_clear_pointer (&self->profile, g_bytes_unref);
  g_free (self);
}

static void
set_pixel (guint8 *pixel, guint32 rgba)
{
  for (guint c = 0; c < 4; c++)
    pixel[c] = (guint8)(rgba >> (24 - c * 8));
}

/* Of one colour, 0xRRGGBBAA, for 100 ms, laid over what is there. (transfer none) */
LkTestPatch *
lk_test_movie_add (LkTestMovie *self,
                   guint x,
                   guint y,
                   guint width,
                   guint height,
                   guint32 rgba,
                   LkDispose dispose)
{
  LkTestPatch *patch = g_new0 (LkTestPatch, 1);

  patch->patch = (LkPatch){ x, y, width, height, 100000, dispose, TRUE };
  patch->pixels = g_malloc ((gsize)width * height * 4);
  for (gsize i = 0; i < (gsize)width * height; i++)
    set_pixel (patch->pixels + i * 4, rgba);
  g_ptr_array_add (self->patches, patch);

  return patch;
}

/* A few colours and holes; with shades, alpha of any value. The places are even: WebP knows no
 * others. */
LkTestMovie *
lk_test_movie_new_random (GRand *rand, guint width, guint height, guint n, gboolean has_shades)
{
  const guint8 alphas[] = { 0, 255, 255, 1, 128, 254, 60, 200 };
  LkTestMovie *self = lk_test_movie_new (width, height);

  for (guint i = 0; i < n; i++)
    {
      gboolean whole = i == 0 || g_rand_int_range (rand, 0, 5) == 0;
      guint x = whole ? 0 : (guint)g_rand_int_range (rand, 0, (int)width / 2) * 2;
      guint y = whole ? 0 : (guint)g_rand_int_range (rand, 0, (int)height / 2) * 2;
      guint w = whole ? width : (guint)g_rand_int_range (rand, 1, (int)(width - x) + 1);
      guint h = whole ? height : (guint)g_rand_int_range (rand, 1, (int)(height - y) + 1);
      LkTestPatch *patch
          = lk_test_movie_add (self, x, y, w, h, 0, (LkDispose)g_rand_int_range (rand, 0, 3));
      gboolean solid = g_rand_boolean (rand);

      patch->patch.over = g_rand_boolean (rand);
      patch->patch.duration = g_rand_int_range (rand, 2, 30) * 10000;
      for (gsize p = 0; p < (gsize)w * h; p++)
        {
          guint32 color = (guint32)g_rand_int_range (rand, 0, 64);

          set_pixel (patch->pixels + p * 4,
                     (color & 3) * 80 << 24 | (color >> 2 & 3) * 80 << 16 | (color >> 4) * 80 << 8);
          if (solid)
            patch->pixels[p * 4 + 3] = 255;
          else
            patch->pixels[p * 4 + 3] = alphas[g_rand_int_range (rand, 0, has_shades ? 8 : 2)];
          if (patch->pixels[p * 4 + 3] == 0)
            memset (patch->pixels + p * 4, 0, 4);
        }
    }

  return self;
}

static void
put_le (GByteArray *to, guint64 value, guint n)
{
  for (guint i = 0; i < n; i++, value >>= 8)
    g_byte_array_append (to, (const guint8[]){ (guint8)value }, 1);
}

static void
put_be (GByteArray *to, guint64 value, guint n)
{
  for (guint i = n; i > 0; i--)
    g_byte_array_append (to, (const guint8[]){ (guint8)(value >> (i - 1) * 8) }, 1);
}

static int
on_gif_write (GifFileType *file, const GifByteType *data, int length)
{
  g_byte_array_append (file->UserData, data, (guint)length);
  return length;
}

/* Index 0 is the hole. */
static guint8
find_color (GifColorType *colors, guint *n, const guint8 *pixel)
{
  if (pixel[3] == 0)
    return 0;

  for (guint i = 1; i < *n; i++)
    if (colors[i].Red == pixel[0] && colors[i].Green == pixel[1] && colors[i].Blue == pixel[2])
      return (guint8)i;

  g_assert_cmpuint (*n, <, N_COLORS);
  colors[*n] = (GifColorType){ pixel[0], pixel[1], pixel[2] };
  return (guint8)(*n)++;
}

static void
put_gif_patch (GifFileType *file, const LkTestPatch *self, gboolean interlaced)
{
  const guint firsts[] = { 0, 4, 2, 1 };
  const guint steps[] = { 8, 8, 4, 2 };
  const LkPatch *patch = &self->patch;
  gsize size = (gsize)patch->width * patch->height;
  g_autofree guint8 *indices = g_malloc (size);
  GifColorType colors[N_COLORS] = { 0 };
  guint n = 1;
  GifByteType control[4];
  gboolean has_hole = FALSE;
  GraphicsControlBlock block = { .DelayTime = (int)(patch->duration / 10000) };
  ColorMapObject *map;

  for (gsize i = 0; i < size; i++)
    {
      indices[i] = find_color (colors, &n, self->pixels + i * 4);
      has_hole |= indices[i] == 0;
    }
  map = GifMakeMapObject (1 << GifBitSize ((int)n), colors);

  block.DisposalMode = patch->dispose == LK_DISPOSE_NONE ? DISPOSE_DO_NOT : (int)patch->dispose + 1;
  block.TransparentColor = has_hole ? 0 : NO_TRANSPARENT_COLOR;
  EGifGCBToExtension (&block, control);
  g_assert_cmpint (EGifPutExtension (file, GRAPHICS_EXT_FUNC_CODE, 4, control), ==, GIF_OK);
  g_assert_cmpint (EGifPutImageDesc (file, (int)patch->x, (int)patch->y, (int)patch->width,
                                     (int)patch->height, interlaced, map),
                   ==, GIF_OK);
  for (guint pass = 0; pass < (interlaced ? 4 : 1); pass++)
    for (guint y = interlaced ? firsts[pass] : 0; y < patch->height;
         y += interlaced ? steps[pass] : 1)
      g_assert_cmpint (EGifPutLine (file, indices + (gsize)y * patch->width, (int)patch->width), ==,
                       GIF_OK);
  GifFreeMapObject (map);
}

static void
put_gif_loops (GifFileType *file, int loops)
{
  const GifByteType data[3] = { 1, (GifByteType)loops, (GifByteType)(loops >> 8) };

  EGifPutExtensionLeader (file, APPLICATION_EXT_FUNC_CODE);
  EGifPutExtensionBlock (file, 11, "NETSCAPE2.0");
  EGifPutExtensionBlock (file, 3, data);
  EGifPutExtensionTrailer (file);
}

/* Each patch has a palette of its own. */
GBytes *
lk_test_movie_to_gif (LkTestMovie *self)
{
  GByteArray *out = g_byte_array_new ();
  GifFileType *file = EGifOpen (out, on_gif_write, NULL);

  EGifSetGifVersion (file, true);
  g_assert_cmpint (EGifPutScreenDesc (file, (int)self->width, (int)self->height, 8, 0, NULL), ==,
                   GIF_OK);
  if (self->loops >= 0)
    put_gif_loops (file, self->loops);
  for (guint i = 0; i < self->patches->len; i++)
    put_gif_patch (file, g_ptr_array_index (self->patches, i), self->interlaced);
  g_assert_cmpint (EGifCloseFile (file, NULL), ==, GIF_OK);

  return g_byte_array_free_to_bytes (out);
}

static void
on_png_write (png_structp png, png_bytep data, png_size_t length)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint)length);
}

static void
on_png_flush (png_structp png)
{
}

static GByteArray *
write_png (const LkTestMovie *self, const guint8 *pixels, guint width, guint height)
{
  GByteArray *out = g_byte_array_new ();
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);

  png_set_write_fn (png, out, on_png_write, on_png_flush);
  /* small chunks, so that frames have more than one */
  png_set_compression_buffer_size (png, 512);
  png_set_IHDR (png, info, width, height, 8, PNG_COLOR_TYPE_RGB_ALPHA,
                self->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (self->profile != NULL)
    {
      gsize length;
      png_const_bytep data = g_bytes_get_data (self->profile, &length);

      png_set_iCCP (png, info, "profile", PNG_COMPRESSION_TYPE_BASE, data, (png_uint_32)length);
    }
  png_write_info (png, info);
  for (int pass = png_set_interlace_handling (png); pass > 0; pass--)
    for (guint y = 0; y < height; y++)
      png_write_row (png, pixels + (gsize)y * width * 4);
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);

  return out;
}

static void
put_chunk (GByteArray *out, const char *type, GByteArray *data)
{
  guint start = out->len + 4;

  put_be (out, data->len, 4);
  g_byte_array_append (out, (const guint8 *)type, 4);
  g_byte_array_append (out, data->data, data->len);
  put_be (out, crc32 (0, out->data + start, out->len - start), 4);
}

static void
put_actl (const LkTestMovie *self, GByteArray *out)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  put_be (data, self->patches->len, 4);
  put_be (data, (guint)MAX (self->loops, 0), 4);
  put_chunk (out, "acTL", data);
}

static void
put_fctl (GByteArray *out, const LkPatch *patch, guint32 *sequence)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  put_be (data, (*sequence)++, 4);
  put_be (data, patch->width, 4);
  put_be (data, patch->height, 4);
  put_be (data, patch->x, 4);
  put_be (data, patch->y, 4);
  put_be (data, (guint64)patch->duration / 1000, 2);
  put_be (data, 1000, 2);
  put_be (data, patch->dispose, 1);
  put_be (data, patch->over ? 1 : 0, 1);
  put_chunk (out, "fcTL", data);
}

/* Puts the chunks of a PNG that are of type IDAT (@pixels), or those before them. */
static void
put_png (GByteArray *out, GByteArray *png, gboolean pixels, gboolean as_fdat, guint32 *sequence)
{
  guint at = 8;

  while (at < png->len)
    {
      guint32 length;
      gboolean is_pixels = memcmp (png->data + at + 4, "IDAT", 4) == 0;

      memcpy (&length, png->data + at, sizeof length);
      length = GUINT32_FROM_BE (length);
      if (memcmp (png->data + at + 4, "IEND", 4) == 0 || (is_pixels && !pixels))
        return;
      if (is_pixels && as_fdat)
        {
          g_autoptr (GByteArray) data = g_byte_array_new ();

          put_be (data, (*sequence)++, 4);
          g_byte_array_append (data, png->data + at + 8, length);
          put_chunk (out, "fdAT", data);
        }
      else if (is_pixels == pixels)
        {
          g_byte_array_append (out, png->data + at, length + 12);
        }
      at += length + 12;
    }
}

GBytes *
lk_test_movie_to_apng (LkTestMovie *self)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) empty = g_byte_array_new ();
  g_autofree guint8 *blank = g_malloc0 ((gsize)self->width * self->height * 4);
  g_autoptr (GByteArray) base = write_png (self, blank, self->width, self->height);
  guint32 sequence = 0;

  g_byte_array_append (out, base->data, 8);
  put_png (out, base, FALSE, FALSE, NULL);
  put_actl (self, out);
  if (self->hidden)
    put_png (out, base, TRUE, FALSE, NULL);
  for (guint i = 0; i < self->patches->len; i++)
    {
      LkTestPatch *patch = g_ptr_array_index (self->patches, i);
      g_autoptr (GByteArray) png
          = write_png (self, patch->pixels, patch->patch.width, patch->patch.height);

      put_fctl (out, &patch->patch, &sequence);
      put_png (out, png, TRUE, i > 0 || self->hidden, &sequence);
    }
  put_chunk (out, "IEND", empty);

  return g_byte_array_free_to_bytes (out);
}

static void
put_riff_chunk (GByteArray *out, const char *type, const guint8 *data, gsize length)
{
  g_byte_array_append (out, (const guint8 *)type, 4);
  put_le (out, length, 4);
  g_byte_array_append (out, data, (guint)length);
  if (length % 2 != 0)
    put_le (out, 0, 1);
}

/* The frame's chunks only, without what comes before them in a file of its own. Without loss, but
 * for the colour of what cannot be seen. */
static void
put_bitstream (GByteArray *out, const LkTestPatch *self, gboolean lossy)
{
  int width = (int)self->patch.width;
  int height = (int)self->patch.height;
  guint8 *webp = NULL;
  gsize length = lossy ? WebPEncodeRGBA (self->pixels, width, height, width * 4, 60, &webp)
                       : WebPEncodeLosslessRGBA (self->pixels, width, height, width * 4, &webp);
  gsize start = 12;

  g_assert_cmpuint (length, >, 30);
  if (memcmp (webp + start, "VP8X", 4) == 0)
    start += 18;
  g_byte_array_append (out, webp + start, (guint)(length - start));
  WebPFree (webp);
}

static void
put_anmf (GByteArray *out, const LkTestPatch *self, gboolean lossy)
{
  const LkPatch *patch = &self->patch;
  g_autoptr (GByteArray) data = g_byte_array_new ();

  put_le (data, patch->x / 2, 3);
  put_le (data, patch->y / 2, 3);
  put_le (data, patch->width - 1, 3);
  put_le (data, patch->height - 1, 3);
  put_le (data, (guint64)patch->duration / 1000, 3);
  put_le (data, (patch->over ? 0 : 2) | (patch->dispose == LK_DISPOSE_BACKGROUND ? 1 : 0), 1);
  put_bitstream (data, self, lossy);
  put_riff_chunk (out, "ANMF", data->data, data->len);
}

/* LK_DISPOSE_PREVIOUS is LK_DISPOSE_NONE here. */
GBytes *
lk_test_movie_to_webp (LkTestMovie *self)
{
  const guint8 exif[] = { 'M', 'M',  0, '*', 0, 0, 0, 8, 0, 1,
                          1,   0x12, 0, 3,   0, 0, 0, 1, 0, (guint8)self->orientation,
                          0,   0,    0, 0,   0, 0 };
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) chunk = g_byte_array_new ();

  put_le (chunk, 2 | 16 | (self->profile != NULL ? 32 : 0) | (self->orientation > 0 ? 8 : 0), 4);
  put_le (chunk, self->width - 1, 3);
  put_le (chunk, self->height - 1, 3);
  g_byte_array_append (body, (const guint8 *)"WEBP", 4);
  put_riff_chunk (body, "VP8X", chunk->data, chunk->len);
  if (self->profile != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (self->profile, &length);

      put_riff_chunk (body, "ICCP", data, length);
    }
  g_byte_array_set_size (chunk, 0);
  put_le (chunk, 0xffffffff, 4);
  put_le (chunk, (guint)MAX (self->loops, 0), 2);
  put_riff_chunk (body, "ANIM", chunk->data, chunk->len);
  for (guint i = 0; i < self->patches->len; i++)
    put_anmf (body, g_ptr_array_index (self->patches, i), self->lossy);
  if (self->orientation > 0)
    put_riff_chunk (body, "EXIF", exif, sizeof exif);
  put_riff_chunk (out, "RIFF", body->data, body->len);

  return g_byte_array_free_to_bytes (out);
}
