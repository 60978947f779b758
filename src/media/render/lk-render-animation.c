/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-render-animation.h"

#include "lk-animation-frames.h"
#include "lk-budget.h"
#include "lk-flash.h"
#include "lk-media-error.h"
#include "lk-photo.h"
#include "lk-webp-writer.h"

/* This thread decodes and renders; the writer's encode, side by side. Each pass goes over all
 * frames anew, so that memory does not grow with their number; one that will not fit is broken off
 * early, and the next knows from it what it needs. */

/* How far it is once the poster is made. */
#define MADE_POSTER 0.03
/* How far all passes get together, and how much of what is left until there one of them may take:
 * there may always be one more. */
#define ALMOST 0.98
#define SHARE 0.9

typedef struct
{
  LkAnimationFrames *frames;
  LkBudget budget;
  guint loops;
  double frame_rate;
  gint64 duration;
  LkRenderProgress progress;
  gpointer data;
  double done; /* what was last reported */
  double from; /* what had been reported when this pass began */
} Search;

/* What came of a pass. */
typedef struct
{
  GBytes *bytes; /* NULL where it was broken off */
  LkFlash *flash;
  double part; /* of the whole that it did */
  gsize size;  /* what that takes */
  guint read;  /* frames that came in */
  guint written;
  gint64 end; /* of the last of them */
} Pass;

static void
pass_clear (Pass *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->flash, lk_flash_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pass, pass_clear)

static void
report (Search *self, double done)
{
  self->done = MAX (self->done, done);
  if (self->progress != NULL)
    self->progress (self->done, self->data);
}

/* LkMotionStepFunc: to the first frame of a pass it may be far, too. */
static void
on_step (gpointer data)
{
  report (data, 0);
}

static double
get_part (Search *self, gint64 time)
{
  return self->duration > 0 ? MIN ((double)time / (double)self->duration, 1) : 0;
}

/* Reports, and says whether to go on. */
static gboolean
look (Search *self, LkWebpWriter *writer, Pass *pass)
{
  gint64 written = lk_webp_writer_get_written (writer, &pass->size);
  guint frames;

  pass->part = get_part (self, written);
  frames = (guint)(pass->read * (double)written / (double)MAX (pass->end, 1));
  report (self, self->from + (ALMOST - self->from) * SHARE * get_part (self, pass->end));

  return !lk_budget_is_hopeless (&self->budget, pass->part, frames, pass->size);
}

/* All frames, unless it is found out on the way that they will not fit. */
static gboolean
write_frames (Search *self,
              LkWebpWriter *writer,
              Pass *pass,
              GCancellable *cancellable,
              GError **error)
{
  while (TRUE)
    {
      g_autoptr (GError) cause = NULL;
      g_autoptr (LkMotionFrame) frame
          = lk_animation_frames_next (self->frames, cancellable, &cause);

      if (cause != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&cause));
          return FALSE;
        }
      if (frame == NULL)
        break;

      if (!lk_webp_writer_add (writer, frame->frame, frame->time, error))
        return FALSE;

      lk_flash_add (pass->flash, frame->frame, frame->time);
      pass->read++;
      pass->end = frame->time + frame->duration;
      if (!look (self, writer, pass))
        return TRUE;
    }

  if (pass->read == 0)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED,
                           "The animation has no whole frame");
      return FALSE;
    }

  pass->bytes = lk_webp_writer_finish (writer, pass->end, &pass->written, error);
  if (pass->bytes == NULL)
    return FALSE;

  lk_flash_end (pass->flash, pass->end, self->loops != 1);
  pass->size = g_bytes_get_size (pass->bytes);
  pass->part = 1;

  return TRUE;
}

static gboolean
run_pass (Search *self, Pass *pass, GCancellable *cancellable, GError **error)
{
  const LkBudgetChoice *choice = &self->budget.choice;
  g_autoptr (LkWebpWriter) writer
      = lk_webp_writer_new (choice->size, choice->size, choice->quality, self->loops, cancellable);

  self->from = self->done;
  pass->flash = lk_flash_new ();

  return lk_animation_frames_start (self->frames, choice->size,
                                    choice->divisor > 1 ? self->frame_rate / choice->divisor : 0,
                                    cancellable, error)
         && write_frames (self, writer, pass, cancellable, error);
}

static LkEncoded *
encoded_new (const LkBudgetChoice *choice, const Pass *pass)
{
  LkEncoded *encoded = lk_encoded_new ("motion", "image/webp", choice->size, choice->size,
                                       pass->end, pass->bytes, choice->quality);

  lk_encoded_set_frames (encoded, pass->read);

  return encoded;
}

static void
set_cannot_fit (Search *self, guint size, GError **error)
{
  const LkBudgetChoice *last = &self->budget.choice;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET,
               "An animation of %.1f s does not fit into %" G_GSIZE_FORMAT
               " bytes: not from quality %d to %d, from %.1f to %.1f frames a second, from %u to "
               "%u px",
               (double)self->duration / G_USEC_PER_SEC, self->budget.budget, LK_BUDGET_MAX_QUALITY,
               LK_BUDGET_MIN_QUALITY, self->frame_rate, self->frame_rate / last->divisor, size,
               last->size);
}

