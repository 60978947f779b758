/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-receiver.h"

#include "lk-async.h"
#include "lk-hash.h"
#include "lk-json.h"

struct _LkReceiver
{
  GObject parent_instance;
  LkClient *client;
  LkAddressBook *book;
  LkAgentState *state;
  gboolean sharing;
  char *sharing_account;
  gboolean running;
  guint counts[LK_PHOTO_N_ACTIONS];
};

/**
 * Run: one run's work.
 * @earlier: (element-type LkFeedChange): what failed in a run before
 * @told: refs that the feed told something about in this run
 * @changes: (element-type LkFeedChange): what is being applied
 * @next: the index of the next one of @changes
 * @cursor: (nullable): where the page that is being applied ends; NULL while @earlier is tried
 * again
 * @more: whether another page comes
 * @started_over: whether the server refused the cursor
 */
typedef struct
{
  GPtrArray *earlier;
  GHashTable *told;
  GPtrArray *changes;
  guint next;
  char *cursor;
  gboolean more;
  gboolean started_over;
  char *shared;
} Run;

enum
{
  SIGNAL_APPLIED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkReceiver, lk_receiver, G_TYPE_OBJECT)

static void
run_free (gpointer data)
{
  Run *self = data;

  g_clear_pointer (&self->earlier, g_ptr_array_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_free (self->cursor);
  g_free (self->shared);
  g_free (self);
}

static void apply_next (GTask *task);
static void read_feed (GTask *task);

/* Each run ends here. Takes @error (nullable). */
static void
end_run (GTask *task, GError *error)
{
  LkReceiver *self = g_task_get_source_object (task);

  self->running = FALSE;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void send_next_receipt (GTask *task);

static void
on_finally_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  GError *error = NULL;

  lk_agent_state_save_finish (self->state, result, &error);
  end_run (task, error);
}

static void
finish_run (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);

  lk_agent_state_save_async (self->state, NULL, on_finally_saved, g_object_ref (task));
}

/* --- receipts: what waits, one after another; an answer that is no makes it not wait any longer
 * --- */

/**
 * Receipt: one on its way.
 */
typedef struct
{
  GTask *task;
  char *picture;
  LkDeliveryState state;
  LkDeliveryState sent;
} Receipt;

static void on_receipt_ready (GObject *source, GAsyncResult *result, gpointer data);

static void
send_receipt (Receipt *receipt, LkDeliveryState state)
{
  LkReceiver *self = g_task_get_source_object (receipt->task);

  receipt->sent = state;
  lk_client_put_receipt_async (self->client, receipt->picture, state,
                               g_task_get_cancellable (receipt->task), on_receipt_ready, receipt);
}

static void
receipt_free (Receipt *self)
{
  g_clear_object (&self->task);
  g_free (self->picture);
  g_free (self);
}

static void
on_receipt_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Receipt *receipt = data;
  g_autoptr (GTask) task = g_object_ref (receipt->task);
  LkReceiver *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gboolean refused = FALSE;

  /* The picture is withdrawn, or was accepted already: there is nothing left to say. */
  if (!lk_client_put_receipt_finish (self->client, result, &error))
    refused = g_error_matches (error, LK_PROBLEM, LK_PROBLEM_NOT_FOUND)
              || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_CONFLICT);
  if (error == NULL && receipt->sent != receipt->state)
    {
      send_receipt (receipt, receipt->state);
      return;
    }
  if (error == NULL || refused)
    lk_agent_state_remove_receipt (self->state, receipt->picture);
  receipt_free (receipt);

  /* One that could not be sent waits for the next run: the photos are where they should be. */
  if (error == NULL || refused)
    send_next_receipt (task);
  else if (lk_error_is_cancelled (error)
           || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED))
    end_run (task, g_steal_pointer (&error));
  else
    {
      g_message ("A receipt waits for the next run: %s", error->message);
      finish_run (task);
    }
}

static void
send_next_receipt (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);
  Receipt *receipt = g_new0 (Receipt, 1);

  if (!lk_agent_state_next_receipt (self->state, &receipt->picture, &receipt->state))
    {
      receipt_free (receipt);
      finish_run (task);
      return;
    }
  receipt->task = g_object_ref (task);
  send_receipt (receipt, MIN (receipt->state, LK_DELIVERY_FETCHED));
}

/* --- changes --- */

static void
on_page_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!lk_agent_state_save_finish (self->state, result, &error))
    end_run (task, error);
  else if (run->more)
    read_feed (task);
  else
    {
      /* The feed is read: now once more what failed before, unless the feed told something newer.
       */
      g_clear_pointer (&run->cursor, g_free);
      g_ptr_array_set_size (run->changes, 0);
      run->next = 0;
      for (guint i = 0; i < run->earlier->len; i++)
        {
          LkFeedChange *change = run->earlier->pdata[i];

          if (!g_hash_table_contains (run->told, change->ref))
            g_ptr_array_add (run->changes, lk_feed_change_new (change->ref, change->picture));
        }
      apply_next (task);
    }
}

static void
finish_changes (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  if (run->cursor == NULL)
    {
      send_next_receipt (task);
      return;
    }
  lk_agent_state_set_cursor (self->state, run->cursor);
  lk_agent_state_save_async (self->state, g_task_get_cancellable (task), on_page_saved,
                             g_object_ref (task));
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  const LkFeedChange *change = run->changes->pdata[run->next];
  GError *error = NULL;
  g_autoptr (LkApplied) applied = lk_photo_apply_finish (result, &error);

  if (applied == NULL)
    {
      end_run (task, error);
      return;
    }
  if (applied->retry)
    lk_agent_state_add_pending (self->state, change);
  else
    lk_agent_state_remove_pending (self->state, change->ref);
  self->counts[applied->action]++;
  g_signal_emit (self, signals[SIGNAL_APPLIED], 0, applied);

  run->next++;
  apply_next (task);
}

