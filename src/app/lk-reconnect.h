/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * LkReconnect: says when to try again what failed for want of a connection: when the network comes
 * back, and from time to time, ever more rarely. Main context only.
 *
 * Signals: "due" (): try now.
 */
#define LK_TYPE_RECONNECT (lk_reconnect_get_type ())
G_DECLARE_FINAL_TYPE (LkReconnect, lk_reconnect, LK, RECONNECT, GObject)

LkReconnect *lk_reconnect_new (void);
void lk_reconnect_wait (LkReconnect *self);
void lk_reconnect_reset (LkReconnect *self);
