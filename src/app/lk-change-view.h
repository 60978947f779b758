/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/** How long an Undo is offered, in seconds: the least that WCAG 2.2.1 wants for what runs out. */
#define LK_UNDO_SECONDS 20

typedef struct _LkAccountModel LkAccountModel;
typedef struct _LkPublisher LkPublisher;

/**
 * LkChangeView: the flow that changes the picture: Source → Edit → Preview and Audience → Publish,
 * with Back at each step. It fills the window and brings its own header bar with window controls,
 * so it stands beside the main page in the window's stack. The draft is on disk all the time: the
 * window may close at any moment.
 *
 * Signals:
 *  "closed" (): the person left the flow by Back on the first step or Escape; the draft is kept
 *  "published" (): the picture is out and the person pressed Done; the draft is gone
 */
#define LK_TYPE_CHANGE_VIEW (lk_change_view_get_type ())
G_DECLARE_FINAL_TYPE (LkChangeView, lk_change_view, LK, CHANGE_VIEW, AdwBin)

/* Main thread. References are taken on both. (transfer floating) */
GtkWidget *lk_change_view_new (LkAccountModel *account, LkPublisher *publisher);

/* Shows the first step, or the one at which the draft was left in this window. Call it when the
 * flow comes to the front. */
void lk_change_view_start (LkChangeView *self);

/* Each goes to Source and loads it as a new draft, as if the person had chosen, dropped or pasted
 * it there. */
void lk_change_view_open_file (LkChangeView *self, GFile *file);
void lk_change_view_open_bytes (LkChangeView *self, GBytes *bytes);
void lk_change_view_open_texture (LkChangeView *self, GdkTexture *texture);
