/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * LkCodeText:
 * @language: its language tag, such as "de"
 * @code: the code itself
 * @subject: one line
 * @body: lines of plain text for an email
 * @sms: one SMS
 *
 * The message that carries a code.
 */
typedef struct
{
  char *language;
  char *code;
  char *subject;
  char *body;
  char *sms;
} LkCodeText;

void lk_code_text_free (LkCodeText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkCodeText, lk_code_text_free)

/* Sends codes one way: by SMTP, by an SMS gateway, or onto the terminal. */
#define LK_TYPE_CODE_SENDER (lk_code_sender_get_type ())
G_DECLARE_INTERFACE (LkCodeSender, lk_code_sender, LK, CODE_SENDER, GObject)

struct _LkCodeSenderInterface
{
  GTypeInterface parent_iface;

  gboolean (*send) (LkCodeSender *self,
                    const char *identifier,
                    const LkCodeText *text,
                    GError **error);
};

gboolean lk_code_sender_send (LkCodeSender *self,
                              const char *identifier,
                              const LkCodeText *text,
                              GError **error);
