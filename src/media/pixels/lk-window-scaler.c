/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-window-scaler.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A cubic (Keys, “Cubic Convolution Interpolation”, 1981), widened by the scale when making
 * smaller, with the sharpness that FFmpeg's scaler has by default: a film's frames are smaller than
 * a photo and many, and a longer filter shows nothing more on them.
 *
 * Rows first, since they are worked on many columns at once, and fewer are left for the second
 * step. Everything is in 16 bits so that a processor without extensions takes eight at a time: a px
 * is below 2^15 when shifted by 7, a weight has 14 bits, and what the upper half of their product
 * keeps has 5 bits below the point. Compilers do not see that by themselves, so for the x86-64 that
 * everybody has it is spelled out; the same sums in plain C are for all others. */

#define SHARPNESS -0.6
#define REACH 2
#define PIXEL_SHIFT 7
#define WEIGHT_BITS 14
#define ROW_BITS (PIXEL_SHIFT + WEIGHT_BITS - 16)
/* Columns of the first step, and taps of the second, that are worked on at once. */
#define BLOCK 16
#define TAPS 8

/* Where each row or column of the result comes from: n weights each, n a multiple of a step, those
 * that are not needed 0. */
typedef struct
{
  guint n;
  guint *first;
  gint16 *weights;
} Taps;

struct _LkWindowScaler
{
  guint width;
  guint height;
  guint step;
  guint left;    /* the first column of the source that is needed, in bytes */
  guint columns; /* how many bytes of a row are needed */
  Taps across;
  Taps down;
  gboolean copies; /* the result is the window as it is */
  gint16 *row;
  guint8 *edge;
};

static double
cubic (double x)
{
  x = fabs (x);
  if (x < 1)
    return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
  if (x < REACH)
    return ((SHARPNESS * x - 5 * SHARPNESS) * x + 8 * SHARPNESS) * x - 4 * SHARPNESS;

  return 0;
}

/* Rounds so that the sum stays what it was: an even area keeps its value. */
static void
quantize (const double *weights, guint n, double sum, gint16 *out)
{
  int rest = 1 << WEIGHT_BITS;
  guint largest = 0;

  for (guint i = 0; i < n; i++)
    {
      out[i] = (gint16)lround (weights[i] / sum * (1 << WEIGHT_BITS));
      rest -= out[i];
      if (out[i] > out[largest])
        largest = i;
    }

  /* The scale's 1 << 14 alone would still fit. */
  out[largest] = (gint16)(out[largest] + rest);
}

/* Takes the weights off the start that are 0, so that those of a plain copy are one.
 *
 * Returns: how many */
static guint
trim (gint16 *weights, guint n)
{
  guint zeros = 0;

  while (zeros + 1 < n && weights[zeros] == 0)
    zeros++;
  memmove (weights, weights + zeros, (n - zeros) * sizeof *weights);
  memset (weights + n - zeros, 0, zeros * sizeof *weights);

  return zeros;
}

/* Taps never reach outside of the window: what was cut away does not bleed back in. */
static void
taps_init (Taps *self, double start, double length, guint limit, guint size, guint multiple)
{
  double ratio = length / size;
  double scale = MAX (ratio, 1);
  gint64 lowest = CLAMP ((gint64)floor (start + 1e-6), 0, (gint64)limit - 1);
  gint64 highest = CLAMP ((gint64)ceil (start + length - 1e-6) - 1, lowest, (gint64)limit - 1);
  guint most = (guint)(2 * REACH * scale) + 2;
  g_autofree double *weights = g_new (double, most);

  self->n = (most + multiple - 1) / multiple * multiple;
  self->first = g_new (guint, size);
  self->weights = g_new0 (gint16, (gsize)size * self->n);

  for (guint i = 0; i < size; i++)
    {
      double centre = start + (i + 0.5) * ratio;
      gint64 first = CLAMP ((gint64)ceil (centre - REACH * scale - 0.5), lowest, highest);
      gint64 last = CLAMP ((gint64)floor (centre + REACH * scale - 0.5), first, highest);
      guint n = (guint)(last - first + 1);
      double sum = 0;

      for (guint j = 0; j < n; j++)
        sum += weights[j] = cubic (((double)(first + j) + 0.5 - centre) / scale);
      /* At an edge the filter may hang over by so much that nothing is left of it. */
      if (fabs (sum) < 0.1)
        {
          memset (weights, 0, sizeof (double) * n);
          sum = weights[centre > (double)last ? n - 1 : 0] = 1;
        }

      quantize (weights, n, sum, self->weights + (gsize)i * self->n);
      self->first[i] = (guint)first + trim (self->weights + (gsize)i * self->n, n);
    }
}

