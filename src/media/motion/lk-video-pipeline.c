/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-pipeline.h"

#include <gst/pbutils/pbutils.h>
#include "lk-gst.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-video-sink.h"
#include "lk-video-source.h"

/* The demuxer is named, not guessed: of all that GStreamer can open (playlists that name addresses
 * among it) only these containers come near a stranger's file, and sound is never decoded. The
 * decoders are those that run on the processor: a driver is no place for a stranger's file. */

/* A decoder that works on several frames at once holds as many more of them. */
#define MAX_THREADS 4

struct _LkVideoPipeline
{
  GstElement *pipeline;
  GstElement *source;
  GstElement *decoder;
  LkVideoSink *sink;
  gboolean counts_from_zero; /* the container's duration includes what is before its first time */
  gboolean feeds_encoder;
  GMutex mutex; /* over what follows, which GStreamer's threads set */
  char *codec;
  gboolean has_video;
  gboolean has_pictures; /* a stream of them, of a kind that is no video's */
  gboolean knows_streams;
  gboolean too_large;
  gboolean awaits_input; /* nothing has come to the decoder since the last jump */
  gboolean is_cut;
};

static const struct
{
  const char *type;
  const char *demuxer;
  gboolean counts_from_zero;
} containers[] = {
  { "video/mp4", "qtdemux", FALSE },        { "video/quicktime", "qtdemux", FALSE },
  { "video/webm", "matroskademux", TRUE },  { "video/x-matroska", "matroskademux", TRUE },
  { "video/x-msvideo", "avidemux", FALSE },
};

static gboolean
is_named (GstCaps *caps, const char *prefix)
{
  return !gst_caps_is_empty (caps) && !gst_caps_is_any (caps)
         && g_str_has_prefix (gst_structure_get_name (gst_caps_get_structure (caps, 0)), prefix);
}

/* Cameras' motion JPEG calls itself an image. */
static gboolean
is_video (GstCaps *caps)
{
  return is_named (caps, "video/") || is_named (caps, "image/jpeg");
}

/* A video of PNG or the like is one to people; nothing films so, and it is not decoded here. */
static void
note_other (LkVideoPipeline *self, GstCaps *caps)
{
  g_mutex_lock (&self->mutex);
  self->has_pictures = self->has_pictures || is_named (caps, "image/");
  g_mutex_unlock (&self->mutex);
}

static void
take_codec (LkVideoPipeline *self, GstCaps *caps)
{
  g_autofree char *codec = gst_pb_utils_get_codec_description (caps);

  g_mutex_lock (&self->mutex);
  self->has_video = TRUE;
  g_free (self->codec);
  self->codec = g_steal_pointer (&codec);
  g_mutex_unlock (&self->mutex);
}

static void
on_demuxer_pad_added (GstElement *demuxer, GstPad *pad, LkVideoPipeline *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->decoder, "sink");

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (gst_pad_is_linked (sink))
    return;
  if (!is_video (caps))
    {
      note_other (self, caps);
      return;
    }

  take_codec (self, caps);
  /* What does not link has no decoder, which decodebin tells of. */
  gst_pad_link (pad, sink);
}

static void
on_no_more_pads (GstElement *demuxer, LkVideoPipeline *self)
{
  g_mutex_lock (&self->mutex);
  self->knows_streams = TRUE;
  g_mutex_unlock (&self->mutex);
}

static gboolean
is_allowed_size (LkVideoPipeline *self, guint64 width, guint64 height)
{
  if (width * height <= LK_VIDEO_MAX_PIXELS)
    return TRUE;

  g_mutex_lock (&self->mutex);
  self->too_large = TRUE;
  g_mutex_unlock (&self->mutex);

  return FALSE;
}

static gboolean
is_too_large (LkVideoPipeline *self)
{
  gboolean too_large;

  g_mutex_lock (&self->mutex);
  too_large = self->too_large;
  g_mutex_unlock (&self->mutex);

  return too_large;
}

static gboolean
are_allowed_caps (LkVideoPipeline *self, GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width = 0;
  int height = 0;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);

  return is_allowed_size (self, (guint64)MAX (width, 0), (guint64)MAX (height, 0));
}

/* Asked before each element that decodebin adds: the size is known before a decoder is. */
static gboolean
on_autoplug_continue (GstElement *bin, GstPad *pad, GstCaps *caps, LkVideoPipeline *self)
{
  return are_allowed_caps (self, caps);
}

