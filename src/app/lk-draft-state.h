/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-draft.h"

/* What a draft holds, and its form on disk; a part of LkDraft. */

/** The most bytes of a draft's file: room for a full audience and every step, each with as many
 * texts as it may have. */
#define LK_DRAFT_MAX_BYTES (8 * 1024 * 1024)

/**
 * LkDraftState:
 * @source: (nullable): the file being edited
 * @name: (nullable): what a person calls it
 * @recipe: the edits
 * @undo: (element-type LkRecipe): the oldest first
 * @redo: (element-type LkRecipe): the next one last
 * @alt: alternative text, never NULL
 * @audience: who may have it
 */
typedef struct
{
  GFile *source;
  char *name;
  LkRecipe *recipe;
  GPtrArray *undo;
  GPtrArray *redo;
  char *alt;
  LkAudience *audience;
} LkDraftState;

LkDraftState *lk_draft_state_new (void);
void lk_draft_state_free (LkDraftState *self);
GBytes *lk_draft_state_to_bytes (const LkDraftState *self);
LkDraftState *lk_draft_state_from_bytes (GBytes *bytes, GError **error);
void lk_draft_state_copy_edits (LkDraftState *self, const LkDraftState *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkDraftState, lk_draft_state_free)
