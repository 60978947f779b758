/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-resample.h"

#include <math.h>
#include <string.h>
#include "lk-media-error.h"

/* Lanczos with three lobes, widened by the scale when making smaller (Turkowski, "Filters for
 * Common Resampling Tasks", 1990): sharp, and no aliases. It costs taps × scale, so what is much
 * too large is first averaged in whole blocks. */
#define LOBES 3
/* Blocks are averaged as long as at least this many px remain for each px of the result. */
#define REMAINING 2
/* As many sums as registers hold. */
#define BLOCK 32

/* The taps of one row or column of the result. */
typedef struct
{
  guint first;
  guint n;
  float *weights;
} Taps;

static double
lanczos (double x)
{
  if (fabs (x) < 1e-9)
    return 1;
  if (fabs (x) >= LOBES)
    return 0;

  return LOBES * sin (G_PI * x) * sin (G_PI * x / LOBES) / (G_PI * G_PI * x * x);
}

/* Taps never reach outside of the square: what was cut away does not bleed back in. */
static Taps *
taps_new (double start, double side, guint size, guint limit)
{
  Taps *taps = g_new0 (Taps, size);
  double ratio = side / size;
  double scale = MAX (ratio, 1);
  gint64 lowest = MAX ((gint64)floor (start + 1e-6), 0);
  gint64 highest = MIN ((gint64)ceil (start + side - 1e-6), (gint64)limit) - 1;

  lowest = MIN (lowest, (gint64)limit - 1);
  highest = MAX (highest, lowest);

  for (guint i = 0; i < size; i++)
    {
      double centre = start + (i + 0.5) * ratio;
      gint64 first = CLAMP ((gint64)ceil (centre - LOBES * scale - 0.5), lowest, highest);
      gint64 last = CLAMP ((gint64)floor (centre + LOBES * scale - 0.5), first, highest);
      double sum = 0;

      taps[i].first = (guint)first;
      taps[i].n = (guint)(last - first + 1);
      taps[i].weights = g_new (float, taps[i].n);
      for (guint j = 0; j < taps[i].n; j++)
        sum += taps[i].weights[j] = (float)lanczos ((first + j + 0.5 - centre) / scale);
      if (fabs (sum) < 1e-6)
        {
          taps[i].n = 1;
          taps[i].weights[0] = 1;
          sum = 1;
        }
      for (guint j = 0; j < taps[i].n; j++)
        taps[i].weights[j] = (float)(taps[i].weights[j] / sum);
    }

  return taps;
}

static void
taps_free (Taps *taps, guint size)
{
  for (guint i = 0; i < size; i++)
    g_free (taps[i].weights);
  g_free (taps);
}

static guint8
to_byte (float value)
{
  return (guint8)(CLAMP (value, 0.f, 255.f) + 0.5f);
}

/* The columns of the source that count, as numbers, of the rows that were looked at last: a row is
 * turned into numbers once, and not for each row of the result that it has a part in. */
typedef struct
{
  const guint8 *pixels; /* of the first column */
  gsize stride;
  guint columns;
  gboolean has_alpha;
  guint n;
  guint *rows; /* which one each of them is, counted from 1; 0 for none */
  float *values;
  const float **used; /* those that one row of the result is made of */
} Rows;

static guint
count_taps (const Taps *taps, guint size)
{
  guint most = 0;

  for (guint i = 0; i < size; i++)
    most = MAX (most, taps[i].n);

  return most;
}

/* Colour counts as much as it covers, or the colour of transparent pixels would show as a fringe.
 */
static void
convert_row (const guint8 *restrict row, guint columns, gboolean has_alpha, float *restrict values)
{
  if (!has_alpha)
    {
      for (guint i = 0; i < columns * 4; i++)
        values[i] = row[i];
      return;
    }

  for (guint i = 0; i < columns; i++)
    {
      float coverage = row[i * 4 + 3] * (1 / 255.f);

      for (guint c = 0; c < 3; c++)
        values[i * 4 + c] = row[i * 4 + c] * coverage;
      values[i * 4 + 3] = row[i * 4 + 3];
    }
}

/* Rows are asked for from top to bottom, never more than n at a time. */
static const float *
get_row (Rows *self, guint row)
{
  guint slot = row % self->n;
  float *values = self->values + (gsize)slot * self->columns * 4;

  if (self->rows[slot] != row + 1)
    {
      convert_row (self->pixels + row * self->stride, self->columns, self->has_alpha, values);
      self->rows[slot] = row + 1;
    }

  return values;
}

/* One row of the result's height, still as wide as the source: @sums has 4 floats for each column
 * that counts. A block of sums stays in registers while all rows are added to it. */
