/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/** LkSignInPage: where a person says who they are and types the code that was sent to them. */
#define LK_TYPE_SIGN_IN_PAGE (lk_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (LkSignInPage, lk_sign_in_page, LK, SIGN_IN_PAGE, AdwBin)

void lk_sign_in_page_set_account (LkSignInPage *self, LkAccountModel *account);
