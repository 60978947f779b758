/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"
#include "lk-draft.h"
#include "lk-preview.h"

/**
 * LkPreviewPage: the very renditions that will be sent, where people meet them; who may have them;
 * alt text.
 *
 * Properties (explicit-notify, read-only): "obstacle" (nullable: a sentence that says why it cannot
 * be published yet).
 */
#define LK_TYPE_PREVIEW_PAGE (lk_preview_page_get_type ())
G_DECLARE_FINAL_TYPE (LkPreviewPage, lk_preview_page, LK, PREVIEW_PAGE, AdwBin)

void lk_preview_page_set_models (LkPreviewPage *self, LkAccountModel *account, LkDraft *draft);
void lk_preview_page_set_worker (LkPreviewPage *self, LkWorker *worker);
void lk_preview_page_render (LkPreviewPage *self);
const char *lk_preview_page_get_obstacle (LkPreviewPage *self);
const LkPreview *lk_preview_page_get_preview (LkPreviewPage *self);
