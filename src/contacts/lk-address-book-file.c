/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-address-book.h"

#include "lk-async.h"
#include "lk-contact-private.h"
#include "lk-contact-store.h"
#include "lk-phone.h"
#include "lk-vcard.h"

/** Goes into the refs of contacts, whatever the file is called: it may be moved. */
#define SOURCE "vcard-file"

/* The address book is the file: each operation reads it anew on a worker thread, so that nothing of
 * another program is overwritten with what was known before. Operations run one after another. */

#define LK_TYPE_ADDRESS_BOOK_FILE (lk_address_book_file_get_type ())
G_DECLARE_FINAL_TYPE (LkAddressBookFile,
                      lk_address_book_file,
                      LK,
                      ADDRESS_BOOK_FILE,
                      LkContactStore)

struct _LkAddressBookFile
{
  LkContactStore parent_instance;
  GFile *file;
  GFileMonitor *monitor;
  GQueue operations; /* (element-type GTask): the first one runs */
  gboolean reload_waits;
};

typedef enum
{
  OPERATION_OPEN,
  OPERATION_RELOAD,
  OPERATION_SET_PHOTO,
  OPERATION_IMPORT,
} OperationKind;

/**
 * Operation: what a task does.
 * @photo: (nullable): what the contact's photo becomes
 * @contacts: out: (element-type LkContact): what the file says after it
 * @n_added: out: how many contacts an import added
 */
typedef struct
{
  OperationKind kind;
  GFile *file;
  GFile *vcards;
  char *uid;
  LkPhoto *photo;
  char *expected_sha256;
  char *region;
  GPtrArray *contacts;
  int n_added;
} Operation;

static void lk_address_book_file_iface_init (LkAddressBookInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkAddressBookFile,
                               lk_address_book_file,
                               LK_TYPE_CONTACT_STORE,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_ADDRESS_BOOK,
                                                      lk_address_book_file_iface_init))

static void
operation_free (gpointer data)
{
  Operation *self = data;

  g_clear_object (&self->file);
  g_clear_object (&self->vcards);
  g_free (self->uid);
  lk_photo_free (self->photo);
  g_free (self->expected_sha256);
  g_free (self->region);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
collect_contacts (GPtrArray *cards)
{
  GPtrArray *contacts = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < cards->len; i++)
    {
      LkVCard *card = cards->pdata[i];

      if (card->contact != NULL)
        g_ptr_array_add (contacts, g_object_ref (card->contact));
    }
  return contacts;
}

static gboolean
read_contacts (Operation *self, GBytes *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) cards = lk_vcard_parse (text, SOURCE, self->region, cancellable, error);

  if (cards == NULL)
    return FALSE;
  self->contacts = collect_contacts (cards);
  return TRUE;
}

static GBytes *
write_photo (Operation *self, GBytes *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) cards = lk_vcard_parse (text, SOURCE, self->region, cancellable, error);
  const LkVCard *found = NULL;

  if (cards == NULL)
    return NULL;
  for (guint i = 0; i < cards->len && found == NULL; i++)
    {
      const LkVCard *card = cards->pdata[i];

      if (card->contact != NULL && g_strcmp0 (lk_contact_get_uid (card->contact), self->uid) == 0)
        found = card;
    }
  if (found == NULL)
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_NOT_FOUND,
                   "The contact is not in the file any more");
      return NULL;
    }
  if (!lk_photo_matches (lk_contact_peek_photo (found->contact), self->expected_sha256))
    {
      g_set_error (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT,
                   "The contact has another photo by now");
      return NULL;
    }
  return lk_vcard_with_photo (text, found, self->photo != NULL ? self->photo->bytes : NULL);
}

static GBytes *
add_cards (Operation *self, GBytes *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) other = lk_vcard_load (self->vcards, cancellable, error);
  g_autoptr (GPtrArray) known = NULL;
  g_autoptr (GPtrArray) cards = NULL;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  g_autoptr (GHashTable) uids = g_hash_table_new (g_str_hash, g_str_equal);

  if (other == NULL)
    return NULL;
  known = lk_vcard_parse (text, SOURCE, self->region, cancellable, error);
  if (known == NULL)
    return NULL;
  cards = lk_vcard_parse (other, SOURCE, self->region, cancellable, error);
  if (cards == NULL)
    return NULL;

  for (guint i = 0; i < known->len; i++)
    {
      LkVCard *card = known->pdata[i];

      if (card->contact != NULL)
        g_hash_table_add (uids, (gpointer)lk_contact_get_uid (card->contact));
    }
  for (guint i = 0; i < cards->len; i++)
    {
      LkVCard *card = cards->pdata[i];

      if (card->contact != NULL
          && !g_hash_table_contains (uids, lk_contact_get_uid (card->contact)))
        g_ptr_array_add (fresh, card);
    }
  self->n_added = (int)fresh->len;
  return lk_vcard_append (text, other, fresh, error);
}

static void
operation_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Operation *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = lk_vcard_load (self->file, cancellable, &error);
  g_autoptr (GBytes) changed = NULL;
  gboolean done = text != NULL;

  if (done && self->kind == OPERATION_SET_PHOTO)
    {
      changed = write_photo (self, text, cancellable, &error);
      done = changed != NULL;
    }
  else if (done && self->kind == OPERATION_IMPORT)
    {
      changed = add_cards (self, text, cancellable, &error);
      done = changed != NULL;
    }
  /* Read back what is about to be written: a file that this program cannot read any more never gets
   * on the disk. */
  done = done && read_contacts (self, changed != NULL ? changed : text, cancellable, &error);
  if (done && changed != NULL)
    done = lk_vcard_save (self->file, changed, &error);

  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void on_operation_ready (GObject *source, GAsyncResult *result, gpointer data);

