/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clip-frames.h"
#include "lk-rendered.h"
#include "lk-render.h"

LkEncoded *lk_render_clip (LkClipFrames *frames,
                           LkRenderProgress progress,
                           gpointer data,
                           GCancellable *cancellable,
                           GError **error);
