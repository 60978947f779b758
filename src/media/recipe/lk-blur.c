/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-blur.h"

#include <math.h>

/* Three boxes in a row are a Gaussian to the eye, and cost the same whatever their width. Their
 * ends are weighted, so that a width may be any fraction of a px: what is blurred at one size looks
 * the same at another (Gwosdek et al., "Theoretical Foundations of Gaussian Convolution by Extended
 * Box Filtering", 2011). */
#define PASSES 3

/* A box of 2 × radius + 1 px of weight 1, and one of weight @end on either side. */
typedef struct
{
  int radius;
  float end;
  float scale;
} Box;

/* A box of length L has a variance of (L² − 1) / 12, and those of boxes in a row add up: the
 * longest whole one below the variance that is wanted, and ends of such a weight that they make up
 * the rest. */
static Box
box_new (double sigma)
{
  double length = sqrt (12 * sigma * sigma / PASSES + 1);
  int radius = MAX ((int)floor ((length - 1) / 2), 0);
  double whole = 2 * radius + 1;
  double variance = sigma * sigma / PASSES;
  double next = (double)(radius + 1) * (radius + 1);
  double end = whole * (radius * (radius + 1.0) - 3 * variance) / (6 * (variance - next));

  end = CLAMP (end, 0, 1);

  return (Box){ .radius = radius, .end = (float)end, .scale = (float)(1 / (whole + 2 * end)) };
}

static float
at (const float *line, int n, int i)
{
  return i >= 0 && i < n ? line[i] : 0;
}

/* Outside of the line there is nothing. */
static void
blur_line (const Box *box, const float *from, float *to, int n)
{
  float sum = 0;

  for (int i = 0; i < MIN (box->radius, n); i++)
    sum += from[i];
  for (int i = 0; i < n; i++)
    {
      sum += at (from, n, i + box->radius);
      to[i] = box->scale
              * (sum
                 + box->end
                       * (at (from, n, i + box->radius + 1) + at (from, n, i - box->radius - 1)));
      sum -= at (from, n, i - box->radius);
    }
}

static void
blur_bytes (const Box *box, guint8 *bytes, gsize step, float *line, float *other, int n)
{
  for (int i = 0; i < n; i++)
    line[i] = bytes[(gsize)i * step];

  blur_line (box, line, other, n);
  blur_line (box, other, line, n);
  blur_line (box, line, other, n);

  for (int i = 0; i < n; i++)
    bytes[(gsize)i * step] = (guint8)CLAMP (other[i] + 0.5f, 0.f, 255.f);
}

/**
 * lk_blur_mask:
 * @mask: (inout): @height rows of @width bytes, changed in place; outside of them is nothing
 * @stride: bytes from one row to the next
 * @sigma: standard deviation of the Gaussian that it comes near, in px
 */
void
lk_blur_mask (guint8 *mask, guint width, guint height, gsize stride, double sigma)
{
  Box box = box_new (sigma);
  guint longer = MAX (width, height);
  g_autofree float *line = g_new (float, longer);
  g_autofree float *other = g_new (float, longer);

  for (guint y = 0; y < height; y++)
    blur_bytes (&box, mask + y * stride, 1, line, other, (int)width);
  for (guint x = 0; x < width; x++)
    blur_bytes (&box, mask + x, stride, line, other, (int)height);
}
