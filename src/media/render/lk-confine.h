/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Takes from a process what decoding a stranger's file needs no right to. */

/** What the process may have of private memory, in bytes: the promise for any file. */
#define LK_CONFINED_MEMORY (G_GUINT64_CONSTANT (1024) * 1024 * 1024)
/** The largest file in memory that it may make, in bytes: a picture's pixels. */
#define LK_CONFINED_FILE_SIZE (G_GUINT64_CONSTANT (960) * 1024 * 1024)
/** The time that its threads may work together, in seconds. */
#define LK_CONFINED_SECONDS 600

gboolean lk_confine (int socket, gboolean *hides_files, GError **error);
