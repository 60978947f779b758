/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

LkHeader *lk_png_read_header (LkSource *source, GCancellable *cancellable, GError **error);
