/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-eds-book.h"
#include "lk-eds-book-private.h"

#include "lk-async.h"
#include "lk-econtact.h"
#include "lk-eds-photo.h"
#include "lk-phone.h"

/** Not to wait until the book's own server is reached: what is cached is shown, the rest comes by
 * the view. */
#define DO_NOT_WAIT G_MAXUINT32
/** Every contact. */
#define ALL_CONTACTS "(contains \"x-evolution-any-field\" \"\")"
/** How often a book that is lost is opened again. */
#define MAX_REOPENS 3
/** How often, and after how many ms each time, a book is asked for again that EDS does not know
 * yet, or of a process of EDS's that is ending. */
#define MAX_CONNECTS 50
#define CONNECT_DELAY 100

enum
{
  SIGNAL_PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LkEdsBook, lk_eds_book, G_TYPE_OBJECT)

LkEdsBatch *
lk_eds_batch_new (void)
{
  return g_new0 (LkEdsBatch, 1);
}

void
lk_eds_book_emit_problem (LkEdsBook *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, error);
}

static void
batch_free (LkEdsBatch *self)
{
  g_clear_pointer (&self->econtacts, g_ptr_array_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_object (&self->task);
  g_free (self);
}

GError *
lk_eds_translate_error (GError *error)
{
  int code = LK_CONTACTS_ERROR_UNAVAILABLE;
  g_autoptr (GError) owned = error;

  if (lk_error_is_cancelled (error))
    return g_steal_pointer (&owned);
  if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_CANCELLED))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, error->message);
  if (g_error_matches (error, E_BOOK_CLIENT_ERROR, E_BOOK_CLIENT_ERROR_CONTACT_NOT_FOUND))
    code = LK_CONTACTS_ERROR_NOT_FOUND;
  else if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_OUT_OF_SYNC))
    code = LK_CONTACTS_ERROR_CONFLICT;
  else if (g_error_matches (error, E_CLIENT_ERROR, E_CLIENT_ERROR_PERMISSION_DENIED))
    code = LK_CONTACTS_ERROR_READ_ONLY;
  return g_error_new_literal (LK_CONTACTS_ERROR, code, error->message);
}

char *
lk_eds_book_dup_store_uid (LkEdsBook *self, const char *uid)
{
  return g_strconcat (self->prefix, uid, NULL);
}

static void
batch_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  LkEdsBatch *batch = data;
  LkEdsBook *self = batch->book;

  batch->contacts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; batch->econtacts != NULL && i < batch->econtacts->len; i++)
    {
      EContact *econtact = batch->econtacts->pdata[i];
      const char *uid = e_contact_get_const (econtact, E_CONTACT_UID);
      g_autofree char *store_uid = NULL;
      g_autofree char *ref = NULL;
      g_autoptr (LkContact) contact = NULL;
      g_autoptr (LkPhoto) photo = NULL;

      if (uid == NULL || g_cancellable_is_cancelled (cancellable))
        continue;
      store_uid = lk_eds_book_dup_store_uid (self, uid);
      ref = lk_contact_make_ref (e_source_get_uid (self->source), uid);
      contact = lk_econtact_to_contact (econtact, store_uid, ref, self->region);
      if (contact == NULL)
        continue;
      photo = lk_eds_photo_read (econtact, cancellable);
      lk_contact_set_photo (contact, photo);
      g_ptr_array_add (batch->contacts, g_steal_pointer (&contact));
    }
  g_task_return_boolean (task, TRUE);
}

/* The first fill after a start says all that is there: what was known from before and is not in it
 * is gone. */
static void
remove_unfilled (LkEdsBook *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  guint n_contacts = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n_contacts; i++)
    {
      g_autoptr (LkContact) contact = g_list_model_get_item (G_LIST_MODEL (self->store), i);
      const char *uid = lk_contact_get_uid (contact);

      if (lk_eds_book_has_uid (self, uid) && !g_hash_table_contains (self->filled, uid))
        g_ptr_array_add (gone, g_strdup (uid));
    }
  for (guint i = 0; i < gone->len; i++)
    lk_contact_store_remove (self->store, gone->pdata[i]);
}

