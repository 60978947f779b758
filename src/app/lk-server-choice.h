/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-client.h"

LkClient *lk_server_choice_open (GSettings *settings);
LkClient *lk_server_choice_set (GSettings *settings, const char *server, GError **error);
