/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-planar-overlay.h"

/* A ring and a line of text cover a tenth of a frame, so what is kept are the runs of px that are
 * covered at all: what lies between them is not even read. */

typedef struct
{
  guint row;
  guint start;
  guint length;
  gsize offset; /* of the first px in the plane's codes */
} Run;

/* One plane: for each px that is covered its code, already multiplied by how much it covers, and
 * how much of what lies below is left, both of 0 to 255. */
typedef struct
{
  GArray *runs;
  GByteArray *codes;
  GByteArray *rest;
} Plane;

struct _LkPlanarOverlay
{
  Plane planes[3];
};

/* The mean of a block of side × side px of the overlay, of 0 to 1 and premultiplied. */
static void
mean_of_block (const guint8 *pixels, gsize stride, guint side, double mean[4])
{
  guint sum[4] = { 0 };

  for (guint y = 0; y < side; y++)
    {
      const guint32 *row = (const guint32 *)(const void *)(pixels + y * stride);

      for (guint x = 0; x < side; x++)
        for (guint c = 0; c < 4; c++)
          sum[c] += row[x] >> (8 * c) & 0xff;
    }

  for (guint c = 0; c < 4; c++)
    mean[c] = sum[c] / (255. * side * side);
}

static void
add_pixel (Plane *self, guint plane, guint x, guint y, const double mean[4])
{
  double alpha = mean[3];
  double codes[3];
  guint8 code;
  guint8 rest;
  Run *last = self->runs->len > 0 ? &g_array_index (self->runs, Run, self->runs->len - 1) : NULL;

  /* Where nothing is covered the code's constant part must not count either. */
  lk_planes_code (mean[2], mean[1], mean[0], &codes[0], &codes[1], &codes[2]);
  codes[plane] -= (1 - alpha) * (plane == 0 ? 16 : 128);
  code = (guint8)CLAMP (codes[plane] + 0.5, 0, 255);
  rest = (guint8)((1 - alpha) * 255 + 0.5);

  if (last == NULL || last->row != y || last->start + last->length != x)
    {
      Run run = { .row = y, .start = x, .length = 0, .offset = self->codes->len };

      g_array_append_val (self->runs, run);
      last = &g_array_index (self->runs, Run, self->runs->len - 1);
    }
  last->length++;
  g_byte_array_append (self->codes, &code, 1);
  g_byte_array_append (self->rest, &rest, 1);
}

static void
plane_init (Plane *self, guint plane, LkOverlay *overlay)
{
  const guint8 *pixels = g_bytes_get_data (lk_overlay_get_pixels (overlay), NULL);
  gsize stride = lk_overlay_get_stride (overlay);
  guint side = plane == 0 ? 1 : 2;
  guint size = lk_overlay_get_size (overlay) / side;

  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  self->codes = g_byte_array_new ();
  self->rest = g_byte_array_new ();
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      {
        double mean[4];

        mean_of_block (pixels + (gsize)y * side * stride + (gsize)x * side * 4, stride, side, mean);
        if (mean[3] > 0)
          add_pixel (self, plane, x, y, mean);
      }
}

/**
 * lk_planar_overlay_new:
 * @overlay: of an even size
 *
 * Returns: (transfer full): the same in BT.709
 */
LkPlanarOverlay *
lk_planar_overlay_new (LkOverlay *overlay)
{
  LkPlanarOverlay *self = g_new0 (LkPlanarOverlay, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->planes); i++)
    plane_init (&self->planes[i], i, overlay);

  return self;
}

void
lk_planar_overlay_free (LkPlanarOverlay *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->planes); i++)
    {
      g_array_unref (self->planes[i].runs);
      g_byte_array_unref (self->planes[i].codes);
      g_byte_array_unref (self->planes[i].rest);
    }
  g_free (self);
}

/* All of it fits 16 bits, of which a processor does twice as many at once as of 32. */
static void
blend_run (const guint8 *restrict codes,
           const guint8 *restrict rest,
           guint8 *restrict to,
           guint length)
{
  for (guint x = 0; x < length; x++)
    {
      guint16 below = (guint16)(to[x] * rest[x] + 128);
      guint16 sum = (guint16)(codes[x] + ((guint16)(below + (below >> 8)) >> 8));

      to[x] = (guint8)MIN (sum, 255);
    }
}

/**
 * lk_planar_overlay_blend:
 * @planes: of the overlay's size; it is laid over them
 */
void
lk_planar_overlay_blend (const LkPlanarOverlay *self, const LkPlanes *planes)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->planes); i++)
    {
      const Plane *plane = &self->planes[i];

      for (guint r = 0; r < plane->runs->len; r++)
        {
          const Run *run = &g_array_index (plane->runs, Run, r);

          blend_run (plane->codes->data + run->offset, plane->rest->data + run->offset,
                     planes->data[i] + run->row * planes->stride[i] + run->start, run->length);
        }
    }
}
