/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include <gio/gio.h>
#include "lk-frame.h"
#include "lk-worker.h"

/** The longest shorter side of the largest level, in px: sharp on any screen, and a texture that
 * every driver takes. */
#define LK_MIPMAP_MAX_SIDE 2048
/** What a source is decoded at for it, at least, in px of the shorter side. */
#define LK_MIPMAP_MIN_SIDE 1024

/**
 * LkMipmap: a picture as textures, each half as large as the one before, so that drawing it small
 * neither flickers nor costs more than drawing it large. Immutable; it may be made and used on any
 * thread.
 */
#define LK_TYPE_MIPMAP (lk_mipmap_get_type ())
G_DECLARE_FINAL_TYPE (LkMipmap, lk_mipmap, LK, MIPMAP, GObject)

LkMipmap *lk_mipmap_new (LkFrame *frame, guint source_width, guint source_height);
guint lk_mipmap_get_width (LkMipmap *self);
guint lk_mipmap_get_height (LkMipmap *self);
gboolean lk_mipmap_has_alpha (LkMipmap *self);
GdkTexture *lk_mipmap_get_texture (LkMipmap *self, double scale);

void lk_mipmap_load_async (LkWorker *worker,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
LkMipmap *lk_mipmap_load_finish (GAsyncResult *result, GError **error);
