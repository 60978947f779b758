/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-phone.h"

#include <libebook-contacts/libebook-contacts.h>

#include "lk-address-book.h"
#include "lk-identifier.h"

/** The longest text that can be meant as a phone number, in bytes: 15 digits with any separators.
 */
#define INPUT_MAX_LENGTH 100
/** The fewest digits of a number that is typed without its country code: what is shorter is a short
 * code of a network or a service ("110", "22222"), which has no meaning in another country. */
#define NATIONAL_MIN_DIGITS 6
/** libphonenumber's name for no region, where only numbers with a country code make sense. */
#define UNKNOWN_REGION "ZZ"

/* A locale's name is language_TERRITORY.codeset@modifier. */
static char *
dup_territory (const char *locale)
{
  const char *territory = locale != NULL ? strchr (locale, '_') : NULL;

  if (territory == NULL || !g_ascii_isalpha (territory[1]) || !g_ascii_isalpha (territory[2])
      || g_ascii_isalnum (territory[3]))
    return NULL;
  return g_ascii_strup (territory + 1, 2);
}

static gboolean
is_short_code (EPhoneNumber *parsed)
{
  EPhoneNumberCountrySource source = E_PHONE_NUMBER_COUNTRY_FROM_FQTN;
  g_autofree char *national = e_phone_number_get_national_number (parsed);

  e_phone_number_get_country_code (parsed, &source);
  return source == E_PHONE_NUMBER_COUNTRY_FROM_DEFAULT
         && (national == NULL || strlen (national) < NATIONAL_MIN_DIGITS);
}

char *
lk_phone_dup_region (void)
{
  static const char *const variables[] = { "LC_ALL", "LC_TELEPHONE", "LC_ADDRESS", "LANG" };

  /* Not setlocale(): a locale that is not generated on this machine still says where its person is.
   */
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *region = dup_territory (g_getenv (variables[i]));

      if (region != NULL && e_phone_number_get_country_code_for_region (region, NULL) > 0)
        return g_steal_pointer (&region);
    }
  return NULL;
}

char *
lk_phone_dup_calling_code (const char *region)
{
  int code = 0;

  /* Anything longer or shorter would make the library guess from the locale. */
  if (region == NULL || strlen (region) != 2)
    return NULL;
  code = e_phone_number_get_country_code_for_region (region, NULL);
  return code > 0 ? g_strdup_printf ("+%d", code) : NULL;
}

char *
lk_phone_normalize (const char *text, const char *region, GError **error)
{
  g_autofree char *locale_region = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *number = NULL;
  EPhoneNumber *parsed = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > INPUT_MAX_LENGTH || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID,
                   "The text is too long for a phone number or is not text");
      return NULL;
    }
  if (region == NULL)
    region = locale_region = lk_phone_dup_region ();
  if (region == NULL || strlen (region) != 2)
    region = UNKNOWN_REGION;

  parsed = e_phone_number_from_string (text, region, &local_error);
  if (parsed != NULL)
    {
      if (!is_short_code (parsed))
        number = e_phone_number_to_string (parsed, E_PHONE_NUMBER_FORMAT_E164);
      e_phone_number_free (parsed);
    }
  if (number == NULL || lk_identifier_get_kind (number) != LK_IDENTIFIER_PHONE)
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID,
                   "The text is not a phone number: %s",
                   local_error != NULL ? local_error->message : "too short or too long");
      return NULL;
    }
  return g_steal_pointer (&number);
}

char *
lk_identifier_from_input (const char *text, const char *region, GError **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *email = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  trimmed = g_strstrip (g_strdup (text));
  if (strchr (trimmed, '@') == NULL)
    return lk_phone_normalize (trimmed, region, error);

  email = lk_identifier_normalize_email (trimmed, &local_error);
  if (email == NULL)
    g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID, "%s", local_error->message);
  return g_steal_pointer (&email);
}
