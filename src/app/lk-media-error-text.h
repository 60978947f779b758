/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

char *lk_media_error_text (const GError *error, GFile *file);
