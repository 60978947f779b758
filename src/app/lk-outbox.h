/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * LkOutboxJob:
 * @name: of its files, in the order in which jobs were added
 * @key: the Idempotency-Key, which stays the same through every try
 * @server: to which it goes
 * @account: whose it is
 *
 * A bundle that waits to be sent. Immutable and reference-counted.
 */
typedef struct
{
  char *name;
  char *key;
  char *server;
  char *account;
} LkOutboxJob;

LkOutboxJob *lk_outbox_job_ref (LkOutboxJob *self);
void lk_outbox_job_unref (LkOutboxJob *self);

/* The bundles that wait in a directory, which only their owner may read. Each function blocks on
 * the disk: not for the main thread. Errors are of G_FILE_ERROR and G_KEY_FILE_ERROR. */
LkOutboxJob *lk_outbox_add (const char *directory,
                            GBytes *bundle,
                            const char *server,
                            const char *account,
                            GError **error);
GPtrArray *lk_outbox_list (const char *directory, GError **error);
GBytes *lk_outbox_read (const char *directory, LkOutboxJob *job, GError **error);
gboolean lk_outbox_remove (const char *directory, LkOutboxJob *job, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkOutboxJob, lk_outbox_job_unref)
