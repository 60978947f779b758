/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include "lk-client.h"

void lk_picture_load_async (LkClient *client,
                            LkPicture *picture,
                            const char *rendition,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
GdkTexture *lk_picture_load_finish (LkClient *client, GAsyncResult *result, GError **error);
void lk_picture_load_forget (void);
