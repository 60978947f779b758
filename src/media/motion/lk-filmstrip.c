/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-filmstrip.h"

/* From this distance between two frames of the strip on, the key frame before each moment stands
 * for it: what is shown tells where one is, and comes at once. Closer ones are shown as they are,
 * which decoding through them gives. */
#define KEY_FRAMES_FROM (1 * G_TIME_SPAN_SECOND)

/**
 * lk_filmstrip_make:
 * @motion: where the frames come from; opened with the strip's height as its smallest side
 * @start: of the range in µs, at least 0
 * @stop: its end in µs, after @start
 * @n: how many frames, spread evenly: each shows the middle of its share of the range
 * @func: called for each in turn, as soon as it is there
 *
 * Blocks; any thread. Leaves @motion anywhere: seek before the next use. Where the source says that
 * it ends before @stop, @func is not called for what is past its end.
 *
 * Returns: TRUE, or FALSE with an LK_MEDIA_ERROR or G_IO_ERROR_CANCELLED
 */
gboolean
lk_filmstrip_make (LkMotion *motion,
                   gint64 start,
                   gint64 stop,
                   guint n,
                   LkFilmstripFunc func,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  gint64 duration = lk_motion_get_info (motion)->duration;
  gboolean near = n > 0 && (stop - start) / n >= KEY_FRAMES_FROM;

  g_return_val_if_fail (start >= 0 && stop > start && n > 0, FALSE);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (LkMotionFrame) frame = NULL;
      GError *cause = NULL;
      gint64 time = start + (gint64)((stop - start) * (i + 0.5) / n);

      if (duration > 0 && time >= duration)
        break;
      if (!(near ? lk_motion_seek_near (motion, time, cancellable, error)
                 : lk_motion_seek (motion, time, -1, cancellable, error)))
        return FALSE;

      frame = lk_motion_next (motion, cancellable, &cause);
      if (cause != NULL)
        {
          g_propagate_error (error, cause);
          return FALSE;
        }
      if (frame == NULL)
        break;

      func (i, frame, user_data);
    }

  return TRUE;
}
