/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/**
 * LkCodeEntry: boxes for the digits of a code, one each. They take a paste, move on by themselves,
 * and go back with Backspace.
 *
 * Properties (explicit-notify): "length" (how many digits). Signals: "changed" (); "complete" ():
 * the last digit that was missing is there.
 */
#define LK_TYPE_CODE_ENTRY (lk_code_entry_get_type ())
G_DECLARE_FINAL_TYPE (LkCodeEntry, lk_code_entry, LK, CODE_ENTRY, GtkWidget)

GtkWidget *lk_code_entry_new (void);
guint lk_code_entry_get_length (LkCodeEntry *self);
void lk_code_entry_set_length (LkCodeEntry *self, guint length);
char *lk_code_entry_dup_code (LkCodeEntry *self);
void lk_code_entry_clear (LkCodeEntry *self);