static void
run_next (LkAddressBookFile *self)
{
  GTask *task = g_queue_peek_head (&self->operations);
  g_autoptr (GTask) worker = NULL;

  if (task == NULL)
    return;
  if (((Operation *)g_task_get_task_data (task))->kind == OPERATION_RELOAD)
    self->reload_waits = FALSE;
  /* A worker's task may be let go last by its thread: the address book must end on the main thread.
   */
  worker
      = g_task_new (NULL, g_task_get_cancellable (task), on_operation_ready, g_object_ref (self));
  g_task_set_source_tag (worker, run_next);
  /* Cancelled once it is written is written. */
  g_task_set_check_cancellable (worker, FALSE);
  g_task_set_task_data (worker, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (worker, operation_thread);
}

static void
push_operation (LkAddressBookFile *self, GTask *task, Operation *operation)
{
  operation->file = g_object_ref (self->file);
  operation->region = lk_phone_dup_region ();
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, operation, operation_free);
  g_queue_push_tail (&self->operations, task);
  if (self->operations.length == 1)
    run_next (self);
}

static void
on_operation_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkAddressBookFile) self = data;
  g_autoptr (GTask) task = g_queue_pop_head (&self->operations);
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      lk_contact_store_replace (LK_CONTACT_STORE (self), operation->contacts);
      g_task_return_int (task, operation->n_added);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
  run_next (self);
}

static void
on_reload_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkAddressBookFile *self = LK_ADDRESS_BOOK_FILE (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  g_task_propagate_int (G_TASK (result), &error);
  if (error == NULL || lk_error_is_cancelled (error))
    return;
  name = g_file_get_basename (self->file);
  g_signal_emit_by_name (self, "problem", name, error);
}

static void
on_monitor_changed (LkAddressBookFile *self,
                    GFile *file,
                    GFile *other_file,
                    GFileMonitorEvent event,
                    GFileMonitor *monitor)
{
  Operation *operation = NULL;

  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED
      || self->reload_waits)
    return;
  operation = g_new0 (Operation, 1);
  operation->kind = OPERATION_RELOAD;
  self->reload_waits = TRUE;
  push_operation (self, g_task_new (self, NULL, on_reload_ready, NULL), operation);
}

static gboolean
finish_operation (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error) != -1;
}

static void
lk_address_book_file_open_async (LkAddressBook *book,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  LkAddressBookFile *self = LK_ADDRESS_BOOK_FILE (book);
  GTask *task = g_task_new (book, cancellable, callback, data);
  Operation *operation = g_new0 (Operation, 1);

  g_task_set_source_tag (task, lk_address_book_file_open_async);
  operation->kind = OPERATION_OPEN;
  /* Before it is read, so that no change falls between. One that cannot be had leaves a list that
   * does not follow. */
  if (self->monitor == NULL)
    self->monitor = g_file_monitor_file (self->file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_monitor_changed), self,
                             G_CONNECT_SWAPPED);
  push_operation (self, task, operation);
}

static void
lk_address_book_file_set_photo_async (LkAddressBook *book,
                                      LkContact *contact,
                                      GBytes *jpeg,
                                      const char *expected_sha256,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data)
{
  GTask *task = g_task_new (book, cancellable, callback, data);
  Operation *operation = NULL;

  g_task_set_source_tag (task, lk_address_book_file_set_photo_async);
  if (jpeg != NULL && g_bytes_get_size (jpeg) > LK_CONTACT_PHOTO_MAX_BYTES)
    {
      g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                               "The photo has more than %d bytes", LK_CONTACT_PHOTO_MAX_BYTES);
      g_object_unref (task);
      return;
    }
  operation = g_new0 (Operation, 1);
  operation->kind = OPERATION_SET_PHOTO;
  operation->uid = g_strdup (lk_contact_get_uid (contact));
  operation->photo = jpeg != NULL ? lk_photo_new (jpeg) : NULL;
  operation->expected_sha256 = g_strdup (expected_sha256);
  push_operation (LK_ADDRESS_BOOK_FILE (book), task, operation);
}

static void
lk_address_book_file_import_async (LkAddressBook *book,
                                   GFile *vcards,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  GTask *task = g_task_new (book, cancellable, callback, data);
  Operation *operation = g_new0 (Operation, 1);

  g_task_set_source_tag (task, lk_address_book_file_import_async);
  operation->kind = OPERATION_IMPORT;
  operation->vcards = g_object_ref (vcards);
  push_operation (LK_ADDRESS_BOOK_FILE (book), task, operation);
}

static int
lk_address_book_file_import_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}

static void
lk_address_book_file_dispose (GObject *object)
{
  LkAddressBookFile *self = LK_ADDRESS_BOOK_FILE (object);

  /* No operation can be left: each holds the address book. */
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (lk_address_book_file_parent_class)->dispose (object);
}

static void
lk_address_book_file_iface_init (LkAddressBookInterface *iface)
{
  iface->open_async = lk_address_book_file_open_async;
  iface->open_finish = finish_operation;
  iface->set_photo_async = lk_address_book_file_set_photo_async;
  iface->set_photo_finish = finish_operation;
  iface->import_async = lk_address_book_file_import_async;
  iface->import_finish = lk_address_book_file_import_finish;
}

static void
lk_address_book_file_class_init (LkAddressBookFileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lk_address_book_file_dispose;
}

static void
lk_address_book_file_init (LkAddressBookFile *self)
{
  g_queue_init (&self->operations);
}

LkAddressBook *
lk_address_book_file_new (GFile *vcards)
{
  LkAddressBookFile *self = g_object_new (LK_TYPE_ADDRESS_BOOK_FILE, NULL);

  self->file = g_object_ref (vcards);
  return LK_ADDRESS_BOOK (self);
}
