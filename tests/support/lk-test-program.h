/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

void lk_test_run_program (const char *program, ...) G_GNUC_NULL_TERMINATED;
