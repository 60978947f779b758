/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "lk-server-config.h"

/**
 * LkConnectionPhase: what a connection is at, and so how long it may take.
 */
typedef enum
{
  LK_CONNECTION_FRESH,   /* accepted; nothing is known to have come yet */
  LK_CONNECTION_HEADERS, /* sends headers */
  LK_CONNECTION_BODY,    /* sends a body */
  LK_CONNECTION_WORK,    /* waits for us */
  LK_CONNECTION_ANSWER,  /* takes the answer */
  LK_CONNECTION_IDLE,    /* between two requests */
} LkConnectionPhase;

/**
 * LkConnections: the open connections and their deadlines, so that somebody who sends or reads a
 * byte now and then does not hold one for ever. Main context only.
 */
typedef struct _LkConnections LkConnections;
typedef struct _LkConnection LkConnection;

LkConnections *
lk_connections_new (guint max_connections, gboolean secure, const LkTimeouts *timeouts);
void lk_connections_free (LkConnections *self);
LkConnection *lk_connections_track (LkConnections *self, GSocket *socket, gboolean foreign);
void lk_connections_close_unused (LkConnections *self);
guint lk_connections_get_n (LkConnections *self);

LkConnection *lk_connection_ref (LkConnection *self);
void lk_connection_unref (LkConnection *self);
GSocket *lk_connection_get_socket (LkConnection *self);
void lk_connection_set_phase (LkConnection *self, LkConnectionPhase phase, gsize bytes);
void lk_connection_set_idle (LkConnection *self, SoupServerMessage *message);
void lk_connection_add_received (LkConnection *self, gsize bytes);
GSource *lk_connection_create_reader (LkConnection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkConnections, lk_connections_free)
