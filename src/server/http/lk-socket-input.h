/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-connections.h"

#define LK_TYPE_SOCKET_INPUT (lk_socket_input_get_type ())
G_DECLARE_FINAL_TYPE (LkSocketInput, lk_socket_input, LK, SOCKET_INPUT, GInputStream)

GInputStream *lk_socket_input_new (GSocket *socket, LkConnection *connection);
