/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-reconnect.h"

/* Waits in seconds: twice as long each time. */
#define FIRST_WAIT 2
#define LAST_WAIT 60

struct _LkReconnect
{
  GObject parent_instance;

  GNetworkMonitor *network;
  guint timeout;
  guint wait;
};

G_DEFINE_FINAL_TYPE (LkReconnect, lk_reconnect, G_TYPE_OBJECT)

enum
{
  SIGNAL_DUE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
on_timeout (gpointer data)
{
  LkReconnect *self = LK_RECONNECT (data);

  self->timeout = 0;
  g_signal_emit (self, signals[SIGNAL_DUE], 0);
  return G_SOURCE_REMOVE;
}

static void
on_network_changed (LkReconnect *self, gboolean available)
{
  if (!available || self->timeout == 0)
    return;
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->wait = 0;
  g_signal_emit (self, signals[SIGNAL_DUE], 0);
}

static void
lk_reconnect_dispose (GObject *object)
{
  LkReconnect *self = LK_RECONNECT (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_object (&self->network);

  G_OBJECT_CLASS (lk_reconnect_parent_class)->dispose (object);
}

static void
lk_reconnect_class_init (LkReconnectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lk_reconnect_dispose;

  signals[SIGNAL_DUE] = g_signal_new ("due", LK_TYPE_RECONNECT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 0);
}

static void
lk_reconnect_init (LkReconnect *self)
{
}

LkReconnect *
lk_reconnect_new (void)
{
  return g_object_new (LK_TYPE_RECONNECT, NULL);
}

/**
 * lk_reconnect_wait:
 *
 * Something failed: "due" is emitted once, later. Does nothing while it is waiting already.
 */
void
lk_reconnect_wait (LkReconnect *self)
{
  g_return_if_fail (LK_IS_RECONNECT (self));

  if (self->timeout != 0)
    return;
  /* Not before it is needed: the monitor asks the system bus when it is made. */
  if (self->network == NULL)
    {
      self->network = g_object_ref (g_network_monitor_get_default ());
      g_signal_connect_object (self->network, "network-changed", G_CALLBACK (on_network_changed),
                               self, G_CONNECT_SWAPPED);
    }
  self->wait = CLAMP (self->wait * 2, FIRST_WAIT, LAST_WAIT);
  self->timeout = g_timeout_add_seconds (self->wait, on_timeout, self);
}

/**
 * lk_reconnect_reset:
 *
 * Something worked, or nothing is to be tried any more: forgets the wait.
 */
void
lk_reconnect_reset (LkReconnect *self)
{
  g_return_if_fail (LK_IS_RECONNECT (self));

  g_clear_handle_id (&self->timeout, g_source_remove);
  self->wait = 0;
}