/* Asked before anything is encoded. */
static gboolean
is_short_enough (Search *self, GError **error)
{
  if (self->duration <= LK_MOTION_MAX_DURATION)
    return TRUE;

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CANNOT_FIT_BUDGET,
               "An animation may last %d s, and this one would last %.2f s: trim it, or let it run "
               "faster",
               (int)(LK_MOTION_MAX_DURATION / G_USEC_PER_SEC),
               (double)self->duration / G_USEC_PER_SEC);
  return FALSE;
}

/* The best that fits. @moves becomes FALSE where nothing ever changes: then it is not for sending.
 */
static LkEncoded *
search (Search *self, gboolean *moves, GCancellable *cancellable, GError **error)
{
  guint size = self->budget.choice.size;
  LkBudgetAnswer answer = LK_BUDGET_AGAIN;
  LkEncoded *fitting = NULL;

  while (answer == LK_BUDGET_AGAIN)
    {
      g_auto (Pass) pass = { 0 };
      LkBudgetChoice choice = self->budget.choice;
      gboolean fits;

      if (!run_pass (self, &pass, cancellable, error))
        {
          g_clear_pointer (&fitting, lk_encoded_free);
          return NULL;
        }

      answer = lk_budget_note (&self->budget, pass.part, pass.size);
      fits = pass.bytes != NULL && pass.size <= self->budget.budget;
      /* Another quality would not flash less. */
      if (fits && !lk_flash_check (pass.flash, error))
        {
          g_clear_pointer (&fitting, lk_encoded_free);
          return NULL;
        }
      if (fits)
        {
          g_clear_pointer (&fitting, lk_encoded_free);
          fitting = encoded_new (&choice, &pass);
          *moves = pass.written > 1;
        }
    }

  if (fitting == NULL)
    set_cannot_fit (self, size, error);

  return fitting;
}

static gboolean
add_poster (Search *self, LkRendered *rendered, GCancellable *cancellable, GError **error)
{
  guint size = MIN (lk_animation_frames_get_crop (self->frames), LK_PHOTO_SIZE);
  g_autoptr (LkFrame) poster
      = lk_animation_frames_render_poster (self->frames, size, cancellable, error);

  return poster != NULL && lk_photo_add (rendered, poster, error)
         && !g_cancellable_set_error_if_cancelled (cancellable, error)
         && lk_photo_add_thumbnail (rendered, poster, error);
}

static guint
get_loops (LkMotion *motion, LkRecipe *recipe)
{
  int loops = lk_recipe_get_motion (recipe).loops;

  return loops >= 0 ? (guint)loops : MIN (lk_motion_get_info (motion)->loops, LK_RECIPE_MAX_LOOPS);
}

/* Where nothing moves in the part that is kept, it becomes a still. */
static gboolean
add_renditions (Search *self,
                LkRendered *rendered,
                gsize budget,
                GCancellable *cancellable,
                GError **error)
{
  guint crop = lk_animation_frames_get_crop (self->frames);
  gboolean moves = FALSE;
  LkEncoded *motion;

  if (!is_short_enough (self, error) || !add_poster (self, rendered, cancellable, error))
    return FALSE;

  report (self, MADE_POSTER);
  lk_budget_init (&self->budget, budget, MIN (crop, LK_ANIMATION_SIZE), self->frame_rate);
  motion = search (self, &moves, cancellable, error);
  if (motion == NULL)
    return FALSE;

  if (moves)
    g_ptr_array_add (rendered->encoded, motion);
  else
    {
      rendered->kind = LK_PICTURE_STILL;
      lk_encoded_free (motion);
    }
  report (self, 1);

  return TRUE;
}

/**
 * lk_render_animation:
 * @motion: (transfer none): the open source
 * @budget: the most bytes of the motion rendition
 * @progress: (nullable) (scope call): is told how far it is
 *
 * Makes what is sent of an animation: the renditions “photo” and “thumbnail” of its poster frame,
 * and “motion”, an animated WebP. Where nothing moves in the part that is kept, it becomes a still.
 * Blocks; cancelled within some tens of milliseconds.
 *
 * Returns: (transfer full) (nullable): the renditions, without the probe, or NULL with
 * LK_MEDIA_ERROR_CANNOT_FIT_BUDGET, _FLASHING, any LK_MEDIA_ERROR of a source or
 * G_IO_ERROR_CANCELLED
 */
LkRendered *
lk_render_animation (LkMotion *motion,
                     LkRecipe *recipe,
                     gsize budget,
                     LkRenderProgress progress,
                     gpointer data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (LkRendered) self = lk_rendered_new (LK_PICTURE_ANIMATION);
  g_autoptr (LkAnimationFrames) frames = lk_animation_frames_new (motion, recipe);
  Search state = {
    .frames = frames,
    .loops = get_loops (motion, recipe),
    .frame_rate = lk_animation_frames_get_rate (frames),
    .duration = lk_animation_frames_get_duration (frames),
    .progress = progress,
    .data = data,
  };
  gboolean done;

  lk_motion_set_step_func (motion, on_step, &state);
  done = add_renditions (&state, self, budget, cancellable, error);
  lk_motion_set_step_func (motion, NULL, NULL);

  return done ? g_steal_pointer (&self) : NULL;
}
