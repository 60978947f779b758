/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Bytes that one process hands to another without copying them through a pipe: a file in memory
 * that neither can change or cut short any more. */

int lk_sealed_new (GBytes *bytes, GError **error);
GBytes *lk_sealed_map (int fd, gsize most, GError **error);
