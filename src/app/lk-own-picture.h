/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include "lk-picture.h"
#include "lk-wire.h"

/**
 * LkOwnPicture: a picture that the person published, as the window shows it. Main context only.
 * Properties (explicit-notify, read-only): "paintable" (GdkPaintable, nullable until it was
 * loaded), "reached" and "offered" (how many of those who were offered it have it; -1 until known).
 * The signal "changed" tells of another audience, alt text, position or expiry.
 */
#define LK_TYPE_OWN_PICTURE (lk_own_picture_get_type ())
G_DECLARE_FINAL_TYPE (LkOwnPicture, lk_own_picture, LK, OWN_PICTURE, GObject)

LkOwnPicture *lk_own_picture_new (LkPicture *picture);
const char *lk_own_picture_get_id (LkOwnPicture *self);
LkPicture *lk_own_picture_get_picture (LkOwnPicture *self);
void lk_own_picture_set_picture (LkOwnPicture *self, LkPicture *picture);
GdkPaintable *lk_own_picture_get_paintable (LkOwnPicture *self);
void lk_own_picture_set_paintable (LkOwnPicture *self, GdkPaintable *paintable);
int lk_own_picture_get_reached (LkOwnPicture *self);
int lk_own_picture_get_offered (LkOwnPicture *self);
void lk_own_picture_set_deliveries (LkOwnPicture *self, GPtrArray *deliveries);
