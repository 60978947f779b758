/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-address-book.h"

#include "lk-async.h"
#include "lk-contact-private.h"
#include "lk-eds-book.h"
#include "lk-phone.h"

/** How long opening waits for the slowest book, in seconds; what comes later is added then. */
#define OPEN_TIMEOUT 30
/** Cards are read under this source to be counted; EDS gives them their refs. */
#define IMPORT_SOURCE "import"

#define LK_TYPE_ADDRESS_BOOK_EDS (lk_address_book_eds_get_type ())
G_DECLARE_FINAL_TYPE (LkAddressBookEds, lk_address_book_eds, LK, ADDRESS_BOOK_EDS, LkContactStore)

struct _LkAddressBookEds
{
  LkContactStore parent_instance;
  ESourceRegistry *registry;
  GHashTable *books; /* uid of the source → LkEdsBook */
  GTask *open_task;  /* while it opens */
  guint n_opening;   /* of the first books, while it opens */
  GError *open_error;
  guint open_timeout;
};

static void lk_address_book_eds_iface_init (LkAddressBookInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkAddressBookEds,
                               lk_address_book_eds,
                               LK_TYPE_CONTACT_STORE,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_ADDRESS_BOOK,
                                                      lk_address_book_eds_iface_init))

static LkEdsBook *
find_book (LkAddressBookEds *self, const char *uid)
{
  GHashTableIter iter;
  gpointer book = NULL;

  g_hash_table_iter_init (&iter, self->books);
  while (g_hash_table_iter_next (&iter, NULL, &book))
    if (lk_eds_book_has_uid (book, uid))
      return book;
  return NULL;
}

static void
report_problem (LkAddressBookEds *self, LkEdsBook *book, const GError *error)
{
  ESource *source = lk_eds_book_get_source (book);

  g_signal_emit_by_name (self, "problem", e_source_get_display_name (source), error);
}

static void
on_book_problem (LkAddressBookEds *self, const GError *error, LkEdsBook *book)
{
  report_problem (self, book, error);
}

/* Opening is done when each book has come or failed; it fails when every book did. */
static void
finish_open (LkAddressBookEds *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->open_task);
  gboolean any_open = g_hash_table_size (self->books) > 0;

  g_clear_handle_id (&self->open_timeout, g_source_remove);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!any_open && self->open_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->open_error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
on_open_timeout (gpointer data)
{
  LkAddressBookEds *self = data;
  g_autoptr (GError) error = g_error_new_literal (LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE,
                                                  "The address book takes long to answer");
  g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer book = NULL;

  self->open_timeout = 0;
  g_hash_table_iter_init (&iter, self->books);
  while (g_hash_table_iter_next (&iter, NULL, &book))
    if (!lk_eds_book_is_open (book))
      g_ptr_array_add (slow, g_object_ref (book));
  for (guint i = 0; i < slow->len; i++)
    report_problem (self, slow->pdata[i], error);
  finish_open (self);
  return G_SOURCE_REMOVE;
}

static void
on_book_open_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkEdsBook *book = LK_EDS_BOOK (source);
  g_autoptr (LkAddressBookEds) self = data;
  g_autoptr (GError) error = NULL;

  if (!lk_eds_book_open_finish (book, result, &error) && !lk_error_is_cancelled (error))
    {
      const char *uid = e_source_get_uid (lk_eds_book_get_source (book));

      report_problem (self, book, error);
      lk_eds_book_close (book);
      if (g_hash_table_lookup (self->books, uid) == book)
        g_hash_table_remove (self->books, uid);
      if (self->open_error == NULL)
        self->open_error = g_steal_pointer (&error);
    }
  if (self->open_task != NULL && --self->n_opening == 0)
    finish_open (self);
}

static void
add_book (LkAddressBookEds *self, ESource *source, GCancellable *cancellable)
{
  LkEdsBook *book = lk_eds_book_new (source, LK_CONTACT_STORE (self));

  g_hash_table_insert (self->books, e_source_dup_uid (source), book);
  g_signal_connect_object (book, "problem", G_CALLBACK (on_book_problem), self, G_CONNECT_SWAPPED);
  if (self->open_task != NULL)
    self->n_opening++;
  lk_eds_book_open_async (book, cancellable, on_book_open_ready, g_object_ref (self));
}

