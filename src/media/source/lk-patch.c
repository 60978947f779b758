/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-patch.h"

#include "lk-limits.h"
#include "lk-media-error.h"

/* Browsers show what asks for 10 ms or less for 100 ms, whatever the format: such files were made
 * when nothing was faster. */
#define TOO_SHORT 10000
#define INSTEAD 100000

/**
 * lk_patch_shown_for:
 * @declared: what the file says, in µs
 *
 * Returns: for how long the patch is shown, in µs
 */
gint64
lk_patch_shown_for (gint64 declared)
{
  return declared <= TOO_SHORT ? INSTEAD : declared;
}

/**
 * lk_tally_begin:
 *
 * Counts a patch that begins.
 *
 * Returns: whether an animation may have that many; if not, with LK_MEDIA_ERROR_TOO_MANY_FRAMES
 */
gboolean
lk_tally_begin (LkTally *self, const LkPatch *patch, GError **error)
{
  self->begun++;
  self->largest = MAX (self->largest, (guint64)patch->width * patch->height);
  if (self->begun <= LK_ANIMATION_MAX_FRAMES)
    return TRUE;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_FRAMES,
               "The animation has more than %d frames", LK_ANIMATION_MAX_FRAMES);
  return FALSE;
}

static gboolean
covers (const LkPatch *patch, const LkHeader *canvas)
{
  return patch->x == 0 && patch->y == 0 && patch->width >= canvas->width
         && patch->height >= canvas->height;
}

/**
 * lk_tally_add:
 * @patch: one that is whole, after its lk_tally_begin()
 * @canvas: the size of all
 * @has_alpha: some px of it may be transparent
 */
void
lk_tally_add (LkTally *self, const LkPatch *patch, const LkHeader *canvas, gboolean has_alpha)
{
  /* What lies over a picture without holes leaves none, unless it replaces it or is cleared away;
   * and before the first there is nothing. */
  if (self->whole == 0
      && (has_alpha || !covers (patch, canvas) || patch->dispose == LK_DISPOSE_PREVIOUS))
    self->has_alpha = TRUE;
  if ((has_alpha && !patch->over) || patch->dispose == LK_DISPOSE_BACKGROUND)
    self->has_alpha = TRUE;

  self->whole++;
  self->pixels
      += MAX ((guint64)patch->width * patch->height, (guint64)canvas->width * canvas->height);
  self->duration += patch->duration;
}

/* A few bytes can ask for thousands of huge frames in which hardly anything changes: for each a
 * canvas is copied. And a patch may be larger than the canvas: of what hangs over no px is kept,
 * but each is decoded. */
static gboolean
check_pixels (const LkTally *self, const LkHeader *canvas, GError **error)
{
  guint64 most = MAX (self->largest, (guint64)canvas->width * canvas->height);

  if (most > LK_ANIMATION_MAX_PIXELS)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                   "A frame of an animation may have %" G_GUINT64_FORMAT " megapixels",
                   LK_ANIMATION_MAX_PIXELS / 1000000);
      return FALSE;
    }
  if (self->pixels > LK_ANIMATION_MAX_TOTAL_PIXELS)
    {
      g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_TOO_MANY_PIXELS,
                   "The %u frames have more than %" G_GUINT64_FORMAT " megapixels in all",
                   self->whole, LK_ANIMATION_MAX_TOTAL_PIXELS / 1000000);
      return FALSE;
    }

  return TRUE;
}

/**
 * lk_tally_finish:
 * @loops: how often it runs, 0 for ever
 * @header: of a still
 *
 * Makes it the header of an animation.
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_MALFORMED (not even the first frame is whole) or
 * _TOO_MANY_PIXELS
 */
gboolean
lk_tally_finish (const LkTally *self, guint loops, LkHeader *header, GError **error)
{
  if (self->whole == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The animation ends within its first frame");
      return FALSE;
    }

  if (!check_pixels (self, header, error))
    return FALSE;

  header->kind = LK_PICTURE_ANIMATION;
  header->frames = self->whole;
  header->duration = self->duration;
  header->loops = loops;
  header->has_alpha = self->has_alpha;

  return TRUE;
}

/**
 * lk_tally_make_still:
 * @header: after lk_tally_finish(), of one frame
 *
 * One frame does not move. But it stays LkMotion's to read: GdkPixbuf's loaders of animations
 * complain of themselves, not of the file, where the one frame is damaged.
 */
void
lk_tally_make_still (LkHeader *header)
{
  header->kind = LK_PICTURE_STILL;
  header->framed = TRUE;
  header->duration = 0;
  header->loops = 1;
}
