/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-store.h"

/**
 * LkMetrics: the operator's figures since the start. Safe on any thread.
 */
typedef struct _LkMetrics LkMetrics;

LkMetrics *lk_metrics_new (void);
void lk_metrics_free (LkMetrics *self);
void lk_metrics_add_request (LkMetrics *self,
                             const char *route,
                             const char *method,
                             guint status,
                             gint64 microseconds);
void lk_metrics_add_aborted (LkMetrics *self);
void lk_metrics_add_code (LkMetrics *self, const char *way, gboolean sent);
void lk_metrics_add_published (LkMetrics *self);
void lk_metrics_add_bytes_sent (LkMetrics *self, gsize bytes);
void lk_metrics_set_connections (LkMetrics *self, guint connections);
char *lk_metrics_to_text (LkMetrics *self, const LkStoreCounts *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkMetrics, lk_metrics_free)
