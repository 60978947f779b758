/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

gboolean lk_error_is_cancelled (const GError *error);
gboolean lk_task_failed (GTask *task, GError *error);
