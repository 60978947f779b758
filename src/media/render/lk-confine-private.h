/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The parts of lk_confine(), in the order in which they are done. */

gboolean lk_confine_limits (GError **error);
gboolean lk_confine_paths (gboolean *hides_files, GError **error);
gboolean lk_confine_calls (int socket, GError **error);
gboolean lk_confine_failed (GError **error, const char *what, int code);
