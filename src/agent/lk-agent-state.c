/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-agent-state.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lk-hash.h"
#include "lk-json.h"

#define VERSION 1
#define MAX_BYTES (64 * 1024 * 1024)
#define MAX_TEXT 4096

struct _LkAgentState
{
  GObject parent_instance;
  char *path;
  int lock;
  char *server;
  char *account;
  char *cursor;
  char *shared;
  GHashTable *written;  /* ref → LkWritten */
  GHashTable *pending;  /* ref → LkFeedChange */
  GHashTable *receipts; /* picture → LkDeliveryState */
};

G_DEFINE_FINAL_TYPE (LkAgentState, lk_agent_state, G_TYPE_OBJECT)

static void
written_free (LkWritten *self)
{
  g_free (self->sha256);
  g_free (self->source);
  g_free (self->intent);
  g_free (self);
}

static void
set_optional (JsonObject *object, const char *member, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, member, value);
}

static GBytes *
to_bytes (LkAgentState *self)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonObject *written = json_object_new ();
  JsonArray *pending = json_array_new ();
  JsonObject *receipts = json_object_new ();
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  json_object_set_int_member (root, "version", VERSION);
  set_optional (root, "server", self->server);
  set_optional (root, "account", self->account);
  set_optional (root, "cursor", self->cursor);
  set_optional (root, "shared", self->shared);

  g_hash_table_iter_init (&iter, self->written);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      JsonObject *entry = json_object_new ();
      LkWritten *photo = value;

      set_optional (entry, "sha256", photo->sha256);
      set_optional (entry, "source", photo->source);
      set_optional (entry, "intent", photo->intent);
      json_object_set_object_member (written, key, entry);
    }
  json_object_set_object_member (root, "written", written);

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      JsonObject *entry = json_object_new ();
      LkFeedChange *change = value;

      json_object_set_string_member (entry, "ref", change->ref);
      if (change->picture != NULL)
        json_object_set_object_member (entry, "picture", lk_picture_to_json (change->picture));
      json_array_add_object_element (pending, entry);
    }
  json_object_set_array_member (root, "pending", pending);

  g_hash_table_iter_init (&iter, self->receipts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    json_object_set_string_member (receipts, key,
                                   lk_delivery_state_to_string (GPOINTER_TO_INT (value)));
  json_object_set_object_member (root, "receipts", receipts);
  return lk_json_object_to_bytes (root);
}

