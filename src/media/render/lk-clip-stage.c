/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clip-stage.h"

#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-planar-overlay.h"
#include "lk-window-scaler.h"
#include "lk-renderer.h"
#include "lk-video-converter.h"
#include "lk-window.h"

/* The planes are cut and scaled as the decoder gives them; what is turned, recoloured and drawn on
 * is then a fifth of a film's frame, and RGB is never seen. Only what planes cannot hold (high
 * dynamic range, transparency) or an edit that is defined on RGB goes by the way of stills. */

/* The smallest side that every encoder takes. */
#define MIN_SIZE 16

struct _LkClipStage
{
  LkVideoInfo info;
  LkRecipe *recipe;
  guint size;
  LkRenderer *renderer;
  LkPlanarOverlay *overlay; /* (nullable) */
  int orientation;          /* the file's and the recipe's together */
  GstVideoInfo out;
  GBytes *ring[LK_CLIP_STAGE_RING]; /* frames that were given away and are filled again in turn */
  guint next;

  LkVideoConverter *converter; /* (nullable): where frames go through RGB */

  /* What follows holds for pictures like the one that was seen last. */
  GstVideoInfo seen;
  GstVideoInfo planar;          /* what the scalers read */
  GstVideoConverter *flattener; /* (nullable): from what they cannot read */
  GstBuffer *flat;              /* (nullable): what it gives */
  LkWindowScaler *scalers[2];   /* of luma and of chroma */
  LkPlanesMap map;
  gboolean has_map;
  guint8 *turning; /* (nullable): a plane on its way to be turned */
};

static gboolean
needs_rgb (const LkVideoInfo *info, LkRecipe *recipe)
{
  if (lk_recipe_get_straighten (recipe) != 0)
    return TRUE;

  switch (info->colorimetry.transfer)
    {
    case GST_VIDEO_TRANSFER_SMPTE2084:
    case GST_VIDEO_TRANSFER_ARIB_STD_B67:
      return TRUE;
    default:
      return info->has_alpha || info->colorimetry.primaries == GST_VIDEO_COLOR_PRIMARIES_BT2020
             || info->colorimetry.primaries == GST_VIDEO_COLOR_PRIMARIES_SMPTEEG432;
    }
}

static int
get_orientation (const LkVideoInfo *info, LkRecipe *recipe)
{
  int orientation = info->orientation;

  orientation = lk_orientation_combine (
      orientation, lk_orientation_from_rotation (lk_recipe_get_rotation (recipe)));
  orientation
      = lk_orientation_combine (orientation, lk_recipe_get_flip_horizontal (recipe) ? 2 : 1);

  return lk_orientation_combine (orientation, lk_recipe_get_flip_vertical (recipe) ? 4 : 1);
}

/* The crop on a frame as it is to be shown, not turned; the bounding box of one that is. */
static LkSquare
get_square (const LkVideoInfo *info, LkRecipe *recipe)
{
  return lk_square_from_crop (lk_recipe_get_crop (recipe), lk_recipe_get_straighten (recipe),
                              info->width, info->height, info->orientation);
}

/**
 * lk_clip_stage_get_side:
 *
 * Returns: px that the crop's side has in the video
 */
double
lk_clip_stage_get_side (const LkVideoInfo *info, LkRecipe *recipe)
{
  return get_square (info, recipe).side / lk_crop_get_reach (lk_recipe_get_straighten (recipe));
}

/**
 * lk_clip_stage_fit:
 * @most: px that the side may have
 *
 * Returns: px of the side: even, and no more than the crop has, but at least 16: an encoder takes
 * no less
 */
guint
lk_clip_stage_fit (const LkVideoInfo *info, LkRecipe *recipe, guint most)
{
  guint side = (guint)(lk_clip_stage_get_side (info, recipe) + 0.5);

  return MAX (MIN (side, most) / 2 * 2, MIN_SIZE);
}

/**
 * lk_clip_stage_new:
 * @info: of the video
 * @size: px of the side, even, at least 16
 *
 * Returns: (transfer full): what makes its frames squares of that size
 */
