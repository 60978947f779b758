/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

char *lk_server_address_normalize (const char *text, gboolean *secure, GError **error);
