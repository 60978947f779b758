/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-mp4-writer.h"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include "lk-gst.h"
#include "lk-media-error.h"
#include "lk-mp4-boxes.h"

/* appsrc → encoder → h264parse → mp4mux → a stream in memory. Nothing is written to a disk, and the
 * process needs no right to do so. */

/* Frames that wait for the encoder, so that it is never idle. */
#define QUEUED_FRAMES 4
/* The longest that the encoder may take for anything, in µs. */
#define MAX_WAIT (8 * G_TIME_SPAN_SECOND)

/* What GStreamer's threads tell. They may outlive the writer. */
typedef struct
{
  GMutex mutex;
  GCond changed;
  guint frames;
  gsize bytes;
  GstClockTime origin; /* of the first frame, as the encoder counts */
  GstClockTime end;    /* of the last frame that was pushed, from the first one */
  gboolean is_stopped; /* the pipeline is gone */
} Tally;

struct _LkMp4Writer
{
  GstElement *pipeline;
  GstElement *input;
  GOutputStream *stream;
  Tally *tally;
};

static void
tally_clear (gpointer data)
{
  Tally *self = data;

  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
}

static void
tally_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, tally_clear);
}

static GstPadProbeReturn
on_input_taken (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Tally *self = data;

  g_mutex_lock (&self->mutex);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);

  return GST_PAD_PROBE_OK;
}

/* The muxer has each frame decoded until the next one is, and the last one for its own duration:
 * which is to reach to the end of what is shown, however the frames before are ordered. Until the
 * last frame is encoded nobody knows that it is the last. */
static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Tally *self = data;
  GstBuffer *buffer = gst_buffer_make_writable (gst_pad_probe_info_get_buffer (info));
  GstClockTime end;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  g_mutex_lock (&self->mutex);
  if (self->frames++ == 0)
    self->origin = GST_BUFFER_PTS (buffer);
  self->bytes += gst_buffer_get_size (buffer);
  end = self->origin + self->end;
  if (GST_BUFFER_DTS_IS_VALID (buffer) && GST_BUFFER_DTS (buffer) < end)
    GST_BUFFER_DURATION (buffer) = end - GST_BUFFER_DTS (buffer);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);

  return GST_PAD_PROBE_OK;
}

static void
add_probe (LkMp4Writer *self, GstElement *element, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback,
                     g_atomic_rc_box_acquire (self->tally), tally_unref);
}

/* What is pushed: planes as GStreamer lays them out by itself. */
static GstCaps *
make_caps (const LkH264Settings *settings)
{
  return gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT,
                              (int)settings->size, "height", G_TYPE_INT, (int)settings->size,
                              "framerate", GST_TYPE_FRACTION, settings->rate_n, settings->rate_d,
                              "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, "interlace-mode",
                              G_TYPE_STRING, "progressive", "colorimetry", G_TYPE_STRING, "bt709",
                              "chroma-site", G_TYPE_STRING, "mpeg2", NULL);
}

/* Every phone plays these; which of them it becomes is the encoder's to say. */
static GstCaps *
make_profile_caps (const char *encoder)
{
  if (lk_h264_encoder_has_rate_factor (encoder))
    return gst_caps_new_simple ("video/x-h264", "profile", G_TYPE_STRING, "high", NULL);

  return gst_caps_from_string ("video/x-h264,profile=(string){high,main,constrained-high,"
                               "constrained-baseline,baseline}");
}

static GstElement *
add_output (LkMp4Writer *self, GError **error)
{
  GstElement *sink = lk_gst_add (self->pipeline, "giostreamsink", error);

  if (sink == NULL)
    return NULL;

  self->stream = g_memory_output_stream_new_resizable ();
  g_object_set (sink, "stream", self->stream, "sync", FALSE, NULL);

  return sink;
}

