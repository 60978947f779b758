/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-publisher.h"

#include "lk-app-enums.h"
#include "lk-async.h"
#include "lk-bundle.h"
#include "lk-outbox.h"
#include "lk-reconnect.h"
#include "lk-worker.h"

/* How often the progress of encoding, which is made on another thread, is looked at. */
#define POLL_MS 50

/**
 * Order:
 * @source: the file
 * @recipe: what to do with it
 * @manifest: what the bundle says, without renditions
 * @fraction: of the work, in thousandths; atomic
 *
 * What is to be encoded; the worker thread's alone but for @fraction.
 */
typedef struct
{
  GFile *source;
  LkRecipe *recipe;
  LkManifest *manifest;
  char *directory;
  char *server;
  char *account;
  int fraction;
} Order;

struct _LkPublisher
{
  GObject parent_instance;

  LkAccountModel *account;
  char *directory;
  LkReconnect *reconnect;

  LkPublishPhase phase;
  double progress;
  gint64 told;
  GError *error;

  Order *order; /* being encoded, or could not be */
  GCancellable *encoding;
  guint poll;
  GQueue jobs;          /* of LkOutboxJob, the oldest first */
  GCancellable *upload; /* of the first of them */
  gboolean listed;
};

G_DEFINE_FINAL_TYPE (LkPublisher, lk_publisher, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PHASE,
  PROP_PROGRESS,
  PROP_TOLD,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void pump (LkPublisher *self);

static void
order_clear (Order *order)
{
  g_clear_object (&order->source);
  g_clear_pointer (&order->recipe, lk_recipe_unref);
  g_clear_pointer (&order->manifest, lk_manifest_free);
  g_free (order->directory);
  g_free (order->server);
  g_free (order->account);
}

static void
order_unref (Order *order)
{
  g_atomic_rc_box_release_full (order, (GDestroyNotify)order_clear);
}

static void
set_progress (LkPublisher *self, double progress)
{
  if (self->progress == progress)
    return;
  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

static void
set_phase (LkPublisher *self, LkPublishPhase phase)
{
  if (self->phase == phase)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->phase = phase;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PHASE]);
  set_progress (self, 0);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_told (LkPublisher *self, gint64 told)
{
  if (self->told == told)
    return;
  self->told = told;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOLD]);
}

/* Where nothing was just finished: what is under way decides. */
static void
update_phase (LkPublisher *self)
{
  if (self->encoding != NULL)
    set_phase (self, LK_PUBLISH_ENCODING);
  else if (self->error != NULL)
    set_phase (self, LK_PUBLISH_FAILED);
  else if (self->upload != NULL)
    set_phase (self, LK_PUBLISH_UPLOADING);
  else
    set_phase (self, g_queue_is_empty (&self->jobs) ? LK_PUBLISH_IDLE : LK_PUBLISH_QUEUED);
}

static void
fail (LkPublisher *self, const GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  update_phase (self);
}

/* The disk */

typedef struct
{
  char *directory;
  LkOutboxJob *job;
} DiskWork;

static void
disk_work_free (DiskWork *work)
{
  g_free (work->directory);
  g_clear_pointer (&work->job, lk_outbox_job_unref);
  g_free (work);
}

static void
run_disk_work (LkPublisher *self,
               LkOutboxJob *job,
               GTaskThreadFunc function,
               GCancellable *cancellable,
               GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, NULL);
  DiskWork *work = g_new0 (DiskWork, 1);

  work->directory = g_strdup (self->directory);
  work->job = job != NULL ? lk_outbox_job_ref (job) : NULL;
  g_task_set_source_tag (task, run_disk_work);
  g_task_set_task_data (task, work, (GDestroyNotify)disk_work_free);
  g_task_run_in_thread (task, function);
}

