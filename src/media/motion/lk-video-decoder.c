/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-decoder.h"

#include <gst/app/gstappsink.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>
#include "lk-gst.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-orientation.h"
#include "lk-video-source.h"

/* file → demuxer of the type that its start tells → decodebin on the first video stream → here.
 * The demuxer is named, not guessed: of all that GStreamer can open (playlists that name addresses
 * among it) only these containers come near a stranger's file, and sound is never decoded. */

/* The longest that a frame may be waited for, a key frame's whole group in front of it included. */
#define MAX_WAIT (8 * G_TIME_SPAN_SECOND)
/* Decoded frames that wait for us: enough for two processors to be busy. */
#define QUEUED_FRAMES 4

struct _LkVideoDecoder
{
  GstElement *pipeline;
  GstElement *decoder;
  GstElement *sink;
  LkVideoInfo info;
  LkVideoPicture *first; /* decoded while opening, not yet given away */
  GMutex mutex;          /* over what follows, which the demuxer's thread sets */
  char *codec;
  gboolean has_video;
  gboolean knows_streams;
  gboolean too_large;
};

static const struct
{
  const char *type;
  const char *demuxer;
} containers[] = {
  { "video/mp4", "qtdemux" },        { "video/quicktime", "qtdemux" },
  { "video/webm", "matroskademux" }, { "video/x-matroska", "matroskademux" },
  { "video/x-msvideo", "avidemux" },
};

static gboolean
starts_with_box (const guint8 *start, gsize length)
{
  const char *const boxes[] = { "ftyp", "moov", "mdat", "wide", "free", "skip", "pnot" };

  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (length >= 12 && memcmp (start + 4, boxes[i], 4) == 0)
      return TRUE;

  return FALSE;
}

/* Cameras' motion JPEG calls itself an image. */
static gboolean
is_video (GstCaps *caps)
{
  const char *name;

  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps))
    return FALSE;

  name = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  return g_str_has_prefix (name, "video/") || g_str_equal (name, "image/jpeg");
}

static void
take_codec (LkVideoDecoder *self, GstCaps *caps)
{
  g_autofree char *codec = gst_pb_utils_get_codec_description (caps);

  g_mutex_lock (&self->mutex);
  self->has_video = TRUE;
  self->codec = g_steal_pointer (&codec);
  g_mutex_unlock (&self->mutex);
}

static void
on_demuxer_pad_added (GstElement *demuxer, GstPad *pad, LkVideoDecoder *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->decoder, "sink");

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  if (!is_video (caps) || gst_pad_is_linked (sink))
    return;

  take_codec (self, caps);
  /* What does not link has no decoder, which decodebin tells of. */
  gst_pad_link (pad, sink);
}

static void
on_no_more_pads (GstElement *demuxer, LkVideoDecoder *self)
{
  g_mutex_lock (&self->mutex);
  self->knows_streams = TRUE;
  g_mutex_unlock (&self->mutex);
}

/* Asked before each element that decodebin adds: the size is known before a decoder is. */
static gboolean
on_autoplug_continue (GstElement *bin, GstPad *pad, GstCaps *caps, LkVideoDecoder *self)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  int width = 0;
  int height = 0;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  if ((guint64)width * (guint64)height <= LK_VIDEO_MAX_PIXELS)
    return TRUE;

  g_mutex_lock (&self->mutex);
  self->too_large = TRUE;
  g_mutex_unlock (&self->mutex);

  return FALSE;
}

static void
on_decoder_pad_added (GstElement *bin, GstPad *pad, LkVideoDecoder *self)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (self->sink, "sink");

  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
}

