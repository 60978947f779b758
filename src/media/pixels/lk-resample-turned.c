/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-resample.h"

#include <math.h>
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

/* The result is made in tiles of so many px, that what one needs of the source fits the cache. */
#define TILE 48

typedef float Channels __attribute__ ((vector_size (16)));

/* What is the same for every px. */
typedef struct
{
  const guint8 *pixels;
  gsize stride;
  gboolean has_alpha;
  int left; /* what may be looked at: up to, not including, right and bottom */
  int top;
  int right;
  int bottom;
  double middle_x; /* the middle of the square, in px of the source */
  double middle_y;
  double cosine; /* one px of the result is (cosine, −sine) to the right, (sine, cosine) down */
  double sine;
  float radius; /* of the disc in px */
  float steps;  /* entries for each px² */
  float weights[ENTRIES];
} Turn;

/* A part of the source, its colours premultiplied. */
typedef struct
{
  int left;
  int top;
  int width;
  int height;
  Channels *channels;
} Tile;

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
turn_init (Turn *self, LkFrame *frame, LkSquare box, double degrees, double scale)
{
  int width = (int)lk_frame_get_width (frame);
  int height = (int)lk_frame_get_height (frame);
  double widened = MAX (scale, 1);

  self->pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  self->stride = lk_frame_get_stride (frame);
  self->has_alpha = lk_frame_has_alpha (frame);
  self->left = CLAMP ((int)floor (box.x + 1e-6), 0, width - 1);
  self->top = CLAMP ((int)floor (box.y + 1e-6), 0, height - 1);
  self->right = CLAMP ((int)ceil (box.x + box.side - 1e-6), self->left + 1, width);
  self->bottom = CLAMP ((int)ceil (box.y + box.side - 1e-6), self->top + 1, height);
  self->middle_x = box.x + box.side / 2;
  self->middle_y = box.y + box.side / 2;
  self->cosine = cos (degrees * G_PI / 180) * scale;
  self->sine = sin (degrees * G_PI / 180) * scale;
  self->radius = (float)(LOBE * widened);
  self->steps = (float)(STEPS / (widened * widened));
  for (guint i = 0; i < ENTRIES; i++)
    self->weights[i] = (float)cubic (sqrt ((double)i / STEPS));
}

/* A px of the result, counted from its middle → where it comes from. */
static void
find_origin (const Turn *self, double u, double v, double *x, double *y)
{
  *x = self->middle_x + self->cosine * u + self->sine * v;
  *y = self->middle_y - self->sine * u + self->cosine * v;
}

/* The tile that the px from (@u, @v) on need, @size of them in both directions. */
static void
tile_place (Tile *self, const Turn *turn, double u, double v, guint size)
{
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = -G_MAXDOUBLE, bottom = -G_MAXDOUBLE;
  double margin = turn->radius + 1;

  for (guint corner = 0; corner < 4; corner++)
    {
      double x, y;

      find_origin (turn, u + (corner % 2 == 1 ? size : 0), v + (corner >= 2 ? size : 0), &x, &y);
      left = MIN (left, x);
      top = MIN (top, y);
      right = MAX (right, x);
      bottom = MAX (bottom, y);
    }
  self->left = CLAMP ((int)floor (left - margin), turn->left, turn->right - 1);
  self->top = CLAMP ((int)floor (top - margin), turn->top, turn->bottom - 1);
  self->width = CLAMP ((int)ceil (right + margin), self->left + 1, turn->right) - self->left;
  self->height = CLAMP ((int)ceil (bottom + margin), self->top + 1, turn->bottom) - self->top;
}

/* Colour counts as much as it covers, or the colour of transparent px would show as a fringe. */
static void
tile_load (Tile *self, const Turn *turn)
{
  Channels *out = self->channels;

  for (int y = 0; y < self->height; y++)
    {
      const guint8 *pixel
          = turn->pixels + (gsize)(self->top + y) * turn->stride + (gsize)self->left * 4;

      for (int x = 0; x < self->width; x++, pixel += 4, out++)
        {
          float coverage = turn->has_alpha ? pixel[3] * (1 / 255.f) : 1;

          *out = (Channels){ pixel[0] * coverage, pixel[1] * coverage, pixel[2] * coverage,
                             pixel[3] };
        }
    }
}

static guint8
to_byte (float value)
{
  return (guint8)(CLAMP (value, 0.f, 255.f) + 0.5f);
}

/* The px at (@x, @y) of the tile lies in the square, so at least its own is there to be averaged.
 */
static void
sample (const Turn *turn, const Tile *tile, float x, float y, guint8 *out)
{
  int first_row = MAX ((int)(y - turn->radius + 0.5f), 0);
  int end_row = MIN ((int)(y + turn->radius + 0.5f), tile->height);
  Channels sum = { 0 };
  float total = 0;

  for (int row = first_row; row < end_row; row++)
    {
      float dy = (float)row + 0.5f - y;
      float square = dy * dy;
      float half = sqrtf (MAX (turn->radius * turn->radius - square, 0));
      int first = MAX ((int)(x - half + 0.5f), 0);
      int end = MIN ((int)(x + half + 0.5f), tile->width);
      const Channels *channels = tile->channels + (gsize)row * (gsize)tile->width;
      float dx = (float)first + 0.5f - x;

      for (int i = first; i < end; i++, dx += 1)
        {
          float weight = turn->weights[(int)((dx * dx + square) * turn->steps)];

          total += weight;
          sum += channels[i] * weight;
        }
    }

  out[3] = to_byte (sum[3] / total);
  for (int c = 0; c < 3; c++)
    if (!turn->has_alpha)
      out[c] = to_byte (sum[c] / total);
    else
      out[c] = out[3] > 0 ? to_byte (sum[c] * 255.f / sum[3]) : 0;
}

/* @u, @v: the first px of the part, counted from the middle of the result */
static void
make_part (const Turn *turn,
           Tile *tile,
           double u,
           double v,
           guint columns,
           guint rows,
           guint8 *out,
           gsize stride)
{
  tile_place (tile, turn, u, v, TILE);
  tile_load (tile, turn);
  for (guint row = 0; row < rows; row++)
    for (guint column = 0; column < columns; column++)
      {
        double x, y;

        find_origin (turn, u + column + 0.5, v + row + 0.5, &x, &y);
        sample (turn, tile, (float)(x - tile->left), (float)(y - tile->top),
                out + row * stride + (gsize)column * 4);
      }
}

static LkFrame *
turn_frame (LkFrame *frame, LkSquare box, double degrees, double scale, guint size, guint8 *pixels)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize)size * size * 4);
  g_autofree Turn *turn = g_new (Turn, 1);
  gsize stride = (gsize)size * 4;
  Tile tile;
  gsize longest;

  turn_init (turn, frame, box, degrees, scale);
  longest = (gsize)(TILE * scale * G_SQRT2 + 2 * (turn->radius + 2)) + 1;
  tile.channels = g_aligned_alloc (longest * longest, sizeof (Channels), sizeof (Channels));
  for (guint y = 0; y < size; y += TILE)
    for (guint x = 0; x < size; x += TILE)
      make_part (turn, &tile, x - size / 2.0, y - size / 2.0, MIN (TILE, size - x),
                 MIN (TILE, size - y), pixels + y * stride + (gsize)x * 4, stride);
  g_aligned_free (tile.channels);

  return lk_frame_new (bytes, size, size, stride, turn->has_alpha);
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

  return turn_frame (frame, box, degrees, box.side / reach / size, size, pixels);
}
