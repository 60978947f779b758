/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** How long a send is remembered, in seconds: after that an asker is as new. */
#define LK_SEND_HISTORY_MEMORY 3600

/**
 * LkSendHistory: how often, and when last, each asker was sent something; an asker is any text.
 * Remembers so many askers at most and none longer than LK_SEND_HISTORY_MEMORY. Not for several
 * threads at once.
 */
typedef struct _LkSendHistory LkSendHistory;

LkSendHistory *lk_send_history_new (guint max_keys);
void lk_send_history_free (LkSendHistory *self);
gboolean lk_send_history_knows (LkSendHistory *self, const char *key, gint64 now);
guint lk_send_history_get_wait (LkSendHistory *self, const char *key, gint64 now);
void lk_send_history_add (LkSendHistory *self, const char *key, gint64 now);
void lk_send_history_take_back (LkSendHistory *self, const char *key);
guint lk_send_history_get_n_keys (LkSendHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkSendHistory, lk_send_history_free)
