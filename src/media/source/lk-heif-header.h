/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

gboolean lk_heif_sniff (const guint8 *start, gsize length);
LkHeader *lk_heif_read_header (LkSource *source, GCancellable *cancellable, GError **error);
