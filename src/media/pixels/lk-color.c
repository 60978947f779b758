/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-color.h"

#include <lcms2.h>
#include <stdlib.h>

/* The perceptual intent is what browsers and phones show: for a matrix profile (cameras, displays)
 * it is the same as the relative colorimetric one, and for a profile with tables it keeps apart
 * what would else be clipped. */
#define INTENT INTENT_PERCEPTUAL

/* A profile that maps no colour further than this from itself is sRGB under another name. */
#define SAME_WITHIN 1

struct _LkColorTransform
{
  cmsContext context;
  cmsHTRANSFORM transform;
  LkColorModel model;
  guint8 *gray_row; /* room for one, where the profile takes one channel; else NULL */
};

typedef struct _cmsContext_struct Context;

static void
context_free (Context *context)
{
  cmsDeleteContext (context);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Context, context_free)

static gboolean
is_identity (cmsHTRANSFORM transform)
{
  const guint8 steps[] = { 0, 64, 128, 192, 255 };

  for (guint i = 0; i < 125; i++)
    {
      guint8 in[4] = { steps[i % 5], steps[i / 5 % 5], steps[i / 25], 255 };
      guint8 out[4] = { 0, 0, 0, 255 };

      cmsDoTransform (transform, in, out, 1);
      for (guint c = 0; c < 3; c++)
        if (abs (in[c] - out[c]) > SAME_WITHIN)
          return FALSE;
    }

  return TRUE;
}

/* (nullable): NULL where the profile is broken or of another model than the pixels. */
static cmsHTRANSFORM
create_transform (cmsContext context, LkColorModel model, GBytes *profile, gboolean *gray)
{
  cmsHPROFILE from;
  cmsHPROFILE to;
  cmsHTRANSFORM transform = NULL;
  cmsColorSpaceSignature space;
  gsize size;
  const void *data = g_bytes_get_data (profile, &size);

  if (size == 0 || size > LK_COLOR_MAX_PROFILE_BYTES)
    return NULL;

  from = cmsOpenProfileFromMemTHR (context, data, (cmsUInt32Number)size);
  if (from == NULL)
    return NULL;

  to = cmsCreate_sRGBProfileTHR (context);
  space = cmsGetColorSpace (from);
  *gray = space == cmsSigGrayData;
  if (model == LK_COLOR_MODEL_CMYK_INVERTED)
    {
      if (space == cmsSigCmykData)
        transform
            = cmsCreateTransformTHR (context, from, TYPE_CMYK_8_REV, to, TYPE_RGBA_8, INTENT, 0);
    }
  else if (space == cmsSigRgbData)
    {
      transform = cmsCreateTransformTHR (context, from, TYPE_RGBA_8, to, TYPE_RGBA_8, INTENT,
                                         cmsFLAGS_COPY_ALPHA);
      if (transform != NULL && is_identity (transform))
        g_clear_pointer (&transform, cmsDeleteTransform);
    }
  else if (space == cmsSigGrayData)
    {
      transform = cmsCreateTransformTHR (context, from, TYPE_GRAY_8, to, TYPE_RGBA_8, INTENT, 0);
    }

  cmsCloseProfile (from);
  cmsCloseProfile (to);

  return transform;
}

/* A loader gives a gray picture as RGB with equal channels; its profile takes one. */
static void
gather_gray (const guint8 *row, guint width, guint8 *gray)
{
  for (guint x = 0; x < width; x++)
    gray[x] = row[x * 4];
}

/* What a viewer without colour management shows: each ink takes its share away. */
static void
convert_cmyk_row (const guint8 *row, guint width, guint8 *out)
{
  for (guint x = 0; x < width; x++, row += 4, out += 4)
    {
      for (guint c = 0; c < 3; c++)
        out[c] = (guint8)((row[c] * row[3] + 127) / 255);
      out[3] = 255;
    }
}

static void
set_alpha (const guint8 *row, guint width, gboolean keep, guint8 *out)
{
  for (guint x = 0; x < width; x++)
    out[x * 4 + 3] = keep ? row[x * 4 + 3] : 255;
}

/**
 * lk_color_profile_from_cicp:
 * @primaries: ColourPrimaries of ITU-T H.273, table 2
 * @transfer: TransferCharacteristics of H.273, table 3
 *
 * HEIC and AVIF may name their colours instead of carrying a profile. The transfer functions of
 * standard dynamic range are taken as that of sRGB, which is how displays show them; high dynamic
 * range (PQ, HLG) is left to its loader.
 *
 * Returns: (transfer full) (nullable): an ICC profile; NULL where the colours are those of sRGB, or
 * not known
 */
