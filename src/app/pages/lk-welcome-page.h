/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/**
 * LkWelcomePage: after the first sign-in: says what sharing the address book means and asks for it,
 * or what to do where the address book is empty.
 */
#define LK_TYPE_WELCOME_PAGE (lk_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (LkWelcomePage, lk_welcome_page, LK, WELCOME_PAGE, AdwBin)

void lk_welcome_page_set_account (LkWelcomePage *self, LkAccountModel *account);
