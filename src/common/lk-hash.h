/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** Length in bytes of a SHA-256 in lower-case hexadecimal, without its NUL. */
#define LK_SHA256_HEX_LENGTH 64

char *lk_hash_sha256_hex (GBytes *bytes);
gboolean lk_hash_is_sha256_hex (const char *text);
gboolean lk_hash_equal_constant_time (const guint8 *a, const guint8 *b, gsize length);
