/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-metrics.h"

#include <stdio.h>
#include <unistd.h>

/* Upper bounds in µs; one bucket more is without bound. */
static const gint64 bounds[] = { 500, 1000, 5000, 10000, 50000, 100000, 500000, 1000000, 5000000 };

/* Requests of one route, method and status. Routes and methods are static texts, and as many as the
 * routes have, so the table stays small. */
typedef struct
{
  const char *route;
  const char *method;
  guint status;
  guint64 count;
} Requests;

typedef struct
{
  const char *route;
  guint64 buckets[G_N_ELEMENTS (bounds) + 1];
  guint64 count;
  gint64 sum; /* in µs */
} Latency;

struct _LkMetrics
{
  GMutex lock;
  GPtrArray *requests;  /* (element-type Requests) */
  GPtrArray *latencies; /* (element-type Latency) */
  guint64 codes[2][2];  /* by email and SMS, failed and sent */
  guint64 published;
  guint64 aborted;
  guint64 bytes_sent;
  guint connections;
  gint64 started;
};

LkMetrics *
lk_metrics_new (void)
{
  LkMetrics *self = g_new0 (LkMetrics, 1);

  g_mutex_init (&self->lock);
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->latencies = g_ptr_array_new_with_free_func (g_free);
  self->started = g_get_real_time ();
  return self;
}

void
lk_metrics_free (LkMetrics *self)
{
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->latencies);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* What is asked for often moves to the front, where it is found at once. */
static Requests *
find_requests (LkMetrics *self, const char *route, const char *method, guint status)
{
  Requests *requests;

  for (guint i = 0; i < self->requests->len; i++)
    {
      requests = g_ptr_array_index (self->requests, i);
      if (requests->status != status || !g_str_equal (requests->method, method)
          || !g_str_equal (requests->route, route))
        continue;
      if (i > 0)
        {
          self->requests->pdata[i] = self->requests->pdata[i - 1];
          self->requests->pdata[i - 1] = requests;
        }
      return requests;
    }
  requests = g_new0 (Requests, 1);
  *requests = (Requests){ .route = route, .method = method, .status = status };
  g_ptr_array_add (self->requests, requests);
  return requests;
}

static Latency *
find_latency (LkMetrics *self, const char *route)
{
  Latency *latency;

  for (guint i = 0; i < self->latencies->len; i++)
    {
      latency = g_ptr_array_index (self->latencies, i);
      if (g_str_equal (latency->route, route))
        return latency;
    }
  latency = g_new0 (Latency, 1);
  latency->route = route;
  g_ptr_array_add (self->latencies, latency);
  return latency;
}

/**
 * lk_metrics_add_request:
 * @route: a route's name, static
 * @method: a route's method, static
 * @status: the answer's status
 * @microseconds: from the first byte of the request to the last of the answer
 */
void
lk_metrics_add_request (LkMetrics *self,
                        const char *route,
                        const char *method,
                        guint status,
                        gint64 microseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Latency *latency = find_latency (self, route);
  guint bucket = 0;

  find_requests (self, route, method, status)->count++;
  while (bucket < G_N_ELEMENTS (bounds) && microseconds > bounds[bucket])
    bucket++;
  latency->buckets[bucket]++;
  latency->count++;
  latency->sum += microseconds;
}

void
lk_metrics_add_aborted (LkMetrics *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->aborted++;
}

/**
 * lk_metrics_add_code:
 * @way: "email" or "sms"
 * @sent: whether the next hop took it
 */
void
lk_metrics_add_code (LkMetrics *self, const char *way, gboolean sent)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->codes[g_str_equal (way, "sms") ? 1 : 0][sent ? 1 : 0]++;
}

void
lk_metrics_add_published (LkMetrics *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->published++;
}

void
lk_metrics_add_bytes_sent (LkMetrics *self, gsize bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->bytes_sent += bytes;
}

void
lk_metrics_set_connections (LkMetrics *self, guint connections)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->connections = connections;
}

/* proc(5): the second figure of statm is the resident set in pages. */
static guint64
read_resident_bytes (void)
{
  g_autofree char *text = NULL;
  unsigned long size;
  unsigned long resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || sscanf (text, "%lu %lu", &size, &resident) != 2)
    return 0;
  return (guint64)resident * (guint64)sysconf (_SC_PAGESIZE);
}