LkClipStage *
lk_clip_stage_new (const LkVideoInfo *info, LkRecipe *recipe, guint size)
{
  LkClipStage *self = g_new0 (LkClipStage, 1);
  LkOverlay *overlay;

  self->info = *info;
  self->recipe = lk_recipe_ref (recipe);
  self->size = size;
  self->renderer = lk_renderer_new (recipe, size, FALSE);
  self->orientation = get_orientation (info, recipe);
  gst_video_info_set_format (&self->out, GST_VIDEO_FORMAT_I420, size, size);
  if (needs_rgb (info, recipe))
    {
      double side = lk_clip_stage_get_side (info, recipe);
      double shorter = MIN (info->width, info->height);

      self->converter = lk_video_converter_new (info, (guint)(size * shorter / side + 1));
      return self;
    }

  overlay = lk_renderer_get_overlay (self->renderer);
  if (overlay != NULL)
    self->overlay = lk_planar_overlay_new (overlay);
  if (self->orientation != LK_ORIENTATION_UPRIGHT)
    self->turning = g_malloc ((gsize)size * size);

  return self;
}

static void
clear (LkClipStage *self)
{
  g_clear_pointer (&self->flattener, gst_video_converter_free);
  gst_clear_buffer (&self->flat);
  for (guint i = 0; i < G_N_ELEMENTS (self->scalers); i++)
    g_clear_pointer (&self->scalers[i], lk_window_scaler_free);
}

void
lk_clip_stage_free (LkClipStage *self)
{
  clear (self);
  g_clear_pointer (&self->converter, lk_video_converter_free);
  g_clear_pointer (&self->overlay, lk_planar_overlay_free);
  lk_renderer_unref (self->renderer);
  lk_recipe_unref (self->recipe);
  for (guint i = 0; i < G_N_ELEMENTS (self->ring); i++)
    g_clear_pointer (&self->ring[i], g_bytes_unref);
  g_free (self->turning);
  g_free (self);
}

static gboolean
is_planar (const GstVideoInfo *info)
{
  switch (GST_VIDEO_INFO_FORMAT (info))
    {
    case GST_VIDEO_FORMAT_I420:
    case GST_VIDEO_FORMAT_YV12:
    case GST_VIDEO_FORMAT_NV12:
    case GST_VIDEO_FORMAT_NV21:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
no_memory (GError **error)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "No memory for a frame");
  return FALSE;
}

/* Other than 4:2:0 of 8 bits: 10 bits, 4:2:2, 4:4:4, RGB. */
static gboolean
prepare_flattener (LkClipStage *self, GError **error)
{
  GstVideoInfo from = self->seen;

  if (!gst_video_info_set_format (&self->planar, GST_VIDEO_FORMAT_I420,
                                  (guint)GST_VIDEO_INFO_WIDTH (&from),
                                  (guint)GST_VIDEO_INFO_HEIGHT (&from)))
    return no_memory (error);

  gst_video_colorimetry_from_string (&self->planar.colorimetry, GST_VIDEO_COLORIMETRY_BT709);
  self->planar.chroma_site = GST_VIDEO_CHROMA_SITE_MPEG2;
  self->planar.fps_n = from.fps_n;
  self->planar.fps_d = from.fps_d;
  from.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
  self->flattener = gst_video_converter_new (
      &from, &self->planar,
      gst_structure_new ("options", GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
                         GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, NULL));
  self->flat = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->planar), NULL);
  if (self->flattener == NULL || self->flat == NULL)
    return no_memory (error);

  return TRUE;
}

static void
prepare_map (LkClipStage *self)
{
  const GstVideoColorimetry *colors = &self->planar.colorimetry;
  LkAdjust adjust = lk_recipe_get_adjust (self->recipe);
  LkAdjustMatrix matrix;
  double kr;
  double kb;

  /* What does not say is what its size is usual for (as GStreamer fills it in); what is odd is
   * taken as BT.709. */
  if (!gst_video_color_matrix_get_Kr_Kb (colors->matrix, &kr, &kb))
    {
      kr = 0.2126;
      kb = 0.0722;
    }
  lk_adjust_get_matrix (&adjust, &matrix);
  self->map = lk_planes_map_new (kr, kb, colors->range == GST_VIDEO_COLOR_RANGE_0_255,
                                 lk_adjust_is_neutral (&adjust) ? NULL : matrix.m);
  self->has_map = !lk_planes_map_is_identity (&self->map);
}

