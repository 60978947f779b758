/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-client.h"
#include "lk-own-picture.h"

/**
 * LkOwnPictures: the pictures that the person published, by position, as the server has them: a
 * GListModel of LkOwnPicture. Main context only.
 *
 * Properties (explicit-notify, read-only): "current" (nullable: the LkOwnPicture at position 0),
 * "loading" (the list is being read), "loaded" (it was read once).
 *
 * Signals: "done" (GError, nullable): after each answer of the server's, or the lack of one.
 */
#define LK_TYPE_OWN_PICTURES (lk_own_pictures_get_type ())
G_DECLARE_FINAL_TYPE (LkOwnPictures, lk_own_pictures, LK, OWN_PICTURES, GObject)

LkOwnPictures *lk_own_pictures_new (void);
void lk_own_pictures_start (LkOwnPictures *self, LkClient *client);
void lk_own_pictures_stop (LkOwnPictures *self);
LkOwnPicture *lk_own_pictures_get_current (LkOwnPictures *self);
gboolean lk_own_pictures_get_loading (LkOwnPictures *self);
gboolean lk_own_pictures_get_loaded (LkOwnPictures *self);
void lk_own_pictures_reload (LkOwnPictures *self);
void lk_own_pictures_set_watched (LkOwnPictures *self, gboolean watched);

void lk_own_pictures_move_async (LkOwnPictures *self,
                                 LkOwnPicture *picture,
                                 gint64 position,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
gboolean lk_own_pictures_move_finish (LkOwnPictures *self, GAsyncResult *result, GError **error);
void lk_own_pictures_withdraw_async (LkOwnPictures *self,
                                     LkOwnPicture *picture,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean
lk_own_pictures_withdraw_finish (LkOwnPictures *self, GAsyncResult *result, GError **error);