GBytes *
lk_color_profile_from_cicp (guint primaries, guint transfer)
{
  const cmsCIExyY d65 = { 0.3127, 0.3290, 1 };
  const cmsCIExyYTRIPLE p3 = { { 0.680, 0.320, 1 }, { 0.265, 0.690, 1 }, { 0.150, 0.060, 1 } };
  const cmsCIExyYTRIPLE bt2020 = { { 0.708, 0.292, 1 }, { 0.170, 0.797, 1 }, { 0.131, 0.046, 1 } };
  /* IEC 61966-2-1: the parametric curve of ICC type 3 */
  const double srgb[5] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };
  g_autoptr (Context) context = NULL;
  cmsToneCurve *curve;
  cmsHPROFILE profile;
  cmsUInt32Number size = 0;
  guint8 *data = NULL;

  if ((primaries != 9 && primaries != 12) || transfer == 16 || transfer == 18)
    return NULL;

  context = cmsCreateContext (NULL, NULL);
  curve = cmsBuildParametricToneCurve (context, 4, srgb);
  profile = cmsCreateRGBProfileTHR (context, &d65, primaries == 12 ? &p3 : &bt2020,
                                    (cmsToneCurve *[3]){ curve, curve, curve });
  if (profile != NULL && cmsSaveProfileToMem (profile, NULL, &size))
    {
      data = g_malloc (size);
      if (!cmsSaveProfileToMem (profile, data, &size))
        g_clear_pointer (&data, g_free);
    }

  g_clear_pointer (&profile, cmsCloseProfile);
  cmsFreeToneCurve (curve);

  return data != NULL ? g_bytes_new_take (data, size) : NULL;
}

/**
 * lk_color_transform_new:
 * @model: what the pixels hold
 * @profile: (nullable): their ICC profile; one that is broken, too large or of another model is
 * left aside
 * @max_width: px of the widest row
 *
 * For frames that share a profile: to make sense of one takes longer than a small frame does.
 *
 * Returns: (transfer full) (nullable): the way to sRGB, for one thread at a time; NULL where
 * @profile is not usable, or that of sRGB
 */
LkColorTransform *
lk_color_transform_new (LkColorModel model, GBytes *profile, guint max_width)
{
  g_autoptr (LkColorTransform) self = NULL;
  gboolean gray = FALSE;

  if (profile == NULL)
    return NULL;

  self = g_new0 (LkColorTransform, 1);
  self->model = model;
  self->context = cmsCreateContext (NULL, NULL);
  if (self->context != NULL)
    self->transform = create_transform (self->context, model, profile, &gray);
  if (self->transform == NULL)
    return NULL;

  if (gray)
    self->gray_row = g_malloc (max_width);

  return g_steal_pointer (&self);
}

void
lk_color_transform_free (LkColorTransform *self)
{
  g_clear_pointer (&self->transform, cmsDeleteTransform);
  g_clear_pointer (&self->context, cmsDeleteContext);
  g_free (self->gray_row);
  g_free (self);
}

/**
 * lk_color_transform_row:
 * @row: pixels of the model
 * @width: how many, at most what lk_color_transform_new() was told
 * @out: (out caller-allocates): as many of R, G, B, A in sRGB; alpha is that of @row, or 255 where
 * the model has none
 */
void
lk_color_transform_row (LkColorTransform *self, const guint8 *row, guint width, guint8 *out)
{
  if (self->gray_row != NULL)
    gather_gray (row, width, self->gray_row);

  cmsDoTransform (self->transform, self->gray_row != NULL ? self->gray_row : row, out, width);
  set_alpha (row, width, self->model == LK_COLOR_MODEL_RGB, out);
}

/**
 * lk_color_to_srgb:
 * @frame: pixels of @model
 * @profile: (nullable): their ICC profile; one that is broken, too large or of another model is
 * left aside
 *
 * A broken profile is no reason to refuse a photo: pixels without a usable one are taken as sRGB.
 *
 * Returns: (transfer full): RGBA in sRGB; @frame itself when it is that already
 */
LkFrame *
lk_color_to_srgb (LkFrame *frame, LkColorModel model, GBytes *profile)
{
  guint width = lk_frame_get_width (frame);
  guint height = lk_frame_get_height (frame);
  g_autoptr (LkColorTransform) transform = lk_color_transform_new (model, profile, width);
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *row = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  guint8 *out;

  if (transform == NULL && model == LK_COLOR_MODEL_RGB)
    return lk_frame_ref (frame);

  out = g_malloc ((gsize)width * height * 4);
  bytes = g_bytes_new_take (out, (gsize)width * height * 4);
  for (guint y = 0; y < height; y++)
    {
      if (transform != NULL)
        lk_color_transform_row (transform, row, width, out);
      else
        convert_cmyk_row (row, width, out);
      row += lk_frame_get_stride (frame);
      out += (gsize)width * 4;
    }

  return lk_frame_new (bytes, width, height, (gsize)width * 4, lk_frame_has_alpha (frame));
}
