/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

void lk_face_load_async (GBytes *image,
                         int size,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);
GdkTexture *lk_face_load_finish (GAsyncResult *result, GError **error);