static gboolean
read_optional (JsonObject *object, const char *member, char **value, GError **error)
{
  const char *text = NULL;

  if (!lk_json_get_optional_string (object, member, MAX_TEXT, &text, error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
read_written (LkAgentState *self, JsonObject *root, GError **error)
{
  JsonObject *object = NULL;
  JsonObjectIter iter;
  const char *ref = NULL;
  JsonNode *node = NULL;

  if (!lk_json_get_object (root, "written", &object, error))
    return FALSE;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &ref, &node))
    {
      JsonObject *entry = NULL;
      LkWritten *photo = g_new0 (LkWritten, 1);

      g_hash_table_replace (self->written, g_strdup (ref), photo);
      if (!lk_json_get_object (object, ref, &entry, error)
          || !read_optional (entry, "sha256", &photo->sha256, error)
          || !read_optional (entry, "source", &photo->source, error)
          || !read_optional (entry, "intent", &photo->intent, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_pending (LkAgentState *self, JsonObject *root, GError **error)
{
  JsonArray *array = NULL;

  if (!lk_json_get_array (root, "pending", LK_AGENT_MAX_PENDING, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *picture_json = NULL;
      g_autoptr (LkPicture) picture = NULL;
      g_autoptr (LkFeedChange) change = NULL;
      const char *ref = NULL;

      if (entry == NULL)
        {
          g_set_error_literal (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE,
                               "A change is not an object");
          return FALSE;
        }
      if (!lk_json_get_string (entry, "ref", LK_REF_MAX_LENGTH, &ref, error))
        return FALSE;
      if (json_object_has_member (entry, "picture"))
        {
          if (!lk_json_get_object (entry, "picture", &picture_json, error))
            return FALSE;
          picture = lk_picture_from_json (picture_json, error);
          if (picture == NULL)
            return FALSE;
        }
      change = lk_feed_change_new (ref, picture);
      lk_agent_state_add_pending (self, change);
    }
  return TRUE;
}

static gboolean
read_receipts (LkAgentState *self, JsonObject *root, GError **error)
{
  JsonObject *object = NULL;
  JsonObjectIter iter;
  const char *picture = NULL;
  JsonNode *node = NULL;

  if (!lk_json_get_object (root, "receipts", &object, error))
    return FALSE;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &picture, &node))
    {
      const char *text = NULL;
      LkDeliveryState state = LK_DELIVERY_OFFERED;

      if (!lk_json_get_string (object, picture, MAX_TEXT, &text, error))
        return FALSE;
      if (!lk_delivery_state_from_string (text, &state))
        {
          g_set_error_literal (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE,
                               "A receipt's state is not known");
          return FALSE;
        }
      lk_agent_state_add_receipt (self, picture, state);
    }
  return TRUE;
}

static gboolean
from_bytes (LkAgentState *self, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) root = lk_json_parse_object (bytes, MAX_BYTES, error);
  gint64 version = 0;

  return root != NULL && lk_json_get_int (root, "version", VERSION, VERSION, &version, error)
         && read_optional (root, "server", &self->server, error)
         && read_optional (root, "account", &self->account, error)
         && read_optional (root, "cursor", &self->cursor, error)
         && read_optional (root, "shared", &self->shared, error) && read_written (self, root, error)
         && read_pending (self, root, error) && read_receipts (self, root, error);
}

static void
drop_account (LkAgentState *self)
{
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->cursor, g_free);
  g_clear_pointer (&self->shared, g_free);
  g_hash_table_remove_all (self->pending);
  g_hash_table_remove_all (self->receipts);
}

/* The lock is on a file of its own: the record itself is replaced at each save. */
static gboolean
take_lock (LkAgentState *self, GError **error)
{
  g_autofree char *lock_path = g_strconcat (self->path, ".lock", NULL);

  self->lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock < 0)
    {
      g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE, "Cannot open %s: %s", lock_path,
                   g_strerror (errno));
      return FALSE;
    }
  if (flock (self->lock, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error_literal (error, LK_AGENT_ERROR, LK_AGENT_ERROR_BUSY,
                           "Another program is receiving pictures already");
      return FALSE;
    }
  return TRUE;
}

static gboolean
load (LkAgentState *self, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length = 0;

  if (!g_file_get_contents (self->path, &text, &length, &local_error))
    {
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE, "Cannot read %s: %s", self->path,
                   local_error->message);
      return FALSE;
    }
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  if (!from_bytes (self, bytes, &local_error))
    {
      g_autofree char *aside = g_strconcat (self->path, ".broken", NULL);

      g_message ("The record %s is put aside: %s", self->path, local_error->message);
      drop_account (self);
      g_hash_table_remove_all (self->written);
      if (g_rename (self->path, aside) != 0)
        {
          g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE, "Cannot put %s aside: %s",
                       self->path, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * Saving: a record on its way to the disk.
 */
typedef struct
{
  char *path;
  GBytes *bytes;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *self = data;

  g_free (self->path);
  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
save_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Saving *saving = data;
  gsize length = 0;
  const char *text = g_bytes_get_data (saving->bytes, &length);
  g_autoptr (GError) error = NULL;

  if (g_file_set_contents_full (saving->path, text, (gssize)length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE, "Cannot write %s: %s",
                             saving->path, error->message);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
lk_agent_state_finalize (GObject *object)
{
  LkAgentState *self = LK_AGENT_STATE (object);

  drop_account (self);
  g_free (self->path);
  g_hash_table_unref (self->written);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->receipts);
  if (self->lock >= 0)
    close (self->lock);

  G_OBJECT_CLASS (lk_agent_state_parent_class)->finalize (object);
}

static void
lk_agent_state_class_init (LkAgentStateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_agent_state_finalize;
}

static void
lk_agent_state_init (LkAgentState *self)
{
  self->lock = -1;
  self->written
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)written_free);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)lk_feed_change_free);
  self->receipts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

LkAgentState *
lk_agent_state_open (const char *path, GError **error)
{
  g_autoptr (LkAgentState) self = g_object_new (LK_TYPE_AGENT_STATE, NULL);
  g_autofree char *directory = g_path_get_dirname (path);

  self->path = g_strdup (path);
  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      g_set_error (error, LK_AGENT_ERROR, LK_AGENT_ERROR_STATE, "Cannot make %s: %s", directory,
                   g_strerror (errno));
      return NULL;
    }
  if (!take_lock (self, error) || !load (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

char *
lk_agent_state_dup_default_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "likeness", "agent.json", NULL);
}

void
lk_agent_state_save_async (LkAgentState *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  GTask *task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GTask) worker = g_task_new (NULL, NULL, on_saved, task);
  Saving *saving = g_new0 (Saving, 1);

  g_task_set_source_tag (task, lk_agent_state_save_async);
  g_task_set_source_tag (worker, lk_agent_state_save_async);
  saving->path = g_strdup (self->path);
  saving->bytes = to_bytes (self);
  g_task_set_task_data (worker, saving, saving_free);
  g_task_run_in_thread (worker, save_thread);
}

