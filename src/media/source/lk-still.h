/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"
#include "lk-probe.h"

/* Loads a still upright and in sRGB, decoded at the smallest scale at which its shorter side is at
 * least @min_side px (or at full size if it is smaller). Blocks; any thread. */
LkFrame *lk_still_load (GFile *file, guint min_side, GCancellable *cancellable, GError **error);
LkFrame *lk_still_load_probed (GFile *file,
                               guint min_side,
                               LkProbe **probe,
                               GCancellable *cancellable,
                               GError **error);
