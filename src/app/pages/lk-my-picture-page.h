/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-account-model.h"

/**
 * LkMyPicturePage: what others see now, who has it, and previous pictures.
 *
 * Signals: "brought-back" (LkOwnPicture): a previous picture shows again, for the window to offer
 * an undo; "failed" (GError): what the person asked for did not work; "withdrawn" ().
 */
#define LK_TYPE_MY_PICTURE_PAGE (lk_my_picture_page_get_type ())
G_DECLARE_FINAL_TYPE (LkMyPicturePage, lk_my_picture_page, LK, MY_PICTURE_PAGE, AdwBin)

void lk_my_picture_page_set_account (LkMyPicturePage *self, LkAccountModel *account);
void lk_my_picture_page_undo (LkMyPicturePage *self);
