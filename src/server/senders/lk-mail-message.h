/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-code-sender.h"

char *lk_mail_dup_address (const char *mailbox);
GBytes *lk_mail_message_new (const char *from, const char *to, const LkCodeText *text, gint64 now);
