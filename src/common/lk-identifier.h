/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* An identifier is a verified phone number (E.164) or email address (lower case, IDNA A-labels). In
 * memory and on the wire it is its canonical text: "+4915112345678", "anna@example.org". */

/** The longest canonical identifier in bytes, without its NUL (RFC 5321, 4.5.3.1.3). */
#define LK_IDENTIFIER_MAX_LENGTH 254

/**
 * LkIdentifierKind:
 * @LK_IDENTIFIER_NONE: not an identifier in canonical form
 * @LK_IDENTIFIER_PHONE: an E.164 number: "+", then 7 to 15 digits
 * @LK_IDENTIFIER_EMAIL: an email address
 */
typedef enum
{
  LK_IDENTIFIER_NONE,
  LK_IDENTIFIER_PHONE,
  LK_IDENTIFIER_EMAIL,
} LkIdentifierKind;

LkIdentifierKind lk_identifier_get_kind (const char *text);
char *lk_identifier_normalize_email (const char *text, GError **error);
char *lk_identifier_redact (const char *identifier);
char *lk_identifier_dup_calling_code (const char *identifier);
