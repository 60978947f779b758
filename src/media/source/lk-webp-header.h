/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

LkHeader *lk_webp_read_header (LkSource *source, GCancellable *cancellable, GError **error);
