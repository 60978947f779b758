/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-draft-state.h"

/* Where a draft lies on disk: a folder of its own with draft.json and at most a few copied sources.
 * A part of LkDraft. The functions block: call them on a worker thread. */

char *lk_draft_store_dup_new_source (const char *directory);
gboolean lk_draft_store_holds (const char *directory, GFile *source);
gboolean lk_draft_store_save (const char *directory, GBytes *state, GError **error);
gboolean
lk_draft_store_add (const char *directory, const char *path, GBytes *bytes, GError **error);
gboolean lk_draft_store_copy (const char *directory,
                              const char *path,
                              GFile *source,
                              GCancellable *cancellable,
                              GError **error);
LkDraftState *lk_draft_store_load (const char *directory, GError **error);
void lk_draft_store_sweep (const char *directory, GFile *keep);
