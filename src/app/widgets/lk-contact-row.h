/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-contact.h"

/** LkContactRow: a contact in a list: face, name, and by what they are known. */
#define LK_TYPE_CONTACT_ROW (lk_contact_row_get_type ())
G_DECLARE_FINAL_TYPE (LkContactRow, lk_contact_row, LK, CONTACT_ROW, AdwBin)

GtkWidget *lk_contact_row_new (void);
void lk_contact_row_set_contact (LkContactRow *self, LkContact *contact);