static gboolean
build (LkMp4Writer *self, const char *encoder, const LkH264Settings *settings, GError **error)
{
  g_autoptr (GstCaps) caps = make_caps (settings);
  g_autoptr (GstCaps) profile = make_profile_caps (encoder);
  GstElement *encode;
  GstElement *parse;
  GstElement *mux;
  GstElement *sink;

  self->input = lk_gst_add (self->pipeline, "appsrc", error);
  encode
      = self->input != NULL ? lk_h264_encoder_add (self->pipeline, encoder, settings, error) : NULL;
  parse = encode != NULL ? lk_gst_add (self->pipeline, "h264parse", error) : NULL;
  mux = parse != NULL ? lk_gst_add (self->pipeline, "mp4mux", error) : NULL;
  sink = mux != NULL ? add_output (self, error) : NULL;
  if (sink == NULL)
    return FALSE;

  g_object_set (self->input, "caps", caps, "format", GST_FORMAT_TIME, "max-buffers",
                G_GUINT64_CONSTANT (0), "max-bytes", G_GUINT64_CONSTANT (0), NULL);
  if (!gst_element_link (self->input, encode) || !gst_element_link_filtered (encode, parse, profile)
      || !gst_element_link_many (parse, mux, sink, NULL))
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_NO_ENCODER,
                   "GStreamer's element “%s” does not give what is needed", encoder);
      return FALSE;
    }

  add_probe (self, self->input, on_input_taken);
  add_probe (self, parse, on_encoded);

  return TRUE;
}

/**
 * lk_mp4_writer_new:
 * @encoder: what lk_h264_encoder_find() gave
 *
 * Returns: (transfer full) (nullable): a writer, or NULL with LK_MEDIA_ERROR_NO_ENCODER or
 * _UNSUPPORTED where a part of GStreamer is not installed
 */
LkMp4Writer *
lk_mp4_writer_new (const char *encoder, const LkH264Settings *settings, GError **error)
{
  g_autoptr (LkMp4Writer) self = NULL;

  g_return_val_if_fail (settings->size > 0 && settings->size % 2 == 0, NULL);

  if (!lk_gst_init (error))
    return NULL;

  self = g_new0 (LkMp4Writer, 1);
  self->tally = g_atomic_rc_box_new0 (Tally);
  g_mutex_init (&self->tally->mutex);
  g_cond_init (&self->tally->changed);
  self->pipeline = gst_pipeline_new (NULL);
  if (!build (self, encoder, settings, error))
    return NULL;

  /* A failure is on the bus by the time that a frame is pushed. */
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  return g_steal_pointer (&self);
}

static gboolean
is_full (LkMp4Writer *self)
{
  return gst_app_src_get_current_level_buffers (GST_APP_SRC (self->input)) >= QUEUED_FRAMES;
}

/* For LK_GST_POLL at most. */
static void
wait_while_full (LkMp4Writer *self)
{
  gint64 until = g_get_monotonic_time () + (gint64)(LK_GST_POLL / GST_USECOND);

  g_mutex_lock (&self->tally->mutex);
  if (is_full (self))
    g_cond_wait_until (&self->tally->changed, &self->tally->mutex, until);
  g_mutex_unlock (&self->tally->mutex);
}

static gboolean
too_slow (GError **error)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                       "The encoder does not answer");
  return FALSE;
}

/**
 * lk_mp4_writer_push:
 * @frame: (transfer full): size × size px of I420, laid out as gst_video_info_set_format() says;
 * not to be changed any more
 * @time: when it is shown, in µs from the first frame, each later than the one before
 * @duration: for how long, in µs
 *
 * Blocks until the encoder has room.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR of the encoder or G_IO_ERROR_CANCELLED
 */
