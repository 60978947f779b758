/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * LkSplitLayout: puts the children side by side, equally wide, where there is room, and one below
 * the other where there is not.
 *
 * Properties (explicit-notify): "threshold" (the least width in logical px at which they stand side
 * by side), "spacing" (in logical px).
 */
#define LK_TYPE_SPLIT_LAYOUT (lk_split_layout_get_type ())
G_DECLARE_FINAL_TYPE (LkSplitLayout, lk_split_layout, LK, SPLIT_LAYOUT, GtkLayoutManager)
