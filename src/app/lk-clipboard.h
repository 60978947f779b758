/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

/** The most bytes of an image that is read from the clipboard. */
#define LK_CLIPBOARD_MAX_BYTES (64 * 1024 * 1024)

gboolean lk_clipboard_has_picture (GdkClipboard *clipboard);
void lk_clipboard_read_async (GdkClipboard *clipboard,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
gboolean
lk_clipboard_read_finish (GAsyncResult *result, GFile **file, GBytes **bytes, GError **error);
void lk_clipboard_encode_async (GdkTexture *texture,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
GBytes *lk_clipboard_encode_finish (GAsyncResult *result, GError **error);
