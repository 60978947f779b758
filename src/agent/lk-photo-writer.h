/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-address-book.h"
#include "lk-agent-state.h"
#include "lk-client.h"

/**
 * LkPhotoAction: what became of a change of the feed.
 * @LK_PHOTO_UPDATED: the contact has the picture's photo now
 * @LK_PHOTO_UNCHANGED: it had it already, or there was nothing to take away
 * @LK_PHOTO_KEPT: the owner of the address book has chosen a photo, or none: it was left
 * @LK_PHOTO_REMOVED: the picture was withdrawn, and the photo that Likeness had written of it is
 * gone
 * @LK_PHOTO_FAILED: see the error
 */
typedef enum
{
  LK_PHOTO_UPDATED,
  LK_PHOTO_UNCHANGED,
  LK_PHOTO_KEPT,
  LK_PHOTO_REMOVED,
  LK_PHOTO_FAILED,
} LkPhotoAction;

#define LK_PHOTO_N_ACTIONS (LK_PHOTO_FAILED + 1)

/* "updated", "unchanged", "kept", "removed" or "failed". */
const char *lk_photo_action_to_string (LkPhotoAction action);

/**
 * LkApplied: a change of the feed and what became of it.
 * @ref: the contact's ref
 * @contact: (nullable): the contact, where it is in the address book
 * @picture: (nullable): the picture's id; NULL for a withdrawal
 * @action: what became of it
 * @error: (nullable): why it failed or was kept
 * @retry: whether another try makes sense
 */
typedef struct
{
  char *ref;
  LkContact *contact;
  char *picture;
  LkPhotoAction action;
  GError *error;
  gboolean retry;
} LkApplied;

void lk_applied_free (LkApplied *self);

/* What is to be done with a contact that has the photo @current, of which Likeness wrote @written,
 * now that the picture's photo is @offered (SHA-256s; all three nullable). The rule: a photo that
 * Likeness did not write is never touched, and one that Likeness wrote and the owner took away is
 * not written again. */
LkPhotoAction lk_photo_decide (const char *current, const LkWritten *written, const char *offered);

/* Applies one change: decides, downloads the photo where it is needed, decides again with what the
 * address book says by then, writes it and keeps the record. Saves the record before it writes;
 * what came of it is saved by the caller. Queues receipts in the record. Fails only where the whole
 * run has to end: cancelled, signed out, the server or the record out of reach. (transfer full) */
void lk_photo_apply_async (LkAddressBook *book,
                           LkAgentState *state,
                           LkClient *client,
                           const LkFeedChange *change,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
LkApplied *lk_photo_apply_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LkApplied, lk_applied_free)