static gboolean
build (LkVideoDecoder *self, LkSource *source, const char *factory, GError **error)
{
  g_autoptr (GstCaps) raw = gst_caps_new_empty_simple ("video/x-raw");
  GstElement *file = lk_video_source_new (source);
  GstElement *demuxer;

  gst_bin_add (GST_BIN (self->pipeline), file);
  demuxer = lk_gst_add (self->pipeline, factory, error);
  self->decoder = demuxer != NULL ? lk_gst_add (self->pipeline, "decodebin", error) : NULL;
  self->sink = self->decoder != NULL ? lk_gst_add (self->pipeline, "appsink", error) : NULL;
  if (self->sink == NULL)
    return FALSE;

  g_object_set (self->sink, "caps", raw, "sync", FALSE, "max-buffers", QUEUED_FRAMES, NULL);
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_demuxer_pad_added), self);
  g_signal_connect (demuxer, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  g_signal_connect (self->decoder, "autoplug-continue", G_CALLBACK (on_autoplug_continue), self);
  g_signal_connect (self->decoder, "pad-added", G_CALLBACK (on_decoder_pad_added), self);
  gst_element_link (file, demuxer);

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
check (LkVideoDecoder *self, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *codec = NULL;
  gboolean failed = !lk_gst_check_bus (self->pipeline, &cause);
  gboolean no_video;
  gboolean too_large;

  g_mutex_lock (&self->mutex);
  no_video = self->knows_streams && !self->has_video;
  too_large = self->too_large;
  codec = g_strdup (self->codec);
  g_mutex_unlock (&self->mutex);

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

static LkVideoPicture *
picture_of_sample (GstSample *sample, GError **error)
{
  const GstSegment *segment = gst_sample_get_segment (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  LkVideoPicture *self = g_new0 (LkVideoPicture, 1);
  guint64 time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));

  if (!gst_video_info_from_caps (&self->info, gst_sample_get_caps (sample)))
    {
      g_free (self);
      refuse (error, LK_MEDIA_ERROR_MALFORMED, "The frames have no format");
      return NULL;
    }

  self->buffer = gst_buffer_ref (buffer);
  self->time = GST_CLOCK_TIME_IS_VALID (time) ? (gint64)GST_TIME_AS_USECONDS (time) : 0;
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    self->duration = (gint64)GST_TIME_AS_USECONDS (GST_BUFFER_DURATION (buffer));

  return self;
}

static int
orientation_of_method (GstVideoOrientationMethod method)
{
  switch (method)
    {
    case GST_VIDEO_ORIENTATION_90R:
      return 6;
    case GST_VIDEO_ORIENTATION_180:
      return 3;
    case GST_VIDEO_ORIENTATION_90L:
      return 8;
    case GST_VIDEO_ORIENTATION_HORIZ:
      return 2;
    case GST_VIDEO_ORIENTATION_VERT:
      return 4;
    case GST_VIDEO_ORIENTATION_UL_LR:
      return 5;
    case GST_VIDEO_ORIENTATION_UR_LL:
      return 7;
    default:
      return LK_ORIENTATION_UPRIGHT;
    }
}

static int
read_orientation (LkVideoDecoder *self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->sink, "sink");
  GstVideoOrientationMethod method = GST_VIDEO_ORIENTATION_IDENTITY;
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i)) != NULL; i++)
    {
      GstTagList *tags;

      gst_event_parse_tag (event, &tags);
      gst_video_orientation_from_tag (tags, &method);
      gst_event_unref (event);
    }

  return orientation_of_method (method);
}

static void
read_info (LkVideoDecoder *self)
{
  const GstVideoInfo *frame = &self->first->info;
  LkVideoInfo *info = &self->info;
  gint64 duration = 0;

  /* Pixels that are not square make the frame wider, never lower: no line is lost. */
  info->width = (guint)GST_VIDEO_INFO_WIDTH (frame);
  info->height = (guint)GST_VIDEO_INFO_HEIGHT (frame);
  if (GST_VIDEO_INFO_PAR_N (frame) > 0 && GST_VIDEO_INFO_PAR_D (frame) > 0)
    info->width = (guint)gst_util_uint64_scale_int_round (info->width, GST_VIDEO_INFO_PAR_N (frame),
                                                          GST_VIDEO_INFO_PAR_D (frame));
  info->orientation = read_orientation (self);
  info->rate_n = GST_VIDEO_INFO_FPS_N (frame);
  info->rate_d = MAX (GST_VIDEO_INFO_FPS_D (frame), 1);
  info->colorimetry = GST_VIDEO_INFO_COLORIMETRY (frame);
  if (gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &duration) && duration > 0)
    info->duration = duration / 1000;
}

/**
 * lk_video_sniff:
 * @start: the first bytes of a file, some tens
 *
 * Returns: (nullable): the media type of the video container that they begin, or NULL
 */
const char *
lk_video_sniff (const guint8 *start, gsize length)
{
  if (length >= 4 && memcmp (start, "\x1a\x45\xdf\xa3", 4) == 0)
    return memmem (start, length, "webm", 4) != NULL ? "video/webm" : "video/x-matroska";
  if (length >= 12 && memcmp (start, "RIFF", 4) == 0 && memcmp (start + 8, "AVI ", 4) == 0)
    return "video/x-msvideo";
  if (!starts_with_box (start, length))
    return NULL;
  if (memcmp (start + 4, "ftyp", 4) == 0 && memcmp (start + 8, "qt  ", 4) != 0)
    return "video/mp4";

  return "video/quicktime";
}