/* Makes the books those that are enabled now, whatever it was that changed. */
static void
sync_books (LkAddressBookEds *self, GCancellable *cancellable)
{
  GList *sources = e_source_registry_list_enabled (self->registry, E_SOURCE_EXTENSION_ADDRESS_BOOK);
  g_autoptr (GHashTable) enabled = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer uid = NULL;
  gpointer book = NULL;

  for (GList *l = sources; l != NULL; l = l->next)
    g_hash_table_add (enabled, (gpointer)e_source_get_uid (l->data));

  g_hash_table_iter_init (&iter, self->books);
  while (g_hash_table_iter_next (&iter, &uid, &book))
    if (!g_hash_table_contains (enabled, uid))
      {
        lk_eds_book_close (book);
        g_hash_table_iter_remove (&iter);
      }
  for (GList *l = sources; l != NULL; l = l->next)
    if (!g_hash_table_contains (self->books, e_source_get_uid (l->data)))
      add_book (self, l->data, cancellable);
  g_list_free_full (sources, g_object_unref);
}

static void
on_source_changed (LkAddressBookEds *self, ESource *source, ESourceRegistry *registry)
{
  if (e_source_has_extension (source, E_SOURCE_EXTENSION_ADDRESS_BOOK)
      || e_source_has_extension (source, E_SOURCE_EXTENSION_COLLECTION))
    sync_books (self, NULL);
}

static void
on_registry_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkAddressBookEds) self = data;
  static const char *const signals[]
      = { "source-added", "source-removed", "source-enabled", "source-disabled", "source-changed" };
  g_autoptr (GError) error = NULL;
  ESourceRegistry *registry = e_source_registry_new_finish (result, &error);

  if (registry == NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->open_task);

      if (lk_error_is_cancelled (error))
        g_task_return_error (task, g_steal_pointer (&error));
      else
        g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE,
                                 "Evolution Data Server does not answer: %s", error->message);
      return;
    }
  self->registry = registry;
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (registry, signals[i], G_CALLBACK (on_source_changed), self,
                             G_CONNECT_SWAPPED);

  /* One more than there are, so that no book ends the opening before the last one has begun. */
  self->n_opening = 1;
  self->open_timeout = g_timeout_add_seconds (OPEN_TIMEOUT, on_open_timeout, self);
  sync_books (self, g_task_get_cancellable (self->open_task));
  if (--self->n_opening == 0)
    finish_open (self);
}

static void
lk_address_book_eds_open_async (LkAddressBook *book,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  LkAddressBookEds *self = LK_ADDRESS_BOOK_EDS (book);

  g_return_if_fail (self->open_task == NULL && self->registry == NULL);

  self->open_task = g_task_new (book, cancellable, callback, data);
  g_task_set_source_tag (self->open_task, lk_address_book_eds_open_async);
  e_source_registry_new (cancellable, on_registry_ready, g_object_ref (self));
}