static void
list_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  DiskWork *work = data;
  GError *error = NULL;
  GPtrArray *jobs = lk_outbox_list (work->directory, &error);

  if (jobs != NULL)
    g_task_return_pointer (task, jobs, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  DiskWork *work = data;
  GError *error = NULL;
  GBytes *bundle = lk_outbox_read (work->directory, work->job, &error);

  if (bundle != NULL)
    g_task_return_pointer (task, bundle, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
remove_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  DiskWork *work = data;
  GError *error = NULL;

  if (lk_outbox_remove (work->directory, work->job, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_remove_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* It would be sent once more after a restart: harmless, for the key is the same. */
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_warning ("What was sent cannot be deleted: %s", error->message);
}

static void
remove_job (LkPublisher *self, LkOutboxJob *job)
{
  run_disk_work (self, job, remove_thread, NULL, on_remove_ready);
}

/* Sending */

static void
end_upload (LkPublisher *self)
{
  if (self->upload != NULL)
    g_cancellable_cancel (self->upload);
  g_clear_object (&self->upload);
}

static gboolean
passes (const GError *error)
{
  return g_error_matches (error, LK_API_ERROR, LK_API_ERROR_OFFLINE)
         || g_error_matches (error, LK_API_ERROR, LK_API_ERROR_TIMEOUT)
         || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAVAILABLE)
         || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_TOO_MANY_REQUESTS)
         || g_error_matches (error, LK_PROBLEM, LK_PROBLEM_UNAUTHORIZED);
}

static void
on_upload_failed (LkPublisher *self, const GError *error)
{
  end_upload (self);
  lk_account_model_report (self->account, error);
  if (!passes (error))
    {
      fail (self, error);
      return;
    }
  if (error->domain == LK_PROBLEM && !g_queue_is_empty (&self->jobs))
    lk_reconnect_wait (self->reconnect);
  update_phase (self);
}

static void
on_upload_done (LkPublisher *self, LkPicture *picture)
{
  g_autoptr (LkOutboxJob) job = g_queue_pop_head (&self->jobs);

  g_clear_object (&self->upload);
  remove_job (self, job);
  lk_reconnect_reset (self->reconnect);
  lk_account_model_report (self->account, NULL);
  lk_own_pictures_reload (lk_account_model_get_pictures (self->account));
  set_told (self, picture->told);
  if (!g_queue_is_empty (&self->jobs))
    pump (self);
  else if (self->encoding == NULL)
    set_phase (self, LK_PUBLISH_DONE);
}

static void
on_upload_progress (gint64 sent, gint64 total, gpointer data)
{
  LkPublisher *self = LK_PUBLISHER (data);

  if (self->phase == LK_PUBLISH_UPLOADING && total > 0)
    set_progress (self, CLAMP ((double)sent / total, 0, 1));
}

static void
on_publish_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPublisher) self = LK_PUBLISHER (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (LkPicture) picture = lk_client_publish_finish (LK_CLIENT (source), result, &error);

  /* Whoever cancelled has seen to the rest. */
  if (lk_error_is_cancelled (error))
    return;
  if (picture != NULL)
    on_upload_done (self, picture);
  else
    on_upload_failed (self, error);
}

static void
on_read_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkPublisher *self = LK_PUBLISHER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bundle = g_task_propagate_pointer (G_TASK (result), &error);
  LkOutboxJob *job = g_queue_peek_head (&self->jobs);

  if (lk_error_is_cancelled (error))
    return;
  if (bundle == NULL)
    {
      g_clear_object (&self->upload);
      fail (self, error);
      return;
    }
  lk_client_publish_async (lk_account_model_get_client (self->account), bundle, job->key,
                           on_upload_progress, self, self->upload, on_publish_ready,
                           g_object_ref (self));
}

static void
on_flush_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (LkPublisher) self = LK_PUBLISHER (data);
  g_autoptr (GError) error = NULL;
  gboolean flushed = lk_contact_sync_flush_finish (LK_CONTACT_SYNC (source), result, &error);

  if (lk_error_is_cancelled (error))
    return;
  /* Who may have a picture goes by the address book; without it, nobody new would be told. */
  if (!flushed)
    {
      on_upload_failed (self, error);
      return;
    }
  run_disk_work (self, g_queue_peek_head (&self->jobs), read_thread, self->upload, on_read_ready);
}