static void
apply_batch (LkEdsBook *self, LkEdsBatch *batch)
{
  for (guint i = 0; i < batch->contacts->len; i++)
    {
      LkContact *contact = batch->contacts->pdata[i];

      lk_contact_store_put (self->store, contact);
      if (self->filled != NULL)
        g_hash_table_add (self->filled, g_strdup (lk_contact_get_uid (contact)));
    }
  for (guint i = 0; batch->removed != NULL && i < batch->removed->len; i++)
    lk_contact_store_remove (self->store, batch->removed->pdata[i]);
  if (batch->is_complete && self->filled != NULL)
    {
      remove_unfilled (self);
      g_clear_pointer (&self->filled, g_hash_table_unref);
    }
}

static void on_batch_ready (GObject *source, GAsyncResult *result, gpointer data);

static void
read_next_batch (LkEdsBook *self)
{
  LkEdsBatch *batch = g_queue_peek_head (&self->batches);
  g_autoptr (GTask) task = NULL;

  if (batch == NULL)
    return;
  /* A worker's task may be let go last by its thread: the book must end on the main thread. */
  batch->book = self;
  task = g_task_new (NULL, self->cancellable, on_batch_ready, g_object_ref (self));
  g_task_set_source_tag (task, read_next_batch);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, batch, NULL);
  g_task_run_in_thread (task, batch_thread);
}

static void
on_batch_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkEdsBook) self = data;
  LkEdsBatch *batch = g_queue_pop_head (&self->batches);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("A batch of contacts was not read: %s", error->message);
  else if (self->store != NULL && !g_cancellable_is_cancelled (self->cancellable))
    apply_batch (self, batch);

  if (batch->is_complete && self->store != NULL)
    self->is_open = TRUE;
  if (batch->task != NULL)
    g_task_return_int (batch->task, batch->task_value);
  batch_free (batch);
  read_next_batch (self);
}

void
lk_eds_book_push_batch (LkEdsBook *self, LkEdsBatch *batch)
{
  g_queue_push_tail (&self->batches, batch);
  if (self->batches.length == 1)
    read_next_batch (self);
}

static void
on_objects_changed (LkEdsBook *self, const GSList *objects, EBookClientView *view)
{
  LkEdsBatch *batch = lk_eds_batch_new ();

  batch->econtacts = g_ptr_array_new_with_free_func (g_object_unref);
  for (const GSList *l = objects; l != NULL; l = l->next)
    g_ptr_array_add (batch->econtacts, g_object_ref (l->data));
  lk_eds_book_push_batch (self, batch);
}

static void
on_objects_removed (LkEdsBook *self, const GSList *uids, EBookClientView *view)
{
  LkEdsBatch *batch = lk_eds_batch_new ();

  batch->removed = g_ptr_array_new_with_free_func (g_free);
  for (const GSList *l = uids; l != NULL; l = l->next)
    g_ptr_array_add (batch->removed, lk_eds_book_dup_store_uid (self, l->data));
  lk_eds_book_push_batch (self, batch);
}

static void
fail_open (LkEdsBook *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->open_task);
  g_autoptr (GError) owned = error;

  if (task != NULL)
    g_task_return_error (task, g_steal_pointer (&owned));
  else if (!g_cancellable_is_cancelled (self->cancellable))
    lk_eds_book_emit_problem (self, owned);
}

static void
on_complete (LkEdsBook *self, const GError *error, EBookClientView *view)
{
  LkEdsBatch *batch = NULL;

  if (error != NULL)
    {
      fail_open (self, lk_eds_translate_error (g_error_copy (error)));
      return;
    }
  batch = lk_eds_batch_new ();
  batch->is_complete = TRUE;
  batch->task = g_steal_pointer (&self->open_task);
  lk_eds_book_push_batch (self, batch);
}

/* Starting waits for an answer on the bus; the view tells its changes on the main context all the
 * same. */
