/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-converter.h"

#include <string.h>
#include "lk-color.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-tone-map.h"
#include "lk-video-scaler.h"
#include "lk-yuv.h"

/* Decoded planes → upright sRGB frames of the size that is needed. Planes are scaled as they are,
 * and only what is left is turned into RGB. What is no such planes (more than 8 bits, packed, RGB)
 * goes through GStreamer's converter first. What is interlaced is taken as it lies: the two fields
 * are a picture, if a combed one. */

#define MAX_THREADS 4
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define RGBA64 GST_VIDEO_FORMAT_RGBA64_LE
#else
#define RGBA64 GST_VIDEO_FORMAT_RGBA64_BE
#endif

struct _LkVideoConverter
{
  guint width; /* of what comes out, before it is turned */
  guint height;
  int orientation;

  /* What follows holds for pictures like the one that was seen last. */
  GstVideoInfo seen;
  GstVideoInfo from;
  GstVideoInfo plain;
  GstVideoConverter
      *converter;        /* (nullable): makes @plain of @from, where those are not the same */
  GstBuffer *buffer;     /* (nullable): what it gives */
  LkVideoScaler *scaler; /* (nullable): where @plain is not of the size that is wanted */
  LkYuvMatrix matrix;
  LkToneMap *tone_map; /* (nullable): of high dynamic range */
  GBytes *profile;     /* (nullable): of other primaries than those of sRGB */
};

/* The primaries of standard definition count as those of sRGB, from which nobody tells them apart.
 */
static guint
profile_primaries (GstVideoColorPrimaries primaries)
{
  switch (primaries)
    {
    case GST_VIDEO_COLOR_PRIMARIES_BT2020:
    case GST_VIDEO_COLOR_PRIMARIES_SMPTEEG432:
      return gst_video_color_primaries_to_iso (primaries);
    default:
      return 1;
    }
}

static gboolean
is_hdr (const GstVideoColorimetry *colors)
{
  return colors->transfer == GST_VIDEO_TRANSFER_SMPTE2084
         || colors->transfer == GST_VIDEO_TRANSFER_ARIB_STD_B67;
}

/**
 * lk_video_converter_check:
 *
 * High dynamic range that is made for a screen (PQ, HLG) is tone-mapped. What is left are encodings
 * of what a camera's sensor saw, which a person at a desk makes a picture of: without that it would
 * look washed out or black.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_HDR_UNSUPPORTED
 */
gboolean
lk_video_converter_check (const LkVideoInfo *info, GError **error)
{
  const char *name;

  switch (info->colorimetry.transfer)
    {
    case GST_VIDEO_TRANSFER_GAMMA10:
      name = "linear light";
      break;
    case GST_VIDEO_TRANSFER_LOG100:
    case GST_VIDEO_TRANSFER_LOG316:
      name = "a logarithmic transfer";
      break;
    default:
      return TRUE;
    }

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_HDR_UNSUPPORTED,
               "The video is in %s, which has no tone map here", name);

  return FALSE;
}

/**
 * lk_video_converter_new:
 * @info: of the video
 * @min_side: px that the shorter side needs at least, as far as the video has them; 0 for all
 *
 * Returns: (transfer full): what makes its pictures frames, all of one size; one thread at a time
 */
LkVideoConverter *
lk_video_converter_new (const LkVideoInfo *info, guint min_side)
{
  LkVideoConverter *self = g_new0 (LkVideoConverter, 1);
  guint shorter = MIN (info->width, info->height);

  gst_video_info_init (&self->seen);
  self->orientation = info->orientation;
  self->width = info->width;
  self->height = info->height;
  if (min_side > 0 && min_side < shorter)
    {
      self->width
          = (guint)gst_util_uint64_scale_int_round (info->width, (int)min_side, (int)shorter);
      self->height
          = (guint)gst_util_uint64_scale_int_round (info->height, (int)min_side, (int)shorter);
    }

  return self;
}

static void
clear (LkVideoConverter *self)
{
  g_clear_pointer (&self->converter, gst_video_converter_free);
  gst_clear_buffer (&self->buffer);
  g_clear_pointer (&self->scaler, lk_video_scaler_free);
  g_clear_pointer (&self->tone_map, lk_tone_map_free);
  g_clear_pointer (&self->profile, g_bytes_unref);
}

