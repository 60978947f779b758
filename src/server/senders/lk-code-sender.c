/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-code-sender.h"

#include <string.h>

G_DEFINE_INTERFACE (LkCodeSender, lk_code_sender, G_TYPE_OBJECT)

static void
lk_code_sender_default_init (LkCodeSenderInterface *iface)
{
}

static void
clear_text (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
lk_code_text_free (LkCodeText *self)
{
  g_free (self->language);
  clear_text (self->code);
  clear_text (self->subject);
  clear_text (self->body);
  clear_text (self->sms);
  g_free (self);
}

/**
 * lk_code_sender_send:
 * @self: a sender
 * @identifier: to whom, canonical
 * @text: what to send
 * @error: LK_SERVER_ERROR_SEND; its message holds neither code nor identifier
 *
 * Sends a code and waits until the next hop took it. May be called on any thread.
 *
 * Returns: whether it was taken
 */
gboolean
lk_code_sender_send (LkCodeSender *self,
                     const char *identifier,
                     const LkCodeText *text,
                     GError **error)
{
  g_return_val_if_fail (LK_IS_CODE_SENDER (self), FALSE);
  g_return_val_if_fail (identifier != NULL && text != NULL, FALSE);

  return LK_CODE_SENDER_GET_IFACE (self)->send (self, identifier, text, error);
}