static void
pump (LkPublisher *self)
{
  gboolean can_send = lk_account_model_get_state (self->account) == LK_ACCOUNT_SIGNED_IN
                      && lk_account_model_get_online (self->account);

  if (self->upload != NULL || self->error != NULL || g_queue_is_empty (&self->jobs))
    return;
  if (can_send)
    {
      lk_reconnect_reset (self->reconnect);
      self->upload = g_cancellable_new ();
      lk_contact_sync_flush_async (lk_account_model_get_sync (self->account), self->upload,
                                   on_flush_ready, g_object_ref (self));
    }
  update_phase (self);
}

/* Encoding */

static void
on_render_progress (double fraction, gpointer data)
{
  Order *order = data;

  g_atomic_int_set (&order->fraction, (int)(CLAMP (fraction, 0, 1) * 1000));
}

static void
encode_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Order *order = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LkWorker) worker = lk_worker_new (order->source);
  g_autoptr (LkRendered) rendered
      = lk_worker_render (worker, order->recipe, on_render_progress, order, cancellable, &error);
  g_autoptr (GBytes) bundle
      = rendered != NULL ? lk_bundle_write (order->manifest, rendered, &error) : NULL;
  LkOutboxJob *job = NULL;

  if (bundle != NULL && !g_cancellable_set_error_if_cancelled (cancellable, &error))
    job = lk_outbox_add (order->directory, bundle, order->server, order->account, &error);
  if (job != NULL)
    g_task_return_pointer (task, job, (GDestroyNotify)lk_outbox_job_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
on_poll (gpointer data)
{
  LkPublisher *self = LK_PUBLISHER (data);

  set_progress (self, g_atomic_int_get (&self->order->fraction) / 1000.0);
  return G_SOURCE_CONTINUE;
}

static void
end_encoding (LkPublisher *self)
{
  g_clear_handle_id (&self->poll, g_source_remove);
  if (self->encoding != NULL)
    g_cancellable_cancel (self->encoding);
  g_clear_object (&self->encoding);
}

static void
on_encode_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkPublisher *self = LK_PUBLISHER (source);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (LkOutboxJob) job = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (cancellable))
    {
      /* Too late for the thread to see. */
      if (job != NULL)
        remove_job (self, job);
      return;
    }
  end_encoding (self);
  if (job == NULL)
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->order, order_unref);
  g_queue_push_tail (&self->jobs, g_steal_pointer (&job));
  pump (self);
}

/* Says for whom the bundle is: what is known by now. */
static gboolean
address_order (LkPublisher *self, GError **error)
{
  const char *id = lk_account_model_get_id (self->account);
  const char *const *identifiers = lk_account_model_get_identifiers (self->account);
  Order *order = self->order;

  if (id == NULL || identifiers == NULL || identifiers[0] == NULL)
    {
      g_set_error_literal (error, LK_API_ERROR, LK_API_ERROR_OFFLINE,
                           "The server has not said yet whose session this is");
      return FALSE;
    }
  g_free (order->server);
  order->server = g_strdup (lk_account_model_get_server (self->account));
  g_free (order->account);
  order->account = g_strdup (id);
  g_free (order->manifest->owner);
  order->manifest->owner = g_strdup (identifiers[0]);
  return TRUE;
}

static void
encode (LkPublisher *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  if (!address_order (self, &error))
    {
      fail (self, error);
      return;
    }
  self->encoding = g_cancellable_new ();
  task = g_task_new (self, self->encoding, on_encode_ready, NULL);
  g_task_set_source_tag (task, encode);
  /* What was written to the disk has to be known even then. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (self->order), (GDestroyNotify)order_unref);
  g_task_run_in_thread (task, encode_thread);
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
  update_phase (self);
}

/* The account */

static void
on_list_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  LkPublisher *self = LK_PUBLISHER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jobs = g_task_propagate_pointer (G_TASK (result), &error);
  const char *server = lk_account_model_get_server (self->account);
  const char *account = lk_account_model_get_id (self->account);

  if (jobs == NULL)
    {
      g_warning ("What waits to be sent cannot be listed: %s", error->message);
      return;
    }
  if (!self->listed)
    return;
  /* The oldest go first, before what was added meanwhile, which is in the list as well. */
  for (guint i = jobs->len; i > 0; i--)
    {
      LkOutboxJob *job = g_ptr_array_index (jobs, i - 1);
      gboolean known = FALSE;

      for (GList *link = self->jobs.head; link != NULL; link = link->next)
        known = known || g_str_equal (((LkOutboxJob *)link->data)->key, job->key);
      if (!known && g_strcmp0 (job->server, server) == 0 && g_strcmp0 (job->account, account) == 0
          && self->upload == NULL)
        g_queue_push_head (&self->jobs, lk_outbox_job_ref (job));
    }
  pump (self);
}

