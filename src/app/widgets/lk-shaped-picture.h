/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * LkPictureShape:
 * @LK_PICTURE_ROUND: a circle
 * @LK_PICTURE_SQUARE: a square with slightly rounded corners
 */
typedef enum
{
  LK_PICTURE_ROUND,
  LK_PICTURE_SQUARE,
} LkPictureShape;

/**
 * LkShapedPicture: a square picture in a shape, at a fixed size, as an address book shows it.
 *
 * Properties (explicit-notify): "paintable" (GdkPaintable, nullable), "size" (in logical px),
 * "shape".
 */
#define LK_TYPE_SHAPED_PICTURE (lk_shaped_picture_get_type ())
G_DECLARE_FINAL_TYPE (LkShapedPicture, lk_shaped_picture, LK, SHAPED_PICTURE, GtkWidget)

GtkWidget *lk_shaped_picture_new (void);
GdkPaintable *lk_shaped_picture_get_paintable (LkShapedPicture *self);
void lk_shaped_picture_set_paintable (LkShapedPicture *self, GdkPaintable *paintable);
int lk_shaped_picture_get_size (LkShapedPicture *self);
void lk_shaped_picture_set_size (LkShapedPicture *self, int size);
LkPictureShape lk_shaped_picture_get_shape (LkShapedPicture *self);
void lk_shaped_picture_set_shape (LkShapedPicture *self, LkPictureShape shape);
