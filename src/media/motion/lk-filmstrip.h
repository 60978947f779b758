/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

/**
 * LkFilmstripFunc:
 * @index: which of the strip's frames it is, from 0
 * @frame: (transfer none): the picture, with its own time
 *
 * Takes a frame of a filmstrip, on the thread that makes it.
 */
typedef void (*LkFilmstripFunc) (guint index, const LkMotionFrame *frame, gpointer user_data);

gboolean lk_filmstrip_make (LkMotion *motion,
                            gint64 start,
                            gint64 stop,
                            guint n,
                            LkFilmstripFunc func,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);
