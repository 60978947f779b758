/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

/** How often a wait for GStreamer looks whether it was cancelled or has failed, in ns. */
#define LK_GST_POLL (20 * GST_MSECOND)

gboolean lk_gst_init (GError **error);
GstElement *lk_gst_add (GstElement *pipeline, const char *factory, GError **error);
gboolean lk_gst_check_bus (GstElement *pipeline, GError **error);
void lk_gst_stop (GstElement *pipeline);

/** A pipeline that is stopped when it is let go of. */
typedef GstElement LkGstPipeline;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkGstPipeline, lk_gst_stop)
