/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

void lk_fetch_async (SoupSession *session,
                     SoupMessage *message,
                     gsize max_bytes,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data);
GBytes *lk_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error);
