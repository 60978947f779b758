/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/** LkShortcutsWindow: the list of keyboard shortcuts. */
#define LK_TYPE_SHORTCUTS_WINDOW (lk_shortcuts_window_get_type ())
G_DECLARE_FINAL_TYPE (LkShortcutsWindow, lk_shortcuts_window, LK, SHORTCUTS_WINDOW, AdwWindow)

GtkWidget *lk_shortcuts_window_new (GtkWindow *parent);