gboolean
lk_agent_state_save_finish (LkAgentState *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
lk_agent_state_set_account (LkAgentState *self, const char *server, const char *account)
{
  if (g_strcmp0 (self->server, server) == 0 && g_strcmp0 (self->account, account) == 0)
    return;
  drop_account (self);
  self->server = g_strdup (server);
  self->account = g_strdup (account);
}

const char *
lk_agent_state_get_cursor (LkAgentState *self)
{
  return self->cursor;
}

void
lk_agent_state_set_cursor (LkAgentState *self, const char *cursor)
{
  g_free (self->cursor);
  self->cursor = g_strdup (cursor);
}

const char *
lk_agent_state_get_shared (LkAgentState *self)
{
  return self->shared;
}

void
lk_agent_state_set_shared (LkAgentState *self, const char *sha256)
{
  g_free (self->shared);
  self->shared = g_strdup (sha256);
}

const LkWritten *
lk_agent_state_get_written (LkAgentState *self, const char *ref)
{
  return g_hash_table_lookup (self->written, ref);
}

void
lk_agent_state_set_intent (LkAgentState *self, const char *ref, const char *sha256)
{
  LkWritten *photo = g_hash_table_lookup (self->written, ref);

  if (photo == NULL)
    {
      photo = g_new0 (LkWritten, 1);
      g_hash_table_insert (self->written, g_strdup (ref), photo);
    }
  g_free (photo->intent);
  photo->intent = g_strdup (sha256);
}

void
lk_agent_state_set_written (LkAgentState *self,
                            const char *ref,
                            const char *sha256,
                            const char *source)
{
  LkWritten *photo = g_new0 (LkWritten, 1);

  photo->sha256 = g_strdup (sha256);
  photo->source = g_strdup (source);
  g_hash_table_replace (self->written, g_strdup (ref), photo);
}

void
lk_agent_state_forget_written (LkAgentState *self, const char *ref)
{
  g_hash_table_remove (self->written, ref);
}

void
lk_agent_state_add_pending (LkAgentState *self, const LkFeedChange *change)
{
  if (g_hash_table_size (self->pending) >= LK_AGENT_MAX_PENDING
      && !g_hash_table_contains (self->pending, change->ref))
    return;
  g_hash_table_replace (self->pending, g_strdup (change->ref),
                        lk_feed_change_new (change->ref, change->picture));
}

void
lk_agent_state_remove_pending (LkAgentState *self, const char *ref)
{
  g_hash_table_remove (self->pending, ref);
}

GPtrArray *
lk_agent_state_dup_pending (LkAgentState *self)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_feed_change_free);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      LkFeedChange *change = value;

      g_ptr_array_add (changes, lk_feed_change_new (change->ref, change->picture));
    }
  return changes;
}

void
lk_agent_state_add_receipt (LkAgentState *self, const char *picture, LkDeliveryState state)
{
  int known = GPOINTER_TO_INT (g_hash_table_lookup (self->receipts, picture));

  g_hash_table_replace (self->receipts, g_strdup (picture),
                        GINT_TO_POINTER (MAX (known, (int)state)));
}

void
lk_agent_state_remove_receipt (LkAgentState *self, const char *picture)
{
  g_hash_table_remove (self->receipts, picture);
}

gboolean
lk_agent_state_next_receipt (LkAgentState *self, char **picture, LkDeliveryState *state)
{
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->receipts);
  if (!g_hash_table_iter_next (&iter, &key, &value))
    return FALSE;
  *picture = g_strdup (key);
  *state = GPOINTER_TO_INT (value);
  return TRUE;
}
