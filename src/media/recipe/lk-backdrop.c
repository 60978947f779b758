/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-backdrop.h"

#include <math.h>
#include <string.h>

/* The picture is averaged into a few cells, those that it does not cover take the colours around
 * them, and a cubic B-spline through the cells (de Boor, "A Practical Guide to Splines", IX) is
 * drawn: as smooth as a wide Gaussian, the same at any size, and each px of the picture is read
 * once. */
#define CELLS 10
/* How much of a cell the picture must cover for its own colour to count alone. */
#define COVERED 0.5f

typedef struct
{
  float color[3];
  float coverage; /* 0 to 1 */
} Cell;

struct _LkBackdrop
{
  guint size;
  Cell cells[CELLS][CELLS];
  float columns[CELLS][3]; /* the row that is drawn, interpolated from top to bottom */
};

static void
average_cell (LkFrame *square, guint row, guint column, Cell *cell)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (square), NULL);
  guint size = lk_frame_get_width (square);
  guint top = row * size / CELLS;
  guint bottom = MAX ((row + 1) * size / CELLS, top + 1);
  guint left = column * size / CELLS;
  guint right = MAX ((column + 1) * size / CELLS, left + 1);
  guint64 sums[4] = { 0 };

  for (guint y = top; y < bottom; y++)
    {
      const guint8 *pixel = pixels + y * lk_frame_get_stride (square) + (gsize)left * 4;

      for (guint x = left; x < right; x++, pixel += 4)
        {
          for (guint c = 0; c < 3; c++)
            sums[c] += (guint64)pixel[c] * pixel[3];
          sums[3] += pixel[3];
        }
    }

  cell->coverage = (float)sums[3] / (255.f * (float)((bottom - top) * (right - left)));
  for (guint c = 0; c < 3; c++)
    cell->color[c] = sums[3] > 0 ? (float)sums[c] / (float)sums[3] : 0;
}

/* What all cells have in common, for a cell that the picture does not cover at all: the nearer a
 * covered cell is, the more it counts. */
static void
mix_around (const Cell from[CELLS][CELLS], guint row, guint column, Cell *cell)
{
  float own = MIN (cell->coverage / COVERED, 1);
  float sum[3] = { 0 };
  float total = 0;

  for (guint y = 0; y < CELLS; y++)
    for (guint x = 0; x < CELLS; x++)
      {
        float dy = (float)y - (float)row;
        float dx = (float)x - (float)column;
        float weight = from[y][x].coverage / (1 + (dx * dx + dy * dy) * (dx * dx + dy * dy));

        total += weight;
        for (guint c = 0; c < 3; c++)
          sum[c] += weight * from[y][x].color[c];
      }

  for (guint c = 0; c < 3; c++)
    {
      float around = total > 0 ? sum[c] / total : 255;

      cell->color[c] = own * cell->color[c] + (1 - own) * around;
    }
}

static void
get_weights (float t, float weights[4])
{
  float u = 1 - t;

  weights[0] = u * u * u / 6;
  weights[1] = (4 + t * t * (3 * t - 6)) / 6;
  weights[2] = (4 + u * u * (3 * u - 6)) / 6;
  weights[3] = t * t * t / 6;
}

/* Which cells the middle of px @i of @size lies between, and how near it is to the second. */
static int
locate (guint i, guint size, float *t)
{
  float at = ((float)i + 0.5f) * CELLS / (float)size - 0.5f;
  float first = floorf (at);

  *t = at - first;

  return (int)first;
}

/**
 * lk_backdrop_new:
 * @square: as many columns as rows, with alpha
 *
 * Returns: (transfer full): its backdrop, of the same size
 */
LkBackdrop *
lk_backdrop_new (LkFrame *square)
{
  LkBackdrop *self = g_new0 (LkBackdrop, 1);
  Cell own[CELLS][CELLS];

  self->size = lk_frame_get_width (square);
  for (guint row = 0; row < CELLS; row++)
    for (guint column = 0; column < CELLS; column++)
      average_cell (square, row, column, &own[row][column]);

  memcpy (self->cells, own, sizeof own);
  for (guint row = 0; row < CELLS; row++)
    for (guint column = 0; column < CELLS; column++)
      mix_around (own, row, column, &self->cells[row][column]);

  return self;
}

void
lk_backdrop_free (LkBackdrop *self)
{
  g_free (self);
}

/**
 * lk_backdrop_fill_row:
 * @row: below the size
 * @out: (out caller-allocates): R, G, B for each px of that row
 */
void
lk_backdrop_fill_row (LkBackdrop *self, guint row, guint8 *out)
{
  float weights[4];
  float t;
  int first = locate (row, self->size, &t);

  get_weights (t, weights);
  for (guint column = 0; column < CELLS; column++)
    for (guint c = 0; c < 3; c++)
      {
        self->columns[column][c] = 0;
        for (int i = 0; i < 4; i++)
          self->columns[column][c]
              += weights[i] * self->cells[CLAMP (first - 1 + i, 0, CELLS - 1)][column].color[c];
      }

  for (guint x = 0; x < self->size; x++, out += 3)
    {
      first = locate (x, self->size, &t);
      get_weights (t, weights);
      for (guint c = 0; c < 3; c++)
        {
          float sum = 0.5f;

          for (int i = 0; i < 4; i++)
            sum += weights[i] * self->columns[CLAMP (first - 1 + i, 0, CELLS - 1)][c];
          out[c] = (guint8)CLAMP (sum, 0.f, 255.f);
        }
    }
}
