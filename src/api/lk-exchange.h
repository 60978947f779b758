/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

void lk_exchange_async (SoupSession *session,
                        SoupMessage *message,
                        gsize max_bytes,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data);
GBytes *lk_exchange_finish (SoupSession *session, GAsyncResult *result, GError **error);
