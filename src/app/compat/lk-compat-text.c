/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-compat.h"

void
lk_compat_draw_layout (GtkWidget *widget, GtkSnapshot *snapshot, PangoLayout *layout)
{
  GdkRGBA color;

#if GTK_CHECK_VERSION(4, 10, 0)
  gtk_widget_get_color (widget, &color);
#else
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
#endif
  gtk_snapshot_append_layout (snapshot, layout, &color);
}