static void
apply_next (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  if (run->next == run->changes->len)
    finish_changes (task);
  else
    lk_photo_apply_async (self->book, self->state, self->client, run->changes->pdata[run->next],
                          g_task_get_cancellable (task), on_applied, g_object_ref (task));
}

static void
on_feed_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (LkFeed) feed = lk_client_get_feed_finish (self->client, result, &error);

  if (feed == NULL)
    {
      /* A cursor of another life of the server's: from the start, which writes nothing twice. */
      if (g_error_matches (error, LK_PROBLEM, LK_PROBLEM_BAD_REQUEST) && !run->started_over
          && lk_agent_state_get_cursor (self->state) != NULL)
        {
          g_error_free (error);
          run->started_over = TRUE;
          lk_agent_state_set_cursor (self->state, NULL);
          read_feed (task);
        }
      else
        end_run (task, error);
      return;
    }
  /* A page that ends where it began and says that more comes would be asked for for ever. */
  if (feed->more && g_strcmp0 (feed->cursor, lk_agent_state_get_cursor (self->state)) == 0)
    {
      end_run (task, g_error_new_literal (LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                                          "The server's feed does not move on"));
      return;
    }

  g_clear_pointer (&run->changes, g_ptr_array_unref);
  run->changes = g_ptr_array_ref (feed->changes);
  run->next = 0;
  run->more = feed->more;
  g_free (run->cursor);
  run->cursor = g_strdup (feed->cursor);
  for (guint i = 0; i < run->changes->len; i++)
    g_hash_table_add (run->told, g_strdup (((LkFeedChange *)run->changes->pdata[i])->ref));
  apply_next (task);
}

static void
read_feed (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);

  lk_client_get_feed_async (self->client, lk_agent_state_get_cursor (self->state),
                            g_task_get_cancellable (task), on_feed_ready, g_object_ref (task));
}

/* --- sharing --- */

static void
on_shared_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (lk_agent_state_save_finish (self->state, result, &error))
    read_feed (task);
  else
    end_run (task, error);
}

static void
on_contacts_put (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!lk_client_put_contacts_finish (self->client, result, &error))
    {
      end_run (task, error);
      return;
    }
  lk_agent_state_set_shared (self->state, run->shared);
  lk_agent_state_save_async (self->state, g_task_get_cancellable (task), on_shared_saved,
                             g_object_ref (task));
}

static void
share (GTask *task)
{
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GPtrArray) contacts = lk_address_book_dup_shared (self->book);
  g_autoptr (JsonObject) json = lk_shared_contacts_to_json (contacts);
  g_autoptr (GBytes) bytes = lk_json_object_to_bytes (json);

  run->shared = lk_hash_sha256_hex (bytes);
  if (g_strcmp0 (run->shared, lk_agent_state_get_shared (self->state)) == 0)
    read_feed (task);
  else
    lk_client_put_contacts_async (self->client, contacts, g_task_get_cancellable (task),
                                  on_contacts_put, g_object_ref (task));
}

static void
on_account_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkReceiver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (LkAccount) account = lk_client_get_account_finish (self->client, result, &error);

  if (account == NULL)
    {
      end_run (task, error);
      return;
    }
  lk_agent_state_set_account (self->state, lk_client_get_server (self->client), account->id);
  run->earlier = lk_agent_state_dup_pending (self->state);
  if (self->sharing
      && (self->sharing_account == NULL || g_strcmp0 (self->sharing_account, account->id) == 0))
    share (task);
  else
    read_feed (task);
}

static void
lk_receiver_finalize (GObject *object)
{
  LkReceiver *self = LK_RECEIVER (object);

  g_clear_object (&self->client);
  g_clear_object (&self->book);
  g_clear_object (&self->state);
  g_free (self->sharing_account);

  G_OBJECT_CLASS (lk_receiver_parent_class)->finalize (object);
}

static void
lk_receiver_class_init (LkReceiverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_receiver_finalize;

  signals[SIGNAL_APPLIED] = g_signal_new ("applied", LK_TYPE_RECEIVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
lk_receiver_init (LkReceiver *self)
{
}

LkReceiver *
lk_receiver_new (LkClient *client, LkAddressBook *book, LkAgentState *state)
{
  LkReceiver *self = g_object_new (LK_TYPE_RECEIVER, NULL);

  self->client = g_object_ref (client);
  self->book = g_object_ref (book);
  self->state = g_object_ref (state);
  return self;
}

void
lk_receiver_set_sharing (LkReceiver *self, gboolean sharing, const char *account)
{
  g_return_if_fail (LK_IS_RECEIVER (self));

  self->sharing = sharing;
  g_free (self->sharing_account);
  self->sharing_account = g_strdup (account);
}

void
lk_receiver_run_async (LkReceiver *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GTask *task = NULL;
  Run *run = NULL;

  g_return_if_fail (LK_IS_RECEIVER (self));
  g_return_if_fail (!self->running);

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_receiver_run_async);
  run = g_new0 (Run, 1);
  run->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, run, run_free);
  self->running = TRUE;
  memset (self->counts, 0, sizeof self->counts);
  lk_client_get_account_async (self->client, cancellable, on_account_ready, task);
}

gboolean
lk_receiver_run_finish (LkReceiver *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
lk_receiver_get_count (LkReceiver *self, LkPhotoAction action)
{
  g_return_val_if_fail (LK_IS_RECEIVER (self), 0);
  g_return_val_if_fail (action < LK_PHOTO_N_ACTIONS, 0);

  return self->counts[action];
}
