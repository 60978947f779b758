/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-audience.h"

char *lk_audience_text (LkAudience *audience);