static void
taps_clear (Taps *self)
{
  g_free (self->first);
  g_free (self->weights);
}

/* How many taps of a row are not zero, so that a plain copy costs one. */
static guint
count_taps (const gint16 *weights, guint n)
{
  while (n > 1 && weights[n - 1] == 0)
    n--;

  return n;
}

/* Each of them takes one px, the one after that of the one before. */
static gboolean
is_copy (const Taps *self, guint size)
{
  for (guint i = 0; i < size; i++)
    {
      const gint16 *weights = self->weights + (gsize)i * self->n;

      if (self->first[i] != self->first[0] + i || weights[0] != 1 << WEIGHT_BITS
          || count_taps (weights, self->n) > 1)
        return FALSE;
    }

  return TRUE;
}

/**
 * lk_window_scaler_new:
 * @window: what to look at, inside of the source; a fraction of a px over its edge is cut
 * @source_width: columns of the source, at least 1
 * @source_height: rows of the source, at least 1
 * @source_step: bytes from one px of a row to the next: 2 where two planes are interleaved
 * @width: columns of the result, at least 1
 * @height: rows of the result, at least 1
 *
 * Returns: (transfer full): a scaler for planes of that size
 */
LkWindowScaler *
lk_window_scaler_new (LkPlaneWindow window,
                      guint source_width,
                      guint source_height,
                      guint source_step,
                      guint width,
                      guint height)
{
  LkWindowScaler *self = g_new0 (LkWindowScaler, 1);
  guint left;
  guint right;

  self->width = width;
  self->height = height;
  self->step = source_step;
  taps_init (&self->across, window.x, window.width, source_width, width, TAPS);
  taps_init (&self->down, window.y, window.height, source_height, height, 1);

  self->copies
      = source_step == 1 && is_copy (&self->across, width) && is_copy (&self->down, height);
  left = self->across.first[0];
  right = MIN (self->across.first[width - 1] + self->across.n, source_width);
  self->left = left * source_step;
  self->columns = (right - left - 1) * source_step + 1;
  for (guint i = 0; i < width; i++)
    self->across.first[i] -= left;

  /* The last taps may reach past the last px: their weights are 0, what they read is not. */
  self->row = g_new0 (gint16, (gsize)self->columns + BLOCK + self->across.n * source_step);
  self->edge = g_new0 (guint8, (gsize)self->down.n * BLOCK);

  return self;
}

void
lk_window_scaler_free (LkWindowScaler *self)
{
  taps_clear (&self->across);
  taps_clear (&self->down);
  g_free (self->row);
  g_free (self->edge);
  g_free (self);
}

/* A block of columns, from n rows to one. Each product loses half of its last bit on average. */
#ifdef __SSE2__
static inline void
add_block (const guint8 *source, gsize stride, const gint16 *weights, guint n, gint16 *out)
{
  const __m128i zero = _mm_setzero_si128 ();
  __m128i low = _mm_set1_epi16 ((gint16)(n / 2));
  __m128i high = low;

  for (guint i = 0; i < n; i++)
    {
      __m128i row = _mm_loadu_si128 ((const __m128i *)(const void *)(source + i * stride));
      __m128i weight = _mm_set1_epi16 (weights[i]);
      __m128i first = _mm_srli_epi16 (_mm_unpacklo_epi8 (zero, row), 8 - PIXEL_SHIFT);
      __m128i second = _mm_srli_epi16 (_mm_unpackhi_epi8 (zero, row), 8 - PIXEL_SHIFT);

      low = _mm_add_epi16 (low, _mm_mulhi_epi16 (first, weight));
      high = _mm_add_epi16 (high, _mm_mulhi_epi16 (second, weight));
    }

  _mm_storeu_si128 ((__m128i *)(void *)out, low);
  _mm_storeu_si128 ((__m128i *)(void *)(out + BLOCK / 2), high);
}
#else
static inline void
add_block (const guint8 *source, gsize stride, const gint16 *weights, guint n, gint16 *out)
{
  gint16 sums[BLOCK];

  for (guint j = 0; j < BLOCK; j++)
    sums[j] = (gint16)(n / 2);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < BLOCK; j++)
      sums[j] = (gint16)(sums[j] + (((source[i * stride + j] << PIXEL_SHIFT) * weights[i]) >> 16));

  memcpy (out, sums, sizeof sums);
}
#endif

static void
add_rows (LkWindowScaler *self, const guint8 *source, gsize stride, guint y)
{
  const gint16 *weights = self->down.weights + (gsize)y * self->down.n;
  guint n = count_taps (weights, self->down.n);
  guint whole = self->columns / BLOCK * BLOCK;
  guint rest = self->columns - whole;

  source += self->down.first[y] * stride + self->left;
  for (guint x = 0; x < whole; x += BLOCK)
    add_block (source + x, stride, weights, n, self->row + x);
  if (rest == 0)
    return;

  for (guint i = 0; i < n; i++)
    memcpy (self->edge + i * BLOCK, source + i * stride + whole, rest);
  add_block (self->edge, BLOCK, weights, n, self->row + whole);
}

