/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * LkFitLabel: a name or an address in the middle, in two lines at most. It is written smaller
 * before it breaks inside of a word, and shortened in its middle where the smallest is too wide.
 */
#define LK_TYPE_FIT_LABEL (lk_fit_label_get_type ())
G_DECLARE_FINAL_TYPE (LkFitLabel, lk_fit_label, LK, FIT_LABEL, GtkWidget)

void lk_fit_label_set_text (LkFitLabel *self, const char *text);
PangoLayout *lk_fit_label_create_layout (LkFitLabel *self, int width);
