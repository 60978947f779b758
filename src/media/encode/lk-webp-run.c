/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-webp-run.h"

#include "lk-media-error.h"

/* So many frames may wait for the encoder: enough that it never waits for them, few enough that
 * they take no room. */
#define MAX_WAITING 8

typedef struct
{
  LkFrame *frame; /* NULL: the end */
  int time;
} Item;

struct _LkWebpRun
{
  LkWebpSettings settings;
  LkFrame *before;
  gint64 start; /* in ms, as all times here */
  gint64 end;
  GCancellable *cancellable;
  GThread *thread;

  GMutex mutex;
  GCond changed;
  GQueue waiting; /* of Item */
  gboolean stopped;
  gboolean done;
  WebPData data;
  GError *error;
};

static void
item_free (Item *item)
{
  g_clear_pointer (&item->frame, lk_frame_unref);
  g_free (item);
}

/**
 * lk_webp_settings_apply:
 * @config: (out): libwebp's own
 *
 * Returns: FALSE where libwebp at run time is not the one that this was built for
 */
gboolean
lk_webp_settings_apply (const LkWebpSettings *self, WebPConfig *config)
{
  if (!WebPConfigInit (config))
    return FALSE;

  config->quality = (float)self->quality;
  config->method = self->method;

  return TRUE;
}

/**
 * lk_webp_import:
 * @picture: (out): to be freed with WebPPictureFree(), whatever is returned
 *
 * Returns: whether there was memory for it
 */
gboolean
lk_webp_import (WebPPicture *picture, LkFrame *frame)
{
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  int stride = (int)lk_frame_get_stride (frame);

  if (!WebPPictureInit (picture))
    return FALSE;

  picture->use_argb = 1;
  picture->width = (int)lk_frame_get_width (frame);
  picture->height = (int)lk_frame_get_height (frame);

  return lk_frame_has_alpha (frame) ? WebPPictureImportRGBA (picture, pixels, stride)
                                    : WebPPictureImportRGBX (picture, pixels, stride);
}

static Item *
wait_for_item (LkWebpRun *self)
{
  Item *item = NULL;

  g_mutex_lock (&self->mutex);
  while (!self->stopped && g_queue_is_empty (&self->waiting))
    g_cond_wait (&self->changed, &self->mutex);
  if (!self->stopped)
    item = g_queue_pop_head (&self->waiting);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);

  return item;
}

static gboolean
add (WebPAnimEncoder *encoder, LkFrame *frame, int time, const WebPConfig *config)
{
  WebPPicture picture;
  gboolean added
      = lk_webp_import (&picture, frame) && WebPAnimEncoderAdd (encoder, &picture, time, config);

  WebPPictureFree (&picture);

  return added;
}

/* The encoder describes a frame by how it differs from the one before. What it makes of that one
 * itself is thrown away. */
static gboolean
add_before (LkWebpRun *self, WebPAnimEncoder *encoder)
{
  WebPConfig config;

  if (self->before == NULL)
    return TRUE;
  if (!WebPConfigInit (&config))
    return FALSE;

  config.quality = 0;
  config.method = 0;
  config.alpha_compression = 0;

  return add (encoder, self->before, 0, &config);
}

static gboolean
encode (LkWebpRun *self, WebPAnimEncoder *encoder)
{
  WebPConfig config;
  Item *item;
  gboolean goes_on
      = lk_webp_settings_apply (&self->settings, &config) && add_before (self, encoder);

  while (goes_on && !g_cancellable_is_cancelled (self->cancellable)
         && (item = wait_for_item (self)) != NULL)
    {
      gboolean ends = item->frame == NULL;

      if (ends)
        goes_on = WebPAnimEncoderAdd (encoder, NULL, item->time, NULL)
                  && WebPAnimEncoderAssemble (encoder, &self->data);
      else
        goes_on = add (encoder, item->frame, item->time, &config);
      item_free (item);
      if (ends)
        return goes_on;
    }

  return FALSE;
}

