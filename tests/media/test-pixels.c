/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-color.h"
#include "lk-jpeg-writer.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-render.h"
#include "lk-renderer.h"
#include "lk-resample.h"
#include "lk-signature.h"
#include "lk-test-picture.h"

#include <lcms2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 2 × 3: each px holds its own number. */
static LkFrame *
numbered_new (void)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 pixels[24] = { 0 };

  for (guint i = 0; i < 6; i++)
    pixels[i * 4] = (guint8)i;
  bytes = g_bytes_new (pixels, sizeof pixels);

  return lk_frame_new (bytes, 2, 3, 8, FALSE);
}

/*  0 1
 *  2 3
 *  4 5, stored; what EXIF wants to be seen, row by row. */
static void
test_orientation (void)
{
  const char *const upright[]
      = { "012345", "103254", "543210", "452301", "024135", "420531", "531420", "135024" };
  g_autoptr (LkFrame) frame = numbered_new ();

  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (LkFrame) turned = lk_orientation_apply (frame, orientation);
      guint width = lk_frame_get_width (turned);

      g_assert_cmpuint (width, ==, orientation >= 5 ? 3 : 2);
      for (guint i = 0; i < 6; i++)
        g_assert_cmpint (lk_test_frame_at (turned, i % width, i / width)[0], ==,
                         upright[orientation - 1][i] - '0');
    }
}

/* A place on the upright picture is the same place on the raw one. */
static void
test_orientation_of_places (void)
{
  g_autoptr (LkFrame) frame = numbered_new ();

  for (int orientation = 1; orientation <= 8; orientation++)
    {
      g_autoptr (LkFrame) turned = lk_orientation_apply (frame, orientation);
      guint width = lk_frame_get_width (turned);
      guint height = lk_frame_get_height (turned);

      for (guint i = 0; i < 6; i++)
        {
          double x = (i % width + 0.5) / width;
          double y = (i / width + 0.5) / height;

          lk_orientation_to_raw (orientation, &x, &y);
          g_assert_cmpint (lk_test_frame_at (turned, i % width, i / width)[0], ==,
                           lk_test_frame_at (frame, (guint)(x * 2), (guint)(y * 3))[0]);
        }
    }
}

/* A crop of as many px as are asked for is those px. */
static void
test_exact (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) frame = lk_test_frame_new (640, 480, TRUE);
  g_autoptr (LkFrame) cut
      = lk_resample_square (frame, (LkSquare){ .x = 100, .y = 50, .side = 200 }, 200, &error);

  g_assert_no_error (error);
  for (guint y = 0; y < 200; y++)
    g_assert_cmpmem (lk_test_frame_at (cut, 0, y), 800, lk_test_frame_at (frame, 100, 50 + y), 800);
}

static void
test_scaled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) frame = lk_test_frame_new (1000, 1000, FALSE);
  const guint sizes[] = { 1, 7, 96, 333, 720, 999, 1500 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (LkFrame) scaled
          = lk_resample_square (frame, (LkSquare){ .side = 1000 }, sizes[i], &error);
      guint middle = sizes[i] / 2;

      g_assert_no_error (error);
      g_assert_cmpuint (lk_frame_get_width (scaled), ==, sizes[i]);
      lk_test_assert_near (scaled, middle, middle, (int)((middle + 0.5) * 255 / sizes[i]),
                           (int)((middle + 0.5) * 255 / sizes[i]), 115, 16);
      g_assert_cmpint (lk_test_frame_at (scaled, middle, middle)[3], ==, 255);
    }
}

/* A pattern finer than the result can show is gray, not a coarser pattern. */
static void
test_no_aliases (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LkFrame) frame = NULL;
  guint8 *pixels = g_malloc (1024 * 1024 * 4);

  for (guint i = 0; i < 1024 * 1024; i++)
    memset (pixels + i * 4, (i % 1024 + i / 1024) % 2 == 0 ? 255 : 0, 4);
  bytes = g_bytes_new_take (pixels, 1024 * 1024 * 4);
  frame = lk_frame_new (bytes, 1024, 1024, 4096, FALSE);

  for (guint size = 96; size < 480; size += 61)
    {
      g_autoptr (LkFrame) scaled
          = lk_resample_square (frame, (LkSquare){ .side = 1024 }, size, &error);

      g_assert_no_error (error);
      for (guint i = 4; i < size - 4; i += 5)
        lk_test_assert_near (scaled, i, size / 2, 128, 128, 128, 8);
    }
}

