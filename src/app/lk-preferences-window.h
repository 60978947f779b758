/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/** LkPreferencesWindow: the account, the address book, signed-in devices, and the end of it all. */
#define LK_TYPE_PREFERENCES_WINDOW (lk_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (LkPreferencesWindow, lk_preferences_window, LK, PREFERENCES_WINDOW, AdwWindow)

GtkWidget *lk_preferences_window_new (GtkWindow *parent, LkAccountModel *account);
