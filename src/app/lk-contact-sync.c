/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-contact-sync.h"

#include "lk-app-enums.h"
#include "lk-async.h"
#include "lk-hash.h"
#include "lk-json.h"

/* An import or a sync of the address book comes as many changes: wait until they are through. */
#define SETTLE_MS 1500

struct _LkContactSync
{
  GObject parent_instance;

  LkAddressBook *address_book;
  LkAddressBookState state;
  gboolean opening;
  LkClient *client; /* NULL while stopped */
  gboolean shared;
  gboolean
      active; /* the server was given something here: what another device gave stays as it is */
  char *sent; /* SHA-256 of what the server has, NULL where that is not known */
  guint settle;
  gboolean again;            /* something changed while a try was under way */
  GCancellable *cancellable; /* of the try that is under way */
  GPtrArray *waiting;        /* (element-type GTask): of flush */
};

G_DEFINE_FINAL_TYPE (LkContactSync, lk_contact_sync, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS,
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void push (LkContactSync *self);

static void
return_waiting (LkContactSync *self, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (g_task_return_error_if_cancelled (task))
        continue;
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

typedef struct
{
  LkContactSync *self;
  GCancellable *cancellable;
  char *sha256;
} Push;

static void
push_free (Push *push)
{
  g_object_unref (push->self);
  g_object_unref (push->cancellable);
  g_free (push->sha256);
  g_free (push);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Push, push_free)

static void
on_put_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Push) done = data;
  g_autoptr (GError) error = NULL;
  gboolean put = lk_client_put_contacts_finish (LK_CLIENT (source), result, &error);
  LkContactSync *self = done->self;

  /* Another start or stop came in between. */
  if (self->cancellable != done->cancellable)
    return;

  g_clear_object (&self->cancellable);
  g_free (self->sent);
  self->sent = put ? g_steal_pointer (&done->sha256) : NULL;
  if (put && self->again)
    {
      push (self);
      return;
    }
  self->again = FALSE;
  g_signal_emit (self, signals[SIGNAL_DONE], 0, error);
  return_waiting (self, error);
}

static void
push (LkContactSync *self)
{
  g_autoptr (GPtrArray) contacts = NULL;
  g_autoptr (JsonObject) json = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *sha256 = NULL;
  Push *pushed = NULL;

  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->client == NULL || !self->active)
    {
      return_waiting (self, NULL);
      return;
    }
  if (self->cancellable != NULL)
    {
      self->again = TRUE;
      return;
    }
  self->again = FALSE;
  contacts = self->shared ? lk_address_book_dup_shared (self->address_book)
                          : g_ptr_array_new_with_free_func ((GDestroyNotify)lk_shared_contact_free);
  json = lk_shared_contacts_to_json (contacts);
  bytes = lk_json_object_to_bytes (json);
  sha256 = lk_hash_sha256_hex (bytes);
  if (g_strcmp0 (sha256, self->sent) == 0)
    {
      return_waiting (self, NULL);
      return;
    }

  self->cancellable = g_cancellable_new ();
  pushed = g_new0 (Push, 1);
  pushed->self = g_object_ref (self);
  pushed->cancellable = g_object_ref (self->cancellable);
  pushed->sha256 = g_steal_pointer (&sha256);
  lk_client_put_contacts_async (self->client, contacts, self->cancellable, on_put_ready, pushed);
}

static gboolean
on_settled (gpointer data)
{
  LkContactSync *self = LK_CONTACT_SYNC (data);

  self->settle = 0;
  push (self);
  return G_SOURCE_REMOVE;
}

static void
on_items_changed (LkContactSync *self)
{
  if (!self->shared || self->client == NULL)
    return;
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
set_state (LkContactSync *self, LkAddressBookState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
on_open_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkContactSync) self = LK_CONTACT_SYNC (data);
  g_autoptr (GError) error = NULL;

  self->opening = FALSE;
  if (lk_address_book_open_finish (LK_ADDRESS_BOOK (source), result, &error))
    {
      set_state (self, LK_ADDRESS_BOOK_READY);
      return;
    }
  if (!lk_error_is_cancelled (error))
    g_message ("The address book could not be opened: %s", error->message);
  set_state (self, LK_ADDRESS_BOOK_FAILED);
}

