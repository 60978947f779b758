/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-source.h"

#include "lk-async.h"

/* The element that hands an open file to a demuxer, which may ask for any range of it. The file is
 * read by position from the descriptor that was checked when it was opened: no path is opened a
 * second time, and a confined process needs no right to do so. Whatever the file names beside
 * itself (another file's samples, a playlist's addresses), this is all that there is to be read. */

/* The most that is read at once, and so the largest piece that a file may claim to have: a frame of
 * the most pixels, losslessly coded, is smaller. */
#define MAX_PIECE (128 * 1024 * 1024)

struct _LkVideoSource
{
  GstBaseSrc parent_instance;

  LkSource *source; /* not owned */

  /* The object's lock is over both. */
  GCancellable *cancellable; /* nullable */
  gint64 deadline;
};

G_DEFINE_FINAL_TYPE (LkVideoSource, lk_video_source, GST_TYPE_BASE_SRC)

static GstStaticPadTemplate any_output
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static gboolean
lk_video_source_get_size (GstBaseSrc *base, guint64 *size)
{
  *size = lk_source_get_size (LK_VIDEO_SOURCE (base)->source);

  return TRUE;
}

static gboolean
lk_video_source_is_seekable (GstBaseSrc *base)
{
  return TRUE;
}

/* (transfer full) (nullable): what may cancel the read that is about to begin; FALSE where it must
 * not begin. */
static gboolean
may_read (LkVideoSource *self, GCancellable **cancellable)
{
  gboolean may;

  GST_OBJECT_LOCK (self);
  may = g_get_monotonic_time () < self->deadline && !g_cancellable_is_cancelled (self->cancellable);
  *cancellable = self->cancellable != NULL ? g_object_ref (self->cancellable) : NULL;
  GST_OBJECT_UNLOCK (self);

  return may;
}

static GstFlowReturn
lk_video_source_alloc (GstBaseSrc *base, guint64 offset, guint length, GstBuffer **buffer)
{
  if (length > MAX_PIECE)
    {
      GST_ELEMENT_ERROR (base, STREAM, DEMUX, ("A piece of the video is too large"), (NULL));
      return GST_FLOW_ERROR;
    }

  return GST_BASE_SRC_CLASS (lk_video_source_parent_class)->alloc (base, offset, length, buffer);
}

static GstFlowReturn
lk_video_source_fill (GstBaseSrc *base, guint64 offset, guint length, GstBuffer *buffer)
{
  LkVideoSource *self = LK_VIDEO_SOURCE (base);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  gssize n;

  if (!may_read (self, &cancellable))
    return GST_FLOW_FLUSHING;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    {
      GST_ELEMENT_ERROR (self, RESOURCE, FAILED, (NULL), ("No memory for a piece of the file"));
      return GST_FLOW_ERROR;
    }

  n = lk_source_read (self->source, offset, map.data, MIN (length, map.size), cancellable, &error);
  gst_buffer_unmap (buffer, &map);
  if (n < 0 && lk_error_is_cancelled (error))
    return GST_FLOW_FLUSHING;
  if (n < 0)
    {
      GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL), ("%s", error->message));
      return GST_FLOW_ERROR;
    }
  if (n == 0)
    return GST_FLOW_EOS;

  gst_buffer_resize (buffer, 0, n);
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset + (guint64)n;

  return GST_FLOW_OK;
}

static void
lk_video_source_finalize (GObject *object)
{
  g_clear_object (&LK_VIDEO_SOURCE (object)->cancellable);

  G_OBJECT_CLASS (lk_video_source_parent_class)->finalize (object);
}

static void
lk_video_source_class_init (LkVideoSourceClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  gst_element_class_set_static_metadata (element_class, "Checked file", "Source/File",
                                         "Reads an open file by position", "Likeness");
  gst_element_class_add_static_pad_template (element_class, &any_output);
  G_OBJECT_CLASS (klass)->finalize = lk_video_source_finalize;
  base_class->get_size = lk_video_source_get_size;
  base_class->is_seekable = lk_video_source_is_seekable;
  base_class->alloc = lk_video_source_alloc;
  base_class->fill = lk_video_source_fill;
}

static void
lk_video_source_init (LkVideoSource *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_BYTES);
  self->deadline = G_MAXINT64;
}

/**
 * lk_video_source_new:
 * @source: (transfer none): the open file; outlives the element
 *
 * Returns: (transfer floating): a new element
 */
GstElement *
lk_video_source_new (LkSource *source)
{
  LkVideoSource *self = g_object_new (LK_TYPE_VIDEO_SOURCE, NULL);

  self->source = source;

  return GST_ELEMENT (self);
}

/**
 * lk_video_source_bound:
 * @cancellable: (nullable): ends what is being read
 * @deadline: monotonic time in µs from which on nothing is read: 0 to stop now, G_MAXINT64 never
 *
 * What must not be read any more looks to the demuxer as if it were told to stop. Any thread.
 */
void
lk_video_source_bound (LkVideoSource *self, GCancellable *cancellable, gint64 deadline)
{
  GST_OBJECT_LOCK (self);
  g_set_object (&self->cancellable, cancellable);
  self->deadline = deadline;
  GST_OBJECT_UNLOCK (self);
}
