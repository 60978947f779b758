/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/** LkDataLock: keeps the data folder to one server, until it is freed or the process ends. */
typedef struct _LkDataLock LkDataLock;

LkDataLock *lk_data_lock_take (const char *data_dir, GError **error);
void lk_data_lock_free (LkDataLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkDataLock, lk_data_lock_free)
