/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-face.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* A photo in an address book was put there by anybody: what is larger than a camera makes is not
 * decoded. */
#define MAX_BYTES (32 * 1024 * 1024)
#define MAX_PIXELS (G_GINT64_CONSTANT (128) * 1000 * 1000)
#define CHUNK 8192

typedef struct
{
  GBytes *image;
  int size;
  gboolean refused;
} Load;

static void
load_free (Load *self)
{
  g_bytes_unref (self->image);
  g_free (self);
}

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, Load *load)
{
  int shorter = MIN (width, height);

  if (width < 1 || height < 1 || (gint64)width * height > MAX_PIXELS)
    {
      load->refused = TRUE;
      gdk_pixbuf_loader_set_size (loader, 1, 1);
    }
  else if (shorter > load->size)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (gint64)width * load->size / shorter),
                                MAX (1, (gint64)height * load->size / shorter));
}

static gboolean
feed (GdkPixbufLoader *loader, Load *load, GCancellable *cancellable, GError **error)
{
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (load->image, &size);

  /* In pieces, so that a header which promises too much stops it before the pixels are made. */
  for (gsize offset = 0; offset < size && !load->refused; offset += CHUNK)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!gdk_pixbuf_loader_write (loader, bytes + offset, MIN (CHUNK, size - offset), error))
        return FALSE;
    }
  if (!load->refused)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The image is too large");
  return FALSE;
}

static GdkTexture *
texture_new (GdkPixbuf *pixbuf)
{
  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_autoptr (GBytes) pixels = gdk_pixbuf_read_pixel_bytes (upright);

  return gdk_memory_texture_new (gdk_pixbuf_get_width (upright), gdk_pixbuf_get_height (upright),
                                 gdk_pixbuf_get_has_alpha (upright) ? GDK_MEMORY_R8G8B8A8
                                                                    : GDK_MEMORY_R8G8B8,
                                 pixels, gdk_pixbuf_get_rowstride (upright));
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = NULL;

  if (g_bytes_get_size (load->image) > MAX_BYTES)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "The file is too large");
      return;
    }
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), load);
  if (!feed (loader, load, cancellable, &error))
    {
      /* It fails once more for want of the rest, which is not news. */
      gdk_pixbuf_loader_close (loader, NULL);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (!gdk_pixbuf_loader_close (loader, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "There is no image");
  else
    g_task_return_pointer (task, texture_new (pixbuf), g_object_unref);
}

/**
 * lk_face_load_async:
 * @image: an image file
 * @size: the shorter side in px at which it is shown; the texture is no larger than it has to be
 *
 * Decodes a face on a worker thread. Main thread only.
 */
void
lk_face_load_async (GBytes *image,
                    int size,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Load *load = NULL;

  g_return_if_fail (image != NULL);
  g_return_if_fail (size > 0);

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_face_load_async);
  load = g_new0 (Load, 1);
  load->image = g_bytes_ref (image);
  load->size = size;
  g_task_set_task_data (task, load, (GDestroyNotify)load_free);
  g_task_run_in_thread (task, load_thread);
}

/**
 * lk_face_load_finish:
 *
 * Returns: (transfer full): the texture, or NULL with a GdkPixbufError or G_IO_ERROR
 */
GdkTexture *
lk_face_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
