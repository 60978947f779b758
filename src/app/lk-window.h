/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"
#include "lk-application.h"
#include "lk-publisher.h"

/**
 * LkWindow: the application's window. Shows the sign-in page, My Picture and People behind a view
 * switcher, or the Change flow, an LkChangeView, in place of these.
 */
#define LK_TYPE_WINDOW (lk_window_get_type ())
G_DECLARE_FINAL_TYPE (LkWindow, lk_window, LK, WINDOW, AdwApplicationWindow)

LkWindow *lk_window_new (LkApplication *application,
                         LkAccountModel *account,
                         LkPublisher *publisher,
                         GSettings *settings);
/* Opens the Change flow, with @source (nullable) chosen already; after signing in, where that comes
 * first. */
void lk_window_change_picture (LkWindow *self, GFile *source);
/* Says something in passing. */
void lk_window_toast (LkWindow *self, const char *text);
