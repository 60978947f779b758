/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-flash-cells.h"

#include <math.h>

/* A cell has so many px a side, where there are that many: what flickers finely and in balance
 * (noise, a small checkerboard) is not felt as flashing, says the definition, and averages out. */
#define CELL_SIZE 6
/* And still so many cells in a small picture. */
#define MIN_CELLS 24

static float linear[256];

/* IEC 61966-2-1, as WCAG has it for relative luminance. */
static void
fill_linear (void)
{
  static gsize filled = 0;

  if (!g_once_init_enter (&filled))
    return;

  for (guint i = 0; i < 256; i++)
    {
      double value = i / 255.0;

      linear[i] = (float)(value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4));
    }
  g_once_init_leave (&filled, 1);
}

/**
 * lk_flash_cells_count:
 *
 * Returns: how many cells there are to a row, and rows of them
 */
guint
lk_flash_cells_count (LkFrame *frame)
{
  guint side = MIN (lk_frame_get_width (frame), lk_frame_get_height (frame));

  return CLAMP (side / CELL_SIZE, MIN (side, MIN_CELLS), LK_FLASH_MAX_CELLS);
}

static void
add_row (const guint8 *pixel, guint width, gboolean has_alpha, guint8 background, float *sums)
{
  for (guint x = 0; x < width; x++, pixel += 4)
    for (guint c = 0; c < 3; c++)
      {
        guint value = pixel[c];

        if (has_alpha)
          value = (value * pixel[3] + background * (255u - pixel[3]) + 127) / 255;
        sums[c] += linear[value];
      }
}

static LkFlashLight
to_light (const float *mean)
{
  float red = mean[0];
  float green = mean[1];
  float blue = mean[2];

  return (LkFlashLight){
    .luminance = 0.2126f * red + 0.7152f * green + 0.0722f * blue,
    .red = MAX (red - green - blue, 0) * 320,
    .saturated = red > 0 && red >= 0.8f * (red + green + blue),
  };
}

static LkFlashLight
look_around (float (*means)[3], guint n, guint i, guint j)
{
  float mean[3] = { 0 };
  guint around = 0;

  for (guint row = i - (i > 0); row <= MIN (i + 1, n - 1); row++)
    for (guint column = j - (j > 0); column <= MIN (j + 1, n - 1); column++, around++)
      for (guint c = 0; c < 3; c++)
        mean[c] += means[row * n + column][c];
  for (guint c = 0; c < 3; c++)
    mean[c] /= (float)around;

  return to_light (mean);
}

/**
 * lk_flash_cells_measure:
 * @background: gray that shows where @frame is transparent
 * @n: what lk_flash_cells_count() gave
 * @cells: (out) (array): n × n of them
 */
void
lk_flash_cells_measure (LkFrame *frame, guint8 background, guint n, LkFlashCell *cells)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  gsize stride = lk_frame_get_stride (frame);
  guint width = lk_frame_get_width (frame);
  guint height = lk_frame_get_height (frame);
  gboolean has_alpha = lk_frame_has_alpha (frame);

  g_autofree float (*means)[3] = g_malloc0 (sizeof (float[3]) * n * n);

  fill_linear ();

  for (guint i = 0; i < n; i++)
    {
      guint top = i * height / n;
      guint bottom = (i + 1) * height / n;

      for (guint j = 0; j < n; j++)
        {
          guint left = j * width / n;
          guint right = (j + 1) * width / n;
          float *mean = means[i * n + j];

          for (guint y = top; y < bottom; y++)
            add_row (pixels + y * stride + (gsize)left * 4, right - left, has_alpha, background,
                     mean);
          for (guint c = 0; c < 3; c++)
            mean[c] /= (float)((bottom - top) * (right - left));
        }
    }

  for (guint i = 0; i < n * n; i++)
    cells[i] = (LkFlashCell){
      .own = to_light (means[i]),
      .around = look_around (means, n, i / n, i % n),
    };
}
