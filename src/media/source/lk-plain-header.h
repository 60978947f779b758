/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-header.h"

gboolean lk_plain_header_knows (const char *loader);
LkHeader *lk_plain_read_header (LkSource *source,
                                const char *loader,
                                const char *type,
                                GCancellable *cancellable,
                                GError **error);
