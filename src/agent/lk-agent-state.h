/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "lk-agent-error.h"
#include "lk-wire.h"

/** The most changes that wait for another try. */
#define LK_AGENT_MAX_PENDING LK_MAX_CONTACTS

/**
 * LkWritten: a photo that Likeness itself wrote to a contact.
 * @sha256: (nullable): what the address book had right after; not always the bytes that were
 * written, since some address books store a photo in their own way
 * @source: (nullable): the SHA-256 of the rendition it came from
 * @intent: (nullable): what is being written; still there after a crash between the write and its
 * record
 */
typedef struct
{
  char *sha256;
  char *source;
  char *intent;
} LkWritten;

/**
 * LkAgentState: the record of what was received, a JSON file for its owner alone: how far the feed
 * was read, the photos that Likeness wrote, changes and receipts that wait for another try. What
 * was written belongs to the address book and stays when another account signs in; the rest belongs
 * to one account of one server. Main context only.
 */
#define LK_TYPE_AGENT_STATE (lk_agent_state_get_type ())
G_DECLARE_FINAL_TYPE (LkAgentState, lk_agent_state, LK, AGENT_STATE, GObject)

/* Reads @path, or begins an empty record, and keeps others from using it (LK_AGENT_ERROR_BUSY)
 * until it is finalized. A record that cannot be understood is put aside as PATH.broken: without it
 * every photo counts as its owner's, which overwrites nothing. Blocks. (transfer full) */
LkAgentState *lk_agent_state_open (const char *path, GError **error);
/* $XDG_STATE_HOME/likeness/agent.json. (transfer full) */
char *lk_agent_state_dup_default_path (void);
/* Writes aside, syncs and renames, on a worker thread. */
void lk_agent_state_save_async (LkAgentState *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean lk_agent_state_save_finish (LkAgentState *self, GAsyncResult *result, GError **error);

/* Makes the record one of this account; what belongs to another one is dropped. */
void lk_agent_state_set_account (LkAgentState *self, const char *server, const char *account);
const char *lk_agent_state_get_cursor (LkAgentState *self); /* (nullable) */
void lk_agent_state_set_cursor (LkAgentState *self, const char *cursor);
/* The SHA-256 of the address book that was shared last. (nullable) */
const char *lk_agent_state_get_shared (LkAgentState *self);
void lk_agent_state_set_shared (LkAgentState *self, const char *sha256);

const LkWritten *lk_agent_state_get_written (LkAgentState *self, const char *ref); /* (nullable) */
void lk_agent_state_set_intent (LkAgentState *self, const char *ref, const char *sha256);
void lk_agent_state_set_written (LkAgentState *self,
                                 const char *ref,
                                 const char *sha256,
                                 const char *source);
void lk_agent_state_forget_written (LkAgentState *self, const char *ref);

/* Changes that wait, one for each ref. */
void lk_agent_state_add_pending (LkAgentState *self, const LkFeedChange *change);
void lk_agent_state_remove_pending (LkAgentState *self, const char *ref);
GPtrArray *lk_agent_state_dup_pending (LkAgentState *self); /* (element-type LkFeedChange) */

/* Receipts that wait, one for each picture: the furthest. */
void lk_agent_state_add_receipt (LkAgentState *self, const char *picture, LkDeliveryState state);
void lk_agent_state_remove_receipt (LkAgentState *self, const char *picture);
/* FALSE where there is none. @picture: (transfer full) */
gboolean lk_agent_state_next_receipt (LkAgentState *self, char **picture, LkDeliveryState *state);
