/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-draft.h"
#include "lk-mipmap.h"

/**
 * LkEditPage: the draft's picture with the tools that change its recipe. Each change can be undone.
 *
 * Actions: "edit.undo", "edit.redo", "edit.reset", "edit.rotate-left", "edit.rotate-right",
 * "edit.flip-horizontally", "edit.flip-vertically", "edit.zoom-in", "edit.zoom-out".
 *
 * Properties (explicit-notify): "draft" (LkDraft, nullable), "mipmap" (LkMipmap, nullable).
 */
#define LK_TYPE_EDIT_PAGE (lk_edit_page_get_type ())
G_DECLARE_FINAL_TYPE (LkEditPage, lk_edit_page, LK, EDIT_PAGE, AdwBin)

void lk_edit_page_set_draft (LkEditPage *self, LkDraft *draft);
void lk_edit_page_set_mipmap (LkEditPage *self, LkMipmap *mipmap);
