/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-eds-book.h"

#include "lk-eds-book-private.h"
#include "lk-eds-photo.h"

/** How many contacts, and about how many bytes of vCards, go to EDS in one call. */
#define ADD_MAX_CONTACTS 100
#define ADD_MAX_BYTES (8 * 1024 * 1024)

/* --- setting a photo: get, compare, modify, get again --- */

/**
 * PhotoChange: what a photo task works on.
 * @econtact: the contact as it was read last
 */
typedef struct
{
  char *uid;
  GBytes *jpeg;
  char *expected_sha256;
  EContact *econtact;
} PhotoChange;

static void
photo_change_free (gpointer data)
{
  PhotoChange *self = data;

  g_free (self->uid);
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  g_free (self->expected_sha256);
  g_clear_object (&self->econtact);
  g_free (self);
}

static gboolean
fail_without_client (LkEdsBook *self, GTask *task)
{
  if (self->client != NULL)
    return FALSE;
  g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE,
                           "The address book is not open");
  return TRUE;
}

static void
on_reread_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkEdsBook *self = g_task_get_source_object (task);
  LkEdsBatch *batch = NULL;
  EContact *econtact = NULL;
  GError *error = NULL;

  if (!e_book_client_get_contact_finish (E_BOOK_CLIENT (source), result, &econtact, &error))
    {
      g_task_return_error (task, lk_eds_translate_error (error));
      return;
    }
  batch = lk_eds_batch_new ();
  batch->econtacts = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (batch->econtacts, econtact);
  batch->task = g_steal_pointer (&task);
  lk_eds_book_push_batch (self, batch);
}

static void
on_modify_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PhotoChange *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!e_book_client_modify_contact_finish (E_BOOK_CLIENT (source), result, &error))
    {
      g_task_return_error (task, lk_eds_translate_error (error));
      return;
    }
  /* Cancelled once it is written is written. */
  g_task_set_check_cancellable (task, FALSE);
  e_book_client_get_contact (E_BOOK_CLIENT (source), change->uid, NULL, on_reread_ready,
                             g_object_ref (task));
}

static void
compare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PhotoChange *change = data;
  g_autoptr (LkPhoto) photo = lk_eds_photo_read (change->econtact, cancellable);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!lk_photo_matches (photo, change->expected_sha256))
    {
      g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT,
                               "The contact has another photo by now");
      return;
    }
  lk_eds_photo_set (change->econtact, change->jpeg, "image/jpeg");
  g_task_return_boolean (task, TRUE);
}

static void
on_compare_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkEdsBook *self = g_task_get_source_object (task);
  PhotoChange *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_error (task, error);
  else if (!fail_without_client (self, task))
    e_book_client_modify_contact (
        self->client, change->econtact, E_BOOK_OPERATION_FLAG_CONFLICT_FAIL,
        g_task_get_cancellable (task), on_modify_ready, g_object_ref (task));
}

static void
on_contact_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GTask) comparer = NULL;
  PhotoChange *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!e_book_client_get_contact_finish (E_BOOK_CLIENT (source), result, &change->econtact, &error))
    {
      g_task_return_error (task, lk_eds_translate_error (error));
      return;
    }
  comparer
      = g_task_new (NULL, g_task_get_cancellable (task), on_compare_ready, g_object_ref (task));
  g_task_set_source_tag (comparer, on_contact_ready);
  g_task_set_task_data (comparer, change, NULL);
  g_task_run_in_thread (comparer, compare_thread);
}

/* --- adding contacts --- */

/**
 * Addition: what an adding task works on.
 * @left: (element-type EContact): what EDS was not asked to add yet
 * @asked: how many of @left the call that runs adds
 * @added: (element-type EContact): what it has added
 */
typedef struct
{
  GPtrArray *left;
  guint asked;
  GPtrArray *added;
} Addition;

static void
addition_free (gpointer data)
{
  Addition *self = data;

  g_ptr_array_unref (self->left);
  g_ptr_array_unref (self->added);
  g_free (self);
}

static void add_next (GTask *task);

/* Not through the view alone: whoever imports wants to see the contacts when it is done. */
static void
finish_addition (GTask *task)
{
  LkEdsBook *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);
  LkEdsBatch *batch = lk_eds_batch_new ();

  batch->econtacts = g_ptr_array_ref (addition->added);
  batch->task_value = (int)addition->added->len;
  batch->task = g_object_ref (task);
  lk_eds_book_push_batch (self, batch);
}

