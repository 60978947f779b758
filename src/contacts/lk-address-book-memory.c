/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-address-book.h"

#include "lk-contact-private.h"
#include "lk-contact-store.h"
#include "lk-phone.h"
#include "lk-vcard.h"

/** Goes into the refs of contacts that are imported. */
#define SOURCE "memory"

#define LK_TYPE_ADDRESS_BOOK_MEMORY (lk_address_book_memory_get_type ())
G_DECLARE_FINAL_TYPE (LkAddressBookMemory,
                      lk_address_book_memory,
                      LK,
                      ADDRESS_BOOK_MEMORY,
                      LkContactStore)

struct _LkAddressBookMemory
{
  LkContactStore parent_instance;
};

static void lk_address_book_memory_iface_init (LkAddressBookInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LkAddressBookMemory,
                               lk_address_book_memory,
                               LK_TYPE_CONTACT_STORE,
                               G_IMPLEMENT_INTERFACE (LK_TYPE_ADDRESS_BOOK,
                                                      lk_address_book_memory_iface_init))

static void
lk_address_book_memory_open_async (LkAddressBook *book,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (book, cancellable, callback, data);

  g_task_set_source_tag (task, lk_address_book_memory_open_async);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static gboolean
lk_address_book_memory_open_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
lk_address_book_memory_set_photo_async (LkAddressBook *book,
                                        LkContact *contact,
                                        GBytes *jpeg,
                                        const char *expected_sha256,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data)
{
  g_autoptr (GTask) task = g_task_new (book, cancellable, callback, data);
  g_autoptr (LkPhoto) photo = jpeg != NULL ? lk_photo_new (jpeg) : NULL;
  LkContact *known
      = lk_contact_store_lookup (LK_CONTACT_STORE (book), lk_contact_get_uid (contact));

  g_task_set_source_tag (task, lk_address_book_memory_set_photo_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (known == NULL)
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_NOT_FOUND,
                             "The contact is not in the address book any more");
  else if (photo != NULL && photo->bytes == NULL)
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_TOO_LARGE,
                             "The photo has more than %d bytes", LK_CONTACT_PHOTO_MAX_BYTES);
  else if (!lk_photo_matches (lk_contact_peek_photo (known), expected_sha256))
    g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT,
                             "The contact has another photo by now");
  else
    {
      lk_contact_set_photo (known, photo);
      g_task_return_boolean (task, TRUE);
    }
}

static gboolean
lk_address_book_memory_set_photo_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A worker's task may be let go last by its thread: it holds nothing that must end on the main
 * thread. */
static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *region = lk_phone_dup_region ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) cards = NULL;
  g_autoptr (GBytes) text = lk_vcard_load (data, cancellable, &error);

  if (text != NULL)
    cards = lk_vcard_parse (text, SOURCE, region, cancellable, &error);
  if (cards == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&cards), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_import_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkContactStore *store = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) cards = g_task_propagate_pointer (G_TASK (result), &error);
  int n_added = 0;

  if (cards == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < cards->len; i++)
    {
      LkContact *contact = ((LkVCard *)cards->pdata[i])->contact;

      if (contact != NULL && lk_contact_store_lookup (store, lk_contact_get_uid (contact)) == NULL)
        {
          lk_contact_store_put (store, contact);
          n_added++;
        }
    }
  g_task_return_int (task, n_added);
}

static void
lk_address_book_memory_import_async (LkAddressBook *book,
                                     GFile *vcards,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data)
{
  GTask *task = g_task_new (book, cancellable, callback, data);
  g_autoptr (GTask) worker = g_task_new (NULL, cancellable, on_import_read, task);

  g_task_set_source_tag (task, lk_address_book_memory_import_async);
  g_task_set_source_tag (worker, lk_address_book_memory_import_async);
  g_task_set_task_data (worker, g_object_ref (vcards), g_object_unref);
  g_task_run_in_thread (worker, import_thread);
}

static int
lk_address_book_memory_import_finish (LkAddressBook *book, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}

static void
lk_address_book_memory_iface_init (LkAddressBookInterface *iface)
{
  iface->open_async = lk_address_book_memory_open_async;
  iface->open_finish = lk_address_book_memory_open_finish;
  iface->set_photo_async = lk_address_book_memory_set_photo_async;
  iface->set_photo_finish = lk_address_book_memory_set_photo_finish;
  iface->import_async = lk_address_book_memory_import_async;
  iface->import_finish = lk_address_book_memory_import_finish;
}

static void
lk_address_book_memory_class_init (LkAddressBookMemoryClass *klass)
{
}

static void
lk_address_book_memory_init (LkAddressBookMemory *self)
{
}

LkAddressBook *
lk_address_book_memory_new (void)
{
  return g_object_new (LK_TYPE_ADDRESS_BOOK_MEMORY, NULL);
}

void
lk_address_book_memory_add (LkAddressBook *self, LkContact *contact)
{
  g_return_if_fail (LK_IS_ADDRESS_BOOK_MEMORY (self));
  g_return_if_fail (LK_IS_CONTACT (contact));

  lk_contact_store_put (LK_CONTACT_STORE (self), contact);
}

void
lk_address_book_memory_remove (LkAddressBook *self, const char *uid)
{
  g_return_if_fail (LK_IS_ADDRESS_BOOK_MEMORY (self));

  lk_contact_store_remove (LK_CONTACT_STORE (self), uid);
}

void
lk_address_book_memory_set_photo (LkAddressBook *self, const char *uid, GBytes *photo)
{
  LkContact *contact = NULL;
  g_autoptr (LkPhoto) hashed = photo != NULL ? lk_photo_new (photo) : NULL;

  g_return_if_fail (LK_IS_ADDRESS_BOOK_MEMORY (self));

  contact = lk_contact_store_lookup (LK_CONTACT_STORE (self), uid);
  g_return_if_fail (contact != NULL);
  lk_contact_set_photo (contact, hashed);
}
