/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

LkHeader *lk_video_read_header (LkSource *source,
                                const char *type,
                                GCancellable *cancellable,
                                GError **error);