/* What was cut away leaves no trace, not even by the filter. */
static void
test_no_bleeding (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LkFrame) frame = NULL;
  g_autoptr (LkFrame) scaled = NULL;
  guint8 *pixels = g_malloc0 (400 * 400 * 4);

  for (guint y = 100; y < 300; y++)
    memset (pixels + (y * 400 + 100) * 4, 200, 200 * 4);
  bytes = g_bytes_new_take (pixels, 400 * 400 * 4);
  frame = lk_frame_new (bytes, 400, 400, 1600, FALSE);
  scaled = lk_resample_square (frame, (LkSquare){ .x = 100, .y = 100, .side = 200 }, 150, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 150; i++)
    {
      lk_test_assert_near (scaled, 0, i, 200, 200, 200, 0);
      lk_test_assert_near (scaled, i, 149, 200, 200, 200, 0);
    }
}

static LkFrame *
lay_over (LkFrame *square, LkColor background)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_background (plain, background);
  g_autoptr (LkRenderer) renderer = lk_renderer_new (recipe, lk_frame_get_width (square), FALSE);
  LkFrame *flat
      = lk_renderer_finish (renderer, lk_frame_ref (square), LK_ORIENTATION_UPRIGHT, &error);

  g_assert_no_error (error);
  return flat;
}

/* Red beside transparent green: nothing green may show at the edge. */
static void
test_no_fringe (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LkFrame) frame = NULL;
  guint8 *pixels = g_malloc (600 * 600 * 4);

  for (guint i = 0; i < 600 * 600; i++)
    memcpy (pixels + i * 4, i % 600 < 299 ? "\xff\0\0\xff" : "\0\xff\0\0", 4);
  bytes = g_bytes_new_take (pixels, 600 * 600 * 4);
  frame = lk_frame_new (bytes, 600, 600, 2400, TRUE);

  for (guint size = 50; size <= 450; size += 100)
    {
      g_autoptr (LkFrame) scaled
          = lk_resample_square (frame, (LkSquare){ .side = 600 }, size, &error);
      g_autoptr (LkFrame) flat = NULL;

      g_assert_no_error (error);
      flat = lay_over (scaled, (LkColor){ 255, 0, 0 });
      for (guint x = 0; x < size; x++)
        lk_test_assert_near (flat, x, size / 2, 255, 0, 0, 1);
    }
}

static void
test_flatten (void)
{
  const guint8 pixels[] = { 200, 100, 0, 255, 200, 100, 0, 128, 200, 100, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, sizeof pixels);
  g_autoptr (LkFrame) frame = lk_frame_new (bytes, 2, 2, 8, TRUE);
  g_autoptr (LkFrame) flat = lay_over (frame, (LkColor){ 0, 0, 255 });

  g_assert_false (lk_frame_has_alpha (flat));
  lk_test_assert_near (flat, 0, 0, 200, 100, 0, 0);
  lk_test_assert_near (flat, 1, 0, 100, 50, 127, 0);
  lk_test_assert_near (flat, 0, 1, 0, 0, 255, 0);
}

/* IEC 61966-2-1 */
static double
to_linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
from_linear (double value)
{
  value = CLAMP (value, 0, 1);

  return value <= 0.0031308 ? value * 12.92 : 1.055 * pow (value, 1 / 2.4) - 0.055;
}

/* Display P3 → sRGB by the matrix of CSS Color 4, 17, without Little CMS. */
static void
p3_to_srgb (const guint8 *p3, int *srgb)
{
  const double matrix[3][3] = { { 1.2249401762805598, -0.2249401762805597, 0 },
                                { -0.0420569547096881, 1.0420569547096881, 0 },
                                { -0.0196375545903344, -0.0786360455506319, 1.0982736001409663 } };

  for (guint i = 0; i < 3; i++)
    {
      double sum = 0;

      for (guint j = 0; j < 3; j++)
        sum += matrix[i][j] * to_linear (p3[j] / 255.0);
      srgb[i] = (int)lround (from_linear (sum) * 255);
    }
}

static void
test_display_p3 (void)
{
  g_autoptr (GBytes) profile = lk_color_profile_from_cicp (12, 13);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (LkFrame) frame = NULL;
  g_autoptr (LkFrame) srgb = NULL;
  guint8 pixels[125 * 4];

  for (guint i = 0; i < 125; i++)
    {
      pixels[i * 4] = (guint8)(i % 5 * 63);
      pixels[i * 4 + 1] = (guint8)(i / 5 % 5 * 63);
      pixels[i * 4 + 2] = (guint8)(i / 25 * 63);
      pixels[i * 4 + 3] = (guint8)i;
    }
  bytes = g_bytes_new (pixels, sizeof pixels);
  frame = lk_frame_new (bytes, 125, 1, 500, TRUE);
  g_assert_nonnull (profile);
  srgb = lk_color_to_srgb (frame, LK_COLOR_MODEL_RGB, profile);
  g_assert_true (srgb != frame);
  for (guint i = 0; i < 125; i++)
    {
      int expected[3];

      p3_to_srgb (pixels + i * 4, expected);
      lk_test_assert_near (srgb, i, 0, expected[0], expected[1], expected[2], 2);
      g_assert_cmpint (lk_test_frame_at (srgb, i, 0)[3], ==, (int)i);
    }
}

