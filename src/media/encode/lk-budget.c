/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-budget.h"

#include <math.h>

/* How bytes grow, as measured on films, drawings and noise: with each point of quality by this
 * factor, and with frame rate and side by these powers. It only says where to look next: whether
 * something fits is measured. */
#define BYTES_PER_QUALITY 1.017
#define FRAME_RATE_POWER 0.85
#define SIZE_POWER 1.7
#define SIZE_STEP 0.75
/* Where to aim: a little below the budget, or every second attempt is for nothing. */
#define AIM 0.95
/* With each attempt that failed after the first it is aimed lower by that. */
#define CAUTION 0.9
/* What uses that much of the budget is good enough; and that much after several passes. */
#define GOOD 0.85
#define GOOD_LATE 0.7
#define LATE 3
/* After so many passes what fitted is taken, or else the worst is tried. */
#define MAX_PASSES 6

static void
enter (LkBudget *self)
{
  self->measured = FALSE;
  self->highest_fit = 0;
  self->lowest_unfit = LK_BUDGET_MAX_QUALITY + 1;
  self->last_quality = 0;
}

/**
 * lk_budget_init:
 * @budget: the most bytes
 * @size: px of the side, as large as it may be
 * @frame_rate: frames a second, with all that there are
 */
void
lk_budget_init (LkBudget *self, gsize budget, guint size, double frame_rate)
{
  *self = (LkBudget){
    .budget = budget,
    .choice = { .quality = LK_BUDGET_MAX_QUALITY, .divisor = 1, .size = size },
    .max_divisor = MAX ((guint)(frame_rate / LK_BUDGET_MIN_FRAME_RATE), 1),
  };
  enter (self);
}

/**
 * lk_budget_is_hopeless:
 * @part: of the whole that is done, 0 to 1
 * @frames: that are done
 * @bytes: what they take
 *
 * Returns: whether this pass had better be broken off. The first passes are looked at early, since
 * they may be far off; later ones know what they do.
 */
gboolean
lk_budget_is_hopeless (LkBudget *self, double part, guint frames, gsize bytes)
{
  double projected = (double)bytes / MAX (part, 1e-6);
  double times = projected / (double)self->budget;
  guint tenth = (guint)(CLAMP (part, 0, 1) * 10);

  for (guint i = tenth + 1; i <= 10; i++)
    self->mark_bytes[i] = bytes;

  if (bytes > self->budget)
    return TRUE;
  if (self->measured)
    return FALSE;

  return (frames >= 24 && times > 3) || (part >= 0.1 && times > 2) || (part >= 0.3 && times > 1.4);
}

/* The next lower frame rate, or size. */
static gboolean
step_down (LkBudgetChoice *choice, guint max_divisor)
{
  if (choice->divisor < max_divisor)
    {
      choice->divisor++;
      return TRUE;
    }
  if (choice->size <= LK_BUDGET_MIN_SIZE)
    return FALSE;

  choice->size = MAX ((guint)(choice->size * SIZE_STEP), LK_BUDGET_MIN_SIZE);
  return TRUE;
}

/* By how much fewer bytes @to takes, at the same quality. */
static double
compare (const LkBudgetChoice *from, const LkBudgetChoice *to)
{
  return pow ((double)from->divisor / to->divisor, FRAME_RATE_POWER)
         * pow ((double)to->size / from->size, SIZE_POWER);
}

/* By how much what is taken has to shrink, as a logarithm. */
static double
aim (const LkBudget *self, double bytes)
{
  double share = AIM * pow (CAUTION, self->misses > 1 ? self->misses - 1 : 0);

  return log (share * (double)self->budget / bytes);
}

/* The quality that takes what is aimed at, where @quality takes @bytes. */
static double
extrapolate (const LkBudget *self, int quality, double bytes)
{
  return quality + aim (self, bytes) / log (BYTES_PER_QUALITY);
}

/* What the whole takes: what is still to come goes on as it came last, or as it did all along,
 * whichever is more. */
