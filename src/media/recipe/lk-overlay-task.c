/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-overlay-task.h"

struct _LkOverlayTask
{
  LkRecipe *recipe;
  guint size;
  GThread *thread; /* NULL where it could not start, and once it has been waited for */
};

static gpointer
draw_in_thread (gpointer data)
{
  LkOverlayTask *self = data;

  return lk_overlay_new (self->recipe, self->size);
}

/**
 * lk_overlay_task_new:
 * @size: px of the side, at least 1
 *
 * The first text of a program takes as long as some megapixels: all of the system's fonts are
 * looked at.
 *
 * Returns: (transfer full) (nullable): the drawing that has begun; NULL where there is nothing to
 * draw
 */
LkOverlayTask *
lk_overlay_task_new (LkRecipe *recipe, guint size)
{
  LkOverlayTask *self;

  if (lk_overlay_is_empty (recipe))
    return NULL;

  self = g_new0 (LkOverlayTask, 1);
  self->recipe = lk_recipe_ref (recipe);
  self->size = size;
  self->thread = g_thread_try_new ("overlay", draw_in_thread, self, NULL);

  return self;
}

/**
 * lk_overlay_task_wait:
 *
 * Blocks until it is drawn; to be called once.
 *
 * Returns: (transfer full): the overlay
 */
LkOverlay *
lk_overlay_task_wait (LkOverlayTask *self)
{
  if (self->thread == NULL)
    return lk_overlay_new (self->recipe, self->size);

  return g_thread_join (g_steal_pointer (&self->thread));
}

void
lk_overlay_task_free (LkOverlayTask *self)
{
  if (self->thread != NULL)
    lk_overlay_unref (g_thread_join (self->thread));

  lk_recipe_unref (self->recipe);
  g_free (self);
}