/* The size in the frame tag of a VP8 key frame (RFC 6386, 9.1), which nobody else reads before the
 * decoder. */
static gboolean
is_allowed_vp8 (LkVideoPipeline *self, GstBuffer *buffer)
{
  guint8 tag[10];

  if (gst_buffer_extract (buffer, 0, tag, sizeof tag) < sizeof tag || (tag[0] & 1) != 0)
    return TRUE;

  return is_allowed_size (self, GST_READ_UINT16_LE (tag + 6) & 0x3fff,
                          GST_READ_UINT16_LE (tag + 8) & 0x3fff);
}

/* Whether the first frame after a jump lies before what was asked for: the decoder then cuts the
 * first that it gives. */
static void
note_input (LkVideoPipeline *self, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = NULL;

  if (event != NULL)
    gst_event_parse_segment (event, &segment);

  g_mutex_lock (&self->mutex);
  if (self->awaits_input && segment != NULL && GST_BUFFER_PTS_IS_VALID (buffer))
    {
      self->awaits_input = FALSE;
      self->is_cut = GST_BUFFER_PTS (buffer) < segment->start;
    }
  g_mutex_unlock (&self->mutex);
}

/* In front of a decoder: a stream may grow later than where it starts. */
static GstPadProbeReturn
on_decoder_input (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  LkVideoPipeline *self = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    {
      g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
      gboolean vp8 = caps != NULL
                     && gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-vp8");

      note_input (self, pad, GST_PAD_PROBE_INFO_BUFFER (info));
      if (vp8 && !is_allowed_vp8 (self, GST_PAD_PROBE_INFO_BUFFER (info)))
        return GST_PAD_PROBE_DROP;
    }
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_FLUSH_STOP)
    {
      g_mutex_lock (&self->mutex);
      self->awaits_input = TRUE;
      self->is_cut = FALSE;
      g_mutex_unlock (&self->mutex);
    }
  else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS)
    {
      GstCaps *caps;

      gst_event_parse_caps (GST_PAD_PROBE_INFO_EVENT (info), &caps);
      if (!are_allowed_caps (self, caps))
        return GST_PAD_PROBE_DROP;
    }

  return GST_PAD_PROBE_OK;
}

/* GStreamer's element for FFmpeg's HEVC decoder gives up a frame whose thread has just begun with
 * it: with 1.26 a jump now and then lost one. With threads for slices, of which most videos have
 * but one in a frame, none was. */
static gboolean
loses_frames (GstElementFactory *factory)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);

  return (major > 1 || minor >= 24) && g_str_equal (GST_OBJECT_NAME (factory), "avdec_h265");
}

static void
on_element_added (GstBin *bin, GstBin *parent, GstElement *element, LkVideoPipeline *self)
{
  const char *const threads[] = { "max-threads", "threads", "n-threads" };
  guint most = g_get_num_processors () / (self->feeds_encoder ? 2 : 1);
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = NULL;

  if (factory == NULL
      || !gst_element_factory_list_is_type (factory, GST_ELEMENT_FACTORY_TYPE_DECODER))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), threads[i]) != NULL)
      g_object_set (element, threads[i], CLAMP (most, 1, MAX_THREADS), NULL);

  if (loses_frames (factory))
    gst_util_set_object_arg (G_OBJECT (element), "thread-type", "slice");

  pad = gst_element_get_static_pad (element, "sink");
  if (pad != NULL)
    gst_pad_add_probe (pad,
                       GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH
                           | GST_PAD_PROBE_TYPE_BUFFER,
                       on_decoder_input, self, NULL);
}

static void
on_decoder_pad_added (GstElement *bin, GstPad *pad, LkVideoPipeline *self)
{
  GstPad *sink = lk_video_sink_get_pad (self->sink);

  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
}

static gboolean
build (LkVideoPipeline *self, LkSource *source, const char *factory, GError **error)
{
  GstElement *demuxer;

  self->source = lk_video_source_new (source);
  gst_bin_add (GST_BIN (self->pipeline), self->source);
  demuxer = lk_gst_add (self->pipeline, factory, error);
  self->decoder = demuxer != NULL ? lk_gst_add (self->pipeline, "decodebin", error) : NULL;
  if (self->decoder == NULL)
    return FALSE;

  g_object_set (self->decoder, "force-sw-decoders", TRUE, NULL);
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_demuxer_pad_added), self);
  g_signal_connect (demuxer, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  g_signal_connect (self->decoder, "autoplug-continue", G_CALLBACK (on_autoplug_continue), self);
  g_signal_connect (self->decoder, "deep-element-added", G_CALLBACK (on_element_added), self);
  g_signal_connect (self->decoder, "pad-added", G_CALLBACK (on_decoder_pad_added), self);
  gst_element_link (self->source, demuxer);

  return TRUE;
}