static guint8
to_byte (int sum)
{
  int value = (sum + (1 << (ROW_BITS + WEIGHT_BITS - 1))) >> (ROW_BITS + WEIGHT_BITS);

  return (guint8)CLAMP (value, 0, 255);
}

static guint8
add_taps (const gint16 *from, const gint16 *weights, guint n)
{
  int sum = 0;

  for (guint i = 0; i < n; i++)
    sum += from[i] * weights[i];

  return to_byte (sum);
}

#ifdef __SSE2__
/* Four sums of products, not yet added up. */
static inline __m128i
multiply_taps (const gint16 *from, const gint16 *weights, guint n)
{
  __m128i sum = _mm_setzero_si128 ();

  for (guint i = 0; i < n; i += TAPS)
    sum = _mm_add_epi32 (
        sum, _mm_madd_epi16 (_mm_loadu_si128 ((const __m128i *)(const void *)(from + i)),
                             _mm_loadu_si128 ((const __m128i *)(const void *)(weights + i))));

  return sum;
}

/* Four px at once: their sums are added up crosswise. */
static guint
add_most_columns (LkWindowScaler *self, guint8 *out)
{
  const __m128i half = _mm_set1_epi32 (1 << (ROW_BITS + WEIGHT_BITS - 1));
  const guint *first = self->across.first;
  guint n = self->across.n;
  guint x;

  for (x = 0; x + 4 <= self->width; x += 4)
    {
      const gint16 *weights = self->across.weights + (gsize)x * n;
      __m128i a = multiply_taps (self->row + first[x], weights, n);
      __m128i b = multiply_taps (self->row + first[x + 1], weights + n, n);
      __m128i c = multiply_taps (self->row + first[x + 2], weights + 2 * n, n);
      __m128i d = multiply_taps (self->row + first[x + 3], weights + 3 * n, n);
      __m128i ab = _mm_add_epi32 (_mm_unpacklo_epi32 (a, b), _mm_unpackhi_epi32 (a, b));
      __m128i cd = _mm_add_epi32 (_mm_unpacklo_epi32 (c, d), _mm_unpackhi_epi32 (c, d));
      __m128i sum = _mm_add_epi32 (_mm_unpacklo_epi64 (ab, cd), _mm_unpackhi_epi64 (ab, cd));
      int bytes;

      sum = _mm_srai_epi32 (_mm_add_epi32 (sum, half), ROW_BITS + WEIGHT_BITS);
      sum = _mm_packs_epi32 (sum, sum);
      bytes = _mm_cvtsi128_si32 (_mm_packus_epi16 (sum, sum));
      memcpy (out + x, &bytes, 4);
    }

  return x;
}
#else
static guint
add_most_columns (LkWindowScaler *self, guint8 *out)
{
  return 0;
}
#endif

static void
add_columns (LkWindowScaler *self, guint8 *out)
{
  guint n = self->across.n;

  for (guint x = add_most_columns (self, out); x < self->width; x++)
    out[x] = add_taps (self->row + self->across.first[x], self->across.weights + (gsize)x * n, n);
}

/* The same where the px lie apart. */
static void
add_columns_apart (LkWindowScaler *self, guint8 *out)
{
  guint n = self->across.n;

  for (guint x = 0; x < self->width; x++)
    {
      const gint16 *from = self->row + (gsize)self->across.first[x] * self->step;
      const gint16 *weights = self->across.weights + (gsize)x * n;
      int sum = 0;

      for (guint i = 0; i < n; i++)
        sum += from[i * self->step] * weights[i];

      out[x] = to_byte (sum);
    }
}

/**
 * lk_window_scaler_run:
 * @source: the plane's first px, of the size that the scaler was made for
 * @source_stride: from one row to the next, in bytes
 * @out: room for the result
 * @stride: of @out
 */
void
lk_window_scaler_run (LkWindowScaler *self,
                      const guint8 *source,
                      gsize source_stride,
                      guint8 *out,
                      gsize stride)
{
  for (guint y = 0; y < self->height && self->copies; y++)
    memcpy (out + y * stride, source + (self->down.first[0] + y) * source_stride + self->left,
            self->width);
  for (guint y = 0; y < self->height && !self->copies; y++)
    {
      add_rows (self, source, source_stride, y);
      if (self->step == 1)
        add_columns (self, out + y * stride);
      else
        add_columns_apart (self, out + y * stride);
    }
}
