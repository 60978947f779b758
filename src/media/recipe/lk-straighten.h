/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

LkFrame *lk_straighten (LkFrame *square, double degrees, guint size, GError **error);
