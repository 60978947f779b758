/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

LkMotion *lk_video_motion_open (LkSource *source,
                                const LkHeader *header,
                                guint min_side,
                                GCancellable *cancellable,
                                GError **error);
