/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>

#include <libebook/libebook.h>

#include "lk-eds-book.h"
#include "lk-hash.h"
#include "lk-test-async.h"
#include "lk-test-book.h"

/* Somebody else: another client of the same Evolution Data Server. It waits for its answers, as a
 * test may. */
static ESourceRegistry *other_registry;
static EBookClient *other_client;

typedef struct
{
  ESource *source;
  EClient *client;
} Connection;

/* The process that opens books may not have heard yet of a source that the registry just took. */
static gboolean
try_to_connect (gpointer data)
{
  Connection *self = data;
  g_autoptr (GError) error = NULL;

  self->client = e_book_client_connect_sync (self->source, G_MAXUINT32, NULL, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_assert_no_error (error);

  return self->client != NULL;
}

static EBookClient *
connect_other (ESource *source)
{
  Connection connection = { .source = source };

  lk_test_wait_until (try_to_connect, &connection);
  return E_BOOK_CLIENT (connection.client);
}

static void
add_to_other (EBookClient *client, const char *uid, const char *name)
{
  g_autoptr (GError) error = NULL;
  EContact *econtact = e_contact_new ();

  e_contact_set (econtact, E_CONTACT_UID, uid);
  e_contact_set (econtact, E_CONTACT_FULL_NAME, name);
  e_contact_set (econtact, E_CONTACT_EMAIL_1, "other@example.org");
  e_book_client_add_contact_sync (client, econtact, E_BOOK_OPERATION_FLAG_NONE, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (econtact);
}

static EContact *
get_from_other (const char *uid)
{
  g_autoptr (GError) error = NULL;
  EContact *econtact = NULL;

  e_book_client_get_contact_sync (other_client, uid, &econtact, NULL, &error);
  g_assert_no_error (error);
  return econtact;
}

static void
modify_by_other (EContact *econtact)
{
  g_autoptr (GError) error = NULL;

  e_book_client_modify_contact_sync (other_client, econtact, E_BOOK_OPERATION_FLAG_NONE, NULL,
                                     &error);
  g_assert_no_error (error);
  g_object_unref (econtact);
}

static void
set_photo (LkAddressBook *book, const char *uid, GBytes *bytes)
{
  EContact *econtact = get_from_other (uid);
  EContactPhoto *photo = NULL;

  if (bytes != NULL)
    {
      gsize length = 0;
      const guchar *data = g_bytes_get_data (bytes, &length);

      photo = e_contact_photo_new ();
      photo->type = E_CONTACT_PHOTO_TYPE_INLINED;
      e_contact_photo_set_inlined (photo, data, length);
      e_contact_photo_set_mime_type (photo, "image/jpeg");
    }
  e_contact_set (econtact, E_CONTACT_PHOTO, photo);
  g_clear_pointer (&photo, e_contact_photo_free);
  modify_by_other (econtact);
}

static void
rename_contact (LkAddressBook *book, const char *uid, const char *from, const char *to)
{
  EContact *econtact = get_from_other (uid);

  e_contact_set (econtact, E_CONTACT_FULL_NAME, to);
  modify_by_other (econtact);
}

static void
remove_contact (LkAddressBook *book, const char *uid)
{
  g_autoptr (GError) error = NULL;

  e_book_client_remove_contact_by_uid_sync (other_client, uid, E_BOOK_OPERATION_FLAG_NONE, NULL,
                                            &error);
  g_assert_no_error (error);
}

/* Leaves the built-in book empty. */
static LkAddressBook *
create (void)
{
  g_autoptr (GError) error = NULL;
  GSList *uids = NULL;

  e_book_client_get_contacts_uids_sync (other_client, "(contains \"x-evolution-any-field\" \"\")",
                                        &uids, NULL, &error);
  g_assert_no_error (error);
  if (uids != NULL)
    e_book_client_remove_contacts_sync (other_client, uids, E_BOOK_OPERATION_FLAG_NONE, NULL,
                                        &error);
  g_assert_no_error (error);
  g_slist_free_full (uids, g_free);
  return lk_address_book_eds_new ();
}

static const LkTestBook backend = {
  .create = create,
  .set_photo = set_photo,
  .rename = rename_contact,
  .remove = remove_contact,
};

typedef struct
{
  const char *uid;
  gboolean enabled;
} SourceState;

static gboolean
has_source_state (gpointer data)
{
  SourceState *state = data;
  g_autoptr (GObject) source = (GObject *)e_source_registry_ref_source (other_registry, state->uid);

  return source != NULL && e_source_get_enabled (E_SOURCE (source)) == state->enabled;
}

/* A local book that nobody knows yet. */
static ESource *
make_source (const char *uid)
{
  g_autoptr (GError) error = NULL;
  ESource *source = e_source_new_with_uid (uid, NULL, &error);

  g_assert_no_error (error);
  e_source_set_display_name (source, uid);
  e_source_set_parent (source, "local-stub");
  e_source_backend_set_backend_name (
      e_source_get_extension (source, E_SOURCE_EXTENSION_ADDRESS_BOOK), "local");
  return source;
}

static ESource *
commit_source (ESource *scratch)
{
  g_autoptr (GError) error = NULL;
  SourceState state = { e_source_get_uid (scratch), TRUE };

  e_source_registry_commit_source_sync (other_registry, scratch, NULL, &error);
  g_assert_no_error (error);
  lk_test_wait_until (has_source_state, &state);
  return e_source_registry_ref_source (other_registry, state.uid);
}

/* Makes another local book, with one contact. */
static ESource *
add_source (const char *uid, const char *contact_name)
{
  ESource *scratch = make_source (uid);
  ESource *source = commit_source (scratch);
  EBookClient *client = connect_other (source);

  add_to_other (client, contact_name, contact_name);
  g_object_unref (client);
  g_object_unref (scratch);
  return source;
}

static void
set_enabled (const char *uid, gboolean enabled)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) source = (GObject *)e_source_registry_ref_source (other_registry, uid);
  SourceState state = { uid, enabled };

  e_source_set_enabled (E_SOURCE (source), enabled);
  e_source_write_sync (E_SOURCE (source), NULL, &error);
  g_assert_no_error (error);
  lk_test_wait_until (has_source_state, &state);
}

