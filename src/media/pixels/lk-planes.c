/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-planes.h"

#include <math.h>

/* Red's and blue's parts of luma in BT.709; green has the rest. */
#define KR 0.2126
#define KB 0.0722
/* Bits below the point in sums of codes. */
#define BITS 14

static guint8
to_byte (int value)
{
  return (guint8)CLAMP (value, 0, 255);
}

/* c = a × b, where the last row of each is (0, 0, 0, 1). */
static LkPlanesMap
multiply (const LkPlanesMap *a, const LkPlanesMap *b)
{
  LkPlanesMap c = { 0 };

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 4; j++)
      {
        c.rows[i][j] = j == 3 ? a->rows[i][3] : 0;
        for (guint k = 0; k < 3; k++)
          c.rows[i][j] += a->rows[i][k] * b->rows[k][j];
      }

  return c;
}

/* Codes → R'G'B' of 0 to 1. */
static LkPlanesMap
map_to_rgb (double kr, double kb, gboolean full_range)
{
  double luma = 1 / (full_range ? 255. : 219.);
  double chroma = 2 / (full_range ? 255. : 224.);
  double base = full_range ? 0 : -16 * luma;
  double kg = 1 - kr - kb;
  double red_v = chroma * (1 - kr);
  double blue_u = chroma * (1 - kb);
  double green_u = -blue_u * kb / kg;
  double green_v = -red_v * kr / kg;

  return (LkPlanesMap){ { { luma, 0, red_v, base - 128 * red_v },
                          { luma, green_u, green_v, base - 128 * (green_u + green_v) },
                          { luma, blue_u, 0, base - 128 * blue_u } } };
}

/* R'G'B' of 0 to 1 → codes. */
static LkPlanesMap
map_from_rgb (void)
{
  const double kg = 1 - KR - KB;
  const double u = 112 / (1 - KB);
  const double v = 112 / (1 - KR);

  return (LkPlanesMap){ { { 219 * KR, 219 * kg, 219 * KB, 16 },
                          { -u * KR, -u * kg, u * (1 - KB), 128 },
                          { v * (1 - KR), -v * kg, -v * KB, 128 } } };
}

/**
 * lk_planes_map_new:
 * @kr: red's part of luma where the planes come from
 * @kb: blue's part
 * @full_range: whether they use all of 0 to 255
 * @rgb_matrix: (nullable): three rows that are applied to (R', G', B', 1), of 0 to 1, on the way
 *
 * Returns: the map to BT.709 in limited range. What leaves 0 to 1 on the way is not cut there
 */
LkPlanesMap
lk_planes_map_new (double kr, double kb, gboolean full_range, const double (*rgb_matrix)[4])
{
  LkPlanesMap to_rgb = map_to_rgb (kr, kb, full_range);
  LkPlanesMap from_rgb = map_from_rgb ();

  if (rgb_matrix != NULL)
    {
      LkPlanesMap matrix;

      for (guint i = 0; i < 3; i++)
        for (guint j = 0; j < 4; j++)
          matrix.rows[i][j] = rgb_matrix[i][j];
      to_rgb = multiply (&matrix, &to_rgb);
    }

  return multiply (&from_rgb, &to_rgb);
}

/**
 * lk_planes_map_is_identity:
 *
 * Returns: whether no code would change
 */
gboolean
lk_planes_map_is_identity (const LkPlanesMap *self)
{
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 4; j++)
      if (fabs (self->rows[i][j] - (i == j ? 1 : 0)) > (j == 3 ? 0.1 : 0.0005))
        return FALSE;

  return TRUE;
}

/**
 * lk_planes_map_apply:
 * @planes: are changed
 */
void
lk_planes_map_apply (const LkPlanesMap *self, const LkPlanes *planes)
{
  int map[3][4];

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 4; j++)
      map[i][j] = (int)lround ((self->rows[i][j] + (j == 3 ? 0.5 : 0)) * (1 << BITS));

  for (guint row = 0; row < planes->height / 2; row++)
    {
      guint8 *upper = planes->data[0] + 2 * row * planes->stride[0];
      guint8 *lower = upper + planes->stride[0];
      guint8 *u = planes->data[1] + row * planes->stride[1];
      guint8 *v = planes->data[2] + row * planes->stride[2];

      for (guint x = 0; x < planes->width / 2; x++)
        {
          /* The four px of a block share U and V; the block's mean stands for them in turn. */
          int mean = (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) / 4;
          int luma = map[0][1] * u[x] + map[0][2] * v[x] + map[0][3];
          int new_u = map[1][0] * mean + map[1][1] * u[x] + map[1][2] * v[x] + map[1][3];
          int new_v = map[2][0] * mean + map[2][1] * u[x] + map[2][2] * v[x] + map[2][3];

          upper[2 * x] = to_byte ((map[0][0] * upper[2 * x] + luma) >> BITS);
          upper[2 * x + 1] = to_byte ((map[0][0] * upper[2 * x + 1] + luma) >> BITS);
          lower[2 * x] = to_byte ((map[0][0] * lower[2 * x] + luma) >> BITS);
          lower[2 * x + 1] = to_byte ((map[0][0] * lower[2 * x + 1] + luma) >> BITS);
          u[x] = to_byte (new_u >> BITS);
          v[x] = to_byte (new_v >> BITS);
        }
    }
}

/**
 * lk_planes_code:
 * @red: of 0 to 1, as are the others
 * @y: (out): the code, with its fraction
 */
void
lk_planes_code (double red, double green, double blue, double *y, double *u, double *v)
{
  const LkPlanesMap map = map_from_rgb ();
  double *const codes[] = { y, u, v };

  for (guint i = 0; i < 3; i++)
    *codes[i]
        = map.rows[i][0] * red + map.rows[i][1] * green + map.rows[i][2] * blue + map.rows[i][3];
}

/**
 * lk_planes_from_rgb:
 * @pixels: as many px as @planes has, of R, G, B and a fourth that is not looked at
 * @stride: of @pixels in bytes
 * @planes: are filled
 */
void
lk_planes_from_rgb (const guint8 *pixels, gsize stride, const LkPlanes *planes)
{
  const LkPlanesMap map = map_from_rgb ();
  int weights[3][4];

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 4; j++)
      weights[i][j] = (int)lround (j == 3 ? (map.rows[i][3] + 0.5) * (1 << BITS)
                                          : map.rows[i][j] / 255 * (1 << BITS));

  for (guint row = 0; row < planes->height; row++)
    {
      const guint8 *pixel = pixels + row * stride;
      guint8 *y = planes->data[0] + row * planes->stride[0];

      for (guint x = 0; x < planes->width; x++, pixel += 4)
        y[x] = to_byte ((weights[0][0] * pixel[0] + weights[0][1] * pixel[1]
                         + weights[0][2] * pixel[2] + weights[0][3])
                        >> BITS);
    }

  for (guint row = 0; row < planes->height / 2; row++)
    for (guint x = 0; x < planes->width / 2; x++)
      {
        const guint8 *block = pixels + 2 * row * stride + (gsize)x * 8;
        int mean[3];

        for (guint c = 0; c < 3; c++)
          mean[c] = block[c] + block[4 + c] + block[stride + c] + block[stride + 4 + c];
        for (guint i = 1; i < 3; i++)
          planes->data[i][row * planes->stride[i] + x]
              = to_byte ((weights[i][0] * mean[0] + weights[i][1] * mean[1]
                          + weights[i][2] * mean[2] + 4 * weights[i][3])
                         >> (BITS + 2));
      }
}
