/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-mipmap.h"

#include "lk-async.h"

/* The smallest level's shorter side is not less than this, in px. */
#define SMALLEST_SIDE 64

struct _LkMipmap
{
  GObject parent_instance;

  GPtrArray *levels; /* (element-type GdkTexture): the largest first */
  guint width;
  guint height;
  gboolean has_alpha;
};

G_DEFINE_FINAL_TYPE (LkMipmap, lk_mipmap, G_TYPE_OBJECT)

/* Pixels of four bytes, rows without padding, alpha premultiplied. */
typedef struct
{
  GBytes *bytes;
  guint width;
  guint height;
} Level;

static void
level_clear (Level *level)
{
  g_clear_pointer (&level->bytes, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Level, level_clear)

static Level
level_from_frame (LkFrame *frame)
{
  Level level = { .width = lk_frame_get_width (frame), .height = lk_frame_get_height (frame) };
  const guint8 *pixels = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  gsize stride = lk_frame_get_stride (frame);
  gsize row = (gsize)level.width * 4;
  g_autofree guint8 *out = g_malloc (row * level.height);

  for (guint y = 0; y < level.height; y++)
    {
      const guint8 *from = pixels + y * stride;
      guint8 *to = out + y * row;

      for (guint x = 0; x < level.width; x++, from += 4, to += 4)
        {
          guint alpha = from[3];

          for (int i = 0; i < 3; i++)
            to[i] = alpha == 255 ? from[i] : (from[i] * alpha + 127) / 255;
          to[3] = alpha;
        }
    }
  level.bytes = g_bytes_new_take (g_steal_pointer (&out), row * level.height);
  return level;
}

/* The mean of each two by two px; an odd last row or column is left out. */
static Level
level_halve (const Level *level)
{
  Level half = { .width = MAX (1, level->width / 2), .height = MAX (1, level->height / 2) };
  const guint8 *pixels = g_bytes_get_data (level->bytes, NULL);
  gsize row = (gsize)level->width * 4;
  gsize next_column = level->width > 1 ? 4 : 0;
  gsize next_row = level->height > 1 ? row : 0;
  gsize size = (gsize)half.width * half.height * 4;
  g_autofree guint8 *out = g_malloc (size);
  guint8 *to = out;

  for (guint y = 0; y < half.height; y++)
    {
      const guint8 *from = pixels + y * 2 * next_row;

      for (guint x = 0; x < half.width; x++, from += 2 * next_column)
        for (int i = 0; i < 4; i++)
          *to++ = (from[i] + from[i + next_column] + from[i + next_row]
                   + from[i + next_row + next_column] + 2)
                  / 4;
    }
  half.bytes = g_bytes_new_take (g_steal_pointer (&out), size);
  return half;
}

static GdkTexture *
level_to_texture (const Level *level)
{
  return gdk_memory_texture_new (level->width, level->height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                 level->bytes, (gsize)level->width * 4);
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (LkProbe) probe = NULL;
  g_autoptr (LkFrame) frame = NULL;
  GError *error = NULL;

  frame = lk_worker_load (data, LK_MIPMAP_MIN_SIDE, &probe, cancellable, &error);
  if (lk_task_failed (task, error))
    return;
  g_task_return_pointer (task, lk_mipmap_new (frame, probe->width, probe->height), g_object_unref);
}

static void
lk_mipmap_finalize (GObject *object)
{
  LkMipmap *self = LK_MIPMAP (object);

  g_clear_pointer (&self->levels, g_ptr_array_unref);
  G_OBJECT_CLASS (lk_mipmap_parent_class)->finalize (object);
}

static void
lk_mipmap_class_init (LkMipmapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lk_mipmap_finalize;
}

static void
lk_mipmap_init (LkMipmap *self)
{
  self->levels = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * lk_mipmap_new:
 * @frame: the picture, upright, at any scale
 * @source_width: of the source that @frame was made of, upright, in px
 * @source_height: of that source, in px
 *
 * Takes tens of milliseconds for a large frame: call it on a worker thread.
 *
 * Returns: (transfer full)
 */
LkMipmap *
lk_mipmap_new (LkFrame *frame, guint source_width, guint source_height)
{
  LkMipmap *self = g_object_new (LK_TYPE_MIPMAP, NULL);
  g_auto (Level) level = level_from_frame (frame);

  self->width = source_width;
  self->height = source_height;
  self->has_alpha = lk_frame_has_alpha (frame);

  while (TRUE)
    {
      Level half;

      if (MIN (level.width, level.height) <= LK_MIPMAP_MAX_SIDE)
        g_ptr_array_add (self->levels, level_to_texture (&level));
      if (MIN (level.width, level.height) < 2 * SMALLEST_SIDE)
        break;
      half = level_halve (&level);
      level_clear (&level);
      level = half;
    }
  return self;
}

/**
 * lk_mipmap_get_width:
 *
 * Of the source, in px, whatever the size of the textures.
 */
guint
lk_mipmap_get_width (LkMipmap *self)
{
  g_return_val_if_fail (LK_IS_MIPMAP (self), 1);

  return self->width;
}

/**
 * lk_mipmap_get_height:
 *
 * Of the source, in px.
 */
guint
lk_mipmap_get_height (LkMipmap *self)
{
  g_return_val_if_fail (LK_IS_MIPMAP (self), 1);

  return self->height;
}

/**
 * lk_mipmap_has_alpha:
 *
 * Whether anything of it is see-through.
 */
gboolean
lk_mipmap_has_alpha (LkMipmap *self)
{
  g_return_val_if_fail (LK_IS_MIPMAP (self), FALSE);

  return self->has_alpha;
}

/**
 * lk_mipmap_get_texture:
 * @scale: how many px of the screen one px of the source takes
 *
 * Returns: (transfer none): the smallest texture that need not be magnified for this, or the
 * largest that there is
 */
GdkTexture *
lk_mipmap_get_texture (LkMipmap *self, double scale)
{
  guint i;

  g_return_val_if_fail (LK_IS_MIPMAP (self), NULL);

  for (i = self->levels->len - 1; i > 0; i--)
    if (gdk_texture_get_width (g_ptr_array_index (self->levels, i)) >= self->width * scale)
      break;
  return g_ptr_array_index (self->levels, i);
}

/**
 * lk_mipmap_load_async:
 * @worker: of a still, or of what moves, of which it is the first picture
 *
 * Decodes in the worker's process and scales on a thread of this one. When it is cancelled it
 * returns at once, whatever a decoder does.
 */
void
lk_mipmap_load_async (LkWorker *worker,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (LK_IS_WORKER (worker));

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_source_tag (task, lk_mipmap_load_async);
  g_task_set_task_data (task, g_object_ref (worker), g_object_unref);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, load_thread);
}

/**
 * lk_mipmap_load_finish:
 *
 * Returns: (transfer full): the picture, or %NULL with an error of LK_MEDIA_ERROR
 */
LkMipmap *
lk_mipmap_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
