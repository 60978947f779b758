/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-photo-writer.h"

#include <string.h>

#include "lk-async.h"

/**
 * Application: a change on its way.
 * @jpeg: (nullable): the photo, once it was downloaded
 * @seen: (nullable): the contact's photo when it was decided to write
 */
typedef struct
{
  LkAddressBook *book;
  LkAgentState *state;
  LkClient *client;
  LkFeedChange *change;
  LkContact *contact;
  GBytes *jpeg;
  char *seen;
} Application;

static void
application_free (gpointer data)
{
  Application *self = data;

  g_clear_object (&self->book);
  g_clear_object (&self->state);
  g_clear_object (&self->client);
  g_clear_pointer (&self->change, lk_feed_change_free);
  g_clear_object (&self->contact);
  g_clear_pointer (&self->jpeg, g_bytes_unref);
  g_free (self->seen);
  g_free (self);
}

/* Ends the change with @action. Takes @error (nullable). */
static void
return_action (GTask *task, LkPhotoAction action, GError *error, gboolean retry)
{
  Application *self = g_task_get_task_data (task);
  LkApplied *applied = g_new0 (LkApplied, 1);

  applied->ref = g_strdup (self->change->ref);
  applied->contact = self->contact != NULL ? g_object_ref (self->contact) : NULL;
  applied->picture = self->change->picture != NULL ? g_strdup (self->change->picture->id) : NULL;
  applied->action = action;
  applied->error = error;
  applied->retry = retry;
  g_task_return_pointer (task, applied, (GDestroyNotify)lk_applied_free);
}

/* Errors after which no other change of this run could do better. */
static gboolean
ends_the_run (const GError *error)
{
  return lk_error_is_cancelled (error)
         || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED)
         || g_error_matches (error, LK_API_ERROR, LK_API_ERROR_OFFLINE)
         || g_error_matches (error, LK_API_ERROR, LK_API_ERROR_TLS)
         || g_error_matches (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE);
}

static const LkRendition *
get_photo (Application *self)
{
  return self->change->picture != NULL ? lk_picture_get_rendition (self->change->picture, "photo")
                                       : NULL;
}

static LkPhotoAction
decide (Application *self)
{
  const LkRendition *photo = get_photo (self);

  return lk_photo_decide (lk_contact_get_photo_sha256 (self->contact),
                          lk_agent_state_get_written (self->state, self->change->ref),
                          photo != NULL ? photo->sha256 : NULL);
}

static void
queue_receipt (Application *self, LkDeliveryState state)
{
  if (self->change->picture != NULL)
    lk_agent_state_add_receipt (self->state, self->change->picture->id, state);
}

/* Nothing is to be written: says so. */
static void
settle (GTask *task, LkPhotoAction action)
{
  Application *self = g_task_get_task_data (task);
  const char *current = lk_contact_get_photo_sha256 (self->contact);
  const LkWritten *written = lk_agent_state_get_written (self->state, self->change->ref);
  const LkRendition *photo = get_photo (self);

  /* Written by a run that ended before it could record it. */
  if (action == LK_PHOTO_UNCHANGED && photo != NULL && written != NULL && current != NULL
      && g_strcmp0 (current, written->intent) == 0)
    lk_agent_state_set_written (self->state, self->change->ref, current, photo->sha256);
  if (action == LK_PHOTO_UNCHANGED)
    queue_receipt (self, LK_DELIVERY_ACCEPTED);
  if (self->change->picture == NULL)
    lk_agent_state_forget_written (self->state, self->change->ref);
  return_action (task, action, NULL, FALSE);
}

static void
on_photo_set (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Application *self = g_task_get_task_data (task);
  const LkRendition *photo = get_photo (self);
  GError *error = NULL;

  if (lk_address_book_set_photo_finish (self->book, result, &error))
    {
      if (photo != NULL)
        {
          lk_agent_state_set_written (self->state, self->change->ref,
                                      lk_contact_get_photo_sha256 (self->contact), photo->sha256);
          queue_receipt (self, LK_DELIVERY_ACCEPTED);
        }
      else
        lk_agent_state_forget_written (self->state, self->change->ref);
      return_action (task, photo != NULL ? LK_PHOTO_UPDATED : LK_PHOTO_REMOVED, NULL, FALSE);
      return;
    }

  if (ends_the_run (error))
    g_task_return_error (task, error);
  else if (g_error_matches (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_CONFLICT)
           || g_error_matches (error, LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_READ_ONLY))
    {
      lk_agent_state_set_intent (self->state, self->change->ref, NULL);
      return_action (task, LK_PHOTO_KEPT, error, FALSE);
    }
  else
    /* It may have been written all the same: the intent stays. */
    return_action (task, LK_PHOTO_FAILED, error, TRUE);
}

static void
on_intent_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Application *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!lk_agent_state_save_finish (self->state, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  lk_address_book_set_photo_async (self->book, self->contact, self->jpeg, self->seen,
                                   g_task_get_cancellable (task), on_photo_set,
                                   g_object_ref (task));
}

/* First what is going to be written, then the writing: a crash between does not make it the owner's
 * photo. */
