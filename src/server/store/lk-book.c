/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-book.h"

#include <string.h>
#include "lk-audience.h"
#include "lk-identifier.h"
#include "lk-store.h"
#include "lk-wire.h"

/* Half of a SHA-256 names a content as surely as an ETag needs. */
#define ETAG_LENGTH 32

static void
append_hex (GString *text, const LkMac *mac)
{
  for (gsize i = 0; i < sizeof mac->bytes; i++)
    {
      g_string_append_c (text, "0123456789abcdef"[mac->bytes[i] >> 4]);
      g_string_append_c (text, "0123456789abcdef"[mac->bytes[i] & 15]);
    }
}

static int
compare_macs (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (LkMac));
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const LkBookEntry *first = *(const LkBookEntry *const *)a,
                    *second = *(const LkBookEntry *const *)b;

  return strcmp (first->ref, second->ref);
}

static void
entry_free (gpointer data)
{
  LkBookEntry *self = data;

  g_free (self->ref);
  g_array_unref (self->macs);
  g_free (self);
}

static LkBookEntry *
entry_new (LkServerKey *key, const LkSharedContact *contact)
{
  LkBookEntry *self = g_new0 (LkBookEntry, 1);
  g_autoptr (GString) text = g_string_new (NULL);

  self->ref = g_strdup (contact->ref);
  self->macs = g_array_new (FALSE, FALSE, sizeof (LkMac));
  for (guint i = 0; contact->identifiers[i] != NULL; i++)
    {
      LkMac mac;

      lk_server_key_mac (key, LK_KEY_PURPOSE_IDENTIFIER, contact->identifiers[i], mac.bytes);
      g_array_append_val (self->macs, mac);
    }
  g_array_sort (self->macs, compare_macs);
  for (guint i = 1; i < self->macs->len;)
    {
      if (compare_macs (&g_array_index (self->macs, LkMac, i - 1),
                        &g_array_index (self->macs, LkMac, i))
          == 0)
        g_array_remove_index (self->macs, i);
      else
        i++;
    }
  for (guint i = 0; i < self->macs->len; i++)
    append_hex (text, &g_array_index (self->macs, LkMac, i));
  lk_server_key_mac (key, LK_KEY_PURPOSE_BOOK, text->str, self->digest.bytes);
  return self;
}

static gboolean
check_contact (const LkSharedContact *contact, GError **error)
{
  gsize length = strlen (contact->ref);

  if (length == 0 || length > LK_REF_MAX_LENGTH)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID, "A ref has 1 to %d bytes",
                   LK_REF_MAX_LENGTH);
      return FALSE;
    }
  if (g_strv_length (contact->identifiers) > LK_MAX_CONTACT_IDENTIFIERS)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY,
                   "A contact has %d identifiers at most", LK_MAX_CONTACT_IDENTIFIERS);
      return FALSE;
    }
  for (guint i = 0; contact->identifiers[i] != NULL; i++)
    if (lk_identifier_get_kind (contact->identifiers[i]) == LK_IDENTIFIER_NONE)
      {
        g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID,
                             "A contact's identifier is not in canonical form");
        return FALSE;
      }
  return TRUE;
}

static char *
make_etag (LkServerKey *key, GPtrArray *entries)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) etag = g_string_new (NULL);
  LkMac mac;

  for (guint i = 0; i < entries->len; i++)
    {
      const LkBookEntry *entry = entries->pdata[i];

      append_hex (text, &entry->digest);
      g_string_append (text, entry->ref);
      g_string_append_c (text, '\n');
    }
  lk_server_key_mac (key, LK_KEY_PURPOSE_BOOK, text->str, mac.bytes);
  append_hex (etag, &mac);
  return g_strndup (etag->str, ETAG_LENGTH);
}

/**
 * lk_book_new:
 * @contacts: (element-type LkSharedContact): in any order
 * @error: return location for LK_STORE_ERROR_INVALID (a ref twice, empty or too long; an identifier
 * that is not canonical) or LK_STORE_ERROR_TOO_MANY
 *
 * Two books of the same content have the same ETag, in whatever order their contacts came.
 *
 * Returns: (transfer full): the book
 */
LkBook *
lk_book_new (LkServerKey *key, GPtrArray *contacts, GError **error)
{
  g_autoptr (LkBook) self = g_new0 (LkBook, 1);

  self->entries = g_ptr_array_new_full (contacts->len, entry_free);
  if (contacts->len > LK_MAX_CONTACTS)
    {
      g_set_error (error, LK_STORE_ERROR, LK_STORE_ERROR_TOO_MANY, "%d contacts at most",
                   LK_MAX_CONTACTS);
      return NULL;
    }
  for (guint i = 0; i < contacts->len; i++)
    {
      if (!check_contact (contacts->pdata[i], error))
        return NULL;
      g_ptr_array_add (self->entries, entry_new (key, contacts->pdata[i]));
    }
  g_ptr_array_sort (self->entries, compare_entries);
  for (guint i = 1; i < self->entries->len; i++)
    if (compare_entries (&self->entries->pdata[i - 1], &self->entries->pdata[i]) == 0)
      {
        g_set_error_literal (error, LK_STORE_ERROR, LK_STORE_ERROR_INVALID, "A ref is there twice");
        return NULL;
      }
  self->etag = make_etag (key, self->entries);
  return g_steal_pointer (&self);
}

void
lk_book_free (LkBook *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_free (self->etag);
  g_free (self);
}
