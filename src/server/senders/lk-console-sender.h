/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-code-sender.h"

/* Prints codes on stdout, "code for +4915112345678: 123456": for a demonstration, and only where
 * the configuration says so. */
#define LK_TYPE_CONSOLE_SENDER (lk_console_sender_get_type ())
G_DECLARE_FINAL_TYPE (LkConsoleSender, lk_console_sender, LK, CONSOLE_SENDER, GObject)

LkCodeSender *lk_console_sender_new (void);
