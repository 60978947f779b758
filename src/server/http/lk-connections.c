/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-connections.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/* TLS records (RFC 8446, 5.1): their header, and how an encrypted alert looks: shorter than any
 * request. */
#define TLS_HEADER_LENGTH 5
#define TLS_ALERT 0x15
#define TLS_APPLICATION_DATA 0x17
#define TLS_ENCRYPTED_ALERT_LENGTH 19

/* In seconds. */
#define DRAIN_FRESH_TIME 1
/* Slower than this, on the whole, nobody is who is there: bytes a second, once it took longer than
 * the timeout for what is slow. */
#define MIN_RATE 4096

struct _LkConnection
{
  const LkTimeouts *timeouts;
  GSocket *socket; /* (nullable): NULL once it is closed */
  GList link;
  LkConnectionPhase phase;
  gint64 since;    /* monotonic, in µs */
  gint64 deadline; /* monotonic, in µs; 0 for none */
  gsize received;
  SoupServerMessage *last; /* (nullable): the message that was answered last, while idle */
  GSource *watch;          /* (nullable): tells that something comes; NULL once it is closed */
  guint n_readers;         /* sources that wait with the watch */
  gboolean foreign;        /* whether libsoup accepted it */
  gboolean secure;
};

struct _LkConnections
{
  GQueue all; /* of LkConnection, linked by itself */
  const LkTimeouts *timeouts;
  guint max_connections;
  gboolean secure;
  guint tick_id;
};

static GQuark
connection_quark (void)
{
  static GQuark quark;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("lk-connection");
  return quark;
}

typedef struct
{
  GSource source;
  GPollFD poll;
  gboolean polled; /* whether poll is in the source */
  LkConnection *connection;
} Watch;

typedef struct
{
  GSource source;
  LkConnection *connection;
} Reader;

static void
start_watching (LkConnection *self)
{
  Watch *watch = (Watch *)self->watch;

  if (watch->polled)
    return;
  watch->polled = TRUE;
  watch->poll.revents = 0;
  g_source_add_poll (self->watch, &watch->poll);
}

/* What nobody reads for now would be told of again and again. */
static void
stop_watching (LkConnection *self)
{
  Watch *watch = (Watch *)self->watch;

  if (!watch->polled)
    return;
  watch->polled = FALSE;
  g_source_remove_poll (self->watch, &watch->poll);
}

/* libsoup before 3.6 keeps a connection, and its file, for ever when the other side closes it
 * between two requests. So it is taken from libsoup and closed here. */
static void
close_idle (LkConnection *self)
{
  g_autoptr (SoupServerMessage) last = g_steal_pointer (&self->last);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  self->deadline = 0;
  stop_watching (self);
  /* libsoup may have closed it by itself after the answer. */
  if ((self->foreign && soup_server_message_get_socket (last) == NULL)
      || g_socket_is_closed (self->socket))
    return;
  stream = soup_server_message_steal_connection (last);
  if (!g_socket_close (self->socket, &error))
    g_debug ("An idle connection: %s", error->message);
}

/* Whoever reads the stream gets the end of it, and closes it. */
static void
cut (LkConnection *self)
{
  g_autoptr (GError) error = NULL;

  if (self->last != NULL)
    {
      close_idle (self);
      return;
    }
  self->deadline = 0;
  if (!g_socket_shutdown (self->socket, TRUE, TRUE, &error))
    g_debug ("A connection was gone before its deadline: %s", error->message);
}

/* Whether what has come is the end of the connection, and no request. In TLS it need not end the
 * stream. */
