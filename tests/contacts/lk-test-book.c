/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-book.h"

#include <glib/gstdio.h>
#include <string.h>

#include "lk-audience.h"
#include "lk-hash.h"
#include "lk-test-async.h"
#include "lk-wire.h"

static const LkTestBook *backend;

const char lk_test_book_sample[]
    = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:carla\r\nFN:carla Costa\r\nN:Costa;carla;;;\r\n"
      "TEL;TYPE=CELL:+49 151 00000003\r\nX-KEPT:yes\r\nEND:VCARD\r\n"
      "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:anna\r\nFN:Anna Adler\r\nN:Adler;Anna;;;\r\n"
      "TEL;VALUE=uri:tel:+49-151-00000001\r\nEMAIL:Anna@Example.org\r\nCATEGORIES:Friends\r\n"
      "END:VCARD\r\n"
      "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:bert\r\nFN:Bert Brand\r\nN:Brand;Bert;;;\r\n"
      "NOTE:no number\r\nEND:VCARD\r\n";

GFile *
lk_test_book_write (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

LkContact *
lk_test_book_find (LkAddressBook *book, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (book)); i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (G_LIST_MODEL (book), i);

      if (g_strcmp0 (lk_contact_get_name (contact), name) == 0)
        return contact;
    }
  return NULL;
}

void
lk_test_book_open (LkAddressBook *book)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  lk_address_book_open_async (book, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  g_assert_true (lk_address_book_open_finish (book, result, &error));
  g_assert_no_error (error);
}

int
lk_test_book_import (LkAddressBook *book, GFile *file, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  lk_address_book_import_async (book, file, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  return lk_address_book_import_finish (book, result, error);
}

gboolean
lk_test_book_set_photo (LkAddressBook *book,
                        LkContact *contact,
                        GBytes *jpeg,
                        const char *expected_sha256,
                        GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  lk_address_book_set_photo_async (book, contact, jpeg, expected_sha256, NULL, lk_test_keep_result,
                                   &slot);
  result = lk_test_wait_result (&slot);
  return lk_address_book_set_photo_finish (book, result, error);
}

typedef struct
{
  LkAddressBook *book;
  const char *name;
  gboolean there;
  const char *sha256;
} Expected;

static gboolean
has_name (gpointer data)
{
  Expected *expected = data;

  return (lk_test_book_find (expected->book, expected->name) != NULL) == expected->there;
}

static gboolean
has_photo (gpointer data)
{
  Expected *expected = data;
  LkContact *contact = lk_test_book_find (expected->book, expected->name);

  return contact != NULL
         && g_strcmp0 (lk_contact_get_photo_sha256 (contact), expected->sha256) == 0;
}

void
lk_test_book_wait_name (LkAddressBook *book, const char *name, gboolean there)
{
  Expected expected = { book, name, there, NULL };

  lk_test_wait_until (has_name, &expected);
}

void
lk_test_book_wait_photo (LkAddressBook *book, const char *name, const char *sha256)
{
  Expected expected = { book, name, TRUE, sha256 };

  lk_test_wait_until (has_photo, &expected);
}

GBytes *
lk_test_book_make_photo (guint8 seed)
{
  guint8 data[4000] = { 0xff, 0xd8, 0xff, 0xe0 };

  for (gsize i = 4; i < sizeof data; i++)
    data[i] = (guint8)(i * 31 + seed);
  return g_bytes_new (data, sizeof data);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *)data == NULL;
}

void
lk_test_book_close (LkAddressBook *book)
{
  LkAddressBook *weak = book;

  g_object_add_weak_pointer (G_OBJECT (book), (gpointer *)&weak);
  g_object_unref (book);
  lk_test_wait_until (is_null, &weak);
}

static LkAddressBook *
open_sample (void)
{
  LkAddressBook *book = backend->create ();
  g_autoptr (GFile) file = lk_test_book_write ("sample.vcf", lk_test_book_sample);
  g_autoptr (GError) error = NULL;

  lk_test_book_open (book);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 0);
  g_assert_cmpint (lk_test_book_import (book, file, &error), ==, 3);
  g_assert_no_error (error);
  return book;
}

