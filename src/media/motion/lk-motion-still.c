/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-motion-still.h"

#include "lk-motion.h"
#include "lk-orientation.h"
#include "lk-resample.h"

static LkFrame *
read_first (LkSource *source, const LkHeader *header, GCancellable *cancellable, GError **error)
{
  g_autoptr (LkMotion) motion = lk_motion_open (source, header, 0, cancellable, error);
  g_autoptr (LkMotionFrame) first = NULL;

  if (motion != NULL)
    first = lk_motion_next (motion, cancellable, error);

  return first != NULL ? lk_frame_ref (first->frame) : NULL;
}

/**
 * lk_motion_load_first:
 * @header: of an animation
 * @request: what is wanted
 *
 * Loads the first frame of what moves as if it were a still: no more of the file is decoded, and
 * what was cut off behind it is not missed.
 *
 * Returns: (transfer full) (nullable): the window, upright and in sRGB, averaged down in whole
 * blocks, or NULL with the errors of lk_motion_open()
 */
LkRaw *
lk_motion_load_first (LkSource *source,
                      const LkHeader *header,
                      const LkRequest *request,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (LkFrame) first = read_first (source, header, cancellable, error);
  g_autoptr (LkFrame) frame = NULL;
  LkWindow window;
  LkRaw *raw;

  if (first == NULL)
    return NULL;

  window = lk_window_plan (request, lk_frame_get_width (first), lk_frame_get_height (first),
                           LK_ORIENTATION_UPRIGHT);
  /* Whole blocks are averaged as far as the finer filter that follows has something left to do. */
  window.shrink = request->whole ? window.shrink : MAX (window.shrink / 2, 1);
  frame = lk_resample_shrink (g_bytes_get_data (lk_frame_get_pixels (first), NULL),
                              lk_frame_get_stride (first), 4, lk_frame_has_alpha (first), &window,
                              error);
  if (frame == NULL)
    return NULL;

  raw = g_new0 (LkRaw, 1);
  raw->frame = g_steal_pointer (&frame);
  raw->model = LK_COLOR_MODEL_RGB;
  raw->orientation = LK_ORIENTATION_UPRIGHT;
  raw->width = lk_frame_get_width (first);
  raw->height = lk_frame_get_height (first);
  raw->x = window.x;
  raw->y = window.y;
  raw->scale = 1.0 / window.shrink;

  return raw;
}
