/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-adjust.h"

#include <math.h>
#include <string.h>
#include "lk-json.h"
#include "lk-recipe-values.h"

/* The four edits are one affine map on the gamma-coded values R'G'B', cut off at 0 and 1: it can be
 * done in one pass, and in Y'CbCr as well. Luma is that of ITU-R BT.709, 3.2. */
#define LUMA_RED 0.2126
#define LUMA_GREEN 0.7152
#define LUMA_BLUE 0.0722

/* What the ends of the scales mean. */
#define BRIGHTEST 0.4 /* is added to each value */
#define HARDEST 2.0   /* times the distance from the middle gray; the flattest is 1 / that */
#define WARMEST 0.25  /* more of red, less of blue */
/* Fixed point in which pixels are computed: 12 bits behind the point fit a sum of four in 32. */
#define FRACTION 12

void
lk_adjust_sanitize (LkAdjust *self)
{
  self->brightness = lk_recipe_sanitize (self->brightness, -1, 1, 0);
  self->contrast = lk_recipe_sanitize (self->contrast, -1, 1, 0);
  self->saturation = lk_recipe_sanitize (self->saturation, -1, 1, 0);
  self->warmth = lk_recipe_sanitize (self->warmth, -1, 1, 0);
}

gboolean
lk_adjust_is_neutral (const LkAdjust *self)
{
  return self->brightness == 0 && self->contrast == 0 && self->saturation == 0 && self->warmth == 0;
}

gboolean
lk_adjust_equal (const LkAdjust *a, const LkAdjust *b)
{
  return a->brightness == b->brightness && a->contrast == b->contrast
         && a->saturation == b->saturation && a->warmth == b->warmth;
}

/**
 * lk_adjust_get_matrix:
 * @matrix: (out caller-allocates): first warmth, then saturation, contrast, brightness
 *
 * Gray stays gray but for warmth, which keeps its luma.
 */
void
lk_adjust_get_matrix (const LkAdjust *self, LkAdjustMatrix *matrix)
{
  const double luma[3] = { LUMA_RED, LUMA_GREEN, LUMA_BLUE };
  const double gains[3] = { 1 + WARMEST * self->warmth, 1, 1 - WARMEST * self->warmth };
  double level = luma[0] * gains[0] + luma[1] * gains[1] + luma[2] * gains[2];
  double saturation = 1 + self->saturation;
  double contrast = pow (HARDEST, self->contrast);
  double constant = 0.5 - 0.5 * contrast + BRIGHTEST * self->brightness;

  for (guint row = 0; row < 3; row++)
    {
      for (guint column = 0; column < 3; column++)
        {
          double mixed = (1 - saturation) * luma[column] + (row == column ? saturation : 0);

          matrix->m[row][column] = contrast * mixed * gains[column] / level;
        }
      matrix->m[row][3] = constant;
    }
}

static guint8
to_byte (gint32 value)
{
  value >>= FRACTION;

  return (guint8)CLAMP (value, 0, 255);
}

/**
 * lk_adjust_apply:
 * @pixels: R, G, B, A, not premultiplied; changed in place, alpha is not touched
 * @n_pixels: how many
 */
void
lk_adjust_apply (const LkAdjustMatrix *matrix, guint8 *pixels, gsize n_pixels)
{
  gint32 m[3][4];

  for (guint row = 0; row < 3; row++)
    for (guint column = 0; column < 4; column++)
      m[row][column]
          = (gint32)lround (matrix->m[row][column] * (1 << FRACTION) * (column == 3 ? 255 : 1));
  for (guint row = 0; row < 3; row++)
    m[row][3] += 1 << (FRACTION - 1);

  for (gsize i = 0; i < n_pixels; i++, pixels += 4)
    {
      gint32 red = pixels[0];
      gint32 green = pixels[1];
      gint32 blue = pixels[2];

      pixels[0] = to_byte (m[0][0] * red + m[0][1] * green + m[0][2] * blue + m[0][3]);
      pixels[1] = to_byte (m[1][0] * red + m[1][1] * green + m[1][2] * blue + m[1][3]);
      pixels[2] = to_byte (m[2][0] * red + m[2][1] * green + m[2][2] * blue + m[2][3]);
    }
}

JsonObject *
lk_adjust_to_json (const LkAdjust *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_double_member (object, "brightness", self->brightness);
  json_object_set_double_member (object, "contrast", self->contrast);
  json_object_set_double_member (object, "saturation", self->saturation);
  json_object_set_double_member (object, "warmth", self->warmth);

  return object;
}

/**
 * lk_adjust_read_json:
 * @self: what @object does not name stays
 *
 * Returns: TRUE, or FALSE with an error of the domain LK_ERROR
 */
gboolean
lk_adjust_read_json (LkAdjust *self, JsonObject *object, GError **error)
{
  const char *const members[] = { "brightness", "contrast", "saturation", "warmth", NULL };
  double *const values[] = { &self->brightness, &self->contrast, &self->saturation, &self->warmth };

  if (!lk_json_only_members (object, members, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (json_object_has_member (object, members[i])
        && !lk_json_get_double (object, members[i], -1, 1, values[i], error))
      return FALSE;

  return TRUE;
}
