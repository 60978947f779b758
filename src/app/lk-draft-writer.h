/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * LkDraftWriter: writes a draft's state to disk some time after it changed, on a worker thread, the
 * newest last; and deletes the files that it was told to once nothing on disk names them. A part of
 * LkDraft. Main context only.
 *
 * Signals: "failed" (GError): it could not be written; the next change tries again.
 */
#define LK_TYPE_DRAFT_WRITER (lk_draft_writer_get_type ())
G_DECLARE_FINAL_TYPE (LkDraftWriter, lk_draft_writer, LK, DRAFT_WRITER, GObject)

/* What is to be written now: (transfer full) (nullable): NULL for no draft. */
typedef GBytes *(*LkDraftWriterSerialize) (gpointer data);

LkDraftWriter *
lk_draft_writer_new (const char *directory, LkDraftWriterSerialize serialize, gpointer data);
void lk_draft_writer_queue (LkDraftWriter *self);
void lk_draft_writer_throw_away (LkDraftWriter *self, GFile *file);
void lk_draft_writer_flush (LkDraftWriter *self);
void lk_draft_writer_flush_async (LkDraftWriter *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
gboolean lk_draft_writer_flush_finish (LkDraftWriter *self, GAsyncResult *result, GError **error);
