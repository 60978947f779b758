/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

LkHeader *lk_tiff_read_header (LkSource *source, GCancellable *cancellable, GError **error);
int lk_tiff_find_orientation (const guint8 *data, gsize length);