static void
lk_contact_sync_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_enum (value, lk_contact_sync_get_state (LK_CONTACT_SYNC (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_contact_sync_dispose (GObject *object)
{
  LkContactSync *self = LK_CONTACT_SYNC (object);

  lk_contact_sync_stop (self);

  G_OBJECT_CLASS (lk_contact_sync_parent_class)->dispose (object);
}

static void
lk_contact_sync_finalize (GObject *object)
{
  LkContactSync *self = LK_CONTACT_SYNC (object);

  g_ptr_array_unref (self->waiting);
  g_clear_object (&self->address_book);

  G_OBJECT_CLASS (lk_contact_sync_parent_class)->finalize (object);
}

static void
lk_contact_sync_class_init (LkContactSyncClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = lk_contact_sync_get_property;
  object_class->dispose = lk_contact_sync_dispose;
  object_class->finalize = lk_contact_sync_finalize;

  properties[PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, LK_TYPE_ADDRESS_BOOK_STATE, LK_ADDRESS_BOOK_OPENING,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_DONE] = g_signal_new ("done", LK_TYPE_CONTACT_SYNC, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_contact_sync_init (LkContactSync *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * lk_contact_sync_new:
 * @address_book: not opened yet
 */
LkContactSync *
lk_contact_sync_new (LkAddressBook *address_book)
{
  LkContactSync *self = g_object_new (LK_TYPE_CONTACT_SYNC, NULL);

  self->address_book = g_object_ref (address_book);
  g_signal_connect_object (address_book, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

LkAddressBook *
lk_contact_sync_get_address_book (LkContactSync *self)
{
  g_return_val_if_fail (LK_IS_CONTACT_SYNC (self), NULL);

  return self->address_book;
}

LkAddressBookState
lk_contact_sync_get_state (LkContactSync *self)
{
  g_return_val_if_fail (LK_IS_CONTACT_SYNC (self), LK_ADDRESS_BOOK_FAILED);

  return self->state;
}

/**
 * lk_contact_sync_open:
 *
 * Reads the address book, again if that failed before; "state" tells how it went.
 */
void
lk_contact_sync_open (LkContactSync *self)
{
  g_return_if_fail (LK_IS_CONTACT_SYNC (self));

  if (self->state == LK_ADDRESS_BOOK_READY || self->opening)
    return;
  self->opening = TRUE;
  set_state (self, LK_ADDRESS_BOOK_OPENING);
  lk_address_book_open_async (self->address_book, NULL, on_open_ready, g_object_ref (self));
}

/**
 * lk_contact_sync_start:
 * @client: signed in
 * @shared: whether the person agreed already
 *
 * Starts to follow the address book, which is open. What the server has is taken as unknown, so the
 * first try sends everything.
 */
void
lk_contact_sync_start (LkContactSync *self, LkClient *client, gboolean shared)
{
  g_return_if_fail (LK_IS_CONTACT_SYNC (self));
  g_return_if_fail (self->state == LK_ADDRESS_BOOK_READY);

  lk_contact_sync_stop (self);
  self->client = g_object_ref (client);
  if (shared)
    lk_contact_sync_set_shared (self, TRUE);
}

/**
 * lk_contact_sync_stop:
 *
 * Leaves the address book and the server alone. Tries that are under way are cancelled.
 */
void
lk_contact_sync_stop (LkContactSync *self)
{
  g_autoptr (GError) stopped = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Signed out");

  g_return_if_fail (LK_IS_CONTACT_SYNC (self));

  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->sent, g_free);
  self->again = FALSE;
  self->active = FALSE;
  self->shared = FALSE;
  return_waiting (self, stopped);
}

/**
 * lk_contact_sync_set_shared:
 * @shared: whether the person agreed; if not any more, the server is told to forget what it had
 */
void
lk_contact_sync_set_shared (LkContactSync *self, gboolean shared)
{
  g_return_if_fail (LK_IS_CONTACT_SYNC (self));

  self->active = self->active || shared;
  self->shared = shared;
  push (self);
}

/**
 * lk_contact_sync_retry:
 *
 * Tries again at once if the last try failed or something has changed.
 */
void
lk_contact_sync_retry (LkContactSync *self)
{
  g_return_if_fail (LK_IS_CONTACT_SYNC (self));

  push (self);
}

/**
 * lk_contact_sync_flush_async:
 *
 * Waits until the server has the address book as it is now.
 */
void
lk_contact_sync_flush_async (LkContactSync *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer data)
{
  GTask *task = NULL;

  g_return_if_fail (LK_IS_CONTACT_SYNC (self));

  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, lk_contact_sync_flush_async);
  g_ptr_array_add (self->waiting, task);
  push (self);
}

/**
 * lk_contact_sync_flush_finish:
 *
 * Returns: whether it has, else an error of the client's
 */
gboolean
lk_contact_sync_flush_finish (LkContactSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
