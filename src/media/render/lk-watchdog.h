/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Ends a program that a file keeps busy for ever. */

void lk_watchdog_start (guint seconds, int to, int status, const char *last_words);
void lk_watchdog_feed (void);