static void
add_rows (const Taps *taps, Rows *rows, float *restrict sums)
{
  guint length = rows->columns * 4;

  for (guint j = 0; j < taps->n; j++)
    rows->used[j] = get_row (rows, taps->first + j);

  for (guint start = 0; start < length; start += BLOCK)
    {
      guint n = MIN (BLOCK, length - start);
      float block[BLOCK] = { 0 };

      for (guint j = 0; j < taps->n; j++)
        {
          const float *row = rows->used[j] + start;
          float weight = taps->weights[j];

          if (n == BLOCK)
            for (guint i = 0; i < BLOCK; i++)
              block[i] += weight * row[i];
          else
            for (guint i = 0; i < n; i++)
              block[i] += weight * row[i];
        }
      memcpy (sums + start, block, n * sizeof (float));
    }
}

/* The four sums of a px at once. */
typedef float Channels __attribute__ ((vector_size (16), aligned (4), may_alias));

static void
add_columns (const Taps *taps, const float *sums, guint first, float *out)
{
  const Channels *from = (const Channels *)(const void *)(sums + (gsize)(taps->first - first) * 4);
  Channels even = { 0 };
  Channels odd = { 0 };
  guint i;

  /* Two chains of sums, so that one need not wait for the other. */
  for (i = 0; i + 1 < taps->n; i += 2)
    {
      even += from[i] * taps->weights[i];
      odd += from[i + 1] * taps->weights[i + 1];
    }
  if (i < taps->n)
    even += from[i] * taps->weights[i];

  *(Channels *)(void *)out = even + odd;
}

static void
store_row (const float *restrict values, guint size, gboolean has_alpha, guint8 *restrict out)
{
  if (!has_alpha)
    {
      for (guint i = 0; i < size * 4; i++)
        out[i] = to_byte (values[i]);
      return;
    }

  for (guint i = 0; i < size; i++, values += 4, out += 4)
    {
      out[3] = to_byte (values[3]);
      for (guint c = 0; c < 3; c++)
        out[c] = out[3] > 0 ? to_byte (values[c] * 255.f / values[3]) : 0;
    }
}

static LkFrame *
resample (LkFrame *frame, LkSquare square, guint size, guint8 *pixels)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize)size * size * 4);
  gboolean has_alpha = lk_frame_has_alpha (frame);
  Taps *columns = taps_new (square.x, square.side, size, lk_frame_get_width (frame));
  Taps *rows = taps_new (square.y, square.side, size, lk_frame_get_height (frame));
  guint first = columns[0].first;
  guint n = columns[size - 1].first + columns[size - 1].n - first;
  guint kept = count_taps (rows, size);
  g_autofree float *sums = g_new (float, (gsize)n * 4);
  g_autofree float *line = g_new (float, (gsize)size * 4);
  g_autofree float *values = g_new (float, (gsize)n * 4 * kept);
  g_autofree guint *held = g_new0 (guint, kept);
  g_autofree const float **used = g_new (const float *, kept);
  Rows source = {
    .pixels
    = (const guint8 *)g_bytes_get_data (lk_frame_get_pixels (frame), NULL) + (gsize)first * 4,
    .stride = lk_frame_get_stride (frame),
    .columns = n,
    .has_alpha = has_alpha,
    .n = kept,
    .rows = held,
    .values = values,
    .used = used,
  };

  for (guint y = 0; y < size; y++)
    {
      add_rows (&rows[y], &source, sums);
      for (guint x = 0; x < size; x++)
        add_columns (&columns[x], sums, first, line + (gsize)x * 4);
      store_row (line, size, has_alpha, pixels + (gsize)y * size * 4);
    }

  taps_free (columns, size);
  taps_free (rows, size);

  return lk_frame_new (bytes, size, size, (gsize)size * 4, has_alpha);
}

static LkFrame *
copy_square (LkFrame *frame, LkSquare square, guint size, guint8 *pixels)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize)size * size * 4);
  const guint8 *source = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  guint x = (guint)MIN (lround (square.x), (long)(lk_frame_get_width (frame) - size));
  guint y = (guint)MIN (lround (square.y), (long)(lk_frame_get_height (frame) - size));

  for (guint row = 0; row < size; row++)
    memcpy (pixels + (gsize)row * size * 4,
            source + (y + row) * lk_frame_get_stride (frame) + (gsize)x * 4, (gsize)size * 4);

  return lk_frame_new (bytes, size, size, (gsize)size * 4, lk_frame_has_alpha (frame));
}

/* Without alpha the channels know nothing of each other; with it, colour counts as much as it
 * covers. */
