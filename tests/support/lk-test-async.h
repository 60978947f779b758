/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/** How long a test waits for anything, in seconds, before it fails. */
#define LK_TEST_TIMEOUT 20

typedef gboolean (*LkTestCondition) (gpointer data);

void lk_test_wait_until (LkTestCondition condition, gpointer data);
void lk_test_keep_result (GObject *source, GAsyncResult *result, gpointer data);
GAsyncResult *lk_test_wait_result (GAsyncResult **slot);
void lk_test_run_pending (void);
