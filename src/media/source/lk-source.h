/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A file that somebody else made: regular, not empty, read by position in bounded pieces. */

typedef struct _LkSource LkSource;

LkSource *lk_source_open (GFile *file, GCancellable *cancellable, GError **error);
void lk_source_close (LkSource *self);
GFile *lk_source_file_new_for_fd (int fd);
int lk_source_get_fd (LkSource *self);
void lk_source_keep (LkSource *self, gpointer kept, GDestroyNotify free_kept);
gpointer lk_source_steal_kept (LkSource *self);
void lk_source_set_feeds_encoder (LkSource *self, gboolean feeds_encoder);
gboolean lk_source_get_feeds_encoder (LkSource *self);
guint64 lk_source_get_size (LkSource *self);
gssize lk_source_read (LkSource *self,
                       guint64 offset,
                       void *buffer,
                       gsize length,
                       GCancellable *cancellable,
                       GError **error);
gboolean lk_source_read_exactly (LkSource *self,
                                 guint64 offset,
                                 void *buffer,
                                 gsize length,
                                 GCancellable *cancellable,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSource, lk_source_close)
