/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

GBytes *lk_mp4_finish (GBytes *file, guint64 duration, GError **error);
