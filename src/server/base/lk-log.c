/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Lines of requests are written together: when this much has gathered, when something else is
 * logged, and when lk_log_flush() is called, which the server does every second. */
#define BUFFER_BYTES 16384

static struct
{
  GMutex lock;
  GString *pending; /* guarded by lock */
  gint64 second;    /* since 1970, of which formatted tells; guarded by lock */
  char *formatted;  /* guarded by lock */
  GLogLevelFlags least_severe;
} log_state;

/* To stderr, which is what systemd's journal and any supervisor read. There is nowhere to report a
 * failure to. */
static void
write_pending (void)
{
  gsize written = 0;

  while (written < log_state.pending->len)
    {
      gssize n = write (STDERR_FILENO, log_state.pending->str + written,
                        log_state.pending->len - written);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      written += (gsize)n;
    }
  g_string_truncate (log_state.pending, 0);
}

static const char *
name_level (GLogLevelFlags level)
{
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    return "fatal";
  if ((level & G_LOG_LEVEL_CRITICAL) != 0)
    return "error";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning";
  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return "message";
  if ((level & G_LOG_LEVEL_INFO) != 0)
    return "info";
  return "debug";
}

static void
append_time (GString *line)
{
  gint64 now = g_get_real_time ();
  gint64 second = now / G_USEC_PER_SEC;

  /* Thousands of lines have the same. */
  if (log_state.formatted == NULL || log_state.second != second)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (second);

      g_free (log_state.formatted);
      log_state.formatted = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
      log_state.second = second;
    }
  g_string_append_printf (line, "{\"time\":\"%s.%03dZ\"", log_state.formatted,
                          (int)(now % G_USEC_PER_SEC / 1000));
}

/* A JSON string (RFC 8259, 7); what is not UTF-8 is replaced, so that each line stays valid. */
static void
append_string (GString *line, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_printf (line, ",\"%s\":\"", name);
  for (const char *c = valid; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_printf (line, "\\%c", *c);
      else if ((guchar)*c < 0x20)
        g_string_append_printf (line, "\\u%04x", (guchar)*c);
      else
        g_string_append_c (line, *c);
    }
  g_string_append_c (line, '"');
}

/* GLogWriterFunc: one line of JSON for each message. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *message = "";
  const char *domain = "";
  g_autoptr (GMutexLocker) locker = NULL;

  if ((level & G_LOG_LEVEL_MASK) > log_state.least_severe)
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    {
      if (fields[i].length >= 0)
        continue;
      if (g_str_equal (fields[i].key, "MESSAGE"))
        message = fields[i].value;
      else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
    }
  locker = g_mutex_locker_new (&log_state.lock);
  append_time (log_state.pending);
  append_string (log_state.pending, "level", name_level (level));
  append_string (log_state.pending, "domain", domain);
  append_string (log_state.pending, "message", message);
  g_string_append (log_state.pending, "}\n");
  write_pending ();
  return G_LOG_WRITER_HANDLED;
}

/**
 * lk_log_start:
 * @least_severe: the least severe level that is written
 *
 * From now on each message of GLib's log is a line of JSON on stderr. To be called once, before
 * there are threads.
 */
void
lk_log_start (GLogLevelFlags least_severe)
{
  log_state.least_severe = least_severe;
  log_state.pending = g_string_sized_new (BUFFER_BYTES + 1024);
  g_log_set_writer_func (on_log, NULL, NULL);
}

/**
 * lk_log_request:
 * @number: the request's number
 * @method: its method, of a known route
 * @route: its route's name: never the path itself, which holds ids
 * @status: the answer's status
 * @microseconds: how long it took
 * @bytes: of the answer's body
 */
void
lk_log_request (guint64 number,
                const char *method,
                const char *route,
                guint status,
                gint64 microseconds,
                gsize bytes)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (log_state.least_severe < G_LOG_LEVEL_INFO)
    return;
  locker = g_mutex_locker_new (&log_state.lock);
  append_time (log_state.pending);
  g_string_append_printf (
      log_state.pending,
      ",\"level\":\"info\",\"request\":%" G_GUINT64_FORMAT
      ",\"method\":\"%s\",\"route\":\"%s\",\"status\":%u,\"ms\":%" G_GINT64_FORMAT
      ".%03d,\"bytes\":%" G_GSIZE_FORMAT "}\n",
      number, method, route, status, microseconds / 1000, (int)(microseconds % 1000), bytes);
  if (log_state.pending->len >= BUFFER_BYTES)
    write_pending ();
}

void
lk_log_flush (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_state.lock);

  write_pending ();
}
