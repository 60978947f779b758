/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-server.h"
#include "lk-test-async.h"

#define MAX_THREADS 16

typedef enum
{
  STEP_ANSWER,      /* reads the request, sends the bytes, closes */
  STEP_WITHOUT_END, /* reads the request, sends the bytes, then zeroes until nobody listens */
  STEP_HANG,        /* reads the request and says nothing until the other side goes */
  STEP_BREAK,       /* reads so many bytes of the body and resets the connection */
} StepKind;

typedef struct
{
  StepKind kind;
  GBytes *bytes;
  gsize after_bytes;
} Step;

struct _LkTestServer
{
  GSocketService *service;
  GTlsCertificate *certificate;
  GCancellable *end;
  GMainContext *context;
  char *address;

  GMutex mutex;
  GCond idle;
  GQueue steps;        /* of Step */
  GPtrArray *requests; /* of LkTestRequest */
  guint n_running;
};

static void
step_free (Step *step)
{
  g_clear_pointer (&step->bytes, g_bytes_unref);
  g_free (step);
}

static void
request_free (LkTestRequest *request)
{
  g_free (request->method);
  g_free (request->path);
  g_clear_pointer (&request->headers, g_hash_table_unref);
  g_clear_pointer (&request->body, g_bytes_unref);
  g_free (request);
}

/* Line by line up to the empty one; NULL where the other side went before. */
static LkTestRequest *
read_head (LkTestServer *self, GDataInputStream *input)
{
  g_autofree char *first = g_data_input_stream_read_line (input, NULL, self->end, NULL);
  g_auto (GStrv) words = first != NULL ? g_strsplit (first, " ", 3) : NULL;
  LkTestRequest *request;

  if (words == NULL || g_strv_length (words) != 3)
    return NULL;

  request = g_new0 (LkTestRequest, 1);
  request->method = g_strdup (words[0]);
  request->path = g_strdup (words[1]);
  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (input, NULL, self->end, NULL);
      char *colon;

      if (line == NULL || *line == '\0')
        return request;

      colon = strchr (line, ':');
      g_assert_nonnull (colon);
      g_hash_table_replace (request->headers, g_ascii_strdown (line, colon - line),
                            g_strdup (g_strstrip (colon + 1)));
    }
}

static void
read_body (LkTestServer *self, GInputStream *input, LkTestRequest *request, gsize most)
{
  const char *length = lk_test_request_get_header (request, "content-length");
  gsize size = length != NULL ? (gsize)g_ascii_strtoull (length, NULL, 10) : 0;
  g_autofree guint8 *data = NULL;
  gsize n_read = 0;

  size = MIN (size, most);
  data = g_malloc (size + 1);
  g_input_stream_read_all (input, data, size, &n_read, self->end, NULL);
  request->body = g_bytes_new_take (g_steal_pointer (&data), n_read);
}

static void
play (LkTestServer *self, const Step *step, GIOStream *stream)
{
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  char buffer[4096] = { 0 };

  if (step->bytes != NULL)
    g_output_stream_write_all (output, g_bytes_get_data (step->bytes, NULL),
                               g_bytes_get_size (step->bytes), NULL, self->end, NULL);

  /* Nobody listening any more is how these end. */
  if (step->kind == STEP_WITHOUT_END)
    {
      while (g_output_stream_write_all (output, buffer, sizeof buffer, NULL, self->end, NULL))
        ;
    }
  if (step->kind == STEP_HANG)
    {
      while (g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer,
                                  self->end, NULL)
             > 0)
        ;
    }
}

static void
serve (LkTestServer *self, GIOStream *stream)
{
  g_autoptr (GDataInputStream) input
      = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  LkTestRequest *request;
  Step *step;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (input), FALSE);
  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  request = read_head (self, input);
  if (request == NULL)
    return;

  g_mutex_lock (&self->mutex);
  step = g_queue_pop_head (&self->steps);
  g_mutex_unlock (&self->mutex);
  if (step == NULL)
    g_error ("A request that the test did not foresee: %s %s", request->method, request->path);

  read_body (self, G_INPUT_STREAM (input), request,
             step->kind == STEP_BREAK ? step->after_bytes : G_MAXSIZE);
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->requests, request);
  g_mutex_unlock (&self->mutex);
  /* The test may be waiting for just this. */
  g_main_context_wakeup (self->context);

  play (self, step, stream);
  step_free (step);
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer data)
{
  LkTestServer *self = data;
  g_autoptr (GIOStream) stream = NULL;

  g_mutex_lock (&self->mutex);
  self->n_running++;
  g_mutex_unlock (&self->mutex);

  if (self->certificate != NULL)
    stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
  else
    stream = G_IO_STREAM (g_object_ref (connection));
  serve (self, stream);
  g_io_stream_close (stream, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);

  g_mutex_lock (&self->mutex);
  self->n_running--;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static void
add_step (LkTestServer *self, StepKind kind, GBytes *bytes, gsize after_bytes)
{
  Step *step = g_new0 (Step, 1);

  step->kind = kind;
  step->bytes = bytes;
  step->after_bytes = after_bytes;
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->steps, step);
  g_mutex_unlock (&self->mutex);
}

