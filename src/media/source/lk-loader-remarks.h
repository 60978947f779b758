/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

void lk_loader_remarks_hide (void);
