/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-address-book.h"

LkAddressBook *
lk_address_book_eds_new (void)
{
  return NULL;
}