gboolean
lk_mp4_writer_push (LkMp4Writer *self,
                    GstBuffer *frame,
                    gint64 time,
                    gint64 duration,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GstBuffer) owned = frame;
  gint64 deadline = g_get_monotonic_time () + MAX_WAIT;

  while (is_full (self))
    {
      wait_while_full (self);
      if (!lk_gst_check_bus (self->pipeline, error)
          || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (g_get_monotonic_time () > deadline)
        return too_slow (error);
    }

  /* Only the description is new: the planes may be in use elsewhere. */
  owned = gst_buffer_make_writable (g_steal_pointer (&owned));
  GST_BUFFER_PTS (owned) = (GstClockTime)time * GST_USECOND;
  GST_BUFFER_DTS (owned) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (owned) = (GstClockTime)duration * GST_USECOND;
  g_mutex_lock (&self->tally->mutex);
  self->tally->end = (GstClockTime)(time + duration) * GST_USECOND;
  g_mutex_unlock (&self->tally->mutex);
  gst_app_src_push_buffer (GST_APP_SRC (self->input), g_steal_pointer (&owned));

  return lk_gst_check_bus (self->pipeline, error)
         && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * lk_mp4_writer_get_output:
 * @frames: (out): how many frames are encoded
 * @bytes: (out): how many bytes they take
 */
void
lk_mp4_writer_get_output (LkMp4Writer *self, guint *frames, gsize *bytes)
{
  Tally *tally = self->tally;

  g_mutex_lock (&tally->mutex);
  *frames = tally->frames;
  *bytes = tally->bytes;
  g_mutex_unlock (&tally->mutex);
}

/**
 * lk_mp4_writer_end:
 *
 * Says that no more frames come. lk_mp4_writer_wait() tells when the last is encoded.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR of the encoder
 */
gboolean
lk_mp4_writer_end (LkMp4Writer *self, GError **error)
{
  /* Not afterwards: looking for a failure takes the news of the end, too, and of a few frames that
   * may have come already. */
  if (!lk_gst_check_bus (self->pipeline, error))
    return FALSE;

  gst_app_src_end_of_stream (GST_APP_SRC (self->input));
  return TRUE;
}

/**
 * lk_mp4_writer_wait:
 * @ended: (out): whether the file is whole
 *
 * Blocks until something more is encoded, for some tens of milliseconds.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR of the encoder or G_IO_ERROR_CANCELLED
 */
gboolean
lk_mp4_writer_wait (LkMp4Writer *self, gboolean *ended, GCancellable *cancellable, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  message = gst_bus_timed_pop_filtered (bus, LK_GST_POLL, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  *ended = message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  if (message == NULL || *ended)
    return TRUE;

  gst_bus_post (bus, g_steal_pointer (&message));
  return lk_gst_check_bus (self->pipeline, error);
}

/**
 * lk_mp4_writer_steal:
 *
 * To be called once, after lk_mp4_writer_wait() said that the file is whole.
 *
 * Returns: (transfer full) (nullable): the file, or NULL with LK_MEDIA_ERROR_MALFORMED
 */
GBytes *
lk_mp4_writer_steal (LkMp4Writer *self, GError **error)
{
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (self->stream);
  g_autoptr (GBytes) file = NULL;

  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  if (!g_output_stream_is_closed (self->stream)
      && !g_output_stream_close (self->stream, NULL, error))
    return NULL;

  file = g_memory_output_stream_steal_as_bytes (memory);

  return lk_mp4_finish (file, self->tally->end, error);
}

typedef struct
{
  GstElement *pipeline;
  Tally *tally;
} Stop;

static gpointer
stop_in_thread (gpointer data)
{
  Stop *self = data;

  lk_gst_stop (self->pipeline);
  g_mutex_lock (&self->tally->mutex);
  self->tally->is_stopped = TRUE;
  g_cond_broadcast (&self->tally->changed);
  g_mutex_unlock (&self->tally->mutex);
  tally_unref (self->tally);
  g_free (self);

  return NULL;
}

/**
 * lk_mp4_writer_abandon:
 * @self: (transfer full): the writer, whose frames nobody wants any more
 *
 * As lk_mp4_writer_free(), but waits until the encoder has let go of its memory, or until it is
 * cancelled.
 */
void
lk_mp4_writer_abandon (LkMp4Writer *self, GCancellable *cancellable)
{
  Tally *tally = g_atomic_rc_box_acquire (self->tally);
  gboolean is_stopped = FALSE;

  lk_mp4_writer_free (self);
  while (!is_stopped && !g_cancellable_is_cancelled (cancellable))
    {
      gint64 until = g_get_monotonic_time () + (gint64)(LK_GST_POLL / GST_USECOND);

      g_mutex_lock (&tally->mutex);
      if (!tally->is_stopped)
        g_cond_wait_until (&tally->changed, &tally->mutex, until);
      is_stopped = tally->is_stopped;
      g_mutex_unlock (&tally->mutex);
    }

  tally_unref (tally);
}

/**
 * lk_mp4_writer_free:
 *
 * Does not wait: an encoder that is stopped first encodes what it has been given, so that is left
 * to a thread of its own.
 */
void
lk_mp4_writer_free (LkMp4Writer *self)
{
  Stop *stop = g_new (Stop, 1);

  stop->pipeline = self->pipeline;
  stop->tally = self->tally;
  g_clear_object (&self->stream);
  g_free (self);
  g_thread_unref (g_thread_new ("stop-encoder", stop_in_thread, stop));
}
