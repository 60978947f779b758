/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-source.h"

gboolean lk_ico_check (LkSource *source, GCancellable *cancellable, GError **error);