static gboolean
lk_address_book_eds_open_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_photo_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (lk_eds_book_set_photo_finish (LK_EDS_BOOK (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lk_address_book_eds_set_photo_async (LkAddressBook *book,
                                     LkContact *contact,
                                     GBytes *jpeg,
                                     const char *expected_sha256,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data)
{
  LkAddressBookEds *self = LK_ADDRESS_BOOK_EDS (book);
  g_autoptr (GTask) task = g_task_new (book, cancellable, callback, data);
  LkEdsBook *eds_book = find_book (self, lk_contact_get_uid (contact));

  g_task_set_source_tag (task, lk_address_book_eds_set_photo_async);
  if (jpeg != NULL && g_bytes_get_size (jpeg) > LK_CONTACT_PHOTO_MAX_BYTES)
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                             "The photo has more than %d bytes", LK_CONTACT_PHOTO_MAX_BYTES);
  else if (eds_book == NULL)
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_NOT_FOUND,
                             "The contact's address book is gone");
  else
    lk_eds_book_set_photo_async (eds_book, lk_contact_get_uid (contact), jpeg, expected_sha256,
                                 cancellable, on_photo_ready, g_steal_pointer (&task));
}

static gboolean
lk_address_book_eds_set_photo_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * Import: a file that was read.
 */
typedef struct
{
  GFile *file;
  GBytes *text;
  GPtrArray *cards;
} Import;

static void
import_free (gpointer data)
{
  Import *self = data;

  g_clear_object (&self->file);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_clear_pointer (&self->cards, g_ptr_array_unref);
  g_free (self);
}

/* The default book where it takes changes, else any that does. */
static LkEdsBook *
choose_import_book (LkAddressBookEds *self)
{
  GHashTableIter iter;
  gpointer book = NULL;
  g_autoptr (GObject) preferred = NULL;

  if (self->registry == NULL)
    return NULL;
  preferred = (GObject *)e_source_registry_ref_default_address_book (self->registry);
  if (preferred != NULL)
    book = g_hash_table_lookup (self->books, e_source_get_uid (E_SOURCE (preferred)));
  if (book != NULL && lk_eds_book_is_writable (book))
    return book;
  g_hash_table_iter_init (&iter, self->books);
  while (g_hash_table_iter_next (&iter, NULL, &book))
    if (lk_eds_book_is_writable (book))
      return book;
  return NULL;
}

static void
on_add_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  int n_added = lk_eds_book_add_finish (LK_EDS_BOOK (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n_added);
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  g_autofree char *region = lk_phone_dup_region ();
  GError *error = NULL;

  import->text = lk_vcard_load (import->file, cancellable, &error);
  if (import->text != NULL)
    import->cards = lk_vcard_parse (import->text, IMPORT_SOURCE, region, cancellable, &error);
  if (import->cards == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_import_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkAddressBookEds *self = g_task_get_source_object (task);
  Import *import = g_task_get_task_data (task);
  LkEdsBook *book = choose_import_book (self);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (book == NULL)
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_READ_ONLY,
                             "No address book takes new contacts");
  else
    lk_eds_book_add_async (book, import->text, import->cards, g_task_get_cancellable (task),
                           on_add_ready, g_object_ref (task));
}

static void
lk_address_book_eds_import_async (LkAddressBook *book,
                                  GFile *vcards,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (book, cancellable, callback, data);
  g_autoptr (GTask) reader = NULL;
  Import *import = g_new0 (Import, 1);

  g_task_set_source_tag (task, lk_address_book_eds_import_async);
  import->file = g_object_ref (vcards);
  g_task_set_task_data (task, import, import_free);
  reader = g_task_new (NULL, cancellable, on_import_read, g_object_ref (task));
  g_task_set_source_tag (reader, lk_address_book_eds_import_async);
  g_task_set_task_data (reader, import, NULL);
  g_task_run_in_thread (reader, import_thread);
}

static int
lk_address_book_eds_import_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}

static void
lk_address_book_eds_dispose (GObject *object)
{
  LkAddressBookEds *self = LK_ADDRESS_BOOK_EDS (object);

  /* Nothing is opening any more: that holds the address book. */
  g_hash_table_remove_all (self->books);
  g_clear_object (&self->registry);

  G_OBJECT_CLASS (lk_address_book_eds_parent_class)->dispose (object);
}

static void
lk_address_book_eds_finalize (GObject *object)
{
  LkAddressBookEds *self = LK_ADDRESS_BOOK_EDS (object);

  g_hash_table_unref (self->books);
  g_clear_error (&self->open_error);

  G_OBJECT_CLASS (lk_address_book_eds_parent_class)->finalize (object);
}

static void
lk_address_book_eds_iface_init (LkAddressBookInterface *iface)
{
  iface->open_async = lk_address_book_eds_open_async;
  iface->open_finish = lk_address_book_eds_open_finish;
  iface->set_photo_async = lk_address_book_eds_set_photo_async;
  iface->set_photo_finish = lk_address_book_eds_set_photo_finish;
  iface->import_async = lk_address_book_eds_import_async;
  iface->import_finish = lk_address_book_eds_import_finish;
}

static void
lk_address_book_eds_class_init (LkAddressBookEdsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lk_address_book_eds_dispose;
  G_OBJECT_CLASS (klass)->finalize = lk_address_book_eds_finalize;
}

static void
lk_address_book_eds_init (LkAddressBookEds *self)
{
  self->books = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

LkAddressBook *
lk_address_book_eds_new (void)
{
  return g_object_new (LK_TYPE_ADDRESS_BOOK_EDS, NULL);
}