static void
write_photo (GTask *task)
{
  Application *self = g_task_get_task_data (task);
  const LkRendition *photo = get_photo (self);

  self->seen = g_strdup (lk_contact_get_photo_sha256 (self->contact));
  if (photo == NULL)
    {
      lk_address_book_set_photo_async (self->book, self->contact, NULL, self->seen,
                                       g_task_get_cancellable (task), on_photo_set,
                                       g_object_ref (task));
      return;
    }
  lk_agent_state_set_intent (self->state, self->change->ref, photo->sha256);
  lk_agent_state_save_async (self->state, g_task_get_cancellable (task), on_intent_saved,
                             g_object_ref (task));
}

static gboolean
is_jpeg (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return length > 3 && memcmp (data, "\xff\xd8\xff", 3) == 0;
}

static void
on_downloaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Application *self = g_task_get_task_data (task);
  LkPhotoAction action = LK_PHOTO_FAILED;
  GError *error = NULL;

  self->jpeg = lk_client_get_rendition_finish (self->client, result, &error);
  if (self->jpeg == NULL)
    {
      /* One that is not there any more: the feed will say what is there instead. */
      if (ends_the_run (error))
        g_task_return_error (task, error);
      else
        return_action (task, LK_PHOTO_FAILED, error,
                       !g_error_matches (error, LK_PROBLEM, LK_PROBLEM_NOT_FOUND));
      return;
    }
  if (!is_jpeg (self->jpeg))
    {
      return_action (task, LK_PHOTO_FAILED,
                     g_error_new_literal (LK_AGENT_ERROR, LK_AGENT_ERROR_NO_PHOTO,
                                          "The picture's photo is not a JPEG"),
                     FALSE);
      return;
    }
  queue_receipt (self, LK_DELIVERY_FETCHED);

  /* The owner may have chosen a photo meanwhile. */
  action = decide (self);
  if (action == LK_PHOTO_UPDATED)
    write_photo (task);
  else
    settle (task, action);
}

static gboolean
check_photo (const LkRendition *photo, GError **error)
{
  if (photo != NULL && g_strcmp0 (photo->type, "image/jpeg") == 0
      && photo->size <= LK_CONTACT_PHOTO_MAX_BYTES)
    return TRUE;
  g_set_error_literal (error, LK_AGENT_ERROR, LK_AGENT_ERROR_NO_PHOTO,
                       "The picture has no photo that an address book can take");
  return FALSE;
}

const char *
lk_photo_action_to_string (LkPhotoAction action)
{
  static const char *const names[LK_PHOTO_N_ACTIONS]
      = { "updated", "unchanged", "kept", "removed", "failed" };

  g_return_val_if_fail (action < LK_PHOTO_N_ACTIONS, NULL);
  return names[action];
}

void
lk_applied_free (LkApplied *self)
{
  g_free (self->ref);
  g_clear_object (&self->contact);
  g_free (self->picture);
  g_clear_error (&self->error);
  g_free (self);
}

LkPhotoAction
lk_photo_decide (const char *current, const LkWritten *written, const char *offered)
{
  gboolean ours = FALSE;

  if (current != NULL && written != NULL)
    ours = g_strcmp0 (current, written->sha256) == 0 || g_strcmp0 (current, written->intent) == 0;

  if (offered == NULL)
    {
      if (current == NULL)
        return LK_PHOTO_UNCHANGED;
      return ours ? LK_PHOTO_REMOVED : LK_PHOTO_KEPT;
    }
  if (g_strcmp0 (current, offered) == 0)
    return LK_PHOTO_UNCHANGED;
  /* What the address book made of the same photo. */
  if (ours && g_strcmp0 (written->source, offered) == 0)
    return LK_PHOTO_UNCHANGED;
  if (current == NULL && written != NULL && g_strcmp0 (written->source, offered) == 0)
    return LK_PHOTO_KEPT;
  return current == NULL || ours ? LK_PHOTO_UPDATED : LK_PHOTO_KEPT;
}

void
lk_photo_apply_async (LkAddressBook *book,
                      LkAgentState *state,
                      LkClient *client,
                      const LkFeedChange *change,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  Application *self = g_new0 (Application, 1);
  LkContact *contact = lk_address_book_lookup_ref (book, change->ref);
  const LkRendition *photo = NULL;
  LkPhotoAction action = LK_PHOTO_FAILED;
  GError *error = NULL;

  g_task_set_source_tag (task, lk_photo_apply_async);
  self->book = g_object_ref (book);
  self->state = g_object_ref (state);
  self->client = g_object_ref (client);
  self->change = lk_feed_change_new (change->ref, change->picture);
  self->contact = contact != NULL ? g_object_ref (contact) : NULL;
  g_task_set_task_data (task, self, application_free);

  /* A contact that is not there is no failure, and may come back: its book may be away. */
  if (contact == NULL)
    {
      return_action (task, LK_PHOTO_UNCHANGED,
                     g_error_new_literal (LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_NOT_FOUND,
                                          "The contact is not in the address book"),
                     TRUE);
      return;
    }
  photo = get_photo (self);
  if (change->picture != NULL && !check_photo (photo, &error))
    {
      return_action (task, LK_PHOTO_FAILED, error, FALSE);
      return;
    }

  action = decide (self);
  if (action == LK_PHOTO_REMOVED)
    write_photo (task);
  else if (action == LK_PHOTO_UNCHANGED || photo == NULL)
    settle (task, action);
  else
    /* Also one that is going to be kept from the contact: it is fetched, so that it can be offered.
     */
    lk_client_get_rendition_async (client, change->picture->id, photo, cancellable, on_downloaded,
                                   g_object_ref (task));
}

LkApplied *
lk_photo_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
