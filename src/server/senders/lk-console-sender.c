/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-console-sender.h"

#include <errno.h>
#include <stdio.h>

#include "lk-server-error.h"

struct _LkConsoleSender
{
  GObject parent_instance;
};

static void lk_console_sender_iface_init (LkCodeSenderInterface *iface);

G_DEFINE_TYPE_WITH_CODE (LkConsoleSender,
                         lk_console_sender,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (LK_TYPE_CODE_SENDER, lk_console_sender_iface_init))

static gboolean
lk_console_sender_send (LkCodeSender *sender,
                        const char *identifier,
                        const LkCodeText *text,
                        GError **error)
{
  /* One call, so that lines of several threads do not mix. */
  if (printf ("code for %s: %s\n", identifier, text->code) < 0 || fflush (stdout) != 0)
    {
      g_set_error (error, LK_SERVER_ERROR, LK_SERVER_ERROR_SEND, "the terminal: %s",
                   g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}

static void
lk_console_sender_iface_init (LkCodeSenderInterface *iface)
{
  iface->send = lk_console_sender_send;
}

static void
lk_console_sender_class_init (LkConsoleSenderClass *klass)
{
}

static void
lk_console_sender_init (LkConsoleSender *self)
{
}

LkCodeSender *
lk_console_sender_new (void)
{
  return g_object_new (LK_TYPE_CONSOLE_SENDER, NULL);
}
