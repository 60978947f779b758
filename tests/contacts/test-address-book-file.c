/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "lk-hash.h"
#include "lk-test-async.h"
#include "lk-test-book.h"
#include "lk-vcard.h"

static GFile *
get_file (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "book.vcf", NULL);

  return g_file_new_for_path (path);
}

static char *
read_book (void)
{
  g_autoptr (GFile) file = get_file ();
  char *text = NULL;

  g_assert_true (g_file_get_contents (g_file_peek_path (file), &text, NULL, NULL));
  return text;
}

static void
write_book (const char *text)
{
  g_autoptr (GFile) file = lk_test_book_write ("book.vcf", text);
}

static LkAddressBook *
create (void)
{
  g_autoptr (GFile) file = get_file ();

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_remove (g_file_peek_path (file));
  return lk_address_book_file_new (file);
}

/* The card of that UID, in a file that was just read. */
static const LkVCard *
find_card (GPtrArray *cards, const char *uid)
{
  for (guint i = 0; i < cards->len; i++)
    if (g_strcmp0 (((LkVCard *)cards->pdata[i])->uid, uid) == 0)
      return cards->pdata[i];
  g_assert_not_reached ();
}

static void
set_photo (LkAddressBook *book, const char *uid, GBytes *photo)
{
  g_autoptr (GFile) file = get_file ();
  g_autoptr (GBytes) text = lk_vcard_load (file, NULL, NULL);
  g_autoptr (GPtrArray) cards = lk_vcard_parse (text, "test", NULL, NULL, NULL);
  g_autoptr (GBytes) changed = lk_vcard_with_photo (text, find_card (cards, uid), photo);

  g_assert_true (lk_vcard_save (file, changed, NULL));
}

static void
rename_contact (LkAddressBook *book, const char *uid, const char *from, const char *to)
{
  g_autofree char *text = read_book ();
  g_autoptr (GString) changed = g_string_new (text);
  g_autofree char *from_line = g_strconcat ("FN:", from, NULL);
  g_autofree char *to_line = g_strconcat ("FN:", to, NULL);

  g_assert_cmpuint (g_string_replace (changed, from_line, to_line, 0), ==, 1);
  write_book (changed->str);
}

static void
remove_contact (LkAddressBook *book, const char *uid)
{
  g_autofree char *text = read_book ();
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GPtrArray) cards = lk_vcard_parse (bytes, "test", NULL, NULL, NULL);
  const LkVCard *card = find_card (cards, uid);
  g_autoptr (GString) changed = g_string_new (text);

  g_string_erase (changed, (gssize)card->start, (gssize)card->length);
  write_book (changed->str);
}

static const LkTestBook backend = {
  .create = create,
  .set_photo = set_photo,
  .rename = rename_contact,
  .remove = remove_contact,
};

/* What the program does not understand is still there after it wrote, and a new file is for its
 * owner alone. */
static void
test_keeps_text (void)
{
  LkAddressBook *book = create ();
  g_autoptr (GFile) sample = lk_test_book_write ("sample.vcf", lk_test_book_sample);
  g_autoptr (GFile) file = get_file ();
  g_autoptr (GBytes) photo = lk_test_book_make_photo (1);
  g_autofree char *sha256 = lk_hash_sha256_hex (photo);
  g_autofree char *after = NULL;
  GStatBuf status;

  lk_test_book_open (book);
  g_assert_cmpint (lk_test_book_import (book, sample, NULL), ==, 3);
  g_assert_cmpint (g_stat (g_file_peek_path (file), &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  for (guint i = 0; i < 3; i++)
    {
      LkContact *anna = lk_test_book_find (book, "Anna Adler");

      g_assert_true (lk_test_book_set_photo (book, anna, photo, NULL, NULL));
      g_assert_true (lk_test_book_set_photo (book, anna, NULL, sha256, NULL));
    }
  after = read_book ();
  g_assert_cmpstr (after, ==, lk_test_book_sample);
  lk_test_book_close (book);
}

static void
on_problem (LkAddressBook *book, const char *name, const GError *error, gpointer data)
{
  g_assert_cmpstr (name, ==, "book.vcf");
  *(GError **)data = g_error_copy (error);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *)data != NULL;
}

/* Half a file, written by a program that does not write aside: what was known stays until it is
 * whole. */
static void
test_damaged_from_outside (void)
{
  LkAddressBook *book = create ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) set_error = NULL;
  g_autoptr (GBytes) photo = lk_test_book_make_photo (1);

  write_book (lk_test_book_sample);
  lk_test_book_open (book);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 3);
  g_signal_connect (book, "problem", G_CALLBACK (on_problem), &error);

  write_book ("BEGIN:VCARD\nFN:Half");
  lk_test_wait_until (is_set, &error);
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 3);
  g_assert_false (lk_test_book_set_photo (book, lk_test_book_find (book, "Anna Adler"), photo, NULL,
                                          &set_error));
  g_assert_error (set_error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
  {
    g_autofree char *text = read_book ();

    g_assert_cmpstr (text, ==, "BEGIN:VCARD\nFN:Half");
  }

  write_book ("BEGIN:VCARD\nVERSION:3.0\nFN:Whole\nEND:VCARD\n");
  lk_test_book_wait_name (book, "Whole", TRUE);
  lk_test_book_close (book);
}

static void
test_not_vcards (void)
{
  LkAddressBook *book = create ();
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  write_book ("<html></html>");
  lk_address_book_open_async (book, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  g_assert_false (lk_address_book_open_finish (book, result, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
  g_clear_object (&result);
  lk_test_book_close (book);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/address-book-file/keeps-text", test_keeps_text);
  g_test_add_func ("/address-book-file/damaged-from-outside", test_damaged_from_outside);
  g_test_add_func ("/address-book-file/not-vcards", test_not_vcards);
  return lk_test_book_run (argc, argv, &backend);
}