/* Chroma has a grid of its own: a sample lies on the left one of its two columns (MPEG-2 and what
 * came after) or between them, and between its two rows or on the upper one. The window on it is
 * chosen so that what comes out lies as the standard says, whatever is cut off and however it is
 * turned then: the scaler's result is that grid turned back. Places are in px of luma from a
 * block's middle. */
static LkPlaneWindow
chroma_window (LkClipStage *self, const LkPlaneWindow *luma)
{
  GstVideoChromaSite site = self->planar.chroma_site;
  double from_x = site & GST_VIDEO_CHROMA_SITE_H_COSITED ? -0.5 : 0;
  double from_y = site & GST_VIDEO_CHROMA_SITE_V_COSITED ? -0.5 : 0;
  double to_x = 0;
  double to_y = 0.5;

  if (site == GST_VIDEO_CHROMA_SITE_UNKNOWN)
    from_x = -0.5;
  lk_orientation_to_raw (self->orientation, &to_x, &to_y);
  to_x -= 0.5;
  to_y -= 0.5;

  return (LkPlaneWindow){
    .x = (luma->x + luma->width / self->size * to_x - from_x) / 2,
    .y = (luma->y + luma->height / self->size * to_y - from_y) / 2,
    .width = luma->width / 2,
    .height = luma->height / 2,
  };
}

static void
prepare_scalers (LkClipStage *self)
{
  LkSquare square = get_square (&self->info, self->recipe);
  guint width = (guint)GST_VIDEO_INFO_WIDTH (&self->planar);
  guint height = (guint)GST_VIDEO_INFO_HEIGHT (&self->planar);
  /* px are not square everywhere */
  double across = (double)width / self->info.width;
  double down = (double)height / self->info.height;
  LkPlaneWindow luma = { .x = square.x * across,
                         .y = square.y * down,
                         .width = square.side * across,
                         .height = square.side * down };
  LkPlaneWindow chroma;

  /* A square of the very size is taken from whole px: to blur it by a part of one serves nobody. */
  if (luma.width > self->size - 1. && luma.width < self->size + 1. && luma.height == luma.width)
    {
      luma.width = luma.height = self->size;
      luma.x = MIN ((guint)(luma.x + 0.5), width - MIN (self->size, width));
      luma.y = MIN ((guint)(luma.y + 0.5), height - MIN (self->size, height));
    }
  chroma = chroma_window (self, &luma);

  self->scalers[0] = lk_window_scaler_new (luma, width, height, 1, self->size, self->size);
  self->scalers[1] = lk_window_scaler_new (chroma, (width + 1) / 2, (height + 1) / 2,
                                           (guint)GST_VIDEO_INFO_COMP_PSTRIDE (&self->planar, 1),
                                           self->size / 2, self->size / 2);
}

/* For all pictures like @info from here on. */
static gboolean
prepare (LkClipStage *self, const GstVideoInfo *info, GError **error)
{
  clear (self);
  self->seen = *info;
  self->planar = *info;
  if (!is_planar (info) && !prepare_flattener (self, error))
    return FALSE;

  prepare_map (self);
  prepare_scalers (self);

  return TRUE;
}

static LkPlanes
get_planes (LkClipStage *self, guint8 *data)
{
  LkPlanes planes = { .width = self->size, .height = self->size };

  for (guint i = 0; i < 3; i++)
    {
      planes.data[i] = data + GST_VIDEO_INFO_PLANE_OFFSET (&self->out, i);
      planes.stride[i] = (gsize)GST_VIDEO_INFO_PLANE_STRIDE (&self->out, i);
    }

  return planes;
}

