/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include "lk-recipe.h"
#include "lk-worker.h"

/**
 * LkPreview: the renditions that will be sent, decoded back from their bytes, so that what is seen
 * is what is sent.
 * @photo: the photo
 * @thumbnail: the thumbnail
 * @photo_bytes: the photo's file
 * @thumbnail_bytes: the thumbnail's file
 */
typedef struct
{
  GdkTexture *photo;
  GdkTexture *thumbnail;
  GBytes *photo_bytes;
  GBytes *thumbnail_bytes;
} LkPreview;

void lk_preview_make_async (LkWorker *worker,
                            LkRecipe *recipe,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
LkPreview *lk_preview_make_finish (GAsyncResult *result, GError **error);
void lk_preview_free (LkPreview *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkPreview, lk_preview_free)