static void
test_list (void)
{
  static const char *const names[] = { "Anna Adler", "Bert Brand", "carla Costa" };
  LkAddressBook *book = open_sample ();
  g_autoptr (GPtrArray) shared = lk_address_book_dup_shared (book);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (book)) == LK_TYPE_CONTACT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 3);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (book), 3));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (G_LIST_MODEL (book), i);
      const char *ref = lk_contact_get_ref (contact);

      g_assert_cmpstr (lk_contact_get_name (contact), ==, names[i]);
      g_assert_true (lk_address_book_lookup_ref (book, ref) == contact);
      g_assert_cmpuint (strlen (ref), <=, LK_REF_MAX_LENGTH);
      g_assert_cmpuint (strspn (ref, "0123456789abcdef"), ==, strlen (ref));
      g_assert_null (lk_contact_get_photo (contact));
      g_assert_null (lk_contact_get_photo_sha256 (contact));
    }
  g_assert_null (lk_address_book_lookup_ref (book, "nobody"));
  {
    LkContact *anna = lk_test_book_find (book, "Anna Adler");
    g_autofree char *identifiers = g_strjoinv (" ", (GStrv)lk_contact_get_identifiers (anna));

    g_assert_cmpstr (identifiers, ==, "+4915100000001 anna@example.org");
    g_assert_cmpstr (lk_contact_get_groups (anna)[0], ==, "Friends");
  }

  /* Bert has nothing by which the server could know him. */
  g_assert_cmpuint (shared->len, ==, 2);
  g_assert_cmpstr (((LkSharedContact *)shared->pdata[0])->identifiers[0], ==, "+4915100000001");
  g_assert_cmpstr (((LkSharedContact *)shared->pdata[1])->identifiers[0], ==, "+4915100000003");
  lk_test_book_close (book);
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_photo (void)
{
  LkAddressBook *book = open_sample ();
  LkContact *anna = lk_test_book_find (book, "Anna Adler");
  g_autoptr (GBytes) first = lk_test_book_make_photo (1);
  g_autoptr (GBytes) second = lk_test_book_make_photo (2);
  g_autofree char *first_sha256 = lk_hash_sha256_hex (first);
  g_autofree char *second_sha256 = lk_hash_sha256_hex (second);
  g_autoptr (GError) error = NULL;
  guint n_notified = 0;

  g_signal_connect (anna, "notify::photo-sha256", G_CALLBACK (on_notify), &n_notified);

  g_assert_true (lk_test_book_set_photo (book, anna, first, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (lk_contact_get_photo_sha256 (anna), ==, first_sha256);
  g_assert_true (g_bytes_equal (lk_contact_get_photo (anna), first));
  g_assert_cmpstr (lk_contact_get_photo_type (anna), ==, "image/jpeg");
  g_assert_cmpuint (n_notified, ==, 1);

  /* Whoever saw no photo, or another one, does not write. */
  g_assert_false (lk_test_book_set_photo (book, anna, second, NULL, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (lk_test_book_set_photo (book, anna, NULL, second_sha256, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpstr (lk_contact_get_photo_sha256 (anna), ==, first_sha256);

  g_assert_true (lk_test_book_set_photo (book, anna, second, first_sha256, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (lk_contact_get_photo_sha256 (anna), ==, second_sha256);
  /* The same again is no change. */
  g_assert_true (lk_test_book_set_photo (book, anna, second, second_sha256, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_notified, ==, 2);

  g_assert_true (lk_test_book_set_photo (book, anna, NULL, second_sha256, &error));
  g_assert_no_error (error);
  g_assert_null (lk_contact_get_photo_sha256 (anna));
  g_assert_null (lk_contact_get_photo (anna));
  g_assert_cmpuint (n_notified, ==, 3);
  /* Nobody else was touched. */
  g_assert_null (lk_contact_get_photo_sha256 (lk_test_book_find (book, "carla Costa")));
  lk_test_book_close (book);
}

static void
test_photo_too_large (void)
{
  LkAddressBook *book = open_sample ();
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (LK_CONTACT_PHOTO_MAX_BYTES + 1),
                                               LK_CONTACT_PHOTO_MAX_BYTES + 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      lk_test_book_set_photo (book, lk_test_book_find (book, "Anna Adler"), large, NULL, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE);
  lk_test_book_close (book);
}

static void
test_gone (void)
{
  LkAddressBook *book = open_sample ();
  g_autoptr (LkContact) anna = g_object_ref (lk_test_book_find (book, "Anna Adler"));
  g_autoptr (GBytes) photo = lk_test_book_make_photo (1);
  g_autoptr (GError) error = NULL;

  backend->remove (book, "anna");
  lk_test_book_wait_name (book, "Anna Adler", FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 2);
  g_assert_null (lk_address_book_lookup_ref (book, lk_contact_get_ref (anna)));
  g_assert_false (lk_test_book_set_photo (book, anna, photo, NULL, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_NOT_FOUND);
  lk_test_book_close (book);
}

/* Somebody else chooses a photo and renames a contact: it stays the same object and moves in the
 * list. */
static void
test_changes_from_outside (void)
{
  LkAddressBook *book = open_sample ();
  LkContact *anna = lk_test_book_find (book, "Anna Adler");
  g_autofree char *ref = g_strdup (lk_contact_get_ref (anna));
  g_autoptr (GBytes) theirs = lk_test_book_make_photo (9);
  g_autofree char *theirs_sha256 = lk_hash_sha256_hex (theirs);
  g_autoptr (GBytes) ours = lk_test_book_make_photo (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkContact) last = NULL;

  backend->set_photo (book, "anna", theirs);
  lk_test_book_wait_photo (book, "Anna Adler", theirs_sha256);
  g_assert_true (g_bytes_equal (lk_contact_get_photo (anna), theirs));
  g_assert_false (lk_test_book_set_photo (book, anna, ours, NULL, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT);
  g_clear_error (&error);

  backend->rename (book, "anna", "Anna Adler", "Zoe Adler");
  lk_test_book_wait_name (book, "Zoe Adler", TRUE);
  g_assert_true (lk_test_book_find (book, "Zoe Adler") == anna);
  last = g_list_model_get_item (G_LIST_MODEL (book), 2);
  g_assert_true (last == anna);
  g_assert_cmpstr (lk_contact_get_ref (anna), ==, ref);
  g_assert_cmpstr (lk_contact_get_photo_sha256 (anna), ==, theirs_sha256);

  backend->set_photo (book, "anna", NULL);
  lk_test_book_wait_photo (book, "Zoe Adler", NULL);
  lk_test_book_close (book);
}

/* The photo was changed after the caller looked and before the change was told: what counts is the
 * address book. */
static void
test_conflict_before_notice (void)
{
  LkAddressBook *book = open_sample ();
  LkContact *anna = lk_test_book_find (book, "Anna Adler");
  g_autoptr (GBytes) theirs = lk_test_book_make_photo (9);
  g_autofree char *theirs_sha256 = lk_hash_sha256_hex (theirs);
  g_autoptr (GBytes) ours = lk_test_book_make_photo (1);
  g_autoptr (GError) error = NULL;

  backend->set_photo (book, "anna", theirs);
  g_assert_false (lk_test_book_set_photo (book, anna, ours, NULL, &error));
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT);
  lk_test_book_wait_photo (book, "Anna Adler", theirs_sha256);
  lk_test_book_close (book);
}

static void
test_import (void)
{
  LkAddressBook *book = open_sample ();
  g_autoptr (GFile) again = lk_test_book_write ("again.vcf", lk_test_book_sample);
  g_autoptr (GFile) nonsense = lk_test_book_write ("nonsense.vcf", "GIF89a");
  g_autoptr (GFile) empty = lk_test_book_write ("empty.vcf", "");
  g_autoptr (GFile) endless = g_file_new_for_path ("/dev/zero");
  g_autoptr (GBytes) photo = lk_test_book_make_photo (4);
  g_autofree char *sha256 = lk_hash_sha256_hex (photo);
  g_autofree char *base64
      = g_base64_encode (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));
  g_autofree char *dora_text
      = g_strconcat ("BEGIN:VCARD\nVERSION:4.0\nUID:dora\nFN:Dora Deng\n"
                     "EMAIL:dora@example.org\nPHOTO:data:image/jpeg;base64,",
                     base64,
                     "\nEND:VCARD\n"
                     "BEGIN:VCARD\nVERSION:3.0\nFN:Emil Eich\nTEL:+4915100000005\nEND:VCARD\n",
                     NULL);
  g_autoptr (GFile) dora = lk_test_book_write ("dora.vcf", dora_text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (lk_test_book_import (book, again, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (lk_test_book_import (book, empty, &error), ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (lk_test_book_import (book, nonsense, &error), ==, -1);
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (lk_test_book_import (book, endless, &error), ==, -1);
  g_assert_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 3);

  /* One in 4.0 with a photo, one in 3.0 without a UID. */
  g_assert_cmpint (lk_test_book_import (book, dora, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 5);
  lk_test_book_wait_photo (book, "Dora Deng", sha256);
  g_assert_nonnull (lk_test_book_find (book, "Emil Eich"));
  lk_test_book_close (book);
}

static void
test_cancelled (void)
{
  LkAddressBook *book = open_sample ();
  LkContact *anna = lk_test_book_find (book, "Anna Adler");
  g_autoptr (GFile) file = lk_test_book_write ("more.vcf", lk_test_book_sample);
  g_autoptr (GBytes) photo = lk_test_book_make_photo (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_cancellable_cancel (cancellable);
  lk_address_book_set_photo_async (book, anna, photo, NULL, cancellable, lk_test_keep_result,
                                   &slot);
  result = lk_test_wait_result (&slot);
  g_assert_false (lk_address_book_set_photo_finish (book, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);
  g_assert_null (lk_contact_get_photo_sha256 (anna));

  lk_address_book_import_async (book, file, cancellable, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  g_assert_cmpint (lk_address_book_import_finish (book, result, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&result);
  lk_test_book_close (book);

  book = backend->create ();
  lk_address_book_open_async (book, cancellable, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  g_assert_false (lk_address_book_open_finish (book, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  lk_test_book_close (book);
}

/* Whoever asked goes away: the operation ends by itself and lets the address book go. */
static void
test_dropped_in_flight (void)
{
  LkAddressBook *book = open_sample ();
  g_autoptr (GBytes) photo = lk_test_book_make_photo (1);
  GAsyncResult *slot = NULL;
  GAsyncResult *open_slot = NULL;
  LkAddressBook *weak = book;
  LkAddressBook *opening = backend->create ();
  LkAddressBook *weak_opening = opening;

  g_object_add_weak_pointer (G_OBJECT (book), (gpointer *)&weak);
  g_object_add_weak_pointer (G_OBJECT (opening), (gpointer *)&weak_opening);
  lk_address_book_set_photo_async (book, lk_test_book_find (book, "Anna Adler"), photo, NULL, NULL,
                                   lk_test_keep_result, &slot);
  lk_address_book_open_async (opening, NULL, lk_test_keep_result, &open_slot);
  g_object_unref (book);
  g_object_unref (opening);
  {
    g_autoptr (GAsyncResult) result = lk_test_wait_result (&slot);
    g_autoptr (GAsyncResult) open_result = lk_test_wait_result (&open_slot);
  }
  lk_test_wait_until (is_null, &weak);
  lk_test_wait_until (is_null, &weak_opening);
}

int
lk_test_book_run (int argc, char *argv[], const LkTestBook *test_book)
{
  backend = test_book;
  g_test_add_func ("/address-book/list", test_list);
  g_test_add_func ("/address-book/photo", test_photo);
  g_test_add_func ("/address-book/photo-too-large", test_photo_too_large);
  g_test_add_func ("/address-book/gone", test_gone);
  g_test_add_func ("/address-book/changes-from-outside", test_changes_from_outside);
  g_test_add_func ("/address-book/conflict-before-notice", test_conflict_before_notice);
  g_test_add_func ("/address-book/import", test_import);
  g_test_add_func ("/address-book/cancelled", test_cancelled);
  g_test_add_func ("/address-book/dropped-in-flight", test_dropped_in_flight);
  return g_test_run ();
}
