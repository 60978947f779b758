/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-scaler.h"

/* Each plane of a frame is scaled for itself, to the size that is wanted of the frame: where that
 * is half as large, all of a 4:2:0 frame's colour is kept. To GStreamer a plane is a gray picture,
 * for which it has its quickest code; scaling all of a frame in one go, it would take four times as
 * long, or halve the colour once more. */

#define MAX_THREADS 4
#define MAX_PLANES 4

struct _LkVideoScaler
{
  guint width;
  guint height;
  guint n_planes;
  GstVideoInfo from[MAX_PLANES];
  GstVideoInfo to;
  GstVideoConverter *scalers[MAX_PLANES];
  guint8 *planes[MAX_PLANES];
};

/* Whether each component of such frames is a plane of bytes. */
gboolean
lk_video_scaler_knows (const GstVideoInfo *from)
{
  if (!GST_VIDEO_INFO_IS_YUV (from))
    return FALSE;

  for (guint i = 0; i < GST_VIDEO_INFO_N_COMPONENTS (from); i++)
    if (GST_VIDEO_INFO_COMP_DEPTH (from, i) != 8 || GST_VIDEO_INFO_COMP_PSTRIDE (from, i) != 1)
      return FALSE;

  return GST_VIDEO_INFO_N_PLANES (from) == GST_VIDEO_INFO_N_COMPONENTS (from);
}

static GstVideoConverter *
scaler_new (const GstVideoInfo *from, const GstVideoInfo *to)
{
  return gst_video_converter_new (
      from, to,
      gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_THREADS, G_TYPE_UINT,
                         MIN (g_get_num_processors (), MAX_THREADS),
                         GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD, GST_TYPE_VIDEO_RESAMPLER_METHOD,
                         GST_VIDEO_RESAMPLER_METHOD_LANCZOS, NULL));
}

/**
 * lk_video_scaler_new:
 * @from: what lk_video_scaler_knows()
 * @width: in px, at least 1
 * @height: in px, at least 1
 *
 * Returns: (transfer full) (nullable): what scales such frames, one thread at a time; NULL where
 * there is no memory for it
 */
LkVideoScaler *
lk_video_scaler_new (const GstVideoInfo *from, guint width, guint height)
{
  g_autoptr (LkVideoScaler) self = g_new0 (LkVideoScaler, 1);

  self->width = width;
  self->height = height;
  self->n_planes = GST_VIDEO_INFO_N_COMPONENTS (from);
  if (!gst_video_info_set_format (&self->to, GST_VIDEO_FORMAT_GRAY8, width, height))
    return NULL;

  for (guint i = 0; i < self->n_planes; i++)
    {
      if (!gst_video_info_set_format (&self->from[i], GST_VIDEO_FORMAT_GRAY8,
                                      (guint)GST_VIDEO_INFO_COMP_WIDTH (from, i),
                                      (guint)GST_VIDEO_INFO_COMP_HEIGHT (from, i)))
        return NULL;

      /* bytes are bytes, whatever GStreamer takes the colours for by the size */
      self->from[i].colorimetry = self->to.colorimetry;
      self->scalers[i] = scaler_new (&self->from[i], &self->to);
      self->planes[i] = g_try_malloc (GST_VIDEO_INFO_SIZE (&self->to));
      if (self->scalers[i] == NULL || self->planes[i] == NULL)
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
lk_video_scaler_free (LkVideoScaler *self)
{
  for (guint i = 0; i < MAX_PLANES; i++)
    {
      g_clear_pointer (&self->scalers[i], gst_video_converter_free);
      g_free (self->planes[i]);
    }
  g_free (self);
}

/**
 * lk_video_scaler_run:
 * @from: a mapped frame
 * @to: (out): it scaled, valid until the next call
 */
void
lk_video_scaler_run (LkVideoScaler *self, const GstVideoFrame *from, LkYuvPlanes *to)
{
  *to = (LkYuvPlanes){ .width = self->width, .height = self->height };

  for (guint i = 0; i < self->n_planes; i++)
    {
      GstVideoFrame plane = { .info = self->from[i] };
      GstVideoFrame scaled = { .info = self->to };

      plane.info.stride[0] = GST_VIDEO_FRAME_COMP_STRIDE (from, i);
      plane.data[0] = GST_VIDEO_FRAME_COMP_DATA (from, i);
      scaled.data[0] = self->planes[i];
      gst_video_converter_frame (self->scalers[i], &plane, &scaled);

      to->data[i] = self->planes[i];
      to->stride[i] = (gsize)GST_VIDEO_INFO_PLANE_STRIDE (&self->to, 0);
      to->step[i] = 1;
    }
}