static void
remove_source (const char *uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GObject) source = (GObject *)e_source_registry_ref_source (other_registry, uid);

  e_source_remove_sync (E_SOURCE (source), NULL, &error);
  g_assert_no_error (error);
}

static void
test_books_come_and_go (void)
{
  ESource *second = add_source ("second-book", "Second");
  ESource *third = add_source ("third-book", "Third");
  ESource *fourth = NULL;
  LkAddressBook *book = NULL;
  LkContact *contact = NULL;
  g_autoptr (GBytes) photo = lk_test_book_make_photo (5);
  g_autoptr (GError) error = NULL;
  g_autofree char *ref = NULL;

  set_enabled ("third-book", FALSE);
  book = create ();
  add_to_other (other_client, "first", "First");
  lk_test_book_open (book);
  g_assert_nonnull (lk_test_book_find (book, "First"));
  g_assert_nonnull (lk_test_book_find (book, "Second"));
  g_assert_null (lk_test_book_find (book, "Third"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 2);

  /* A photo goes to the book that the contact is in. */
  contact = lk_test_book_find (book, "Second");
  ref = g_strdup (lk_contact_get_ref (contact));
  g_assert_true (lk_test_book_set_photo (book, contact, photo, NULL, &error));
  g_assert_no_error (error);

  set_enabled ("third-book", TRUE);
  lk_test_book_wait_name (book, "Third", TRUE);
  set_enabled ("second-book", FALSE);
  lk_test_book_wait_name (book, "Second", FALSE);
  set_enabled ("second-book", TRUE);
  lk_test_book_wait_name (book, "Second", TRUE);
  contact = lk_test_book_find (book, "Second");
  g_assert_cmpstr (lk_contact_get_ref (contact), ==, ref);
  g_assert_true (g_bytes_equal (lk_contact_get_photo (contact), photo));

  fourth = add_source ("fourth-book", "Fourth");
  lk_test_book_wait_name (book, "Fourth", TRUE);
  remove_source ("fourth-book");
  lk_test_book_wait_name (book, "Fourth", FALSE);
  remove_source ("second-book");
  lk_test_book_wait_name (book, "Second", FALSE);
  remove_source ("third-book");
  lk_test_book_wait_name (book, "Third", FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (book)), ==, 1);

  lk_test_book_close (book);
  g_object_unref (second);
  g_object_unref (third);
  g_object_unref (fourth);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *)data == NULL;
}

/* What runs in the background lets go of the book when it is done. */
static void
assert_finalizes (LkEdsBook *book)
{
  gpointer pointer = book;

  g_object_add_weak_pointer (G_OBJECT (book), &pointer);
  g_object_unref (book);
  lk_test_wait_until (is_null, &pointer);
}

