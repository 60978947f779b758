/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The processes that this one has started, by their names, those that have ended and that nobody
 * has asked about included. */

int lk_test_count_children (const char *name);
gboolean lk_test_signal_child (const char *name, int signal);
void lk_test_wait_children (const char *name, int n);