static void
on_account_changed (LkPublisher *self)
{
  if (lk_account_model_get_state (self->account) != LK_ACCOUNT_SIGNED_IN)
    return;
  if (!self->listed && lk_account_model_get_id (self->account) != NULL)
    {
      self->listed = TRUE;
      run_disk_work (self, NULL, list_thread, NULL, on_list_ready);
    }
  else
    pump (self);
}

static void
on_signed_out (LkPublisher *self, LkSignedOutReason reason)
{
  end_encoding (self);
  end_upload (self);
  lk_reconnect_reset (self->reconnect);
  /* What the server ended goes on when the same person signs in again. */
  for (GList *link = self->jobs.head; link != NULL && reason != LK_SIGNED_OUT_BY_SERVER;
       link = link->next)
    remove_job (self, link->data);
  g_queue_clear_full (&self->jobs, (GDestroyNotify)lk_outbox_job_unref);
  g_clear_pointer (&self->order, order_unref);
  g_clear_error (&self->error);
  self->listed = FALSE;
  set_told (self, -1);
  update_phase (self);
}

static void
lk_publisher_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  LkPublisher *self = LK_PUBLISHER (object);

  switch (id)
    {
    case PROP_PHASE:
      g_value_set_enum (value, self->phase);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_TOLD:
      g_value_set_int64 (value, self->told);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
lk_publisher_dispose (GObject *object)
{
  LkPublisher *self = LK_PUBLISHER (object);

  end_encoding (self);
  end_upload (self);

  G_OBJECT_CLASS (lk_publisher_parent_class)->dispose (object);
}

static void
lk_publisher_finalize (GObject *object)
{
  LkPublisher *self = LK_PUBLISHER (object);

  g_clear_object (&self->account);
  g_clear_object (&self->reconnect);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->order, order_unref);
  g_clear_error (&self->error);
  g_queue_clear_full (&self->jobs, (GDestroyNotify)lk_outbox_job_unref);

  G_OBJECT_CLASS (lk_publisher_parent_class)->finalize (object);
}

