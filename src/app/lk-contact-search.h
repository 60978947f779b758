/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-contact.h"

char *lk_contact_search_fold (const char *text);
gboolean lk_contact_search_matches (LkContact *contact, const char *needle);
