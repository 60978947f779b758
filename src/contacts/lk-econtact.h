/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libebook-contacts/libebook-contacts.h>
#include "lk-contact.h"

/* What a contact is, out of EDS's own parser. Any thread. */

/* Gives NULL for a list of contacts and for one that has neither a name nor an identifier. @region:
 * (nullable): for numbers without a country code, as in lk_phone_normalize(); one that is invalid
 * is left out. (transfer full) */
LkContact *
lk_econtact_to_contact (EContact *econtact, const char *uid, const char *ref, const char *region);
/* The canonical identifiers of @econtact, in its order, without duplicates. (transfer full) */
GStrv lk_econtact_dup_identifiers (EContact *econtact, const char *region);
