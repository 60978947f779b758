/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-resample.h"

#include <math.h>
#include <string.h>
#include "lk-media-error.h"

/* A square that stands at an angle has no rows and columns to filter one after the other. Each px
 * of the result is the mean of the disc of px around the point that it comes from (elliptical
 * weighted averaging: Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989; a turn
 * leaves the ellipse a circle), weighted by distance with the cubic of Mitchell and Netravali with
 * N. Robidoux's B and C, which keeps straight edges straight: ImageMagick's own choice for this. */
#define CUBIC_B 0.37821575509399867
#define CUBIC_C 0.31089212245300067
#define LOBE 2.0
/* The cubic is looked up by the square of the distance, in so many steps for each px². */
#define STEPS 512
#define ENTRIES (4 * STEPS + 2) /* LOBE², and what rounding may add */
/* Blocks are averaged as long as at least this many px remain for each px of the result. */
#define REMAINING 1.5

typedef float Channels __attribute__ ((vector_size (16)));
typedef guint8 Bytes __attribute__ ((vector_size (4)));

typedef struct
{
  const guint8 *pixels;
  gsize stride;
  gboolean has_alpha;
  int left; /* what may be looked at: up to, not including, right and bottom */
  int top;
  int right;
  int bottom;
  float radius; /* of the disc in px */
  float steps;  /* entries for each px² */
  float weights[ENTRIES];
} Disc;

static double
cubic (double x)
{
  if (x < 1)
    return ((12 - 9 * CUBIC_B - 6 * CUBIC_C) * x * x * x
            + (-18 + 12 * CUBIC_B + 6 * CUBIC_C) * x * x + 6 - 2 * CUBIC_B)
           / 6;
  if (x < LOBE)
    return ((-CUBIC_B - 6 * CUBIC_C) * x * x * x + (6 * CUBIC_B + 30 * CUBIC_C) * x * x
            + (-12 * CUBIC_B - 48 * CUBIC_C) * x + 8 * CUBIC_B + 24 * CUBIC_C)
           / 6;

  return 0;
}

static void
disc_init (Disc *self, LkFrame *frame, LkSquare box, double scale)
{
  int width = (int)lk_frame_get_width (frame);
  int height = (int)lk_frame_get_height (frame);

  scale = MAX (scale, 1);
  self->pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  self->stride = lk_frame_get_stride (frame);
  self->has_alpha = lk_frame_has_alpha (frame);
  self->left = CLAMP ((int)floor (box.x + 1e-6), 0, width - 1);
  self->top = CLAMP ((int)floor (box.y + 1e-6), 0, height - 1);
  self->right = CLAMP ((int)ceil (box.x + box.side - 1e-6), self->left + 1, width);
  self->bottom = CLAMP ((int)ceil (box.y + box.side - 1e-6), self->top + 1, height);
  self->radius = (float)(LOBE * scale);
  self->steps = (float)(STEPS / (scale * scale));
  for (guint i = 0; i < ENTRIES; i++)
    self->weights[i] = (float)cubic (sqrt ((double)i / STEPS));
}

static Channels
load (const guint8 *pixel)
{
  Bytes bytes;

  memcpy (&bytes, pixel, sizeof bytes);

  return __builtin_convertvector(bytes, Channels);
}

static void
store (Channels value, guint8 *out)
{
  for (int c = 0; c < 4; c++)
    out[c] = (guint8)(CLAMP (value[c], 0.f, 255.f) + 0.5f);
}

/* The px of row @y from @first up to, not including, @end: the weight of them all. Colour counts as
 * much as it covers. */
