/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-raw.h"

LkRaw *lk_motion_load_first (LkSource *source,
                             const LkHeader *header,
                             const LkRequest *request,
                             GCancellable *cancellable,
                             GError **error);
