/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-private.h"
#include "lk-test-book.h"

static void
rename_contact (LkAddressBook *book, const char *uid, const char *from, const char *to)
{
  LkContact *known = lk_test_book_find (book, from);
  g_autoptr (LkContact) renamed
      = lk_contact_new (uid, lk_contact_get_ref (known), to, lk_contact_get_identifiers (known),
                        lk_contact_get_groups (known), lk_contact_get_photo (known));

  lk_address_book_memory_add (book, renamed);
}

static const LkTestBook backend = {
  .create = lk_address_book_memory_new,
  .set_photo = lk_address_book_memory_set_photo,
  .rename = rename_contact,
  .remove = lk_address_book_memory_remove,
};

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  return lk_test_book_run (argc, argv, &backend);
}
