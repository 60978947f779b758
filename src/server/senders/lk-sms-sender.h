/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-code-sender.h"
#include "lk-server-config.h"

/* Sends codes by SMS, through a gateway's HTTP call (libcurl). */
#define LK_TYPE_SMS_SENDER (lk_sms_sender_get_type ())
G_DECLARE_FINAL_TYPE (LkSmsSender, lk_sms_sender, LK, SMS_SENDER, GObject)

LkCodeSender *lk_sms_sender_new (const LkSmsConfig *config);
char *lk_sms_expand_template (const char *format,
                              const LkSmsConfig *config,
                              const char *to,
                              const char *text);
