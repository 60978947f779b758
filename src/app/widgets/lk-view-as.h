/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/**
 * LkViewAs: says what a person of the address book would get if the picture were published for an
 * audience: this picture, an earlier one, or none. The decision is lk_audience_takes(), which is
 * the server's, too.
 */
#define LK_TYPE_VIEW_AS (lk_view_as_get_type ())
G_DECLARE_FINAL_TYPE (LkViewAs, lk_view_as, LK, VIEW_AS, AdwBin)

void lk_view_as_set_account (LkViewAs *self, LkAccountModel *account);
void lk_view_as_set_audience (LkViewAs *self, LkAudience *audience);
void lk_view_as_set_photo (LkViewAs *self, GdkTexture *photo);
