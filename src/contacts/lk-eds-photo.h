/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libebook/libebook.h>
#include "lk-contact-private.h"

/* The photo of a contact as Evolution Data Server gives it: inside the contact, or as a file beside
 * its database. Reads that file, so for worker threads. NULL for none. (transfer full) (nullable)
 */
LkPhoto *lk_eds_photo_read (EContact *econtact, GCancellable *cancellable);
/* Puts @jpeg inside the contact, or takes the photo away where that is NULL. */
void lk_eds_photo_set (EContact *econtact, GBytes *jpeg, const char *type);