/**
 * lk_video_decoder_open:
 * @source: (transfer none): the open file; outlives the decoder
 * @type: what lk_video_sniff() said
 *
 * Opens the first video stream and decodes its first frame. Blocks for some tens of milliseconds,
 * for 8 s at most; any thread.
 *
 * Returns: (transfer full) (nullable): the decoder, or NULL with LK_MEDIA_ERROR_NO_VIDEO,
 * _UNSUPPORTED, _MALFORMED, _TOO_MANY_PIXELS, _UNREADABLE or G_IO_ERROR_CANCELLED
 */
LkVideoDecoder *
lk_video_decoder_open (LkSource *source,
                       const char *type,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (LkVideoDecoder) self = NULL;
  const char *demuxer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    if (g_str_equal (containers[i].type, type))
      demuxer = containers[i].demuxer;
  g_return_val_if_fail (demuxer != NULL, NULL);

  if (!lk_gst_init (error))
    return NULL;

  self = g_new0 (LkVideoDecoder, 1);
  g_mutex_init (&self->mutex);
  self->pipeline = gst_pipeline_new (NULL);
  if (!build (self, source, demuxer, error))
    return NULL;

  /* A failure is on the bus by the time that a frame is asked for. */
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  self->first = lk_video_decoder_next (self, cancellable, error);
  if (self->first == NULL)
    {
      if (error != NULL && *error == NULL)
        refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video has no frame");
      return NULL;
    }

  read_info (self);

  return g_steal_pointer (&self);
}

void
lk_video_decoder_close (LkVideoDecoder *self)
{
  lk_gst_stop (self->pipeline);
  g_clear_pointer (&self->first, lk_video_picture_free);
  g_mutex_clear (&self->mutex);
  g_free (self->codec);
  g_free (self);
}

const LkVideoInfo *
lk_video_decoder_get_info (LkVideoDecoder *self)
{
  return &self->info;
}

/**
 * lk_video_decoder_seek:
 * @start: of what is wanted, in µs
 * @stop: its end, in µs; nothing from there on is decoded. -1: to the end
 * @how: to the frame, or only to its key frame
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_MALFORMED
 */
gboolean
lk_video_decoder_seek (LkVideoDecoder *self,
                       gint64 start,
                       gint64 stop,
                       LkVideoSeek how,
                       GError **error)
{
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH;

  if (how == LK_VIDEO_SEEK_EXACT)
    flags |= GST_SEEK_FLAG_ACCURATE;
  else
    flags |= GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE | GST_SEEK_FLAG_TRICKMODE
             | GST_SEEK_FLAG_TRICKMODE_KEY_UNITS;

  g_clear_pointer (&self->first, lk_video_picture_free);
  if (gst_element_seek (self->pipeline, 1, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, start * 1000,
                        stop >= 0 ? GST_SEEK_TYPE_SET : GST_SEEK_TYPE_NONE,
                        stop >= 0 ? stop * 1000 : -1))
    return TRUE;

  if (check (self, error))
    return refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video cannot be searched");

  return FALSE;
}

/**
 * lk_video_decoder_next:
 *
 * Blocks until the next frame is decoded, for 8 s at most.
 *
 * Returns: (transfer full) (nullable): the frame; NULL at the end, or NULL with the errors of
 * lk_video_decoder_open()
 */
LkVideoPicture *
lk_video_decoder_next (LkVideoDecoder *self, GCancellable *cancellable, GError **error)
{
  GstAppSink *sink = GST_APP_SINK (self->sink);
  gint64 deadline = g_get_monotonic_time () + MAX_WAIT;

  if (self->first != NULL)
    return g_steal_pointer (&self->first);

  while (!g_cancellable_set_error_if_cancelled (cancellable, error) && check (self, error))
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (sink, LK_GST_POLL);

      if (sample != NULL)
        return picture_of_sample (sample, error);
      if (gst_app_sink_is_eos (sink))
        {
          check (self, error);
          return NULL;
        }
      if (g_get_monotonic_time () > deadline)
        {
          refuse (error, LK_MEDIA_ERROR_MALFORMED, "The video gives no frame in time");
          return NULL;
        }
    }

  return NULL;
}

void
lk_video_picture_free (LkVideoPicture *self)
{
  gst_buffer_unref (self->buffer);
  g_free (self);
}
