/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

GBytes *lk_mp4_put_header_first (GBytes *file, GError **error);
