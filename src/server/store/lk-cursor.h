/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

char *lk_cursor_format (const char *account_id, gint64 position);
gint64 lk_cursor_parse (const char *cursor, const char *account_id, gint64 newest);
