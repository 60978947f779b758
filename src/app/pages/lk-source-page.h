/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-draft.h"
#include "lk-mipmap.h"

/**
 * LkSourcePage: where a picture comes from: chosen, dropped, pasted, or the draft that was left.
 *
 * Properties (explicit-notify): "draft" (LkDraft, nullable).
 *
 * Signals:
 *  "loaded" (mipmap: LkMipmap, worker: LkWorker): a picture could be read, and is the draft's
 *    source; @worker has it open
 *  "discarded" (): the draft was discarded and can be brought back
 */
#define LK_TYPE_SOURCE_PAGE (lk_source_page_get_type ())
G_DECLARE_FINAL_TYPE (LkSourcePage, lk_source_page, LK, SOURCE_PAGE, AdwBin)

void lk_source_page_set_draft (LkSourcePage *self, LkDraft *draft);
void lk_source_page_open_file (LkSourcePage *self, GFile *file);
void lk_source_page_open_bytes (LkSourcePage *self, GBytes *bytes);
void lk_source_page_open_texture (LkSourcePage *self, GdkTexture *texture);
void lk_source_page_paste (LkSourcePage *self);
void lk_source_page_cancel (LkSourcePage *self);
void lk_source_page_show_error (LkSourcePage *self, const char *text);
