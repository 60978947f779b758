/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include "lk-frame.h"

/* The pixels as GTK draws them, not copied: any thread. (transfer full) */
GdkTexture *lk_frame_to_texture (LkFrame *frame);
