/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-frame.h"

/* Pictures and files that the tests of the media library are made of. */

LkFrame *lk_test_frame_new (guint width, guint height, gboolean has_alpha);
const guint8 *lk_test_frame_at (LkFrame *frame, guint x, guint y);
void lk_test_frame_save (LkFrame *frame, const char *path, const char *type);
void
lk_test_assert_near (LkFrame *frame, guint x, guint y, int red, int green, int blue, int tolerance);
char *lk_test_path (const char *name);
