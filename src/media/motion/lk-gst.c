/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-gst.h"

#include "lk-media-error.h"

/* GStreamer's errors as ours (GstStreamError, GstResourceError, GstCoreError). */
static LkMediaError
code_of (const GError *error)
{
  if (error->domain == GST_STREAM_ERROR)
    switch (error->code)
      {
      case GST_STREAM_ERROR_CODEC_NOT_FOUND:
      case GST_STREAM_ERROR_TYPE_NOT_FOUND:
      case GST_STREAM_ERROR_WRONG_TYPE:
      case GST_STREAM_ERROR_DECRYPT:
      case GST_STREAM_ERROR_DECRYPT_NOKEY:
      case GST_STREAM_ERROR_NOT_IMPLEMENTED:
        return LK_MEDIA_ERROR_UNSUPPORTED;
      default:
        return LK_MEDIA_ERROR_MALFORMED;
      }
  if (error->domain == GST_RESOURCE_ERROR)
    switch (error->code)
      {
      case GST_RESOURCE_ERROR_NO_SPACE_LEFT:
        return LK_MEDIA_ERROR_DISK_FULL;
      case GST_RESOURCE_ERROR_READ:
        return LK_MEDIA_ERROR_UNREADABLE;
      default:
        return LK_MEDIA_ERROR_MALFORMED;
      }
  if (error->domain == GST_CORE_ERROR && error->code == GST_CORE_ERROR_MISSING_PLUGIN)
    return LK_MEDIA_ERROR_UNSUPPORTED;

  return LK_MEDIA_ERROR_MALFORMED;
}

static gpointer
init_once (gpointer data)
{
  GError *error = NULL;

  if (gst_init_check (NULL, NULL, &error))
    return NULL;

  return error;
}

/**
 * lk_gst_init:
 *
 * Starts GStreamer, once for the process. Any thread.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_UNSUPPORTED where that failed
 */
gboolean
lk_gst_init (GError **error)
{
  static GOnce once = G_ONCE_INIT;
  const GError *failure = g_once (&once, init_once, NULL);

  if (failure == NULL)
    return TRUE;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED, "GStreamer cannot start: %s",
               failure->message);
  return FALSE;
}

/**
 * lk_gst_add:
 * @pipeline: takes the element
 * @factory: what to make
 *
 * Returns: (transfer none) (nullable): the new element, or NULL with LK_MEDIA_ERROR_UNSUPPORTED
 * where its plugin is not installed
 */
GstElement *
lk_gst_add (GstElement *pipeline, const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED,
                   "GStreamer's element “%s” is not installed", factory);
      return NULL;
    }

  gst_bin_add (GST_BIN (pipeline), element);

  return element;
}

/**
 * lk_gst_check_bus:
 *
 * Takes what it finds, and drops all other messages before it: a pipeline that has failed may be
 * good for another part of the file.
 *
 * Returns: TRUE, or FALSE with the first failure that @pipeline has told of since it was asked
 * last: LK_MEDIA_ERROR_MALFORMED, _UNSUPPORTED, _UNREADABLE or _DISK_FULL
 */
gboolean
lk_gst_check_bus (GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) cause = NULL;

  if (message == NULL)
    return TRUE;

  gst_message_parse_error (message, &cause, NULL);
  g_set_error_literal (error, LK_MEDIA_ERROR, code_of (cause), cause->message);

  return FALSE;
}

/**
 * lk_gst_stop:
 * @pipeline: (transfer full): stopped, its threads joined, and let go of
 */
void
lk_gst_stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}