static double
project (const LkBudget *self, double part, gsize bytes)
{
  guint before = (guint)(part * 10) >= 2 ? (guint)(part * 10) - 2 : 0;
  double lately = part - before / 10.0;
  double rate = (double)bytes / MAX (part, 1e-6);

  if (part >= 1)
    return MAX ((double)bytes, 1);
  if (part > 0.2)
    rate = MAX (rate, (double)(bytes - MIN (self->mark_bytes[before], bytes)) / lately);

  /* What was broken off was so for a reason. */
  return MAX ((double)bytes + rate * (1 - part), (double)self->budget);
}

/* Nothing at this frame rate and size will do. */
static LkBudgetAnswer
leave (LkBudget *self, int quality, double bytes)
{
  LkBudgetChoice from = self->choice;
  LkBudgetChoice next = self->choice;
  double wanted = 0;

  if (!step_down (&next, self->max_divisor))
    return LK_BUDGET_GIVE_UP;

  do
    {
      self->choice = next;
      wanted = extrapolate (self, quality, bytes * compare (&from, &next));
    }
  while ((wanted < LK_BUDGET_MIN_QUALITY || self->passes >= MAX_PASSES)
         && step_down (&next, self->max_divisor));

  if (self->passes >= MAX_PASSES)
    wanted = LK_BUDGET_MIN_QUALITY;
  self->choice.quality = (int)CLAMP (wanted, LK_BUDGET_MIN_QUALITY, LK_BUDGET_MAX_QUALITY);
  enter (self);

  return LK_BUDGET_AGAIN;
}

/* Between what fitted and what did not, by the line through the last two passes where there are
 * two. */
static double
guess (const LkBudget *self, int quality, double bytes)
{
  double slope;

  if (self->last_quality == 0 || self->last_quality == quality)
    return extrapolate (self, quality, bytes);

  slope = log (bytes / self->last_bytes) / (quality - self->last_quality);
  if (slope < log (BYTES_PER_QUALITY) / 4)
    return extrapolate (self, quality, bytes);

  return quality + aim (self, bytes) / slope;
}

/**
 * lk_budget_note:
 * @part: of the whole that the pass did, 1 for all of it
 * @bytes: what that took
 *
 * Notes what came of the choice and makes the next.
 *
 * Returns: what to do
 */
LkBudgetAnswer
lk_budget_note (LkBudget *self, double part, gsize bytes)
{
  int quality = self->choice.quality;
  double projected = project (self, part, bytes);
  gboolean fits = part >= 1 && bytes <= self->budget;
  double good = self->passes + 1 >= LATE ? GOOD_LATE : GOOD;
  double next;

  self->passes++;
  self->measured = self->measured || part >= 1;

  if (fits)
    self->highest_fit = MAX (self->highest_fit, quality);
  else
    {
      self->lowest_unfit = MIN (self->lowest_unfit, quality);
      self->misses++;
    }

  if (fits
      && (quality >= LK_BUDGET_MAX_QUALITY || projected >= good * (double)self->budget
          || quality + 1 >= self->lowest_unfit || self->passes >= MAX_PASSES))
    return LK_BUDGET_TAKE;
  if (!fits && self->passes >= MAX_PASSES && self->highest_fit > 0)
    return LK_BUDGET_TAKE;
  if (!fits && (quality <= LK_BUDGET_MIN_QUALITY || self->passes >= MAX_PASSES))
    return leave (self, quality, projected);

  next = floor (guess (self, quality, projected));
  if (!fits && self->highest_fit == 0 && next < LK_BUDGET_MIN_QUALITY - 5)
    return leave (self, quality, projected);

  self->last_quality = quality;
  self->last_bytes = projected;
  if (self->highest_fit + 1 >= self->lowest_unfit)
    return LK_BUDGET_TAKE;
  self->choice.quality = (int)CLAMP (next, MAX (self->highest_fit + 1, LK_BUDGET_MIN_QUALITY),
                                     MIN (self->lowest_unfit - 1, LK_BUDGET_MAX_QUALITY));

  return LK_BUDGET_AGAIN;
}