static gboolean
refuse (GError **error, LkMediaError code, const char *message)
{
  g_set_error_literal (error, LK_MEDIA_ERROR, code, message);
  return FALSE;
}

/* Whether the file can still give a frame. What was found out about its streams tells more than the
 * error that follows from it. */
static gboolean
check (LkVideoPipeline *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *codec = NULL;
  gboolean failed = !lk_gst_check_bus (self->pipeline, &cause);
  gboolean no_video;
  gboolean has_pictures;
  gboolean too_large;

  g_mutex_lock (&self->mutex);
  no_video = self->knows_streams && !self->has_video;
  has_pictures = self->has_pictures;
  too_large = self->too_large;
  codec = g_strdup (self->codec);
  g_mutex_unlock (&self->mutex);

  if (no_video && has_pictures)
    return refuse (error, LK_MEDIA_ERROR_UNSUPPORTED,
                   "The video's frames are stored as pictures of a kind that is not known here");
  if (no_video)
    return refuse (error, LK_MEDIA_ERROR_NO_VIDEO, "The file has no video stream");
  if (too_large)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                   "A video's frame may have %" G_GUINT64_FORMAT " megapixels",
                   LK_VIDEO_MAX_PIXELS / 1000000);
      return FALSE;
    }
  if (!failed)
    return TRUE;

  if (codec != NULL && g_error_matches (cause, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED))
    g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED, "No decoder for %s: %s", codec,
                 cause->message);
  else
    g_propagate_error (error, g_steal_pointer (&cause));

  return FALSE;
}

static gboolean
is_in_time (gint64 deadline, GError **error)
{
  if (g_get_monotonic_time () < deadline)
    return TRUE;

  return refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video gives no frame in time");
}

/**
 * lk_video_pipeline_new:
 * @source: (transfer none): the open file; outlives the pipeline
 * @type: media type of a container
 *
 * Starts to decode. A failure shows when a frame is asked for.
 *
 * Returns: (transfer full) (nullable): the pipeline, or NULL with LK_MEDIA_ERROR_UNSUPPORTED
 */
LkVideoPipeline *
lk_video_pipeline_new (LkSource *source, const char *type, GError **error)
{
  g_autoptr (LkVideoPipeline) self = NULL;
  const char *demuxer = NULL;
  gboolean counts_from_zero = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    if (g_str_equal (containers[i].type, type))
      {
        demuxer = containers[i].demuxer;
        counts_from_zero = containers[i].counts_from_zero;
      }
  g_return_val_if_fail (demuxer != NULL, NULL);

  if (!lk_gst_init (error))
    return NULL;

  self = g_new0 (LkVideoPipeline, 1);
  g_mutex_init (&self->mutex);
  self->feeds_encoder = lk_source_get_feeds_encoder (source);
  self->counts_from_zero = counts_from_zero;
  self->pipeline = gst_pipeline_new (NULL);
  self->sink = lk_video_sink_new ();
  if (!build (self, source, demuxer, error))
    return NULL;

  /* no clock is waited for: paused is enough */
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);

  return g_steal_pointer (&self);
}

void
lk_video_pipeline_free (LkVideoPipeline *self)
{
  lk_video_source_bound (LK_VIDEO_SOURCE (self->source), NULL, 0);
  lk_video_sink_stop (self->sink);
  lk_gst_stop (self->pipeline);
  lk_video_sink_free (self->sink);
  g_mutex_clear (&self->mutex);
  g_free (self->codec);
  g_free (self);
}

/**
 * lk_video_pipeline_pull:
 * @deadline: monotonic time in µs
 *
 * Blocks until the next frame is decoded. What was decoded before a failure is given before it.
 *
 * Returns: (transfer full) (nullable): the frame; NULL without an error at the end; NULL with
 * LK_MEDIA_ERROR_NO_VIDEO, _UNSUPPORTED, _MALFORMED (at the deadline too), _TOO_MANY_PIXELS,
 * _UNREADABLE or G_IO_ERROR_CANCELLED
 */
