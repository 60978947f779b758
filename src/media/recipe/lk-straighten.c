/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-straighten.h"

#include <math.h>
#include "lk-media-error.h"
#include "lk-recipe.h"

/* Catmull-Rom: the cubic of Keys with a = −1/2 (Keys, "Cubic Convolution Interpolation for Digital
 * Image Processing", 1981), sharp enough for a picture that is already at the scale of the result.
 */
#define TAPS 4

typedef struct
{
  const guint8 *pixels;
  gsize stride;
  int last; /* row and column */
  gboolean has_alpha;
} Square;

static void
get_weights (float t, float weights[TAPS])
{
  float u = 1 - t;

  weights[0] = -0.5f * t * u * u;
  weights[1] = 1 + t * t * (1.5f * t - 2.5f);
  weights[2] = 1 + u * u * (1.5f * u - 2.5f);
  weights[3] = -0.5f * u * t * t;
}

static guint8
to_byte (float value)
{
  return (guint8)(CLAMP (value, 0.f, 255.f) + 0.5f);
}

/* The colour at (x, y), in px from the top left corner of the square. */
static void
sample (const Square *square, double x, double y, guint8 *out)
{
  double left = floor (x - 0.5);
  double top = floor (y - 0.5);
  float sum[4] = { 0 };
  float columns[TAPS];
  float rows[TAPS];

  get_weights ((float)(x - 0.5 - left), columns);
  get_weights ((float)(y - 0.5 - top), rows);
  for (int j = 0; j < TAPS; j++)
    {
      const guint8 *row
          = square->pixels + (gsize)CLAMP ((int)top - 1 + j, 0, square->last) * square->stride;

      for (int i = 0; i < TAPS; i++)
        {
          const guint8 *pixel = row + (gsize)CLAMP ((int)left - 1 + i, 0, square->last) * 4;
          float weight = rows[j] * columns[i];
          float coverage = square->has_alpha ? weight * pixel[3] * (1 / 255.f) : weight;

          sum[0] += coverage * pixel[0];
          sum[1] += coverage * pixel[1];
          sum[2] += coverage * pixel[2];
          sum[3] += weight * pixel[3];
        }
    }

  out[3] = to_byte (sum[3]);
  for (int c = 0; c < 3; c++)
    if (!square->has_alpha)
      out[c] = to_byte (sum[c]);
    else
      out[c] = out[3] > 0 ? to_byte (sum[c] * 255.f / sum[3]) : 0;
}

/**
 * lk_straighten:
 * @square: as many columns as rows: the bounding box of the crop, which is turned
 * @degrees: that the picture is turned by, clockwise, −45 to 45
 * @size: px of the crop's side; @square has lk_crop_get_reach() times as many
 *
 * Returns: (transfer full) (nullable): the crop, upright, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_straighten (LkFrame *square, double degrees, guint size, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  double side = lk_frame_get_width (square);
  double scale = side / lk_crop_get_reach (degrees) / size;
  double cosine = cos (degrees * G_PI / 180) * scale;
  double sine = sin (degrees * G_PI / 180) * scale;
  const Square source = {
    .pixels = g_bytes_get_data (lk_frame_get_pixels (square), NULL),
    .stride = lk_frame_get_stride (square),
    .last = (int)lk_frame_get_width (square) - 1,
    .has_alpha = lk_frame_has_alpha (square),
  };
  guint8 *pixels = g_try_malloc ((gsize)size * size * 4);

  if (pixels == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px", size,
                   size);
      return NULL;
    }

  bytes = g_bytes_new_take (pixels, (gsize)size * size * 4);
  for (guint row = 0; row < size; row++)
    {
      double v = row + 0.5 - size / 2.0;

      for (guint column = 0; column < size; column++, pixels += 4)
        {
          double u = column + 0.5 - size / 2.0;

          sample (&source, side / 2 + cosine * u + sine * v, side / 2 - sine * u + cosine * v,
                  pixels);
        }
    }

  return lk_frame_new (bytes, size, size, (gsize)size * 4, source.has_alpha);
}
