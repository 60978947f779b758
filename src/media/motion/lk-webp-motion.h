/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

LkMotion *lk_webp_motion_open (LkSource *source,
                               const LkHeader *header,
                               GCancellable *cancellable,
                               GError **error);
