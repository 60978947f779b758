/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/**
 * LkSwitcherTitle: the title of a header bar: a view switcher where there is room for it, else the
 * name of the application.
 *
 * Properties (explicit-notify): "stack" (AdwViewStack, nullable), "narrow" (read-only: there is no
 * room, so the switcher belongs at the bottom).
 */
#define LK_TYPE_SWITCHER_TITLE (lk_switcher_title_get_type ())
G_DECLARE_FINAL_TYPE (LkSwitcherTitle, lk_switcher_title, LK, SWITCHER_TITLE, GtkWidget)

AdwViewStack *lk_switcher_title_get_stack (LkSwitcherTitle *self);
void lk_switcher_title_set_stack (LkSwitcherTitle *self, AdwViewStack *stack);
gboolean lk_switcher_title_get_narrow (LkSwitcherTitle *self);
