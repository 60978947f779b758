/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-wire.h"

gboolean lk_receipt_moves_on (LkDeliveryState from, LkDeliveryState to);
void
lk_receipt_add_delivery (GPtrArray *deliveries, const char *ref, LkDeliveryState state, gint64 at);