static gboolean
is_farewell (LkConnection *self, gushort revents)
{
  guint8 header[TLS_HEADER_LENGTH];
  gssize n;

  if (!self->secure && (revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0)
    return FALSE;
  n = recv (g_socket_get_fd (self->socket), header, sizeof header, MSG_PEEK | MSG_DONTWAIT);
  if (n < 0)
    return errno != EAGAIN && errno != EINTR;
  if (n < TLS_HEADER_LENGTH)
    return n == 0;
  return header[0] == TLS_ALERT
         || (header[0] == TLS_APPLICATION_DATA && header[3] == 0
             && header[4] <= TLS_ENCRYPTED_ALERT_LENGTH);
}

/* GSourceFuncs.check: whether the connection has ended. Any other news is dealt with here: to be
 * dispatched for each request, and to change what is polled, would cost more than the request. */
static gboolean
watch_check (GSource *source)
{
  Watch *watch = (Watch *)source;
  LkConnection *self = watch->connection;

  if (!watch->polled || watch->poll.revents == 0)
    return FALSE;
  if (self->phase != LK_CONNECTION_IDLE)
    {
      if (self->n_readers == 0)
        stop_watching (self);
      return FALSE;
    }
  if (g_socket_is_closed (self->socket) || is_farewell (self, watch->poll.revents))
    return TRUE;
  /* libsoup tells of a further request only when all its headers are there: their time runs from
   * the first byte. */
  lk_connection_set_phase (self, LK_CONNECTION_HEADERS, 0);
  g_clear_object (&self->last);
  return FALSE;
}

/* GSourceFuncs.dispatch: before libsoup's own source, whose priority is lower. */
static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  close_idle (((Watch *)source)->connection);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs watch_funcs = { .check = watch_check, .dispatch = watch_dispatch };

/* GSourceFuncs.check: after the watch's, whose priority is higher. */
static gboolean
reader_check (GSource *source)
{
  Watch *watch = (Watch *)((Reader *)source)->connection->watch;

  return watch == NULL || watch->poll.revents != 0;
}

/* GSourceFuncs.dispatch: what is to be done is its parent's. */
static gboolean
reader_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
reader_finalize (GSource *source)
{
  LkConnection *connection = ((Reader *)source)->connection;

  connection->n_readers--;
  lk_connection_unref (connection);
}

/* GSourceFuncs.closure_callback: not called, but a child source must have one. */
static gboolean
reader_closure (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs reader_funcs = { .check = reader_check,
                                     .dispatch = reader_dispatch,
                                     .finalize = reader_finalize,
                                     .closure_callback = reader_closure };

static gboolean
is_too_slow (const LkConnection *self, gint64 now)
{
  gint64 seconds = (now - self->since) / G_USEC_PER_SEC;

  return self->phase == LK_CONNECTION_BODY && seconds > self->timeouts->slow
         && self->received < (gsize)seconds * MIN_RATE;
}

/* libsoup before 3.4 never lets go of the reference that accepting a connection gave it. */
static gboolean
is_socket_leaked (const LkConnection *self)
{
  return self->foreign && !soup_check_version (3, 4, 0);
}

static void
forget (LkConnections *self, LkConnection *connection)
{
  GSocket *socket = g_steal_pointer (&connection->socket);
  gboolean leaked = is_socket_leaked (connection) && g_socket_is_closed (socket);

  g_source_destroy (connection->watch);
  g_clear_pointer (&connection->watch, g_source_unref);
  g_clear_object (&connection->last);
  g_object_set_qdata (G_OBJECT (socket), connection_quark (), NULL);
  g_queue_unlink (&self->all, &connection->link);
  lk_connection_unref (connection);
  if (leaked)
    g_object_unref (socket);
  g_object_unref (socket);
}

static void
forget_closed (LkConnections *self)
{
  GList *next;

  for (GList *link = self->all.head; link != NULL; link = next)
    {
      LkConnection *connection = link->data;

      next = link->next;
      if (g_socket_is_closed (connection->socket))
        forget (self, connection);
    }
}

static gboolean
on_tick (gpointer data)
{
  LkConnections *self = data;
  gint64 now = g_get_monotonic_time ();

  forget_closed (self);
  for (GList *link = self->all.head; link != NULL; link = link->next)
    {
      LkConnection *connection = link->data;

      if (connection->deadline != 0
          && (now > connection->deadline || is_too_slow (connection, now)))
        cut (connection);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * lk_connections_new:
 * @max_connections: how many there may be
 * @secure: whether TLS is spoken on them
 * @timeouts: how long each may take; outlives the connections
 *
 * Returns: (transfer full): a list without any
 */
LkConnections *
lk_connections_new (guint max_connections, gboolean secure, const LkTimeouts *timeouts)
{
  LkConnections *self = g_new0 (LkConnections, 1);

  g_queue_init (&self->all);
  self->max_connections = max_connections;
  self->secure = secure;
  self->timeouts = timeouts;
  self->tick_id = g_timeout_add_seconds (1, on_tick, self);
  return self;
}

void
lk_connections_free (LkConnections *self)
{
  while (self->all.head != NULL)
    forget (self, self->all.head->data);
  g_source_remove (self->tick_id);
  g_free (self);
}

/**
 * lk_connections_track:
 * @socket: of a request that begins, or that was accepted
 * @foreign: whether libsoup accepted it, where it is new
 *
 * Finds the connection of a request that begins, or begins to watch it. One past the limit is cut
 * at once.
 *
 * Returns: (transfer none): the connection; whoever keeps it takes a reference
 */
LkConnection *
lk_connections_track (LkConnections *self, GSocket *socket, gboolean foreign)
{
  LkConnection *connection = g_object_get_qdata (G_OBJECT (socket), connection_quark ());
  Watch *watch;

  if (connection != NULL)
    {
      if (connection->phase != LK_CONNECTION_FRESH)
        lk_connection_set_phase (connection, LK_CONNECTION_HEADERS, 0);
      return connection;
    }
  connection = g_rc_box_new0 (LkConnection);
  connection->timeouts = self->timeouts;
  connection->socket = g_object_ref (socket);
  connection->link.data = connection;
  connection->foreign = foreign;
  connection->secure = self->secure;
  connection->watch = g_source_new (&watch_funcs, sizeof (Watch));
  watch = (Watch *)connection->watch;
  watch->connection = connection;
  watch->poll.fd = g_socket_get_fd (socket);
  watch->poll.events = POLLIN | POLLRDHUP;
  g_source_set_priority (connection->watch, G_PRIORITY_HIGH);
  g_source_attach (connection->watch, NULL);
  g_object_set_qdata (G_OBJECT (socket), connection_quark (), connection);
  lk_connection_set_phase (connection, LK_CONNECTION_FRESH, 0);
  if (self->all.length >= self->max_connections)
    forget_closed (self);
  if (self->all.length >= self->max_connections)
    cut (connection);
  g_queue_push_tail_link (&self->all, &connection->link);
  return connection;
}

/**
 * lk_connections_close_unused:
 *
 * For draining: closes those that are between two requests, and soon those that have not sent
 * anything.
 */
void
lk_connections_close_unused (LkConnections *self)
{
  gint64 soon = g_get_monotonic_time () + DRAIN_FRESH_TIME * G_USEC_PER_SEC;

  for (GList *link = self->all.head; link != NULL; link = link->next)
    {
      LkConnection *connection = link->data;

      if (connection->phase == LK_CONNECTION_IDLE)
        cut (connection);
      else if (connection->phase == LK_CONNECTION_FRESH)
        connection->deadline = MIN (connection->deadline, soon);
    }
}

guint
lk_connections_get_n (LkConnections *self)
{
  return self->all.length;
}

LkConnection *
lk_connection_ref (LkConnection *self)
{
  return g_rc_box_acquire (self);
}

void
lk_connection_unref (LkConnection *self)
{
  g_rc_box_release (self);
}

/**
 * lk_connection_get_socket:
 *
 * Returns: (transfer none) (nullable): its socket; NULL once it is closed
 */
GSocket *
lk_connection_get_socket (LkConnection *self)
{
  return self->socket;
}

/**
 * lk_connection_set_phase:
 * @phase: what it is at now
 * @bytes: of the answer, where @phase is LK_CONNECTION_ANSWER
 */
void
lk_connection_set_phase (LkConnection *self, LkConnectionPhase phase, gsize bytes)
{
  gint64 seconds = 0;

  switch (phase)
    {
    case LK_CONNECTION_FRESH:
    case LK_CONNECTION_HEADERS:
      seconds = self->timeouts->headers;
      break;
    case LK_CONNECTION_BODY:
      seconds = self->timeouts->stall;
      break;
    case LK_CONNECTION_WORK:
      break;
    case LK_CONNECTION_ANSWER:
      seconds = self->timeouts->slow + (gint64)(bytes / MIN_RATE);
      break;
    case LK_CONNECTION_IDLE:
      seconds = self->timeouts->idle;
      break;
    default:
      g_assert_not_reached ();
    }
  self->phase = phase;
  self->received = 0;
  self->since = g_get_monotonic_time ();
  self->deadline = seconds > 0 ? self->since + seconds * G_USEC_PER_SEC : 0;
}

/**
 * lk_connection_set_idle:
 * @message: the message that was just answered
 *
 * The connection is between two requests.
 */
void
lk_connection_set_idle (LkConnection *self, SoupServerMessage *message)
{
  lk_connection_set_phase (self, LK_CONNECTION_IDLE, 0);
  if (self->socket == NULL || g_socket_is_closed (self->socket))
    return;
  g_set_object (&self->last, message);
  start_watching (self);
}

/**
 * lk_connection_add_received:
 * @bytes: of a body
 */
void
lk_connection_add_received (LkConnection *self, gsize bytes)
{
  self->received += bytes;
  self->deadline = g_get_monotonic_time () + self->timeouts->stall * G_USEC_PER_SEC;
}

/**
 * lk_connection_create_reader:
 *
 * Returns: (transfer full): a source that is ready when something can be read, to be the child of
 * another one in the main context
 */
GSource *
lk_connection_create_reader (LkConnection *self)
{
  GSource *source = g_source_new (&reader_funcs, sizeof (Reader));

  ((Reader *)source)->connection = lk_connection_ref (self);
  self->n_readers++;
  if (self->watch != NULL)
    start_watching (self);
  return source;
}
