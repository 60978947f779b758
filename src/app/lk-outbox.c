/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-outbox.h"

#include <errno.h>
#include <glib/gstdio.h>
#include "lk-wire.h"

/* A job is two files: NAME.likeness, the bundle, and NAME.job, which says what it is and is written
 * last and deleted first: a bundle without it is what a crash left. */
#define BUNDLE ".likeness"
#define JOB ".job"
#define GROUP "Job"

/* Threads take turns, so that what one is writing does not look like what a crash left to another.
 */
G_LOCK_DEFINE_STATIC (outbox);

static char *
dup_path (const char *directory, const char *name, const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);

  return g_build_filename (directory, file, NULL);
}

static gboolean
set_file_error (GError **error, const char *path)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s: %s", path,
               g_strerror (saved));
  return FALSE;
}

static gboolean
write_private (const char *path, const char *contents, gsize length, GError **error)
{
  return g_file_set_contents_full (path, contents, length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static gboolean
remove_file (const char *path, GError **error)
{
  return g_unlink (path) == 0 || errno == ENOENT || set_file_error (error, path);
}

static LkOutboxJob *
job_new (const char *name, const char *key, const char *server, const char *account)
{
  LkOutboxJob *job = g_atomic_rc_box_new0 (LkOutboxJob);

  job->name = g_strdup (name);
  job->key = g_strdup (key);
  job->server = g_strdup (server);
  job->account = g_strdup (account);
  return job;
}

static gboolean
write_job (const char *directory, LkOutboxJob *job, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (directory, job->name, JOB);
  g_autofree char *contents = NULL;
  gsize length = 0;

  g_key_file_set_string (file, GROUP, "Key", job->key);
  g_key_file_set_string (file, GROUP, "Server", job->server);
  g_key_file_set_string (file, GROUP, "Account", job->account);
  contents = g_key_file_to_data (file, &length, NULL);
  return write_private (path, contents, length, error);
}

static LkOutboxJob *
read_job (const char *directory, const char *name, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (directory, name, JOB);
  g_autofree char *key = NULL;
  g_autofree char *server = NULL;
  g_autofree char *account = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    return NULL;
  key = g_key_file_get_string (file, GROUP, "Key", error);
  if (key == NULL)
    return NULL;
  server = g_key_file_get_string (file, GROUP, "Server", error);
  if (server == NULL)
    return NULL;
  account = g_key_file_get_string (file, GROUP, "Account", error);
  if (account == NULL)
    return NULL;
  return job_new (name, key, server, account);
}

/* What a crash left: a bundle of which no job tells, the temporary file of a write. */
static gboolean
is_leftover (const char *directory, const char *file_name)
{
  g_autofree char *job = NULL;
  g_autofree char *name = NULL;

  if (g_str_has_suffix (file_name, JOB))
    return FALSE;
  if (!g_str_has_suffix (file_name, BUNDLE))
    return TRUE;
  name = g_strndup (file_name, strlen (file_name) - strlen (BUNDLE));
  job = dup_path (directory, name, JOB);
  return !g_file_test (job, G_FILE_TEST_EXISTS);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const LkOutboxJob *const *first = a;
  const LkOutboxJob *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

static void
job_clear (LkOutboxJob *self)
{
  g_free (self->name);
  g_free (self->key);
  g_free (self->server);
  g_free (self->account);
}

LkOutboxJob *
lk_outbox_job_ref (LkOutboxJob *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
lk_outbox_job_unref (LkOutboxJob *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify)job_clear);
}

/**
 * lk_outbox_add:
 * @directory: made where it is not there
 * @bundle: what to send
 * @server: the address of the server
 * @account: the server's name for the account
 *
 * Keeps a bundle through a crash, under a new key.
 *
 * Returns: (transfer full): the job, or NULL with @error
 */
LkOutboxJob *
lk_outbox_add (const char *directory,
               GBytes *bundle,
               const char *server,
               const char *account,
               GError **error)
{
  g_autoptr (LkOutboxJob) job = NULL;
  g_autofree char *key = g_uuid_string_random ();
  g_autofree char *name = g_strdup_printf ("%020" G_GINT64_FORMAT "-%s", g_get_real_time (), key);
  g_autofree char *path = dup_path (directory, name, BUNDLE);
  gsize size = 0;
  const char *bytes = g_bytes_get_data (bundle, &size);
  gboolean written = FALSE;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      set_file_error (error, directory);
      return NULL;
    }
  job = job_new (name, key, server, account);
  G_LOCK (outbox);
  written = write_private (path, bytes, size, error) && write_job (directory, job, error);
  G_UNLOCK (outbox);
  return written ? g_steal_pointer (&job) : NULL;
}

/**
 * lk_outbox_list:
 *
 * Reads what waits, and deletes what a crash left behind. A job that cannot be read is passed over
 * with a message.
 *
 * Returns: (transfer full) (element-type LkOutboxJob): the jobs, the oldest first, or NULL with
 * @error
 */
GPtrArray *
lk_outbox_list (const char *directory, GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_outbox_job_unref);
  g_autoptr (GError) open_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &open_error);
  const char *file_name = NULL;

  if (dir == NULL)
    {
      if (g_error_matches (open_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&jobs);
      g_propagate_error (error, g_steal_pointer (&open_error));
      return NULL;
    }
  G_LOCK (outbox);
  while ((file_name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, file_name, NULL);
      g_autoptr (GError) job_error = NULL;

      if (g_str_has_suffix (file_name, JOB))
        {
          g_autofree char *name = g_strndup (file_name, strlen (file_name) - strlen (JOB));
          LkOutboxJob *job = read_job (directory, name, &job_error);

          if (job != NULL)
            g_ptr_array_add (jobs, job);
          else
            g_message ("What waits as %s cannot be read: %s", path, job_error->message);
        }
      else if (is_leftover (directory, file_name) && !remove_file (path, &job_error))
        g_message ("What is left cannot be deleted: %s", job_error->message);
    }
  G_UNLOCK (outbox);
  g_ptr_array_sort (jobs, compare_names);
  return g_steal_pointer (&jobs);
}

/**
 * lk_outbox_read:
 *
 * Returns: (transfer full): the bundle, or NULL with @error
 */
GBytes *
lk_outbox_read (const char *directory, LkOutboxJob *job, GError **error)
{
  g_autofree char *path = dup_path (directory, job->name, BUNDLE);
  g_autofree char *contents = NULL;
  GStatBuf status;
  gsize length = 0;

  if (g_stat (path, &status) != 0)
    {
      set_file_error (error, path);
      return NULL;
    }
  if (status.st_size > LK_BUNDLE_MAX_BYTES)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s is larger than a bundle", path);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&contents), length);
}

/**
 * lk_outbox_remove:
 *
 * Deletes a job that was sent, or is not to be; one that is gone already is no failure.
 */
gboolean
lk_outbox_remove (const char *directory, LkOutboxJob *job, GError **error)
{
  g_autofree char *job_path = dup_path (directory, job->name, JOB);
  g_autofree char *bundle_path = dup_path (directory, job->name, BUNDLE);

  return remove_file (job_path, error) && remove_file (bundle_path, error);
}
