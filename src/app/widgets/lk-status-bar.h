/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"
#include "lk-publisher.h"

/**
 * LkStatusBar: a line under the header bar on what keeps the picture from getting to people: no
 * connection, a picture that waits, an address book that is not shared. Hidden otherwise.
 */
#define LK_TYPE_STATUS_BAR (lk_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (LkStatusBar, lk_status_bar, LK, STATUS_BAR, AdwBin)

void lk_status_bar_set_models (LkStatusBar *self, LkAccountModel *account, LkPublisher *publisher);
