/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A phone number as a person types it → E.164, by libphonenumber. @region: (nullable): ISO 3166-1
 * alpha-2 for a number without a country code; NULL takes the locale's. (transfer full), or NULL
 * with LK_CONTACTS_ERROR_INVALID. */
char *lk_phone_normalize (const char *text, const char *region, GError **error);
/* The locale's region, such as "DE", and its calling code, such as "+49"; (transfer full)
 * (nullable). */
char *lk_phone_dup_region (void);
char *lk_phone_dup_calling_code (const char *region);
/* What was typed, a phone number or an email address, → the canonical identifier (transfer full),
 * or NULL with LK_CONTACTS_ERROR_INVALID. */
char *lk_identifier_from_input (const char *text, const char *region, GError **error);
