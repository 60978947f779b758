/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include "lk-response.h"

void lk_refusal_send (SoupServerMessage *message, GSocket *socket, const LkResponse *response);
