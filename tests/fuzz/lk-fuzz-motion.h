/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void lk_fuzz_motion (const guint8 *data, gsize size);