static void
append_head (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
append_figure (GString *text, const char *name, const char *type, const char *help, guint64 value)
{
  append_head (text, name, type, help);
  g_string_append_printf (text, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
append_requests (LkMetrics *self, GString *text)
{
  append_head (text, "likeness_http_requests_total", "counter", "Requests that were answered.");
  for (guint i = 0; i < self->requests->len; i++)
    {
      const Requests *requests = g_ptr_array_index (self->requests, i);

      g_string_append_printf (text,
                              "likeness_http_requests_total{route=\"%s\",method=\"%s\","
                              "status=\"%u\"} %" G_GUINT64_FORMAT "\n",
                              requests->route, requests->method, requests->status, requests->count);
    }
}

static void
append_seconds (GString *text, gint64 microseconds)
{
  g_string_append_printf (text, "%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
                          microseconds / G_USEC_PER_SEC, microseconds % G_USEC_PER_SEC);
}

static void
append_latency (GString *text, const Latency *latency)
{
  guint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (latency->buckets); i++)
    {
      sum += latency->buckets[i];
      g_string_append_printf (text, "likeness_http_request_seconds_bucket{route=\"%s\",le=\"",
                              latency->route);
      if (i < G_N_ELEMENTS (bounds))
        append_seconds (text, bounds[i]);
      else
        g_string_append (text, "+Inf");
      g_string_append_printf (text, "\"} %" G_GUINT64_FORMAT "\n", sum);
    }
  g_string_append_printf (text, "likeness_http_request_seconds_sum{route=\"%s\"} ", latency->route);
  append_seconds (text, latency->sum);
  g_string_append_printf (
      text, "\nlikeness_http_request_seconds_count{route=\"%s\"} %" G_GUINT64_FORMAT "\n",
      latency->route, latency->count);
}

static void
append_codes (LkMetrics *self, GString *text)
{
  static const char *const ways[] = { "email", "sms" };
  static const char *const outcomes[] = { "failed", "sent" };

  append_head (text, "likeness_codes_total", "counter", "Codes that were handed to a sender.");
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < 2; j++)
      g_string_append_printf (
          text, "likeness_codes_total{way=\"%s\",outcome=\"%s\"} %" G_GUINT64_FORMAT "\n", ways[i],
          outcomes[j], self->codes[i][j]);
}

static void
append_counts (GString *text, const LkStoreCounts *counts)
{
  append_figure (text, "likeness_accounts", "gauge", "Accounts.", (guint64)counts->accounts);
  append_figure (text, "likeness_sessions", "gauge", "Signed-in devices.",
                 (guint64)counts->sessions);
  append_figure (text, "likeness_contacts", "gauge", "Shared contacts.", (guint64)counts->contacts);
  append_figure (text, "likeness_pictures", "gauge", "Pictures.", (guint64)counts->pictures);
  append_figure (text, "likeness_deliveries", "gauge", "Pictures offered to readers.",
                 (guint64)counts->deliveries);
  append_figure (text, "likeness_verifications", "gauge", "Codes that are not used yet.",
                 (guint64)counts->verifications);
}

/**
 * lk_metrics_to_text:
 * @counts: how much the store holds
 *
 * Returns: (transfer full): the figures in Prometheus' text format, version 0.0.4
 */
char *
lk_metrics_to_text (LkMetrics *self, const LkStoreCounts *counts)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GString *text = g_string_new (NULL);

  append_requests (self, text);
  append_head (text, "likeness_http_request_seconds", "histogram",
               "From the first byte of a request to the last of its answer.");
  for (guint i = 0; i < self->latencies->len; i++)
    append_latency (text, g_ptr_array_index (self->latencies, i));
  append_figure (text, "likeness_http_aborted_total", "counter",
                 "Requests that ended before their answer was sent.", self->aborted);
  append_figure (text, "likeness_http_connections", "gauge", "Open connections.",
                 self->connections);
  append_figure (text, "likeness_rendition_bytes_total", "counter",
                 "Bytes of renditions that were sent.", self->bytes_sent);
  append_codes (self, text);
  append_figure (text, "likeness_published_total", "counter", "Pictures that were published.",
                 self->published);
  append_counts (text, counts);
  append_figure (text, "process_resident_memory_bytes", "gauge", "Resident memory.",
                 read_resident_bytes ());
  append_figure (text, "process_start_time_seconds", "gauge", "When the server was started.",
                 (guint64)(self->started / G_USEC_PER_SEC));
  return g_string_free (text, FALSE);
}