/* A book is asked for before Evolution Data Server knows it: it is opened once it does. */
static void
test_new_book_is_awaited (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAddressBook) store = lk_address_book_memory_new ();
  g_autoptr (GAsyncResult) refusal = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  GAsyncResult *asked_after = NULL;
  GAsyncResult *result = NULL;
  ESource *scratch = make_source ("late-book");
  ESource *source = NULL;
  LkEdsBook *book = lk_eds_book_new (scratch, LK_CONTACT_STORE (store));
  EBookClient *client = NULL;

  lk_eds_book_open_async (book, NULL, lk_test_keep_result, &result);
  /* Who asks after the book did is told so: the book was, too, and goes on. */
  e_book_client_connect (scratch, G_MAXUINT32, NULL, lk_test_keep_result, &asked_after);
  refusal = lk_test_wait_result (&asked_after);
  g_assert_null (e_book_client_connect_finish (refusal, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (result);

  source = commit_source (scratch);
  opened = lk_test_wait_result (&result);
  g_assert_true (lk_eds_book_open_finish (book, opened, &error));
  g_assert_no_error (error);
  client = connect_other (source);
  add_to_other (client, "late", "Late");
  lk_test_book_wait_name (store, "Late", TRUE);

  lk_eds_book_close (book);
  remove_source ("late-book");
  g_clear_object (&opened);
  g_object_unref (client);
  g_object_unref (source);
  g_object_unref (scratch);
  assert_finalizes (book);
}

/* Closing one that is still awaited is silence. */
static void
test_awaited_book_is_closed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAddressBook) store = lk_address_book_memory_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  GAsyncResult *result = NULL;
  ESource *scratch = make_source ("no-book");
  LkEdsBook *book = lk_eds_book_new (scratch, LK_CONTACT_STORE (store));

  lk_eds_book_open_async (book, NULL, lk_test_keep_result, &result);
  lk_eds_book_close (book);
  opened = lk_test_wait_result (&result);
  g_assert_false (lk_eds_book_open_finish (book, opened, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&opened);
  g_object_unref (scratch);
  assert_finalizes (book);
}

static void
on_problem (LkAddressBook *book, const char *name, const GError *error, gpointer data)
{
  g_assert_cmpstr (name, ==, "broken-book");
  g_assert_nonnull (error);
  (*(guint *)data)++;
}

/**
 * Ender: ends the process that opens books with the first message of one kind to it.
 */
typedef struct
{
  GDBusConnection *bus; /* of its own: what watches the bus may do nothing else there */
  const char *member;
  guint32 pid;
  gint has_ended;
} Ender;

/* On GDBus's thread. */
static GDBusMessage *
end_at_message (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Ender *self = data;

  if (incoming && g_strcmp0 (g_dbus_message_get_member (message), self->member) == 0
      && g_atomic_int_compare_and_exchange (&self->has_ended, FALSE, TRUE))
    g_assert_cmpint (kill ((pid_t)self->pid, SIGKILL), ==, 0);
  g_object_unref (message);
  return NULL;
}

