/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-connections.h"

/* In seconds. */
#define FRESH_TIME 20
#define HEADERS_TIME 20
#define IDLE_TIME 75
#define STALL_TIME 20
#define GRACE_TIME 30
#define DRAIN_FRESH_TIME 1
/* Slower than this, on the whole, nobody is who is there: bytes a second, after GRACE_TIME. */
#define MIN_RATE 4096

struct _LkConnection
{
  LkConnections *connections;
  GSocket *socket; /* unowned: it owns us */
  GList link;
  LkConnectionPhase phase;
  gint64 since;    /* monotonic, in µs */
  gint64 deadline; /* monotonic, in µs; 0 for none */
  gsize received;
};

struct _LkConnections
{
  GQueue all; /* of LkConnection, linked by itself */
  guint max_connections;
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

/* Whoever reads the stream gets the end of it, and closes it. */
static void
cut (LkConnection *self)
{
  g_autoptr (GError) error = NULL;

  self->deadline = 0;
  if (!g_socket_shutdown (self->socket, TRUE, TRUE, &error))
    g_debug ("A connection was gone before its deadline: %s", error->message);
}

static gboolean
is_too_slow (const LkConnection *self, gint64 now)
{
  gint64 seconds = (now - self->since) / G_USEC_PER_SEC;

  return self->phase == LK_CONNECTION_BODY && seconds > GRACE_TIME
         && self->received < (gsize)seconds * MIN_RATE;
}

static gboolean
on_tick (gpointer data)
{
  LkConnections *self = data;
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->all.head; link != NULL; link = link->next)
    {
      LkConnection *connection = link->data;

      if (connection->deadline != 0
          && (now > connection->deadline || is_too_slow (connection, now)))
        cut (connection);
    }
  return G_SOURCE_CONTINUE;
}

static void
connection_free (gpointer data)
{
  LkConnection *self = data;

  if (self->connections != NULL)
    g_queue_unlink (&self->connections->all, &self->link);
  g_free (self);
}

LkConnections *
lk_connections_new (guint max_connections)
{
  LkConnections *self = g_new0 (LkConnections, 1);

  g_queue_init (&self->all);
  self->max_connections = max_connections;
  self->tick_id = g_timeout_add_seconds (1, on_tick, self);
  return self;
}

void
lk_connections_free (LkConnections *self)
{
  /* Sockets may outlive us; they must not tell us when they go. */
  for (GList *link = self->all.head; link != NULL; link = link->next)
    ((LkConnection *)link->data)->connections = NULL;
  g_source_remove (self->tick_id);
  g_free (self);
}

/**
 * lk_connections_track:
 * @socket: of a request that begins
 *
 * Finds the connection of a request that begins, or begins to watch it. One past the limit is cut
 * at once.
 *
 * Returns: (transfer none): the connection, which lives as long as its socket
 */
LkConnection *
lk_connections_track (LkConnections *self, GSocket *socket)
{
  LkConnection *connection = g_object_get_qdata (G_OBJECT (socket), connection_quark ());

  if (connection != NULL)
    {
      lk_connection_set_phase (connection, LK_CONNECTION_HEADERS, 0);
      return connection;
    }
  connection = g_new0 (LkConnection, 1);
  connection->connections = self;
  connection->socket = socket;
  connection->link.data = connection;
  g_queue_push_tail_link (&self->all, &connection->link);
  g_object_set_qdata_full (G_OBJECT (socket), connection_quark (), connection, connection_free);
  lk_connection_set_phase (connection, LK_CONNECTION_FRESH, 0);
  if (self->all.length > self->max_connections)
    cut (connection);
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
      seconds = FRESH_TIME;
      break;
    case LK_CONNECTION_HEADERS:
      seconds = HEADERS_TIME;
      break;
    case LK_CONNECTION_BODY:
      seconds = STALL_TIME;
      break;
    case LK_CONNECTION_WORK:
      break;
    case LK_CONNECTION_ANSWER:
      seconds = GRACE_TIME + (gint64)(bytes / MIN_RATE);
      break;
    case LK_CONNECTION_IDLE:
      seconds = IDLE_TIME;
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
 * lk_connection_add_received:
 * @bytes: of a body
 */
void
lk_connection_add_received (LkConnection *self, gsize bytes)
{
  self->received += bytes;
  self->deadline = g_get_monotonic_time () + STALL_TIME * G_USEC_PER_SEC;
}
