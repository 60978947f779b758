/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-address-book.h"

#include "lk-wire.h"

G_DEFINE_QUARK (lk - contacts - error - quark, lk_contacts_error)

G_DEFINE_INTERFACE (LkAddressBook, lk_address_book, G_TYPE_LIST_MODEL)

static void
lk_address_book_default_init (LkAddressBookInterface *iface)
{
  g_signal_new ("problem", LK_TYPE_ADDRESS_BOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

void
lk_address_book_open_async (LkAddressBook *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_return_if_fail (LK_IS_ADDRESS_BOOK (self));

  LK_ADDRESS_BOOK_GET_IFACE (self)->open_async (self, cancellable, callback, data);
}

gboolean
lk_address_book_open_finish (LkAddressBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_ADDRESS_BOOK (self), FALSE);

  return LK_ADDRESS_BOOK_GET_IFACE (self)->open_finish (self, result, error);
}

void
lk_address_book_set_photo_async (LkAddressBook *self,
                                 LkContact *contact,
                                 GBytes *jpeg,
                                 const char *expected_sha256,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data)
{
  g_return_if_fail (LK_IS_ADDRESS_BOOK (self));
  g_return_if_fail (LK_IS_CONTACT (contact));

  LK_ADDRESS_BOOK_GET_IFACE (self)->set_photo_async (self, contact, jpeg, expected_sha256,
                                                     cancellable, callback, data);
}

gboolean
lk_address_book_set_photo_finish (LkAddressBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_ADDRESS_BOOK (self), FALSE);

  return LK_ADDRESS_BOOK_GET_IFACE (self)->set_photo_finish (self, result, error);
}

void
lk_address_book_import_async (LkAddressBook *self,
                              GFile *vcards,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_return_if_fail (LK_IS_ADDRESS_BOOK (self));
  g_return_if_fail (G_IS_FILE (vcards));

  LK_ADDRESS_BOOK_GET_IFACE (self)->import_async (self, vcards, cancellable, callback, data);
}

int
lk_address_book_import_finish (LkAddressBook *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LK_IS_ADDRESS_BOOK (self), -1);

  return LK_ADDRESS_BOOK_GET_IFACE (self)->import_finish (self, result, error);
}

LkContact *
lk_address_book_lookup_ref (LkAddressBook *self, const char *ref)
{
  g_return_val_if_fail (LK_IS_ADDRESS_BOOK (self), NULL);
  g_return_val_if_fail (ref != NULL, NULL);

  return LK_ADDRESS_BOOK_GET_IFACE (self)->lookup_ref (self, ref);
}

GPtrArray *
lk_address_book_dup_shared (LkAddressBook *self)
{
  GPtrArray *shared = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  guint n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self));

  for (guint i = 0; i < n_contacts && shared->len < LK_MAX_CONTACTS; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (G_LIST_MODEL (self), i);
      const char *const *identifiers = lk_contact_get_identifiers (contact);

      if (identifiers[0] != NULL)
        g_ptr_array_add (shared, lk_shared_contact_new (lk_contact_get_ref (contact), identifiers));
    }
  return shared;
}
