/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-tone-map.h"

#include <math.h>

/* Phones record high dynamic range unasked, so that refusing it would refuse most of what people
 * have. What is no brighter than half of paper white stays as it is; what is brighter is pressed
 * into what is left, by the same factor for all three channels, so that no hue moves. */

/* Paper white in cd/m², and the brightest that is told apart from it (ITU-R BT.2408-7, 2.2). */
#define WHITE 203.0
#define PEAK 1000.0
/* Of paper white: where the pressing begins. */
#define KNEE 0.5f

/* Entries for a 16-bit value: video has 10 or 12 bits. */
#define LEVELS 4096
#define TO_LEVEL 4
#define OUTPUTS 65536

struct _LkToneMap
{
  LkHdr hdr;
  gboolean is_wide;
  float light[LEVELS];  /* of a channel, as a part of paper white; of HLG, of the scene */
  float screen[LEVELS]; /* of HLG, by the luminance of the scene: what shows it */
  guint8 srgb[OUTPUTS];
};

/* ITU-R BT.2100-2, table 4: the EOTF, in cd/m². */
static double
pq_to_light (double value)
{
  const double m1 = 2610.0 / 16384;
  const double m2 = 2523.0 / 4096 * 128;
  const double c1 = 3424.0 / 4096;
  const double c2 = 2413.0 / 4096 * 32;
  const double c3 = 2392.0 / 4096 * 32;
  double power = pow (value, 1 / m2);

  return 10000 * pow (MAX (power - c1, 0) / (c2 - c3 * power), 1 / m1);
}

/* ITU-R BT.2100-2, table 5: the inverse OETF, 0 to 1. */
static double
hlg_to_scene (double value)
{
  const double a = 0.17883277;
  const double b = 1 - 4 * a;
  const double c = 0.5 - a * log (4 * a);

  return value <= 0.5 ? value * value / 3 : (exp ((value - c) / a) + b) / 12;
}

/* IEC 61966-2-1. */
static double
light_to_srgb (double light)
{
  return light <= 0.0031308 ? light * 12.92 : 1.055 * pow (light, 1 / 2.4) - 0.055;
}

/* Extended Reinhard from the knee on: it leaves the knee at the slope of what is left as it is, and
 * takes the peak to 1. */
static float
press (float light)
{
  const float range = 1 - KNEE;
  const float peak = ((float)(PEAK / WHITE) - KNEE) / range;
  float above = (light - KNEE) / range;

  if (above >= peak)
    return 1;

  return KNEE + range * above * (1 + above / (peak * peak)) / (1 + above);
}

/**
 * lk_tone_map_new:
 * @is_wide: the primaries are those of BT.2020, not of sRGB
 *
 * Returns: (transfer full): what makes such pixels sRGB; any thread, one at a time
 */
LkToneMap *
lk_tone_map_new (LkHdr hdr, gboolean is_wide)
{
  LkToneMap *self = g_new (LkToneMap, 1);

  self->hdr = hdr;
  self->is_wide = is_wide;
  for (int i = 0; i < LEVELS; i++)
    {
      double value = (double)i / (LEVELS - 1);

      self->light[i]
          = (float)(hdr == LK_HDR_PQ ? pq_to_light (value) / WHITE : hlg_to_scene (value));
      /* the system gamma of 1.2 for a screen of 1,000 cd/m² */
      self->screen[i] = (float)(PEAK / WHITE * pow (value, 0.2));
    }
  for (int i = 0; i < OUTPUTS; i++)
    self->srgb[i] = (guint8)lround (255 * light_to_srgb ((double)i / (OUTPUTS - 1)));

  return self;
}

void
lk_tone_map_free (LkToneMap *self)
{
  g_free (self);
}

static guint8
encode (const LkToneMap *self, float light)
{
  return self->srgb[(guint)(CLAMP (light, 0.f, 1.f) * (OUTPUTS - 1) + 0.5f)];
}

static void
map_pixel (const LkToneMap *self, const guint16 *pixel, guint8 *out)
{
  float r = self->light[pixel[0] >> TO_LEVEL];
  float g = self->light[pixel[1] >> TO_LEVEL];
  float b = self->light[pixel[2] >> TO_LEVEL];
  float brightest;

  if (self->hdr == LK_HDR_HLG)
    {
      float scene = 0.2627f * r + 0.6780f * g + 0.0593f * b;
      float screen = self->screen[(guint)(scene * (LEVELS - 1) + 0.5f)];

      r *= screen;
      g *= screen;
      b *= screen;
    }
  if (self->is_wide)
    {
      /* ITU-R BT.2407-0, 2: BT.2020 to BT.709 */
      float wide[3] = { r, g, b };

      r = 1.6605f * wide[0] - 0.5876f * wide[1] - 0.0728f * wide[2];
      g = -0.1246f * wide[0] + 1.1329f * wide[1] - 0.0083f * wide[2];
      b = -0.0182f * wide[0] - 0.1006f * wide[1] + 1.1187f * wide[2];
    }

  brightest = MAX (r, MAX (g, b));
  if (brightest > KNEE)
    {
      float factor = press (brightest) / brightest;

      r *= factor;
      g *= factor;
      b *= factor;
    }

  out[0] = encode (self, r);
  out[1] = encode (self, g);
  out[2] = encode (self, b);
  out[3] = 255;
}

/**
 * lk_tone_map_apply:
 * @pixels: rows of @stride bytes, a multiple of 2; columns of four values R, G, B and one that is
 * left aside, 0 to 65,535, full range
 *
 * Returns: (transfer full) (nullable): the same in sRGB, opaque; NULL where there is no memory for
 * it
 */
LkFrame *
lk_tone_map_apply (LkToneMap *self, const guint16 *pixels, gsize stride, guint width, guint height)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *out = g_try_malloc_n ((gsize)width * height, 4);

  if (out == NULL)
    return NULL;

  bytes = g_bytes_new_take (out, (gsize)width * height * 4);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++, out += 4)
      map_pixel (self, pixels + y * (stride / 2) + (gsize)x * 4, out);

  return lk_frame_new (bytes, width, height, (gsize)width * 4, FALSE);
}