static GBytes *
profile_to_bytes (cmsHPROFILE profile)
{
  cmsUInt32Number size = 0;
  guint8 *data;

  g_assert_true (cmsSaveProfileToMem (profile, NULL, &size));
  data = g_malloc (size);
  g_assert_true (cmsSaveProfileToMem (profile, data, &size));
  cmsCloseProfile (profile);

  return g_bytes_new_take (data, size);
}

/* Nothing is touched where the profile says sRGB, and where it says nothing that makes sense. */
static void
test_profiles_left_aside (void)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (64, 64, FALSE);
  g_autoptr (GBytes) srgb = profile_to_bytes (cmsCreate_sRGBProfile ());
  g_autoptr (GBytes) lab = profile_to_bytes (cmsCreateLab4Profile (NULL));
  g_autoptr (GBytes) broken = g_bytes_new_static ("not a profile", 13);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (srgb, 0, g_bytes_get_size (srgb) / 2);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (LK_COLOR_MAX_PROFILE_BYTES + 1),
                                               LK_COLOR_MAX_PROFILE_BYTES + 1);
  GBytes *const profiles[] = { srgb, lab, broken, empty, cut, large, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    {
      g_autoptr (LkFrame) same = lk_color_to_srgb (frame, LK_COLOR_MODEL_RGB, profiles[i]);

      g_assert_true (same == frame);
    }
}

static void
test_gray_profile (void)
{
  cmsToneCurve *linear = cmsBuildGamma (NULL, 1);
  const guint8 pixels[] = { 0, 0, 0, 255, 55, 55, 55, 255, 255, 255, 255, 255 };
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, sizeof pixels);
  g_autoptr (LkFrame) frame = lk_frame_new (bytes, 3, 1, 12, FALSE);
  g_autoptr (GBytes) profile = profile_to_bytes (cmsCreateGrayProfile (cmsD50_xyY (), linear));
  g_autoptr (LkFrame) srgb = lk_color_to_srgb (frame, LK_COLOR_MODEL_RGB, profile);
  int middle = (int)lround (from_linear (55 / 255.0) * 255);

  cmsFreeToneCurve (linear);
  lk_test_assert_near (srgb, 0, 0, 0, 0, 0, 1);
  lk_test_assert_near (srgb, 1, 0, middle, middle, middle, 2);
  lk_test_assert_near (srgb, 2, 0, 255, 255, 255, 1);
}

static void
test_cmyk (void)
{
  /* inverted: no ink, cyan, black, half black */
  const guint8 pixels[]
      = { 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 128 };
  g_autoptr (GBytes) bytes = g_bytes_new (pixels, sizeof pixels);
  g_autoptr (LkFrame) frame = lk_frame_new (bytes, 4, 1, 16, FALSE);
  g_autoptr (LkFrame) srgb = lk_color_to_srgb (frame, LK_COLOR_MODEL_CMYK_INVERTED, NULL);

  lk_test_assert_near (srgb, 0, 0, 255, 255, 255, 0);
  lk_test_assert_near (srgb, 1, 0, 0, 255, 255, 0);
  lk_test_assert_near (srgb, 2, 0, 0, 0, 0, 0);
  lk_test_assert_near (srgb, 3, 0, 128, 128, 128, 0);
  g_assert_cmpint (lk_test_frame_at (srgb, 1, 0)[3], ==, 255);
}

static LkFrame *
noise_new (guint side)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels = g_malloc ((gsize)side * side * 4);

  for (gsize i = 0; i < (gsize)side * side * 4; i++)
    pixels[i] = (guint8)g_rand_int_range (rand, 0, 256);
  bytes = g_bytes_new_take (pixels, (gsize)side * side * 4);

  return lk_frame_new (bytes, side, side, (gsize)side * 4, FALSE);
}

