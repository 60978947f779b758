/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-clock.h"
#include "lk-code-sender.h"
#include "lk-server-config.h"

/* Sends codes by email, through a mail server (libcurl). */
#define LK_TYPE_SMTP_SENDER (lk_smtp_sender_get_type ())
G_DECLARE_FINAL_TYPE (LkSmtpSender, lk_smtp_sender, LK, SMTP_SENDER, GObject)

LkCodeSender *lk_smtp_sender_new (const LkMailConfig *config, LkClock *clock);
