/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-picture-load.h"

#include <glib/gstdio.h>
#include "lk-face.h"
#include "lk-hash.h"

typedef struct
{
  LkPicture *picture;
  LkRendition *rendition;
  GFile *cached;
  GBytes *fetched; /* not on disk yet */
} Load;

static void
load_free (Load *self)
{
  lk_picture_unref (self->picture);
  lk_rendition_free (self->rendition);
  g_object_unref (self->cached);
  g_clear_pointer (&self->fetched, g_bytes_unref);
  g_free (self);
}

static char *
dup_cache_directory (void)
{
  return g_build_filename (g_get_user_cache_dir (), "likeness", "pictures", NULL);
}

static void
on_cache_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* The picture is fetched again next time. */
  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_info ("A picture could not be kept: %s", error->message);
}

static void
write_cache (Load *load)
{
  g_autofree char *directory = dup_cache_directory ();

  if (g_mkdir_with_parents (directory, 0700) != 0)
    g_info ("No directory for pictures: %s", g_strerror (errno));
  else
    g_file_replace_contents_bytes_async (load->cached, load->fetched, NULL, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                         NULL, on_cache_written, NULL);
}

static void
on_decode_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = lk_face_load_finish (result, &error);
  Load *load = g_task_get_task_data (task);

  if (texture == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (load->fetched != NULL)
    write_cache (load);
  g_task_return_pointer (task, g_steal_pointer (&texture), g_object_unref);
}

static void
decode (GTask *task, GBytes *bytes)
{
  Load *load = g_task_get_task_data (task);

  lk_face_load_async (bytes, MAX (1, MIN (load->rendition->width, load->rendition->height)),
                      g_task_get_cancellable (task), on_decode_ready, g_object_ref (task));
}

static void
on_get_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  g_autoptr (GError) error = NULL;
  Load *load = g_task_get_task_data (task);

  load->fetched = lk_client_get_rendition_finish (LK_CLIENT (source), result, &error);
  if (load->fetched == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    decode (task, load->fetched);
}

static void
on_cache_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = G_TASK (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  Load *load = g_task_get_task_data (task);
  g_autofree char *sha256 = bytes != NULL ? lk_hash_sha256_hex (bytes) : NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_info ("A picture that was kept could not be read: %s", error->message);
  if (g_strcmp0 (sha256, load->rendition->sha256) == 0)
    decode (task, bytes);
  else
    lk_client_get_rendition_async (LK_CLIENT (g_task_get_source_object (task)), load->picture->id,
                                   load->rendition, g_task_get_cancellable (task), on_get_ready,
                                   g_object_ref (task));
}

/**
 * lk_picture_load_async:
 * @picture: one of the account's own
 * @rendition: "photo" or "thumbnail"
 *
 * Gets the pixels of a rendition: from the cache directory, where it is under its SHA-256, else
 * from the server. Main thread only; decodes on a worker thread.
 */
void
lk_picture_load_async (LkClient *client,
                       LkPicture *picture,
                       const char *rendition,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *directory = dup_cache_directory ();
  g_autofree char *path = NULL;
  const LkRendition *found = NULL;
  Load *load = NULL;

  g_return_if_fail (LK_IS_CLIENT (client));
  g_return_if_fail (picture != NULL);

  task = g_task_new (client, cancellable, callback, data);
  g_task_set_source_tag (task, lk_picture_load_async);
  found = lk_picture_get_rendition (picture, rendition);
  if (found == NULL || !lk_hash_is_sha256_hex (found->sha256))
    {
      g_task_return_new_error (task, LK_API_ERROR, LK_API_ERROR_BAD_ANSWER,
                               "The picture has no rendition “%s”", rendition);
      return;
    }
  path = g_build_filename (directory, found->sha256, NULL);
  load = g_new0 (Load, 1);
  load->picture = lk_picture_ref (picture);
  load->rendition = lk_rendition_copy (found);
  load->cached = g_file_new_for_path (path);
  g_task_set_task_data (task, load, (GDestroyNotify)load_free);
  g_file_load_bytes_async (load->cached, cancellable, on_cache_read, g_object_ref (task));
}

/**
 * lk_picture_load_finish:
 *
 * Returns: (transfer full): the texture, or NULL with an error of the client's or of the decoder's
 */
GdkTexture *
lk_picture_load_finish (LkClient *client, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, client), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * lk_picture_load_forget:
 *
 * Deletes what was kept on disk: for signing out. A few small files, so it is done at once.
 */
void
lk_picture_load_forget (void)
{
  g_autofree char *directory = dup_cache_directory ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  const char *name = NULL;

  if (dir == NULL)
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning ("Pictures that were kept cannot be listed: %s", error->message);
      return;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_unlink (path) != 0)
        g_warning ("A picture that was kept cannot be deleted: %s", g_strerror (errno));
    }
}
