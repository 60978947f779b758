/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-identifier.h"

#include <idn2.h>
#include <string.h>

#include "lk-error.h"

/* RFC 5321, 4.5.3.1.1 and RFC 1035, 2.3.4. */
#define LOCAL_PART_MAX_LENGTH 64
#define LABEL_MAX_LENGTH 63

static gboolean
is_e164 (const char *text)
{
  /* ITU-T E.164: 15 digits at most, no calling code begins with 0. Seven are the fewest that any
   * plan in use has. */
  if (text[0] != '+' || text[1] == '0')
    return FALSE;

  gsize digits = strspn (text + 1, "0123456789");

  return digits >= 7 && digits <= 15 && text[digits + 1] == '\0';
}

/* RFC 5321's Dot-string; quoted local parts are refused: no provider gives them out, and they are a
 * way to smuggle. */
static gboolean
is_local_part (const char *text, gsize length)
{
  if (length == 0 || length > LOCAL_PART_MAX_LENGTH || text[0] == '.' || text[length - 1] == '.')
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar)text[i];

      if (c == '.' && text[i + 1] == '.')
        return FALSE;
      if (c < 0x80 && !g_ascii_isalnum (c) && strchr (".!#$%&'*+/=?^_`{|}~-", c) == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_ascii_domain (const char *text)
{
  gsize label = 0;
  guint dots = 0;

  if (strlen (text) > LK_IDENTIFIER_MAX_LENGTH)
    return FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '.')
        {
          if (label == 0 || p[-1] == '-')
            return FALSE;
          label = 0;
          dots++;
        }
      else if (g_ascii_islower (*p) || g_ascii_isdigit (*p) || (*p == '-' && label > 0))
        {
          if (++label > LABEL_MAX_LENGTH)
            return FALSE;
        }
      else
        {
          return FALSE;
        }
    }

  return dots > 0 && label > 0 && text[strlen (text) - 1] != '-';
}

static char *
dup_lower (const char *text, gsize length)
{
  g_autofree char *lower = g_utf8_strdown (text, (gssize)length);

  return g_utf8_normalize (lower, -1, G_NORMALIZE_NFC);
}

/**
 * lk_identifier_get_kind:
 * @text: (nullable): a text
 *
 * Thread: any.
 *
 * Returns: what @text is, or %LK_IDENTIFIER_NONE unless it is an identifier in canonical form
 */
LkIdentifierKind
lk_identifier_get_kind (const char *text)
{
  if (text == NULL || strlen (text) > LK_IDENTIFIER_MAX_LENGTH)
    return LK_IDENTIFIER_NONE;

  if (is_e164 (text))
    return LK_IDENTIFIER_PHONE;

  if (strchr (text, '@') == NULL)
    return LK_IDENTIFIER_NONE;

  g_autofree char *canonical = lk_identifier_normalize_email (text, NULL);

  return g_strcmp0 (canonical, text) == 0 ? LK_IDENTIFIER_EMAIL : LK_IDENTIFIER_NONE;
}

/**
 * lk_identifier_normalize_email:
 * @text: an email address as a person or an address book writes it, in UTF-8
 * @error: return location for a %LK_ERROR_INVALID_IDENTIFIER
 *
 * Trims white space, lower-cases, and turns the domain into A-labels (IDNA 2008 with UTS 46
 * mapping, by libidn2). Lower-casing the local part joins addresses that RFC 5321 could tell apart
 * and no provider does.
 *
 * Thread: any.
 *
 * Returns: (transfer full): the canonical address, or %NULL
 */
char *
lk_identifier_normalize_email (const char *text, GError **error)
{
  g_autofree char *trimmed = NULL;
  g_autofree char *local = NULL;
  g_autofree char *result = NULL;
  g_autofree char *domain_utf8 = NULL;
  const char *at;
  char *domain = NULL;

  if (strlen (text) <= 4 * LK_IDENTIFIER_MAX_LENGTH && g_utf8_validate (text, -1, NULL))
    trimmed = g_strstrip (g_strdup (text));

  at = trimmed != NULL ? strrchr (trimmed, '@') : NULL;
  if (at == NULL || !is_local_part (trimmed, (gsize)(at - trimmed)))
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_IDENTIFIER, "Not an email address");
      return NULL;
    }

  local = dup_lower (trimmed, (gsize)(at - trimmed));
  domain_utf8 = dup_lower (at + 1, strlen (at + 1));

  /* Without IDN2_USE_STD3_ASCII_RULES: that drops a forbidden character and so names another domain
   * ("a_b.org" → "ab.org"); is_ascii_domain() refuses it instead. */
  if (idn2_to_ascii_8z (domain_utf8, &domain, IDN2_NONTRANSITIONAL) == IDN2_OK)
    {
      if (is_ascii_domain (domain))
        result = g_strconcat (local, "@", domain, NULL);
      idn2_free (domain);
    }

  if (result == NULL || strlen (result) > LK_IDENTIFIER_MAX_LENGTH)
    {
      g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_IDENTIFIER,
                           "Not a domain that email can reach");
      return NULL;
    }

  return g_steal_pointer (&result);
}

/**
 * lk_identifier_redact:
 * @identifier: an identifier
 *
 * For logs: enough to recognise one's own, too little to reach or to look up anybody.
 *
 * Returns: (transfer full): such as "+49…78" or "a…@example.org"
 */
char *
lk_identifier_redact (const char *identifier)
{
  const char *at;

  switch (lk_identifier_get_kind (identifier))
    {
    case LK_IDENTIFIER_PHONE:
      {
        g_autofree char *code = lk_identifier_dup_calling_code (identifier);
        return g_strconcat (code, "…", identifier + strlen (identifier) - 2, NULL);
      }

    case LK_IDENTIFIER_EMAIL:
      at = strrchr (identifier, '@');
      return g_strdup_printf ("%.*s…%s", (int)(g_utf8_next_char (identifier) - identifier),
                              identifier, at);

    case LK_IDENTIFIER_NONE:
    default:
      return g_strdup ("…");
    }
}

/**
 * lk_identifier_dup_calling_code:
 * @identifier: an identifier
 *
 * The country calling code of a phone number, by the prefix lengths of the ITU's list of assigned
 * country codes (Operational Bulletin No. 994): zones 1 and 7 have one digit, the codes below two,
 * all others three.
 *
 * Returns: (transfer full) (nullable): such as "+49", or %NULL where @identifier is no phone number
 */
char *
lk_identifier_dup_calling_code (const char *identifier)
{
  static const char *const two_digits[] = {
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
    "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
    "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
  };

  if (identifier == NULL || !is_e164 (identifier))
    return NULL;

  if (identifier[1] == '1' || identifier[1] == '7')
    return g_strndup (identifier, 2);

  for (gsize i = 0; i < G_N_ELEMENTS (two_digits); i++)
    {
      if (strncmp (identifier + 1, two_digits[i], 2) == 0)
        return g_strndup (identifier, 3);
    }

  return g_strndup (identifier, 4);
}