static void
start_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  e_book_client_view_start (data, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * Start: a view that is being started, kept for the main thread.
 */
typedef struct
{
  LkEdsBook *book;
  EBookClientView *view;
} Start;

static void
on_start_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Start *start = data;
  g_autoptr (LkEdsBook) self = start->book;
  g_autoptr (GObject) view = G_OBJECT (start->view);
  GError *error = NULL;

  g_free (start);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  /* One that was replaced meanwhile is of no matter. */
  if (view == (GObject *)self->view)
    fail_open (self, lk_eds_translate_error (error));
  else
    g_error_free (error);
}

/* Whether the book was closed while @task was on its way, so that @task has returned. */
static gboolean
return_if_closed (LkEdsBook *self, GTask *task)
{
  GError *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    return FALSE;
  g_task_return_error (task, error);
  return TRUE;
}

static void fail_connecting (LkEdsBook *self, GTask *task, GError *error);

static void
on_view_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GTask) starter = NULL;
  LkEdsBook *self = g_task_get_source_object (task);
  EBookClientView *view = NULL;
  Start *start = NULL;
  GError *error = NULL;

  if (!e_book_client_get_view_finish (E_BOOK_CLIENT (source), result, &view, &error))
    {
      fail_connecting (self, task, error);
      return;
    }
  self->is_connecting = FALSE;
  if (return_if_closed (self, task))
    {
      g_object_unref (view);
      return;
    }
  g_clear_object (&self->view);
  self->view = view;
  g_clear_pointer (&self->filled, g_hash_table_unref);
  self->filled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect_object (view, "objects-added", G_CALLBACK (on_objects_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "objects-modified", G_CALLBACK (on_objects_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "objects-removed", G_CALLBACK (on_objects_removed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "complete", G_CALLBACK (on_complete), self, G_CONNECT_SWAPPED);

  start = g_new0 (Start, 1);
  start->book = g_object_ref (self);
  start->view = g_object_ref (view);
  starter = g_task_new (NULL, NULL, on_start_ready, start);
  g_task_set_source_tag (starter, on_view_ready);
  g_task_set_task_data (starter, view, NULL);
  self->open_task = g_steal_pointer (&task);
  g_task_run_in_thread (starter, start_thread);
}

static void
on_reopen_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkEdsBook *self = LK_EDS_BOOK (source);
  g_autoptr (GError) error = NULL;

  if (!lk_eds_book_open_finish (self, result, &error) && !lk_error_is_cancelled (error))
    lk_eds_book_emit_problem (self, error);
}

/* EDS starts again by itself when it is asked for. */
static void
on_backend_died (LkEdsBook *self, EClient *client)
{
  g_autoptr (GError) error = g_error_new_literal (LK_CONTACTS_ERROR, LK_CONTACTS_ERROR_UNAVAILABLE,
                                                  "The address book's backend has ended");

  self->is_open = FALSE;
  g_clear_object (&self->view);
  g_clear_object (&self->client);
  /* What is being asked of it fails by itself, and is asked again. */
  if (self->is_connecting)
    return;
  fail_open (self, g_error_copy (error));
  if (self->n_reopens++ < MAX_REOPENS)
    lk_eds_book_open_async (self, self->cancellable, on_reopen_ready, NULL);
}

static void on_connect_ready (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
on_connect_again (gpointer data)
{
  GTask *task = data;
  LkEdsBook *self = g_task_get_source_object (task);

  if (!return_if_closed (self, task))
    e_book_client_connect (self->source, DO_NOT_WAIT, g_task_get_cancellable (task),
                           on_connect_ready, g_object_ref (task));

  return G_SOURCE_REMOVE;
}

/* EDS ends each of its processes when nobody has used it for a while. What is asked of one that is
 * just ending is not answered, and the bus starts a new one for who asks again. */
static gboolean
has_ended (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

/* EDS tells of a new book in one process and opens it in another, which hears of it at the same
 * time as we do: it may not know the book yet, and nothing says when it does. */
static gboolean
is_unknown_yet (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Tries again where that may help, and else returns @task. Takes @error. */
static void
fail_connecting (LkEdsBook *self, GTask *task, GError *error)
{
  g_autoptr (GError) owned = error;

  if ((has_ended (error) || is_unknown_yet (error)) && ++self->n_connects < MAX_CONNECTS)
    {
      g_timeout_add_full (G_PRIORITY_DEFAULT, CONNECT_DELAY, on_connect_again, g_object_ref (task),
                          g_object_unref);
      return;
    }
  self->is_connecting = FALSE;
  g_task_return_error (task, lk_eds_translate_error (g_steal_pointer (&owned)));
}

static void
on_connect_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  LkEdsBook *self = g_task_get_source_object (task);
  GError *error = NULL;
  EClient *client = e_book_client_connect_finish (result, &error);

  if (client == NULL)
    {
      fail_connecting (self, task, error);
      return;
    }
  if (return_if_closed (self, task))
    {
      g_object_unref (client);
      return;
    }
  g_clear_object (&self->client);
  self->client = E_BOOK_CLIENT (client);
  g_signal_connect_object (client, "backend-died", G_CALLBACK (on_backend_died), self,
                           G_CONNECT_SWAPPED);
  e_book_client_get_view (self->client, ALL_CONTACTS, g_task_get_cancellable (task), on_view_ready,
                          g_object_ref (task));
}

static void
lk_eds_book_dispose (GObject *object)
{
  LkEdsBook *self = LK_EDS_BOOK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_weak_pointer (&self->store);
  g_clear_object (&self->view);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (lk_eds_book_parent_class)->dispose (object);
}

static void
lk_eds_book_finalize (GObject *object)
{
  LkEdsBook *self = LK_EDS_BOOK (object);

  g_clear_object (&self->source);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->filled, g_hash_table_unref);
  g_free (self->prefix);
  g_free (self->region);

  G_OBJECT_CLASS (lk_eds_book_parent_class)->finalize (object);
}

static void
lk_eds_book_class_init (LkEdsBookClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lk_eds_book_dispose;
  object_class->finalize = lk_eds_book_finalize;

  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", LK_TYPE_EDS_BOOK, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
lk_eds_book_init (LkEdsBook *self)
{
  self->cancellable = g_cancellable_new ();
  self->region = lk_phone_dup_region ();
  g_queue_init (&self->batches);
}

LkEdsBook *
lk_eds_book_new (ESource *source, LkContactStore *store)
{
  LkEdsBook *self = g_object_new (LK_TYPE_EDS_BOOK, NULL);

  self->source = g_object_ref (source);
  self->prefix = g_strconcat (e_source_get_uid (source), "/", NULL);
  g_set_weak_pointer (&self->store, store);
  return self;
}

ESource *
lk_eds_book_get_source (LkEdsBook *self)
{
  return self->source;
}

gboolean
lk_eds_book_is_open (LkEdsBook *self)
{
  return self->is_open;
}

gboolean
lk_eds_book_is_writable (LkEdsBook *self)
{
  return self->client != NULL && !e_client_is_readonly (E_CLIENT (self->client));
}

gboolean
lk_eds_book_has_uid (LkEdsBook *self, const char *uid)
{
  return g_str_has_prefix (uid, self->prefix);
}

void
lk_eds_book_open_async (LkEdsBook *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, lk_eds_book_open_async);
  self->is_connecting = TRUE;
  self->n_connects = 0;
  e_book_client_connect (self->source, DO_NOT_WAIT, cancellable, on_connect_ready, task);
}

gboolean
lk_eds_book_open_finish (LkEdsBook *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error) != -1;
}

void
lk_eds_book_close (LkEdsBook *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->open_task);

  g_cancellable_cancel (self->cancellable);
  if (task != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The book was closed");
  self->is_open = FALSE;
  if (self->store != NULL)
    lk_contact_store_remove_prefix (self->store, self->prefix);
  g_clear_weak_pointer (&self->store);
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->view);
  g_clear_object (&self->client);
}