void
lk_video_converter_free (LkVideoConverter *self)
{
  clear (self);
  g_free (self);
}

static gboolean
no_memory (LkVideoConverter *self, GError **error)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for %u×%u px",
               self->width, self->height);
  return FALSE;
}

/* What the converter makes of what the scaler does not know: 8-bit planes, as fine in colour as may
 * be, or RGB itself. */
static GstVideoFormat
choose_format (LkVideoConverter *self)
{
  if (self->tone_map != NULL)
    return RGBA64;
  if (GST_VIDEO_INFO_IS_RGB (&self->from))
    return GST_VIDEO_FORMAT_RGBA;

  return GST_VIDEO_INFO_HAS_ALPHA (&self->from) ? GST_VIDEO_FORMAT_A420 : GST_VIDEO_FORMAT_Y444;
}

static gboolean
prepare_converter (LkVideoConverter *self)
{
  GstVideoInfo *to = &self->plain;

  if (!gst_video_info_set_format (to, choose_format (self), self->width, self->height))
    return FALSE;

  /* GStreamer's converter changes no rate and wants to see so; the colours of planes stay what they
   * are, of which it would else judge by the size. */
  to->fps_n = self->from.fps_n;
  to->fps_d = self->from.fps_d;
  if (!GST_VIDEO_INFO_IS_RGB (to))
    to->colorimetry = self->from.colorimetry;

  self->converter = gst_video_converter_new (
      &self->from, to,
      gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_THREADS, G_TYPE_UINT,
                         MIN (g_get_num_processors (), MAX_THREADS),
                         GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD,
                         GST_VIDEO_RESAMPLER_METHOD_LANCZOS, GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
                         GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, NULL));
  self->buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (to), NULL);

  return self->converter != NULL && self->buffer != NULL;
}

static gboolean
prepare_planes (LkVideoConverter *self)
{
  if (self->tone_map != NULL || !lk_video_scaler_knows (&self->from))
    return prepare_converter (self);

  self->plain = self->from;
  if ((guint)self->from.width == self->width && (guint)self->from.height == self->height)
    return TRUE;

  self->scaler = lk_video_scaler_new (&self->from, self->width, self->height);

  return self->scaler != NULL;
}

/* For all pictures like @info from here on. */
static gboolean
prepare (LkVideoConverter *self, const GstVideoInfo *info, GError **error)
{
  const GstVideoColorimetry *colors = &info->colorimetry;
  guint primaries = profile_primaries (colors->primaries);
  double kr = 0.299;
  double kb = 0.114;

  clear (self);
  self->seen = *info;
  self->from = *info;
  self->from.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;

  if (is_hdr (colors))
    self->tone_map = lk_tone_map_new (colors->transfer == GST_VIDEO_TRANSFER_SMPTE2084 ? LK_HDR_PQ
                                                                                       : LK_HDR_HLG,
                                      colors->primaries == GST_VIDEO_COLOR_PRIMARIES_BT2020);
  else if (primaries != 1)
    self->profile = lk_color_profile_from_cicp (primaries, 1);

  gst_video_color_matrix_get_Kr_Kb (colors->matrix, &kr, &kb);
  lk_yuv_matrix_init (&self->matrix, kr, kb, colors->range == GST_VIDEO_COLOR_RANGE_0_255);

  if (prepare_planes (self))
    return TRUE;

  /* The next picture is not to find half of it. */
  clear (self);
  gst_video_info_init (&self->seen);
  return no_memory (self, error);
}

static gboolean
map (GstVideoFrame *frame,
     const GstVideoInfo *info,
     GstBuffer *buffer,
     GstMapFlags how,
     GError **error)
{
  if (gst_video_frame_map (frame, info, buffer, how))
    return TRUE;

  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                       "A frame of the video is not whole");

  return FALSE;
}

static gboolean
make_plain (LkVideoConverter *self, GstBuffer *from, GError **error)
{
  GstVideoFrame from_frame;
  GstVideoFrame to_frame;

  if (!map (&from_frame, &self->from, from, GST_MAP_READ, error))
    return FALSE;
  if (!map (&to_frame, &self->plain, self->buffer, GST_MAP_WRITE, error))
    {
      gst_video_frame_unmap (&from_frame);
      return FALSE;
    }

  gst_video_converter_frame (self->converter, &from_frame, &to_frame);
  gst_video_frame_unmap (&from_frame);
  gst_video_frame_unmap (&to_frame);

  return TRUE;
}