GstSample *
lk_video_pipeline_pull (LkVideoPipeline *self,
                        gint64 deadline,
                        GCancellable *cancellable,
                        GError **error)
{
  gint64 wait = 0;

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_autoptr (GstSample) sample
          = lk_video_sink_pull (self->sink, g_get_monotonic_time () + wait);

      /* What was left out for its size ends the video, even if smaller frames follow. */
      if (sample != NULL && are_allowed_caps (self, gst_sample_get_caps (sample))
          && !is_too_large (self))
        return g_steal_pointer (&sample);
      if (!check (self, error) || lk_video_sink_has_ended (self->sink)
          || !is_in_time (deadline, error))
        return NULL;
      wait = LK_GST_POLL / 1000;
    }

  return NULL;
}

/**
 * lk_video_pipeline_seek:
 * @time: in µs, as the stream has it
 * @last_key: gives the key frame at or before @time, those up to this time, and no other frame; -1:
 * that key frame and all frames that follow
 * @deadline: monotonic time in µs
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_MALFORMED (at the deadline too), another error of
 * lk_video_pipeline_pull() or G_IO_ERROR_CANCELLED
 */
gboolean
lk_video_pipeline_seek (LkVideoPipeline *self,
                        gint64 time,
                        gint64 last_key,
                        gint64 deadline,
                        GCancellable *cancellable,
                        GError **error)
{
  LkVideoSource *source = LK_VIDEO_SOURCE (self->source);
  gint64 stop = last_key >= 0 ? (last_key + 1) * 1000 : -1;
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE;
  gboolean done;

  if (last_key >= 0)
    flags |= GST_SEEK_FLAG_TRICKMODE | GST_SEEK_FLAG_TRICKMODE_KEY_UNITS;

  lk_video_source_bound (source, cancellable, deadline);
  done = gst_pad_push_event (lk_video_sink_get_pad (self->sink),
                             gst_event_new_seek (1, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET,
                                                 time * 1000, GST_SEEK_TYPE_SET, stop));
  lk_video_source_bound (source, NULL, G_MAXINT64);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !is_in_time (deadline, error))
    return FALSE;
  if (done)
    return TRUE;

  if (check (self, error))
    return refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video cannot be searched");

  return FALSE;
}

/**
 * lk_video_pipeline_hurry:
 * @until: running time since the last seek
 *
 * Lets the decoder leave out frames before @until of which no other is made, where it can.
 */
void
lk_video_pipeline_hurry (LkVideoPipeline *self, GstClockTime until)
{
  gst_pad_push_event (lk_video_sink_get_pad (self->sink),
                      gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 1, 0, until));
}

/* Of the frame that was pulled last. */
GstVideoOrientationMethod
lk_video_pipeline_get_orientation (LkVideoPipeline *self)
{
  GstPad *pad = lk_video_sink_get_pad (self->sink);
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i)) != NULL; i++)
    {
      GstTagList *tags;

      gst_event_parse_tag (event, &tags);
      gst_video_orientation_from_tag (tags, &method);
      gst_event_unref (event);
    }

  return method;
}

/* Whether the first frame since the last jump has lost its own time. Call when it has come. */
gboolean
lk_video_pipeline_is_cut (LkVideoPipeline *self)
{
  gboolean is_cut;

  g_mutex_lock (&self->mutex);
  is_cut = self->is_cut;
  g_mutex_unlock (&self->mutex);

  return is_cut;
}

/* How far the frames' own time stamps are ahead of the time that a player shows, in ns. */
static guint64
get_lead (LkVideoPipeline *self)
{
  GstPad *pad = lk_video_sink_get_pad (self->sink);
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;

  if (event == NULL)
    return 0;

  gst_event_parse_segment (event, &segment);

  return segment->start > segment->time ? segment->start - segment->time : 0;
}

/* In µs from the start of the file, 0 where that is not known. Call when a frame has come. */
gint64
lk_video_pipeline_get_duration (LkVideoPipeline *self)
{
  gint64 duration = 0;

  if (!gst_pad_peer_query_duration (lk_video_sink_get_pad (self->sink), GST_FORMAT_TIME, &duration))
    return 0;
  if (self->counts_from_zero)
    duration -= (gint64)get_lead (self);

  return MAX (duration, 0) / 1000;
}
