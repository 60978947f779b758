/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

/* Single frames of a source that moves, as a hand asks for them that goes back and forth: what was
 * decoded on the way is kept for a while. One thread at a time. */

typedef struct _LkScrubber LkScrubber;

LkScrubber *lk_scrubber_new (LkMotion *motion);
void lk_scrubber_free (LkScrubber *self);
LkMotion *lk_scrubber_get_motion (LkScrubber *self);
LkMotionFrame *
lk_scrubber_get_frame (LkScrubber *self, gint64 time, GCancellable *cancellable, GError **error);
LkMotionFrame *
lk_scrubber_get_near (LkScrubber *self, gint64 time, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkScrubber, lk_scrubber_free)