static void
describe_planes (LkVideoConverter *self, const GstVideoFrame *frame, LkYuvPlanes *planes)
{
  const GstVideoFormatInfo *format = frame->info.finfo;

  *planes = (LkYuvPlanes){
    .width = self->width,
    .height = self->height,
    .half_width = GST_VIDEO_FORMAT_INFO_W_SUB (format, 1) > 0,
    .half_height = GST_VIDEO_FORMAT_INFO_H_SUB (format, 1) > 0,
    .is_left = frame->info.chroma_site != GST_VIDEO_CHROMA_SITE_NONE,
  };

  for (guint i = 0; i < GST_VIDEO_FRAME_N_COMPONENTS (frame); i++)
    {
      planes->data[i] = GST_VIDEO_FRAME_COMP_DATA (frame, i);
      planes->stride[i] = (gsize)GST_VIDEO_FRAME_COMP_STRIDE (frame, i);
      planes->step[i] = (guint)GST_VIDEO_FRAME_COMP_PSTRIDE (frame, i);
    }
}

static void
yuv_to_rgba (LkVideoConverter *self, const GstVideoFrame *frame, guint8 *out)
{
  LkYuvPlanes planes;

  if (self->scaler != NULL)
    lk_video_scaler_run (self->scaler, frame, &planes);
  else
    describe_planes (self, frame, &planes);
  lk_yuv_to_rgba (&planes, &self->matrix, out, (gsize)self->width * 4);
}

static void
copy_rows (LkVideoConverter *self, const GstVideoFrame *frame, guint8 *out)
{
  const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);

  for (guint y = 0; y < self->height; y++)
    memcpy (out + (gsize)y * self->width * 4,
            row + (gsize)y * (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
            (gsize)self->width * 4);
}

/* Not turned yet, and its primaries those of the video. */
static LkFrame *
frame_of_planes (LkVideoConverter *self, const GstVideoFrame *planes)
{
  g_autoptr (GBytes) bytes = NULL;
  guint8 *out;

  if (self->tone_map != NULL)
    return lk_tone_map_apply (self->tone_map, GST_VIDEO_FRAME_PLANE_DATA (planes, 0),
                              (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (planes, 0), self->width,
                              self->height);

  out = g_try_malloc_n ((gsize)self->width * self->height, 4);
  if (out == NULL)
    return NULL;

  bytes = g_bytes_new_take (out, (gsize)self->width * self->height * 4);
  if (GST_VIDEO_INFO_IS_RGB (&self->plain))
    copy_rows (self, planes, out);
  else
    yuv_to_rgba (self, planes, out);

  return lk_frame_new (bytes, self->width, self->height, (gsize)self->width * 4,
                       GST_VIDEO_INFO_HAS_ALPHA (&self->seen));
}

/**
 * lk_video_converter_convert:
 *
 * Returns: (transfer full) (nullable): @picture upright, in sRGB, or NULL with
 * LK_MEDIA_ERROR_MALFORMED or _NO_MEMORY
 */
LkFrame *
lk_video_converter_convert (LkVideoConverter *self, const LkVideoPicture *picture, GError **error)
{
  g_autoptr (LkFrame) frame = NULL;
  g_autoptr (LkFrame) colored = NULL;
  GstBuffer *buffer = picture->buffer;
  GstVideoFrame planes;

  if (!gst_video_info_is_equal (&self->seen, &picture->info)
      && !prepare (self, &picture->info, error))
    return NULL;
  if (self->converter != NULL)
    {
      if (!make_plain (self, buffer, error))
        return NULL;
      buffer = self->buffer;
    }
  if (!map (&planes, &self->plain, buffer, GST_MAP_READ, error))
    return NULL;

  frame = frame_of_planes (self, &planes);
  gst_video_frame_unmap (&planes);
  if (frame == NULL)
    {
      no_memory (self, error);
      return NULL;
    }

  colored = lk_color_to_srgb (frame, LK_COLOR_MODEL_RGB, self->profile);

  return lk_orientation_apply (colored, self->orientation);
}
