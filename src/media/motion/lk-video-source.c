/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-video-source.h"

/* The element that hands an open file to a demuxer, which may ask for any range of it. The file is
 * read by position from the descriptor that was checked when it was opened: no path is opened a
 * second time, and a confined process needs no right to do so. */

struct _LkVideoSource
{
  GstBaseSrc parent_instance;

  LkSource *source; /* not owned */
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

static GstFlowReturn
lk_video_source_fill (GstBaseSrc *base, guint64 offset, guint length, GstBuffer *buffer)
{
  LkVideoSource *self = LK_VIDEO_SOURCE (base);
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  gssize n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    {
      GST_ELEMENT_ERROR (self, RESOURCE, FAILED, (NULL), ("No memory for a piece of the file"));
      return GST_FLOW_ERROR;
    }

  n = lk_source_read (self->source, offset, map.data, MIN (length, map.size), NULL, &error);
  gst_buffer_unmap (buffer, &map);
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
lk_video_source_class_init (LkVideoSourceClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  gst_element_class_set_static_metadata (element_class, "Checked file", "Source/File",
                                         "Reads an open file by position", "Likeness");
  gst_element_class_add_static_pad_template (element_class, &any_output);
  base_class->get_size = lk_video_source_get_size;
  base_class->is_seekable = lk_video_source_is_seekable;
  base_class->fill = lk_video_source_fill;
}

static void
lk_video_source_init (LkVideoSource *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_BYTES);
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
