/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-audience.h"
#include "lk-recipe.h"

/**
 * LkDraftError:
 * @LK_DRAFT_ERROR_CORRUPT: what was kept on disk makes no sense; it was set aside and the draft is
 * empty
 * @LK_DRAFT_ERROR_SOURCE_GONE: the picture that was being edited is not where it was; the edits are
 * kept for the moment and used again if the same file is chosen
 */
typedef enum
{
  LK_DRAFT_ERROR_CORRUPT,
  LK_DRAFT_ERROR_SOURCE_GONE,
} LkDraftError;

#define LK_DRAFT_ERROR (lk_draft_error_quark ())
GQuark lk_draft_error_quark (void);

/** The most steps that can be undone. */
#define LK_DRAFT_MAX_UNDO 100
/** A source up to this many bytes is copied next to the draft, so that it cannot vanish. */
#define LK_DRAFT_MAX_COPY (64 * 1024 * 1024)

/**
 * LkDraft: the picture being made: its source, the recipe with what can be undone, alt text and
 * audience. It is kept in a folder as it changes, by a worker thread, and written out when the
 * application shuts down. Main context only.
 *
 * Properties (explicit-notify, read-only unless said): "source" (GFile, nullable), "source-name"
 * (nullable, for people), "recipe" (LkRecipe), "can-undo", "can-redo", "alt" (read/write, never
 * NULL), "audience" (LkAudience, read/write).
 *
 * Signals: "save-failed" (GError): it could not be kept on disk; the next change tries again.
 */
#define LK_TYPE_DRAFT (lk_draft_get_type ())
G_DECLARE_FINAL_TYPE (LkDraft, lk_draft, LK, DRAFT, GObject)

LkDraft *lk_draft_new (const char *directory);

void lk_draft_load_async (LkDraft *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data);
gboolean lk_draft_load_finish (LkDraft *self, GAsyncResult *result, GError **error);
void lk_draft_import_async (LkDraft *self,
                            GBytes *bytes,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
GFile *lk_draft_import_finish (LkDraft *self, GAsyncResult *result, GError **error);
void lk_draft_flush_async (LkDraft *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
gboolean lk_draft_flush_finish (LkDraft *self, GAsyncResult *result, GError **error);

void lk_draft_start (LkDraft *self, GFile *source);
void lk_draft_clear (LkDraft *self);
void lk_draft_discard (LkDraft *self);
void lk_draft_restore (LkDraft *self);
void lk_draft_forget (LkDraft *self);

void lk_draft_change (LkDraft *self, LkRecipe *recipe, const char *gesture);
void lk_draft_seal (LkDraft *self);
void lk_draft_undo (LkDraft *self);
void lk_draft_redo (LkDraft *self);

GFile *lk_draft_get_source (LkDraft *self);
const char *lk_draft_get_source_name (LkDraft *self);
LkRecipe *lk_draft_get_recipe (LkDraft *self);
gboolean lk_draft_get_can_undo (LkDraft *self);
gboolean lk_draft_get_can_redo (LkDraft *self);
const char *lk_draft_get_alt (LkDraft *self);
void lk_draft_set_alt (LkDraft *self, const char *alt);
LkAudience *lk_draft_get_audience (LkDraft *self);
void lk_draft_set_audience (LkDraft *self, LkAudience *audience);
