/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void lk_log_start (GLogLevelFlags least_severe);
void lk_log_request (guint64 number,
                     const char *method,
                     const char *route,
                     guint status,
                     gint64 microseconds,
                     gsize bytes);
void lk_log_flush (void);