static void
scale (LkClipStage *self, const GstVideoFrame *frame, const LkPlanes *planes)
{
  for (guint i = 0; i < 3; i++)
    {
      LkWindowScaler *scaler = self->scalers[i > 0];
      guint side = i > 0 ? self->size / 2 : self->size;
      const guint8 *from = GST_VIDEO_FRAME_COMP_DATA (frame, i);
      gsize stride = (gsize)GST_VIDEO_FRAME_COMP_STRIDE (frame, i);

      if (self->turning == NULL)
        {
          lk_window_scaler_run (scaler, from, stride, planes->data[i], planes->stride[i]);
          continue;
        }

      lk_window_scaler_run (scaler, from, stride, self->turning, side);
      lk_orientation_turn (self->turning, side, side, side, 1, self->orientation, planes->data[i],
                           planes->stride[i]);
    }
}

static gboolean
malformed (GError **error)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                       "A frame of the video is not whole");
  return FALSE;
}

static gboolean
apply_to_planes (LkClipStage *self,
                 const LkVideoPicture *picture,
                 const LkPlanes *planes,
                 GError **error)
{
  GstVideoFrame frame;

  if ((self->scalers[0] == NULL || !gst_video_info_is_equal (&self->seen, &picture->info))
      && !prepare (self, &picture->info, error))
    return FALSE;

  if (!gst_video_frame_map (&frame, &self->seen, picture->buffer, GST_MAP_READ))
    return malformed (error);

  if (self->flattener != NULL)
    {
      GstVideoFrame flat;

      if (!gst_video_frame_map (&flat, &self->planar, self->flat, GST_MAP_READWRITE))
        {
          gst_video_frame_unmap (&frame);
          return no_memory (error);
        }
      gst_video_converter_frame (self->flattener, &frame, &flat);
      scale (self, &flat, planes);
      gst_video_frame_unmap (&flat);
    }
  else
    scale (self, &frame, planes);
  gst_video_frame_unmap (&frame);

  if (self->has_map)
    lk_planes_map_apply (&self->map, planes);
  if (self->overlay != NULL)
    lk_planar_overlay_blend (self->overlay, planes);

  return TRUE;
}

static gboolean
apply_by_rgb (LkClipStage *self,
              const LkVideoPicture *picture,
              const LkPlanes *planes,
              GError **error)
{
  g_autoptr (LkFrame) frame = lk_video_converter_convert (self->converter, picture, error);
  g_autoptr (LkFrame) square = NULL;

  if (frame != NULL)
    square = lk_renderer_apply (self->renderer, frame, error);
  if (square == NULL)
    return FALSE;

  lk_planes_from_rgb (g_bytes_get_data (lk_frame_get_pixels (square), NULL),
                      lk_frame_get_stride (square), planes);

  return TRUE;
}

static GBytes *
get_memory (LkClipStage *self, gboolean reuses, GError **error)
{
  GBytes **slot = &self->ring[self->next];
  guint8 *data;

  self->next = (self->next + 1) % LK_CLIP_STAGE_RING;
  if (*slot != NULL && reuses)
    return *slot;

  g_clear_pointer (slot, g_bytes_unref);
  data = g_try_malloc (GST_VIDEO_INFO_SIZE (&self->out));
  if (data == NULL)
    {
      no_memory (error);
      return NULL;
    }

  *slot = g_bytes_new_take (data, GST_VIDEO_INFO_SIZE (&self->out));

  return *slot;
}

/**
 * lk_clip_stage_apply:
 * @reuses: whether the square may be written over the one that was given LK_CLIP_STAGE_RING before,
 * whoever holds it
 *
 * Returns: (transfer full) (nullable): the square, as lk_mp4_writer_push() takes it, or NULL with
 * LK_MEDIA_ERROR_MALFORMED or _NO_MEMORY
 */
GstBuffer *
lk_clip_stage_apply (LkClipStage *self,
                     const LkVideoPicture *picture,
                     gboolean reuses,
                     GError **error)
{
  GBytes *memory = get_memory (self, reuses, error);
  LkPlanes planes;

  if (memory == NULL)
    return NULL;

  planes = get_planes (self, (guint8 *)g_bytes_get_data (memory, NULL));
  if (!(self->converter != NULL ? apply_by_rgb (self, picture, &planes, error)
                                : apply_to_planes (self, picture, &planes, error)))
    return NULL;

  return gst_buffer_new_wrapped_bytes (memory);
}
