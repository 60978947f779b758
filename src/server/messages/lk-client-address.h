/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

gboolean lk_address_is_in (GInetAddress *address, GPtrArray *masks);
GInetAddress *lk_client_address_find (GInetAddress *peer,
                                      GPtrArray *proxies,
                                      const char *forwarded,
                                      const char *x_forwarded_for);
