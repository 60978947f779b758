/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-sink.h"

/* Where decoded frames wait for us: a pad with a queue, and no element. GStreamer's appsink has a
 * state that follows the pipeline's, which each jump takes back: two jumps on each other's heels
 * may leave it there for good, and a pipeline that is stopped while it starts may wait for the
 * thread that waits for room in appsink's queue. This has no state but whether it was told to stop.
 */

/* Frames that wait: few, since what is made of them is smaller and may wait for the encoder; of
 * large frames, which take 50 MB and more, one. */
#define QUEUED_FRAMES 2
#define LARGE_FRAME (12 * 1000 * 1000)

struct _LkVideoSink
{
  GstPad *pad;
  GMutex mutex; /* over what follows */
  GCond cond;   /* something of it has changed */
  GQueue frames;
  GstCaps *caps; /* (nullable) */
  GstSegment segment;
  guint max_frames;
  gboolean is_flushing;
  gboolean is_stopped;
  gboolean has_ended;
};

static GstStaticPadTemplate any_frames = GST_STATIC_PAD_TEMPLATE ("sink",
                                                                  GST_PAD_SINK,
                                                                  GST_PAD_ALWAYS,
                                                                  GST_STATIC_CAPS ("video/x-raw"));

static void
clear_frames (LkVideoSink *self)
{
  g_queue_clear_full (&self->frames, (GDestroyNotify)gst_sample_unref);
}

static GstFlowReturn
on_frame (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  LkVideoSink *self = gst_pad_get_element_private (pad);
  GstFlowReturn result = GST_FLOW_OK;

  g_mutex_lock (&self->mutex);
  while (self->frames.length >= self->max_frames && !self->is_flushing && !self->is_stopped)
    g_cond_wait (&self->cond, &self->mutex);

  if (self->is_flushing || self->is_stopped)
    result = GST_FLOW_FLUSHING;
  else if (self->has_ended)
    result = GST_FLOW_EOS;
  else
    g_queue_push_tail (&self->frames, gst_sample_new (buffer, self->caps, &self->segment, NULL));
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  gst_buffer_unref (buffer);

  return result;
}

static void
take_caps (LkVideoSink *self, GstCaps *caps)
{
  GstVideoInfo info;

  gst_caps_replace (&self->caps, caps);
  self->max_frames = QUEUED_FRAMES;
  if (gst_video_info_from_caps (&info, caps) && GST_VIDEO_INFO_SIZE (&info) > LARGE_FRAME)
    self->max_frames = 1;
}

static gboolean
on_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  LkVideoSink *self = gst_pad_get_element_private (pad);
  GstCaps *caps;

  g_mutex_lock (&self->mutex);
  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_FLUSH_START:
      self->is_flushing = TRUE;
      break;
    case GST_EVENT_FLUSH_STOP:
      clear_frames (self);
      self->is_flushing = FALSE;
      self->has_ended = FALSE;
      break;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      take_caps (self, caps);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->segment);
      break;
    case GST_EVENT_EOS:
      self->has_ended = TRUE;
      break;
    default:
      break;
    }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  gst_event_unref (event);

  return TRUE;
}

/* Frames keep the layout that the decoder likes, or it would copy each for a sink that knows none
 * but the plain one. */
static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);

  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);

  return TRUE;
}

LkVideoSink *
lk_video_sink_new (void)
{
  LkVideoSink *self = g_new0 (LkVideoSink, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->frames);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->max_frames = QUEUED_FRAMES;
  self->pad = gst_object_ref_sink (gst_pad_new_from_static_template (&any_frames, "sink"));
  gst_pad_set_element_private (self->pad, self);
  gst_pad_set_chain_function (self->pad, on_frame);
  gst_pad_set_event_function (self->pad, on_event);
  gst_pad_set_query_function (self->pad, on_query);
  gst_pad_set_active (self->pad, TRUE);

  return self;
}

/* Once nothing is linked to its pad any more, or what is has stopped. */
void
lk_video_sink_free (LkVideoSink *self)
{
  gst_pad_set_active (self->pad, FALSE);
  gst_object_unref (self->pad);
  clear_frames (self);
  gst_clear_caps (&self->caps);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* (transfer none): to be linked to the decoder's. */
GstPad *
lk_video_sink_get_pad (LkVideoSink *self)
{
  return self->pad;
}

/**
 * lk_video_sink_pull:
 * @deadline: monotonic time in µs
 *
 * Returns: (transfer full) (nullable): the next frame; NULL at the end and at the deadline
 */
GstSample *
lk_video_sink_pull (LkVideoSink *self, gint64 deadline)
{
  GstSample *frame;

  g_mutex_lock (&self->mutex);
  while (self->frames.length == 0 && !self->has_ended
         && g_cond_wait_until (&self->cond, &self->mutex, deadline))
    ;
  frame = g_queue_pop_head (&self->frames);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);

  return frame;
}

/* Whether the last frame was pulled. */
gboolean
lk_video_sink_has_ended (LkVideoSink *self)
{
  gboolean has_ended;

  g_mutex_lock (&self->mutex);
  has_ended = self->has_ended && self->frames.length == 0;
  g_mutex_unlock (&self->mutex);

  return has_ended;
}

/* Takes no frame any more, so that the thread that brings them can end. */
void
lk_video_sink_stop (LkVideoSink *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}
