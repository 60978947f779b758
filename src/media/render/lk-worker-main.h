/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

int lk_worker_main (int argc, char **argv);
