/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clipboard.h"

#include "lk-async.h"
#include "lk-media-error.h"

#define CHUNK (256 * 1024)

/* The image files that are asked for, the best first; a texture is the last resort. */
static const char *const IMAGE_TYPES[] = {
  "image/heic", "image/avif", "image/jxl", "image/webp", "image/jpeg",
  "image/png",  "image/tiff", "image/gif", "image/bmp",  NULL,
};

/* What reading the clipboard gives: one of both, and what was read so far. */
typedef struct
{
  GFile *file;
  GBytes *bytes;
  GInputStream *stream;
  GByteArray *read;
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->file);
  g_clear_pointer (&reading->bytes, g_bytes_unref);
  g_clear_object (&reading->stream);
  g_byte_array_unref (reading->read);
  g_free (reading);
}

static void
on_chunk_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GBytes) chunk = NULL;
  GError *error = NULL;
  Reading *reading = g_task_get_task_data (task);

  chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (lk_task_failed (task, error))
    return;
  if (g_bytes_get_size (chunk) == 0)
    {
      reading->bytes = g_byte_array_free_to_bytes (g_steal_pointer (&reading->read));
      reading->read = g_byte_array_new ();
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (reading->read->len + g_bytes_get_size (chunk) > LK_CLIPBOARD_MAX_BYTES)
    {
      g_task_return_new_error (task, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_BYTES,
                               "too much was copied");
      return;
    }
  g_byte_array_append (reading->read, g_bytes_get_data (chunk, NULL),
                       (guint)g_bytes_get_size (chunk));
  g_input_stream_read_bytes_async (reading->stream, CHUNK, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk_ready,
                                   g_object_ref (task));
}

static void
on_stream_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  Reading *reading = g_task_get_task_data (task);

  reading->stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  if (lk_task_failed (task, error))
    return;
  g_input_stream_read_bytes_async (reading->stream, CHUNK, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_chunk_ready,
                                   g_object_ref (task));
}

static void
on_encode_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  Reading *reading = g_task_get_task_data (task);

  reading->bytes = lk_clipboard_encode_finish (result, &error);
  if (!lk_task_failed (task, error))
    g_task_return_boolean (task, TRUE);
}

static void
on_texture_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GdkTexture) texture = NULL;
  GError *error = NULL;

  texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  if (lk_task_failed (task, error))
    return;
  lk_clipboard_encode_async (texture, g_task_get_cancellable (task), on_encode_ready,
                             g_object_ref (task));
}

static gboolean
has_image (GdkContentFormats *formats)
{
  for (gsize i = 0; IMAGE_TYPES[i] != NULL; i++)
    if (gdk_content_formats_contain_mime_type (formats, IMAGE_TYPES[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_files (GdkContentFormats *formats)
{
  g_autoptr (GdkContentFormats) all
      = gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (formats));

  return gdk_content_formats_contain_gtype (all, GDK_TYPE_FILE_LIST);
}

/* An image, as the file that it is where it is one. */
static void
read_image (GTask *task, GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (has_image (formats))
    gdk_clipboard_read_async (clipboard, (const char **)IMAGE_TYPES, G_PRIORITY_DEFAULT,
                              cancellable, on_stream_ready, g_object_ref (task));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE))
    gdk_clipboard_read_texture_async (clipboard, cancellable, on_texture_ready,
                                      g_object_ref (task));
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                             "no picture on the clipboard");
}

static void
on_files_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Reading *reading = g_task_get_task_data (task);
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);
  GSList *files = value != NULL ? g_value_get_boxed (value) : NULL;

  if (lk_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (files == NULL)
    {
      read_image (task, GDK_CLIPBOARD (source));
      return;
    }
  reading->file = g_object_ref (files->data);
  g_task_return_boolean (task, TRUE);
}

static void
encode_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (data), (GDestroyNotify)g_bytes_unref);
}

/**
 * lk_clipboard_has_picture:
 *
 * Returns: whether there is something that lk_clipboard_read_async() takes, going by its type: what
 * it is shows when it is read
 */
gboolean
lk_clipboard_has_picture (GdkClipboard *clipboard)
{
  GdkContentFormats *formats;

  g_return_val_if_fail (GDK_IS_CLIPBOARD (clipboard), FALSE);

  formats = gdk_clipboard_get_formats (clipboard);
  return has_files (formats) || has_image (formats)
         || gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE);
}

/**
 * lk_clipboard_read_async:
 *
 * Reads a picture: the first of the copied files, else the bytes of an image, else a texture as
 * PNG. Main thread.
 */
void
lk_clipboard_read_async (GdkClipboard *clipboard,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  g_return_if_fail (GDK_IS_CLIPBOARD (clipboard));

  reading = g_new0 (Reading, 1);
  reading->read = g_byte_array_new ();
  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_clipboard_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify)reading_free);

  if (has_files (gdk_clipboard_get_formats (clipboard)))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, cancellable,
                                    on_files_ready, g_steal_pointer (&task));
  else
    read_image (task, clipboard);
}

/**
 * lk_clipboard_read_finish:
 * @file: (out) (transfer full) (nullable): a file that was copied
 * @bytes: (out) (transfer full) (nullable): or an image
 *
 * Returns: whether there was one; else G_IO_ERROR_NOT_SUPPORTED where nothing there is a picture,
 * or the error of reading it
 */
gboolean
lk_clipboard_read_finish (GAsyncResult *result, GFile **file, GBytes **bytes, GError **error)
{
  Reading *reading;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  reading = g_task_get_task_data (G_TASK (result));
  *file = g_steal_pointer (&reading->file);
  *bytes = g_steal_pointer (&reading->bytes);
  return TRUE;
}

/**
 * lk_clipboard_encode_async:
 *
 * Makes an image file of a texture, on a worker thread.
 */
void
lk_clipboard_encode_async (GdkTexture *texture,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GDK_IS_TEXTURE (texture));

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_clipboard_encode_async);
  g_task_set_task_data (task, g_object_ref (texture), g_object_unref);
  g_task_run_in_thread (task, encode_thread);
}

/**
 * lk_clipboard_encode_finish:
 *
 * Returns: (transfer full): a PNG, or %NULL with an error
 */
GBytes *
lk_clipboard_encode_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