static void
lk_publisher_class_init (LkPublisherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lk_publisher_get_property;
  object_class->dispose = lk_publisher_dispose;
  object_class->finalize = lk_publisher_finalize;

  properties[PROP_PHASE]
      = g_param_spec_enum ("phase", NULL, NULL, LK_TYPE_PUBLISH_PHASE, LK_PUBLISH_IDLE, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_TOLD] = g_param_spec_int64 ("told", NULL, NULL, -1, G_MAXINT64, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lk_publisher_init (LkPublisher *self)
{
  self->told = -1;
  g_queue_init (&self->jobs);
  self->reconnect = lk_reconnect_new ();
  g_signal_connect_object (self->reconnect, "due", G_CALLBACK (pump), self, G_CONNECT_SWAPPED);
}

/**
 * lk_publisher_new:
 * @account: whose pictures
 * @directory: where bundles wait; made when it is needed
 */
LkPublisher *
lk_publisher_new (LkAccountModel *account, const char *directory)
{
  LkPublisher *self = NULL;

  g_return_val_if_fail (LK_IS_ACCOUNT_MODEL (account), NULL);
  g_return_val_if_fail (directory != NULL, NULL);

  self = g_object_new (LK_TYPE_PUBLISHER, NULL);
  self->account = g_object_ref (account);
  self->directory = g_strdup (directory);
  g_signal_connect_object (account, "notify::state", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::online", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "notify::identifiers", G_CALLBACK (on_account_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (account, "signed-out", G_CALLBACK (on_signed_out), self,
                           G_CONNECT_SWAPPED);
  on_account_changed (self);
  return self;
}

/**
 * lk_publisher_publish:
 * @source: the file; not changed
 * @recipe: a reference is taken
 * @alt: alternative text, "" for none
 * @audience: a reference is taken
 *
 * Encoding that is under way ends; what was encoded already is sent first, in its order.
 */
void
lk_publisher_publish (LkPublisher *self,
                      GFile *source,
                      LkRecipe *recipe,
                      const char *alt,
                      LkAudience *audience)
{
  Order *order = NULL;

  g_return_if_fail (LK_IS_PUBLISHER (self));
  g_return_if_fail (lk_account_model_get_state (self->account) == LK_ACCOUNT_SIGNED_IN);

  end_encoding (self);
  g_clear_pointer (&self->order, order_unref);
  g_clear_error (&self->error);
  set_told (self, -1);

  order = g_atomic_rc_box_new0 (Order);
  order->source = g_object_ref (source);
  order->recipe = lk_recipe_ref (recipe);
  order->manifest = lk_manifest_new ();
  g_free (order->manifest->alt);
  order->manifest->alt = g_strdup (alt);
  order->manifest->created = g_get_real_time () / G_USEC_PER_SEC;
  order->manifest->audience = lk_audience_ref (audience);
  order->directory = g_strdup (self->directory);
  self->order = order;
  encode (self);
}

/**
 * lk_publisher_cancel:
 *
 * A bundle of which the last byte had gone may be out all the same; the list of pictures is read
 * again to show it.
 */
void
lk_publisher_cancel (LkPublisher *self)
{
  g_return_if_fail (LK_IS_PUBLISHER (self));

  if (self->order != NULL)
    {
      end_encoding (self);
      g_clear_pointer (&self->order, order_unref);
      g_clear_error (&self->error);
    }
  else if (!g_queue_is_empty (&self->jobs))
    {
      g_autoptr (LkOutboxJob) job = g_queue_pop_tail (&self->jobs);

      if (g_queue_is_empty (&self->jobs))
        {
          end_upload (self);
          g_clear_error (&self->error);
        }
      remove_job (self, job);
      lk_own_pictures_reload (lk_account_model_get_pictures (self->account));
    }
  update_phase (self);
}

void
lk_publisher_retry (LkPublisher *self)
{
  g_return_if_fail (LK_IS_PUBLISHER (self));

  g_clear_error (&self->error);
  if (self->order != NULL && self->encoding == NULL)
    encode (self);
  else if (lk_account_model_get_online (self->account))
    pump (self);
  else
    lk_own_pictures_reload (lk_account_model_get_pictures (self->account));
}

void
lk_publisher_dismiss (LkPublisher *self)
{
  g_return_if_fail (LK_IS_PUBLISHER (self));

  if (self->phase == LK_PUBLISH_FAILED)
    lk_publisher_cancel (self);
  else if (self->phase == LK_PUBLISH_DONE)
    update_phase (self);
}

LkPublishPhase
lk_publisher_get_phase (LkPublisher *self)
{
  g_return_val_if_fail (LK_IS_PUBLISHER (self), LK_PUBLISH_IDLE);

  return self->phase;
}

double
lk_publisher_get_progress (LkPublisher *self)
{
  g_return_val_if_fail (LK_IS_PUBLISHER (self), 0);

  return self->progress;
}

gint64
lk_publisher_get_told (LkPublisher *self)
{
  g_return_val_if_fail (LK_IS_PUBLISHER (self), -1);

  return self->told;
}

/**
 * lk_publisher_get_error:
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *
lk_publisher_get_error (LkPublisher *self)
{
  g_return_val_if_fail (LK_IS_PUBLISHER (self), NULL);

  return self->error;
}
