/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finding a person in the address book: what people type, with the keyboard that they have. */

#include "lk-contact-search.h"

static void
assert_found (const char *name, const char *typed, gboolean found)
{
  const char *const identifiers[] = { "anna@example.org", "+4915112345678", NULL };
  g_autoptr (LkContact) contact = lk_contact_new ("ref", "uid", name, identifiers, NULL, NULL);
  g_autofree char *needle = lk_contact_search_fold (typed);

  g_assert_cmpint (lk_contact_search_matches (contact, needle), ==, found);
}

static void
test_names (void)
{
  assert_found ("Anna Berg", "", TRUE);
  assert_found ("Anna Berg", "BERG", TRUE);
  assert_found ("Anna Berg", " berg ", TRUE);
  assert_found ("Anna Berg", "bergs", FALSE);
  assert_found ("Zoë Ångström", "angstrom", TRUE);
  assert_found ("Zoë Ångström", "ÅNGSTRÖM", TRUE);
  assert_found ("Zoe\u0308 A\u030angstro\u0308m", "Zoë Ångström", TRUE);
  assert_found ("Zoe Angstrom", "zoë", TRUE);
  assert_found ("Straße", "STRASSE", TRUE);
  assert_found ("فاطمة الزهراء", "فاطمة", TRUE);
  assert_found ("山田 花子", "花", TRUE);
  /* A vowel sign is no accent. */
  assert_found ("किरण", "करण", FALSE);
  assert_found ("Anna Berg", "\xff", TRUE);
}

static void
test_identifiers (void)
{
  assert_found (NULL, "Anna@", TRUE);
  assert_found (NULL, "1511", TRUE);
  assert_found (NULL, "bert", FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact-search/names", test_names);
  g_test_add_func ("/contact-search/identifiers", test_identifiers);
  return g_test_run ();
}