static GVariant *
call_bus (GDBusConnection *bus, const char *interface, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", interface, method, arguments, NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static void
ender_start (Ender *self, const char *member)
{
  static const char name[] = "org.gnome.evolution.dataserver.AddressBook10";
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autofree char *rule = g_strdup_printf ("type='method_call',member='%s'", member);
  const char *const rules[] = { rule, NULL };
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) started = NULL;
  g_autoptr (GVariant) watches = NULL;

  g_assert_no_error (error);
  self->member = member;
  self->has_ended = FALSE;
  self->bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  started = call_bus (self->bus, "org.freedesktop.DBus", "StartServiceByName",
                      g_variant_new ("(su)", name, 0));
  reply = call_bus (self->bus, "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                    g_variant_new ("(s)", name));
  g_variant_get (reply, "(u)", &self->pid);
  watches = call_bus (self->bus, "org.freedesktop.DBus.Monitoring", "BecomeMonitor",
                      g_variant_new ("(^asu)", rules, 0));
  g_dbus_connection_add_filter (self->bus, end_at_message, self, NULL);
}

/* The process that opens books is just ending when it is asked for one. */
static void
test_ending_process (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LkAddressBook) store = lk_address_book_memory_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  ESource *source = e_source_registry_ref_builtin_address_book (other_registry);
  LkEdsBook *book = lk_eds_book_new (source, LK_CONTACT_STORE (store));
  GAsyncResult *result = NULL;
  Ender ender = { 0 };

  ender_start (&ender, data);
  lk_eds_book_open_async (book, NULL, lk_test_keep_result, &result);
  opened = lk_test_wait_result (&result);
  g_assert_true (lk_eds_book_open_finish (book, opened, &error));
  g_assert_no_error (error);
  g_assert_true (g_atomic_int_get (&ender.has_ended));
  g_assert_true (lk_eds_book_is_writable (book));

  g_dbus_connection_close_sync (ender.bus, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (ender.bus);
  lk_eds_book_close (book);
  g_clear_object (&opened);
  /* What the other one had open has ended, too. */
  g_object_unref (other_client);
  other_client = connect_other (source);
  g_object_unref (source);
  assert_finalizes (book);
}

/* A book of a kind that this Evolution Data Server does not have. */
static void
test_broken_book (void)
{
  g_autoptr (GError) error = NULL;
  ESource *scratch = e_source_new_with_uid ("broken-book", NULL, &error);
  SourceState state = { "broken-book", TRUE };
  LkAddressBook *book = create ();
  guint n_problems = 0;

  e_source_set_display_name (scratch, "broken-book");
  e_source_set_parent (scratch, "local-stub");
  e_source_backend_set_backend_name (
      e_source_get_extension (scratch, E_SOURCE_EXTENSION_ADDRESS_BOOK), "no-such-backend");
  e_source_registry_commit_source_sync (other_registry, scratch, NULL, &error);
  g_assert_no_error (error);
  lk_test_wait_until (has_source_state, &state);

  add_to_other (other_client, "first", "First");
  g_signal_connect (book, "problem", G_CALLBACK (on_problem), &n_problems);
  lk_test_book_open (book);
  g_assert_cmpuint (n_problems, ==, 1);
  g_assert_nonnull (lk_test_book_find (book, "First"));
  remove_source ("broken-book");
  lk_test_book_close (book);
  g_object_unref (scratch);
}

/* Evolution Data Server keeps photos as files: what was there before the start is read from them.
 */
static void
test_photo_is_a_file (void)
{
  LkAddressBook *book = create ();
  g_autoptr (GBytes) photo = lk_test_book_make_photo (6);
  g_autofree char *sha256 = lk_hash_sha256_hex (photo);
  EContact *econtact = NULL;
  EContactPhoto *stored = NULL;
  LkContact *contact = NULL;

  add_to_other (other_client, "first", "First");
  set_photo (book, "first", photo);
  econtact = get_from_other ("first");
  stored = e_contact_get (econtact, E_CONTACT_PHOTO);
  g_assert_nonnull (stored);
  g_assert_cmpint (stored->type, ==, E_CONTACT_PHOTO_TYPE_URI);
  g_assert_true (g_str_has_prefix (e_contact_photo_get_uri (stored), "file://"));

  lk_test_book_open (book);
  contact = lk_test_book_find (book, "First");
  g_assert_cmpstr (lk_contact_get_photo_sha256 (contact), ==, sha256);
  g_assert_true (g_bytes_equal (lk_contact_get_photo (contact), photo));

  /* A photo that is somewhere else is not fetched, and not "none" either. */
  e_contact_photo_set_uri (stored, "https://photos.example.org/first.jpg");
  e_contact_set (econtact, E_CONTACT_PHOTO, stored);
  e_contact_photo_free (stored);
  modify_by_other (econtact);
  {
    g_autoptr (GBytes) name = g_bytes_new_static ("https://photos.example.org/first.jpg", 36);
    g_autofree char *name_sha256 = lk_hash_sha256_hex (name);

    lk_test_book_wait_photo (book, "First", name_sha256);
  }
  g_assert_null (lk_contact_get_photo (contact));
  lk_test_book_close (book);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  ESource *builtin = NULL;
  int status = 0;

  /* No private directories by GLib here: the whole session is private, the server's half too. */
  g_test_init (&argc, &argv, NULL);
  other_registry = e_source_registry_new_sync (NULL, &error);
  g_assert_no_error (error);
  builtin = e_source_registry_ref_builtin_address_book (other_registry);
  other_client = connect_other (builtin);

  g_test_add_func ("/address-book-eds/books-come-and-go", test_books_come_and_go);
  g_test_add_func ("/address-book-eds/new-book-is-awaited", test_new_book_is_awaited);
  g_test_add_func ("/address-book-eds/awaited-book-is-closed", test_awaited_book_is_closed);
  g_test_add_func ("/address-book-eds/broken-book", test_broken_book);
  g_test_add_func ("/address-book-eds/photo-is-a-file", test_photo_is_a_file);
  g_test_add_data_func ("/address-book-eds/process-ends-before", "GetAll", test_ending_process);
  g_test_add_data_func ("/address-book-eds/process-ends-meanwhile", "OpenAddressBook",
                        test_ending_process);
  status = lk_test_book_run (argc, argv, &backend);

  g_object_unref (other_client);
  g_object_unref (builtin);
  g_object_unref (other_registry);
  return status;
}