static inline float
add_row (const Disc *self, int y, int first, int end, float x, float dy, Channels *sum)
{
  const guint8 *pixel = self->pixels + (gsize)y * self->stride + (gsize)first * 4;
  float dx = (float)first + 0.5f - x;
  float square = dy * dy;
  float total = 0;

  for (int i = first; i < end; i++, pixel += 4, dx += 1)
    {
      float weight = self->weights[(int)((dx * dx + square) * self->steps)];
      Channels value = load (pixel);

      total += weight;
      if (self->has_alpha)
        {
          float coverage = weight * value[3] * (1 / 255.f);

          *sum += value * (Channels){ coverage, coverage, coverage, weight };
        }
      else
        {
          *sum += value * weight;
        }
    }

  return total;
}

/* The px at (@x, @y) lies in the square, so at least its own is there to be averaged. */
static void
sample (const Disc *self, float x, float y, guint8 *out)
{
  int first_row = MAX ((int)ceilf (y - self->radius - 0.5f), self->top);
  int last_row = MIN ((int)floorf (y + self->radius - 0.5f), self->bottom - 1);
  Channels sum = { 0 };
  float total = 0;

  for (int row = first_row; row <= last_row; row++)
    {
      float dy = (float)row + 0.5f - y;
      float half = sqrtf (MAX (self->radius * self->radius - dy * dy, 0));
      int first = MAX ((int)ceilf (x - half - 0.5f), self->left);
      int end = MIN ((int)floorf (x + half - 0.5f) + 1, self->right);

      total += add_row (self, row, first, end, x, dy, &sum);
    }

  if (!self->has_alpha)
    {
      store (sum / total, out);
      return;
    }

  out[3] = (guint8)(CLAMP (sum[3] / total, 0.f, 255.f) + 0.5f);
  for (int c = 0; c < 3; c++)
    out[c] = out[3] > 0 ? (guint8)(CLAMP (sum[c] * 255.f / sum[3], 0.f, 255.f) + 0.5f) : 0;
}

static LkFrame *
turn (LkFrame *frame, LkSquare box, double degrees, double scale, guint size, guint8 *pixels)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize)size * size * 4);
  g_autofree Disc *disc = g_new (Disc, 1);
  double cosine = cos (degrees * G_PI / 180) * scale;
  double sine = sin (degrees * G_PI / 180) * scale;
  double middle = box.side / 2;

  disc_init (disc, frame, box, scale);
  for (guint row = 0; row < size; row++)
    {
      double v = row + 0.5 - size / 2.0;

      for (guint column = 0; column < size; column++, pixels += 4)
        {
          double u = column + 0.5 - size / 2.0;

          sample (disc, (float)(box.x + middle + cosine * u + sine * v),
                  (float)(box.y + middle - sine * u + cosine * v), pixels);
        }
    }

  return lk_frame_new (bytes, size, size, (gsize)size * 4, disc->has_alpha);
}

/**
 * lk_resample_turned:
 * @frame: the source; without alpha its four channels are taken each for itself (so CMYK passes
 * too)
 * @box: inside of @frame: the bounding box of the square that is wanted
 * @degrees: that the picture is turned by, clockwise, about the middle of @box, −45 to 45
 * @size: px of the result's side, at least 1
 *
 * One pass from the source to the result, which holds no px from outside of @box.
 *
 * Returns: (transfer full) (nullable): @size × @size px, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_resample_turned (LkFrame *frame, LkSquare box, double degrees, guint size, GError **error)
{
  g_autoptr (LkFrame) shrunk = NULL;
  double radians = degrees * G_PI / 180;
  double reach = fabs (cos (radians)) + fabs (sin (radians));
  guint shrink;
  guint8 *pixels;

  g_return_val_if_fail (size > 0 && fabs (degrees) <= 45, NULL);

  shrink = (guint)(box.side / reach / size / REMAINING);
  if (shrink > 1)
    {
      shrunk = lk_resample_shrink_square (frame, &box, shrink, error);
      if (shrunk == NULL)
        return NULL;

      frame = shrunk;
    }

  pixels = g_try_malloc_n ((gsize)size * size, 4);
  if (pixels == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px", size,
                   size);
      return NULL;
    }

  return turn (frame, box, degrees, box.side / reach / size, size, pixels);
}
