/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * LkPreviewScene: the places where people meet a picture: a contact list, a call, a conversation,
 * and each shape at 96 px; on a light or a dark ground, whatever the style of the window.
 *
 * Properties (explicit-notify): "dark".
 */
#define LK_TYPE_PREVIEW_SCENE (lk_preview_scene_get_type ())
G_DECLARE_FINAL_TYPE (LkPreviewScene, lk_preview_scene, LK, PREVIEW_SCENE, AdwBin)

gboolean lk_preview_scene_get_dark (LkPreviewScene *self);
void lk_preview_scene_set_dark (LkPreviewScene *self, gboolean dark);
void lk_preview_scene_set_name (LkPreviewScene *self, const char *name);
void lk_preview_scene_set_pictures (LkPreviewScene *self, GdkTexture *photo, GdkTexture *thumbnail);