static void
average_block (const guint8 *pixels,
               gsize stride,
               guint channels,
               gboolean has_alpha,
               guint width,
               guint height,
               guint8 *out)
{
  guint64 sum[4] = { 0 };
  guint64 n = (guint64)width * height;
  guint64 coverage;

  for (guint y = 0; y < height; y++)
    {
      const guint8 *pixel = pixels + y * stride;

      for (guint x = 0; x < width; x++, pixel += channels)
        {
          guint alpha = has_alpha ? pixel[3] : 1;

          sum[0] += pixel[0] * alpha;
          sum[1] += pixel[1] * alpha;
          sum[2] += pixel[2] * alpha;
          sum[3] += channels == 4 ? pixel[3] : 255;
        }
    }

  coverage = has_alpha ? sum[3] : n;
  for (guint c = 0; c < 3; c++)
    out[c] = coverage > 0 ? (guint8)((sum[c] + coverage / 2) / coverage) : 0;
  out[3] = (guint8)((sum[3] + n / 2) / n);
}

static guint8 *
allocate (guint width, guint height, GError **error)
{
  guint8 *pixels = g_try_malloc_n ((gsize)width * height, 4);

  if (pixels == NULL)
    g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px", width,
                 height);

  return pixels;
}

/**
 * lk_resample_shrink:
 * @pixels: rows of @stride bytes
 * @channels: 3 (RGB) or 4
 * @has_alpha: the fourth channel is alpha, not premultiplied
 * @window: inside of @pixels; each block of shrink × shrink px becomes its average, those at the
 * right and lower edge the average of what there is
 *
 * Returns: (transfer full) (nullable): the shrunk window, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_resample_shrink (const guint8 *pixels,
                    gsize stride,
                    guint channels,
                    gboolean has_alpha,
                    const LkWindow *window,
                    GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  guint shrink = window->shrink;
  guint width = (window->width + shrink - 1) / shrink;
  guint height = (window->height + shrink - 1) / shrink;
  guint8 *shrunk = allocate (width, height, error);

  if (shrunk == NULL)
    return NULL;

  bytes = g_bytes_new_take (shrunk, (gsize)width * height * 4);
  for (guint y = 0; y < height; y++)
    {
      const guint8 *row
          = pixels + (window->y + (gsize)y * shrink) * stride + (gsize)window->x * channels;
      guint block_height = MIN (shrink, window->height - y * shrink);

      for (guint x = 0; x < width; x++, shrunk += 4)
        {
          const guint8 *block = row + (gsize)x * shrink * channels;

          if (shrink == 1)
            {
              shrunk[3] = 255;
              memcpy (shrunk, block, channels);
            }
          else
            {
              average_block (block, stride, channels, has_alpha,
                             MIN (shrink, window->width - x * shrink), block_height, shrunk);
            }
        }
    }

  return lk_frame_new (bytes, width, height, (gsize)width * 4, has_alpha);
}

/**
 * lk_resample_shrink_square:
 * @square: (inout): inside of @frame; where it is on the result
 * @shrink: at least 1; blocks of as many columns and rows become their average
 *
 * Returns: (transfer full) (nullable): the px that @square touches, shrunk, or NULL with
 * LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_resample_shrink_square (LkFrame *frame, LkSquare *square, guint shrink, GError **error)
{
  guint x = (guint)floor (square->x);
  guint y = (guint)floor (square->y);
  LkWindow window = {
    .x = x,
    .y = y,
    .width = MIN ((guint)ceil (square->x + square->side), lk_frame_get_width (frame)) - x,
    .height = MIN ((guint)ceil (square->y + square->side), lk_frame_get_height (frame)) - y,
    .shrink = shrink,
  };

  square->x = (square->x - x) / shrink;
  square->y = (square->y - y) / shrink;
  square->side /= shrink;

  return lk_resample_shrink (g_bytes_get_data (lk_frame_get_pixels (frame), NULL),
                             lk_frame_get_stride (frame), 4, lk_frame_has_alpha (frame), &window,
                             error);
}

/**
 * lk_resample_square:
 * @frame: the source; without alpha its four channels are taken each for itself (so CMYK passes
 * too)
 * @square: inside of @frame
 * @size: px of the result's side, at least 1; a square of that very size is copied, from the
 * nearest whole px
 *
 * Returns: (transfer full) (nullable): @size × @size px, or NULL with LK_MEDIA_ERROR_NO_MEMORY
 */
LkFrame *
lk_resample_square (LkFrame *frame, LkSquare square, guint size, GError **error)
{
  g_autoptr (LkFrame) shrunk = NULL;
  guint8 *pixels;
  guint shrink = (guint)(square.side / size / REMAINING);

  g_return_val_if_fail (size > 0, NULL);

  if (shrink > 1)
    {
      shrunk = lk_resample_shrink_square (frame, &square, shrink, error);
      if (shrunk == NULL)
        return NULL;

      frame = shrunk;
    }

  pixels = allocate (size, size, error);
  if (pixels == NULL)
    return NULL;

  if (fabs (square.side - size) < 0.5 && size <= lk_frame_get_width (frame)
      && size <= lk_frame_get_height (frame))
    return copy_square (frame, square, size, pixels);

  return resample (frame, square, size, pixels);
}
