/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-eds-book.h"

/* Shared by the two halves of LkEdsBook: the one that follows and the one that writes. */

struct _LkEdsBook
{
  GObject parent_instance;
  ESource *source;
  LkContactStore *store; /* weak */
  EBookClient *client;
  EBookClientView *view;
  GCancellable *cancellable; /* of everything that runs; cancelled when it is closed */
  GQueue batches;            /* (element-type LkEdsBatch): the first one is being read */
  GHashTable *filled; /* uids that the view has told since it was started, until it is complete */
  char *prefix;       /* of its uids in the store */
  char *region;
  GTask *open_task;       /* until the view is complete */
  gboolean is_connecting; /* until there is a view */
  gboolean is_open;
  guint n_reopens;
  guint n_connects; /* since it was opened last */
};

/**
 * LkEdsBatch: changes of one kind, in the order in which they came. Contacts are read on a worker
 * thread, photos and all.
 * @econtacts: (element-type EContact): new or changed
 * @contacts: (element-type LkContact): what they became
 * @removed: (element-type utf8): uids in the store
 * @task: (nullable): what returns when the batch is in the store
 * @is_complete: the view has told all that there was
 */
typedef struct
{
  LkEdsBook *book; /* while it is read */
  GPtrArray *econtacts;
  GPtrArray *contacts;
  GPtrArray *removed;
  GTask *task;
  int task_value;
  gboolean is_complete;
} LkEdsBatch;

LkEdsBatch *lk_eds_batch_new (void);
/* Has @batch (transfer full) read and put into the store, after those before it. */
void lk_eds_book_push_batch (LkEdsBook *self, LkEdsBatch *batch);
/* The uid of a contact of EDS as the store has it. (transfer full) */
char *lk_eds_book_dup_store_uid (LkEdsBook *self, const char *uid);
void lk_eds_book_emit_problem (LkEdsBook *self, const GError *error);
/* EDS's errors in this library's words. Takes @error. (transfer full) */
GError *lk_eds_translate_error (GError *error);
