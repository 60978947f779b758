/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-motion.h"

#include <webp/decode.h>
#include "lk-animation.h"
#include "lk-media-error.h"
#include "lk-webp-reader.h"

/* A frame of so many bytes for each px, and some more, is not WebP's: without loss it takes 4. */
#define MAX_BYTES_A_PIXEL 8
#define MAX_MORE_BYTES (1024 * 1024)

typedef struct
{
  LkAnimation parent;
  LkWebp webp;
  guint8 *data; /* of one frame, as in the file */
  gsize data_size;
  guint8 *pixels; /* of one that is laid over what is there; NULL until it is needed */
  gsize pixels_size;
} LkWebpMotion;

static gboolean
webp_rewind (LkAnimation *animation, GCancellable *cancellable, GError **error)
{
  LkWebpMotion *self = (LkWebpMotion *)animation;

  lk_webp_rewind (&self->webp);

  return TRUE;
}

static gboolean
reserve (guint8 **buffer, gsize *size, gsize needed, GError **error)
{
  if (needed <= *size)
    return TRUE;

  g_free (*buffer);
  *buffer = g_try_malloc (needed);
  *size = *buffer != NULL ? needed : 0;
  if (*buffer != NULL)
    return TRUE;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY,
               "No memory for a frame of %" G_GSIZE_FORMAT " bytes", needed);
  return FALSE;
}

/* The bitstream of one frame, as libwebp takes it: its chunks, without a file around them. */
static LkStep
read_data (LkWebpMotion *self, const LkPatch *patch, GCancellable *cancellable, GError **error)
{
  gsize length = self->webp.data_length;
  gssize n;

  if (length > (guint64)patch->width * patch->height * MAX_BYTES_A_PIXEL + MAX_MORE_BYTES)
    return LK_STEP_END;
  if (!reserve (&self->data, &self->data_size, length, error))
    return LK_STEP_FAILED;

  n = lk_source_read (self->parent.source, self->webp.data, self->data, length, cancellable, error);
  if (n < 0)
    return LK_STEP_FAILED;

  return (gsize)n == length ? LK_STEP_PATCH : LK_STEP_END;
}

static gboolean
decode (LkWebpMotion *self, WebPDecoderConfig *config, guint8 *to, gsize stride, gsize height)
{
  WebPRGBABuffer *buffer = &config->output.u.RGBA;

  config->output.colorspace = MODE_RGBA;
  config->output.is_external_memory = 1;
  buffer->rgba = to;
  buffer->stride = (int)stride;
  buffer->size = stride * (height - 1) + (gsize)config->input.width * 4;

  return WebPDecode (self->data, self->webp.data_length, config) == VP8_STATUS_OK;
}

/* Where nothing shows through, the pixels go straight to where they belong. */
static LkStep
draw_in_place (LkWebpMotion *self, WebPDecoderConfig *config, const LkPatch *patch)
{
  LkCanvas *canvas = self->parent.canvas;
  gsize stride;
  guint8 *place = lk_canvas_get_place (canvas, &stride);

  if (!decode (self, config, place, stride, patch->height))
    return LK_STEP_END;

  lk_canvas_end (canvas, config->input.has_alpha);
  return LK_STEP_PATCH;
}

static LkStep
draw_over (LkWebpMotion *self, WebPDecoderConfig *config, const LkPatch *patch, GError **error)
{
  LkCanvas *canvas = self->parent.canvas;
  gsize stride = (gsize)patch->width * 4;

  if (!reserve (&self->pixels, &self->pixels_size, stride * patch->height, error))
    return LK_STEP_FAILED;
  if (!decode (self, config, self->pixels, stride, patch->height))
    return LK_STEP_END;

  for (guint row = 0; row < patch->height; row++)
    lk_canvas_draw_rgba (canvas, row, self->pixels + row * stride);

  lk_canvas_end (canvas, FALSE);
  return LK_STEP_PATCH;
}

static LkStep
webp_draw (LkAnimation *animation, gint64 *duration, GCancellable *cancellable, GError **error)
{
  LkWebpMotion *self = (LkWebpMotion *)animation;
  WebPDecoderConfig config;
  LkPatch patch;
  LkStep step = lk_webp_next (&self->webp, &patch, cancellable, error);

  if (step == LK_STEP_PATCH)
    step = read_data (self, &patch, cancellable, error);
  if (step != LK_STEP_PATCH)
    return step;

  if (!WebPInitDecoderConfig (&config)
      || WebPGetFeatures (self->data, self->webp.data_length, &config.input) != VP8_STATUS_OK
      || (guint)config.input.width != patch.width || (guint)config.input.height != patch.height)
    return LK_STEP_END;

  *duration = patch.duration;
  if (!lk_canvas_begin (animation->canvas, &patch, error))
    return LK_STEP_FAILED;
  if (!patch.over || !config.input.has_alpha)
    return draw_in_place (self, &config, &patch);

  return draw_over (self, &config, &patch, error);
}

static void
webp_free (LkAnimation *animation)
{
  LkWebpMotion *self = (LkWebpMotion *)animation;

  g_free (self->data);
  g_free (self->pixels);
  g_free (self);
}

static const LkAnimationClass webp_class = {
  .rewind = webp_rewind,
  .draw = webp_draw,
  .free = webp_free,
};

/**
 * lk_webp_motion_open:
 *
 * As lk_animation_open().
 */
LkMotion *
lk_webp_motion_open (LkSource *source,
                     const LkHeader *header,
                     GCancellable *cancellable,
                     GError **error)
{
  LkWebpMotion *self = g_new0 (LkWebpMotion, 1);

  lk_webp_init (&self->webp, source, header->width, header->height);

  return lk_animation_open (&self->parent, &webp_class, source, header, header->profile,
                            cancellable, error);
}