static gpointer
run_thread (gpointer data)
{
  LkWebpRun *self = data;
  WebPAnimEncoderOptions options;
  WebPAnimEncoder *encoder = NULL;

  /* Without key frames: nobody seeks in a contact photo. */
  if (WebPAnimEncoderOptionsInit (&options))
    encoder = WebPAnimEncoderNew ((int)self->settings.width, (int)self->settings.height, &options);
  if ((encoder == NULL || !encode (self, encoder))
      && !g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    g_set_error (&self->error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_MEMORY, "libwebp: %s",
                 encoder != NULL ? WebPAnimEncoderGetError (encoder) : "no encoder");
  g_clear_pointer (&encoder, WebPAnimEncoderDelete);

  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/**
 * lk_webp_run_new:
 * @before: (nullable): the frame that is shown before the first one of this run
 * @start: when its first frame is shown, in ms
 * @cancellable: (nullable): ends it behind the frame that is being encoded
 *
 * Returns: (transfer full): a run that waits for its first frame
 */
LkWebpRun *
lk_webp_run_new (const LkWebpSettings *settings,
                 LkFrame *before,
                 gint64 start,
                 GCancellable *cancellable)
{
  LkWebpRun *self = g_new0 (LkWebpRun, 1);

  self->settings = *settings;
  self->before = before != NULL ? lk_frame_ref (before) : NULL;
  self->start = start;
  self->end = start;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  g_queue_init (&self->waiting);
  WebPDataInit (&self->data);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->thread = g_thread_new ("webp", run_thread, self);

  return self;
}

/**
 * lk_webp_run_free:
 *
 * Waits until the frame that is being encoded is done, and leaves the others aside.
 */
void
lk_webp_run_free (LkWebpRun *self)
{
  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&self->thread, g_thread_join);

  g_queue_clear_full (&self->waiting, (GDestroyNotify)item_free);
  g_clear_pointer (&self->before, lk_frame_unref);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  WebPDataClear (&self->data);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

LkFrame *
lk_webp_run_get_before (LkWebpRun *self)
{
  return self->before;
}

static void
push (LkWebpRun *self, LkFrame *frame, gint64 time)
{
  Item *item = g_new (Item, 1);

  item->frame = frame != NULL ? lk_frame_ref (frame) : NULL;
  item->time = (int)(time - self->start) + LK_WEBP_RUN_BEFORE;
  self->end = time;

  g_mutex_lock (&self->mutex);
  /* The encoder that failed takes no more. */
  while (!self->done && self->waiting.length >= MAX_WAITING)
    g_cond_wait (&self->changed, &self->mutex);
  g_queue_push_tail (&self->waiting, item);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/**
 * lk_webp_run_push:
 * @time: in ms, later than that of the frame before
 *
 * Waits while several are waiting already.
 */
void
lk_webp_run_push (LkWebpRun *self, LkFrame *frame, gint64 time)
{
  push (self, frame, time);
}

/**
 * lk_webp_run_end:
 * @end: of the last frame, in ms
 */
void
lk_webp_run_end (LkWebpRun *self, gint64 end)
{
  push (self, NULL, end);
}

/**
 * lk_webp_run_get_duration:
 *
 * Returns: of all its frames, in ms; once it was ended
 */
gint64
lk_webp_run_get_duration (LkWebpRun *self)
{
  return self->end - self->start;
}

gboolean
lk_webp_run_is_done (LkWebpRun *self)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->done;
  g_mutex_unlock (&self->mutex);

  return done;
}

/**
 * lk_webp_run_wait:
 * @data: (out): a WebP file, with a frame for @before in front where there is one; the caller
 * clears it
 *
 * Waits for the encoder, once the run was ended.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_NO_MEMORY or G_IO_ERROR_CANCELLED
 */
gboolean
lk_webp_run_wait (LkWebpRun *self, WebPData *data, GError **error)
{
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  *data = self->data;
  WebPDataInit (&self->data);

  return TRUE;
}
