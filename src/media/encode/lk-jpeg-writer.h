/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-frame.h"

GBytes *lk_jpeg_encode (LkFrame *frame, gsize budget, int *quality, GError **error);
