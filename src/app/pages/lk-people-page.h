/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/** LkPeoplePage: the contacts of the person's own address book, with their faces. */
#define LK_TYPE_PEOPLE_PAGE (lk_people_page_get_type ())
G_DECLARE_FINAL_TYPE (LkPeoplePage, lk_people_page, LK, PEOPLE_PAGE, AdwBin)

void lk_people_page_set_account (LkPeoplePage *self, LkAccountModel *account);
void lk_people_page_search (LkPeoplePage *self);