static void
test_budget (void)
{
  g_autoptr (LkFrame) smooth = lk_test_frame_new (720, 720, FALSE);
  g_autoptr (LkFrame) noise = noise_new (720);
  g_autoptr (LkFrame) small = noise_new (96);
  LkFrame *const frames[] = { smooth, noise, small };
  const gsize budgets[] = { LK_PHOTO_MAX_BYTES, LK_PHOTO_MAX_BYTES, LK_THUMBNAIL_MAX_BYTES };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr (GError) error = NULL;
      int quality = 0;
      g_autoptr (GBytes) bytes = lk_jpeg_encode (frames[i], budgets[i], &quality, &error);
      guint width = 0;
      guint height = 0;
      gsize length;
      const guint8 *data;

      g_assert_no_error (error);
      data = g_bytes_get_data (bytes, &length);
      g_assert (data != NULL);
      g_assert_cmpuint (length, <=, budgets[i]);
      g_assert_cmpint (quality, >=, 20);
      g_assert_cmpint (quality, <=, 92);
      g_assert_true (lk_signature_read_jpeg (data, length, &width, &height));
      g_assert_cmpuint (width, ==, lk_frame_get_width (frames[i]));
      /* SOF0 is baseline; APP1 and APP2 would be metadata */
      g_assert_null (memmem (data, length, "\xff\xc2", 2));
      g_assert_null (memmem (data, 200, "\xff\xe1", 2));
      g_assert_null (memmem (data, 200, "\xff\xe2", 2));
      g_test_message ("quality %d, %" G_GSIZE_FORMAT " bytes", quality, length);
      if (i > 0)
        g_assert_cmpint (quality, <, 92);
    }
}

static void
test_no_budget (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkFrame) noise = noise_new (720);
  int quality = 0;

  g_assert_null (lk_jpeg_encode (noise, 20000, &quality, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET);
}

/* Rotation and flips move whole px: all 16 combinations of the recipe against the eight
 * orientations. */
static void
test_turns (void)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (64, 64, FALSE);
  g_autoptr (LkRecipe) plain = lk_recipe_new ();

  for (guint i = 0; i < 16; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkRecipe) turned = lk_recipe_with_rotation (plain, (int)(i % 4) * 90);
      g_autoptr (LkRecipe) recipe = lk_recipe_with_flips (turned, (i & 4) != 0, (i & 8) != 0);
      g_autoptr (LkFrame) rendered = lk_render_frame (frame, recipe, 64, &error);

      g_assert_no_error (error);
      for (guint y = 0; y < 64; y += 9)
        for (guint x = 0; x < 64; x += 7)
          {
            guint from_x = (i & 4) != 0 ? 63 - x : x;
            guint from_y = (i & 8) != 0 ? 63 - y : y;

            for (guint turn = 0; turn < i % 4; turn++)
              {
                guint next = 63 - from_x;

                from_x = from_y;
                from_y = next;
              }
            g_assert_cmpmem (lk_test_frame_at (rendered, x, y), 4,
                             lk_test_frame_at (frame, from_x, from_y), 4);
          }
    }
}

/* Over the recipe's background, white where none was chosen. */
static void
test_background (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (64 * 64 * 4), 64 * 64 * 4);
  g_autoptr (LkFrame) clear = lk_frame_new (bytes, 64, 64, 256, TRUE);
  g_autoptr (LkRecipe) white = lk_recipe_new ();
  g_autoptr (LkRecipe) blue = lk_recipe_with_background (white, (LkColor){ 10, 20, 200 });
  g_autoptr (LkFrame) over_white = lk_render_frame (clear, white, 64, &error);
  g_autoptr (LkFrame) over_blue = lk_render_frame (clear, blue, 32, &error);

  lk_test_assert_near (over_white, 5, 5, 255, 255, 255, 0);
  lk_test_assert_near (over_blue, 5, 5, 10, 20, 200, 0);
  g_assert_false (lk_frame_has_alpha (over_blue));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/pixels/orientation", test_orientation);
  g_test_add_func ("/media/pixels/orientation-of-places", test_orientation_of_places);
  g_test_add_func ("/media/pixels/exact", test_exact);
  g_test_add_func ("/media/pixels/scaled", test_scaled);
  g_test_add_func ("/media/pixels/no-aliases", test_no_aliases);
  g_test_add_func ("/media/pixels/no-bleeding", test_no_bleeding);
  g_test_add_func ("/media/pixels/no-fringe", test_no_fringe);
  g_test_add_func ("/media/pixels/flatten", test_flatten);
  g_test_add_func ("/media/pixels/display-p3", test_display_p3);
  g_test_add_func ("/media/pixels/profiles-left-aside", test_profiles_left_aside);
  g_test_add_func ("/media/pixels/gray-profile", test_gray_profile);
  g_test_add_func ("/media/pixels/cmyk", test_cmyk);
  g_test_add_func ("/media/pixels/budget", test_budget);
  g_test_add_func ("/media/pixels/no-budget", test_no_budget);
  g_test_add_func ("/media/pixels/turns", test_turns);
  g_test_add_func ("/media/pixels/background", test_background);

  return g_test_run ();
}
