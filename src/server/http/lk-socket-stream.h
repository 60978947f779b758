/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-connections.h"

#define LK_TYPE_SOCKET_STREAM (lk_socket_stream_get_type ())
G_DECLARE_FINAL_TYPE (LkSocketStream, lk_socket_stream, LK, SOCKET_STREAM, GSocketConnection)

GIOStream *lk_socket_stream_new (GSocket *socket, LkConnection *connection);
