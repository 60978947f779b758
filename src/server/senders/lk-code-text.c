/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-code-text.h"

#include <glib/gi18n.h>

#include "lk-codes.h"

/* What one SMS holds (3GPP TS 23.040, 9.2.3.24; 23.038, 6.2). */
#define SMS_SEPTETS 160
#define SMS_UCS2_UNITS 70

/* The GSM 7-bit default alphabet, and its extension, whose characters take two places (3GPP
 * TS 23.038, 6.2.1). */
static const char gsm7[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ "
                           "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char gsm7_extension[] = "^{}\\[~]|€\f";

/* Translators see %s for the code and %u for the minutes; their texts are data, so they are not
 * handed to printf. */
static char *
fill_in (const char *format, const char *code)
{
  g_autofree char *minutes = g_strdup_printf ("%u", LK_CODE_LIFETIME / 60);
  GString *text = g_string_new (format);

  g_string_replace (text, "%s", code, 1);
  g_string_replace (text, "%u", minutes, 1);
  return g_string_free (text, FALSE);
}

/**
 * lk_code_text_new:
 * @catalog: translations
 * @accept_language: (nullable): what the asker reads
 * @code: the code
 *
 * Returns: (transfer full): the message that carries the code
 */
LkCodeText *
lk_code_text_new (LkCatalog *catalog, const char *accept_language, const char *code)
{
  const char *language = lk_catalog_choose (catalog, accept_language);
  LkCodeText *self = g_new0 (LkCodeText, 1);

  self->language = g_strdup (language);
  self->code = g_strdup (code);
  /* Translators: the subject of the email that carries a code; %s is the code. */
  self->subject
      = fill_in (lk_catalog_translate (catalog, language, N_ ("%s is your Likeness code")), code);
  /* Translators: the email that carries a code; %s is the code, %u are minutes. */
  self->body = fill_in (
      lk_catalog_translate (catalog, language,
                            N_ ("Your code for signing in to Likeness:\n"
                                "\n"
                                "%s\n"
                                "\n"
                                "It is good for %u minutes and for one sign-in. Nobody from "
                                "Likeness will ever ask you for it.\n"
                                "\n"
                                "If you did not ask for a code, ignore this message.\n")),
      code);
  /* Translators: the SMS that carries a code. It must fit one SMS: 160 characters of the GSM
   * alphabet, or 70 where another character is in it. %s is the code, %u are minutes. */
  self->sms
      = fill_in (lk_catalog_translate (
                     catalog, language,
                     N_ ("%s is your Likeness code. It is good for %u minutes. Never pass it on.")),
                 code);
  return self;
}

/**
 * lk_sms_text_is_gsm7:
 * @text: UTF-8
 * @n_septets: (out) (optional): how many places it takes
 *
 * Returns: whether the GSM alphabet holds all of it
 */
gboolean
lk_sms_text_is_gsm7 (const char *text, gsize *n_septets)
{
  gsize septets = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_utf8_strchr (gsm7, -1, character) != NULL)
        septets += 1;
      else if (g_utf8_strchr (gsm7_extension, -1, character) != NULL)
        septets += 2;
      else
        return FALSE;
    }
  if (n_septets != NULL)
    *n_septets = septets;
  return TRUE;
}

/**
 * lk_sms_text_fits:
 * @text: UTF-8
 *
 * Returns: whether one SMS holds it
 */
gboolean
lk_sms_text_fits (const char *text)
{
  g_autofree gunichar2 *units = NULL;
  glong n_units;
  gsize septets;

  if (lk_sms_text_is_gsm7 (text, &septets))
    return septets <= SMS_SEPTETS;
  units = g_utf8_to_utf16 (text, -1, NULL, &n_units, NULL);
  return units != NULL && n_units <= SMS_UCS2_UNITS;
}
