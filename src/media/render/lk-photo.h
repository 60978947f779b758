/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"
#include "lk-rendered.h"

/* The renditions that every picture has: of a still, or of what stands for an animation or clip. */

gboolean lk_photo_add (LkRendered *rendered, LkFrame *photo, GError **error);
gboolean lk_photo_add_thumbnail (LkRendered *rendered, LkFrame *photo, GError **error);