/**
 * lk_test_server_new:
 * @certificate: (nullable): with its key, for HTTPS
 *
 * Returns: (transfer full): a server on a free port of 127.0.0.1; the thread's main context has to
 * run
 */
LkTestServer *
lk_test_server_new (GTlsCertificate *certificate)
{
  LkTestServer *self = g_new0 (LkTestServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
  g_queue_init (&self->steps);
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify)request_free);
  self->end = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->service = g_threaded_socket_service_new (MAX_THREADS);
  g_set_object (&self->certificate, certificate);

  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http",
                                   g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (self->service, "run", G_CALLBACK (on_run), self);
  g_socket_service_start (self->service);

  return self;
}

/**
 * lk_test_server_free:
 * @self: (transfer full): a server
 *
 * Ends it. Steps that were not asked for fail the test.
 */
void
lk_test_server_free (LkTestServer *self)
{
  gint64 deadline = g_get_monotonic_time () + LK_TEST_TIMEOUT * G_USEC_PER_SEC;

  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->end);
  g_mutex_lock (&self->mutex);
  while (self->n_running > 0)
    g_assert_true (g_cond_wait_until (&self->idle, &self->mutex, deadline));
  g_mutex_unlock (&self->mutex);
  g_signal_handlers_disconnect_by_data (self->service, self);
  lk_test_run_pending ();

  g_assert_cmpuint (g_queue_get_length (&self->steps), ==, 0);
  g_clear_object (&self->service);
  g_clear_object (&self->certificate);
  g_clear_object (&self->end);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->requests);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);
  g_free (self->address);
  g_free (self);
}

const char *
lk_test_server_get_address (LkTestServer *self)
{
  return self->address;
}

/**
 * lk_test_server_answer:
 * @self: a server
 * @status: HTTP status
 * @headers: (nullable): further header lines, each with CR LF
 * @body: (nullable): of the answer
 * @length: in bytes, or -1 for a text
 *
 * Answers the next request in the usual way.
 */
void
lk_test_server_answer (LkTestServer *self,
                       guint status,
                       const char *headers,
                       const void *body,
                       gssize length)
{
  gsize size = length < 0 ? (body != NULL ? strlen (body) : 0) : (gsize)length;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *head = NULL;

  head = g_strdup_printf ("HTTP/1.1 %u X\r\nConnection: close\r\nContent-Length: %" G_GSIZE_FORMAT
                          "\r\n%s\r\n",
                          status, size, headers != NULL ? headers : "");
  g_byte_array_append (bytes, (const guint8 *)head, (guint)strlen (head));
  if (size > 0)
    g_byte_array_append (bytes, body, (guint)size);
  add_step (self, STEP_ANSWER, g_byte_array_free_to_bytes (g_steal_pointer (&bytes)), 0);
}

void
lk_test_server_answer_json (LkTestServer *self, guint status, const char *body)
{
  lk_test_server_answer (self, status, "Content-Type: application/json\r\n", body, -1);
}

void
lk_test_server_answer_problem (LkTestServer *self, guint status, const char *body)
{
  lk_test_server_answer (self, status, "Content-Type: application/problem+json\r\n", body, -1);
}

/* Answers the next request with these very bytes. */
void
lk_test_server_answer_raw (LkTestServer *self, const char *text)
{
  add_step (self, STEP_ANSWER, g_bytes_new (text, strlen (text)), 0);
}

/* Answers the next request with @head and then does not stop. */
void
lk_test_server_answer_without_end (LkTestServer *self, const char *head)
{
  add_step (self, STEP_WITHOUT_END, g_bytes_new (head, strlen (head)), 0);
}

/* Takes the next request and never answers. */
void
lk_test_server_hang (LkTestServer *self)
{
  add_step (self, STEP_HANG, NULL, 0);
}

/* Breaks the next connection after @after_bytes of its body. */
void
lk_test_server_break (LkTestServer *self, gsize after_bytes)
{
  add_step (self, STEP_BREAK, NULL, after_bytes);
}

guint
lk_test_server_get_n_requests (LkTestServer *self)
{
  guint n_requests;

  g_mutex_lock (&self->mutex);
  n_requests = self->requests->len;
  g_mutex_unlock (&self->mutex);

  return n_requests;
}

const LkTestRequest *
lk_test_server_get_request (LkTestServer *self, guint index)
{
  const LkTestRequest *request;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (index, <, self->requests->len);
  request = g_ptr_array_index (self->requests, index);
  g_mutex_unlock (&self->mutex);

  return request;
}

/**
 * lk_test_request_get_header:
 * @request: a request
 * @name: in lower case
 *
 * Returns: (transfer none) (nullable): the header's value, or NULL where it was not sent
 */
const char *
lk_test_request_get_header (const LkTestRequest *request, const char *name)
{
  return g_hash_table_lookup (request->headers, name);
}
