/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-motion.h"

/* Files of motions, as the engine opens them. */

/** LkTestOpened: as far as it could be opened; else @error says why not. @file is in memory only.
 */
typedef struct
{
  int fd;
  GFile *file;
  LkSource *source;
  LkHeader *header;
  LkMotion *motion;
  GError *error;
} LkTestOpened;

LkTestOpened lk_test_open (const void *data, gsize length);
LkTestOpened lk_test_open_bytes (GBytes *bytes);
void lk_test_opened_clear (LkTestOpened *self);
char *lk_test_opened_save (const LkTestOpened *self);

LkMotionFrame *lk_test_next (LkMotion *motion);
GPtrArray *lk_test_read_all (LkMotion *motion);
void lk_test_assert_pixels (LkFrame *frame, const guint8 *expected, int tolerance);
void lk_test_assert_same_frame (const LkMotionFrame *frame, const LkMotionFrame *expected);
/* LkFilmstripFunc: cancels @cancellable with the third frame, after which none may come. */
void lk_test_cancel_third (guint index, const LkMotionFrame *frame, gpointer cancellable);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LkTestOpened, lk_test_opened_clear)
