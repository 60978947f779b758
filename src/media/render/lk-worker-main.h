/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void lk_worker_set_environment (void);
int lk_worker_main (gboolean video);
