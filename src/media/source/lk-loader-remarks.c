/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-loader-remarks.h"

#include <glib.h>

/* What G_DEBUG and the like had made fatal. */
static GLogLevelFlags always_fatal;

/* The thread that was the only one when this began. */
static GThread *main_thread;

/* GdkPixbuf's own domain, and none at all, which is what its loaders log in. */
static gboolean
is_of_pixbuf (GLogLevelFlags level, const char *domain)
{
  return level >= G_LOG_LEVEL_WARNING && (domain == NULL || g_str_equal (domain, "GdkPixbuf"));
}

/* GStreamer's elements trip over a bad file in threads of their own, in GObject's domain too; they
 * complain of themselves, to the point of a critical. */
static gboolean
is_of_gstreamer (GLogLevelFlags level, const char *domain)
{
  return level >= G_LOG_LEVEL_CRITICAL && domain != NULL
         && (g_str_has_prefix (domain, "GStreamer")
             || (g_str_has_prefix (domain, "GLib") && g_thread_self () != main_thread));
}

static gboolean
is_remark (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  const char *domain = NULL;

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      domain = fields[i].value;
  level &= G_LOG_LEVEL_MASK;

  return is_of_pixbuf (level, domain) || is_of_gstreamer (level, domain);
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if (is_remark (level, fields, n_fields))
    return G_LOG_WRITER_HANDLED;
  if ((level & always_fatal) != 0)
    level |= G_LOG_FLAG_FATAL;
  return g_log_writer_default (level, fields, n_fields, data);
}

/**
 * lk_loader_remarks_hide:
 *
 * Leaves out of the log what GdkPixbuf's loaders and GStreamer's elements remark on a bad file: the
 * error of loading it says so already. With G_DEBUG=fatal-warnings such a remark does not end the
 * program either; every other warning does, as before. For a program's main(), once, before the
 * first thread.
 */
void
lk_loader_remarks_hide (void)
{
  /* GLib ends the program after a fatal message whatever became of it, so it must not know. */
  always_fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  main_thread = g_thread_self ();
  g_log_set_writer_func (on_log, NULL, NULL);
}
