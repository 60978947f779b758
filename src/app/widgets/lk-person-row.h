/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "lk-contact.h"

/**
 * LkPersonRow: a contact with its face, to be chosen or not: a check button named by the person.
 *
 * Properties (explicit-notify): "contact" (LkContact, nullable).
 *
 * Signals: "chosen" (): the person at the screen changed whether it is chosen.
 */
#define LK_TYPE_PERSON_ROW (lk_person_row_get_type ())
G_DECLARE_FINAL_TYPE (LkPersonRow, lk_person_row, LK, PERSON_ROW, AdwBin)

GtkWidget *lk_person_row_new (void);
LkContact *lk_person_row_get_contact (LkPersonRow *self);
void lk_person_row_set_contact (LkPersonRow *self, LkContact *contact);
gboolean lk_person_row_get_chosen (LkPersonRow *self);
void lk_person_row_set_chosen (LkPersonRow *self, gboolean chosen);
