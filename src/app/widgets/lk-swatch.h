/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "lk-recipe.h"

/** LkSwatch: a patch of one colour, to be put on a button. */
#define LK_TYPE_SWATCH (lk_swatch_get_type ())
G_DECLARE_FINAL_TYPE (LkSwatch, lk_swatch, LK, SWATCH, GtkWidget)

GtkWidget *lk_swatch_new (LkColor color);
LkColor lk_swatch_get_color (LkSwatch *self);