static void
on_add_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkEdsBook *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);
  GSList *uids = NULL;
  guint i = 0;
  g_autoptr (GError) error = NULL;

  if (!e_book_client_add_contacts_finish (E_BOOK_CLIENT (source), result, &uids, &error))
    {
      GError *translated = lk_eds_translate_error (g_steal_pointer (&error));

      if (addition->added->len == 0)
        {
          g_task_return_error (task, translated);
          return;
        }
      lk_eds_book_emit_problem (self, translated);
      g_error_free (translated);
      finish_addition (task);
      return;
    }
  for (GSList *l = uids; l != NULL && i < addition->asked; l = l->next, i++)
    {
      e_contact_set (addition->left->pdata[i], E_CONTACT_UID, l->data);
      g_ptr_array_add (addition->added, g_object_ref (addition->left->pdata[i]));
    }
  g_slist_free_full (uids, g_free);
  g_ptr_array_remove_range (addition->left, 0, addition->asked);
  add_next (task);
}

static void
add_next (GTask *task)
{
  LkEdsBook *self = g_task_get_source_object (task);
  Addition *addition = g_task_get_task_data (task);
  GSList *econtacts = NULL;
  gsize n_bytes = 0;

  if (addition->left->len == 0)
    {
      finish_addition (task);
      return;
    }
  if (fail_without_client (self, task))
    return;
  addition->asked = 0;
  while (addition->asked < MIN (addition->left->len, ADD_MAX_CONTACTS) && n_bytes < ADD_MAX_BYTES)
    {
      EContact *econtact = addition->left->pdata[addition->asked++];
      EContactPhoto *photo = e_contact_get (econtact, E_CONTACT_PHOTO);
      gsize length = 0;

      if (photo != NULL && photo->type == E_CONTACT_PHOTO_TYPE_INLINED)
        e_contact_photo_get_inlined (photo, &length);
      g_clear_pointer (&photo, e_contact_photo_free);
      n_bytes += length;
      econtacts = g_slist_prepend (econtacts, econtact);
    }
  econtacts = g_slist_reverse (econtacts);
  e_book_client_add_contacts (self->client, econtacts, E_BOOK_OPERATION_FLAG_NONE,
                              g_task_get_cancellable (task), on_add_ready, g_object_ref (task));
  g_slist_free (econtacts);
}

void
lk_eds_book_set_photo_async (LkEdsBook *self,
                             const char *uid,
                             GBytes *jpeg,
                             const char *expected_sha256,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  PhotoChange *change = NULL;

  g_return_if_fail (lk_eds_book_has_uid (self, uid));

  g_task_set_source_tag (task, lk_eds_book_set_photo_async);
  if (fail_without_client (self, task))
    return;
  if (!lk_eds_book_is_writable (self))
    {
      g_task_return_new_error (task, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_READ_ONLY,
                               "The address book takes no changes");
      return;
    }
  change = g_new0 (PhotoChange, 1);
  change->uid = g_strdup (uid + strlen (self->prefix));
  change->jpeg = jpeg != NULL ? g_bytes_ref (jpeg) : NULL;
  change->expected_sha256 = g_strdup (expected_sha256);
  g_task_set_task_data (task, change, photo_change_free);
  e_book_client_get_contact (self->client, change->uid, cancellable, on_contact_ready,
                             g_object_ref (task));
}

gboolean
lk_eds_book_set_photo_finish (LkEdsBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error) != -1;
}

void
lk_eds_book_add_async (LkEdsBook *self,
                       GBytes *text,
                       GPtrArray *cards,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  Addition *addition = g_new0 (Addition, 1);

  g_task_set_source_tag (task, lk_eds_book_add_async);
  addition->left = g_ptr_array_new_with_free_func (g_object_unref);
  addition->added = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, addition, addition_free);

  for (guint i = 0; i < cards->len; i++)
    {
      const LkVCard *card = cards->pdata[i];
      g_autofree char *store_uid
          = card->uid != NULL ? lk_eds_book_dup_store_uid (self, card->uid) : NULL;
      g_autofree char *card_text = NULL;
      EContact *econtact = NULL;

      if (card->contact == NULL
          || (store_uid != NULL && self->store != NULL
              && lk_contact_store_lookup (self->store, store_uid) != NULL))
        continue;
      card_text = lk_vcard_dup_without_photo (text, card);
      econtact = e_contact_new_from_vcard (card_text);
      if (lk_contact_get_photo (card->contact) != NULL)
        lk_eds_photo_set (econtact, lk_contact_get_photo (card->contact),
                          lk_contact_get_photo_type (card->contact));
      g_ptr_array_add (addition->left, econtact);
    }
  add_next (task);
}

int
lk_eds_book_add_finish (LkEdsBook *self, GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}
