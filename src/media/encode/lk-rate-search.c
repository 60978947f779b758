/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-rate-search.h"

#include <math.h>
#include <string.h>

/* Quality first: better than BEST nobody sees on a small square, worse than WORST everybody. Then
 * half of the frames, then a smaller picture, each time starting over from a quality that the
 * passes until then suggest. */

#define BEST 23.
#define WORST 36.
#define LEAST_RATE 14
#define LEAST_SIZE 160
/* How much smaller the next size is, in px of the side. */
#define SHRINK 0.75
/* What a pass aims at, of the budget, so that what was learned on a part holds for the whole. */
#define AIM 0.96
/* What fills that part of the budget is taken at once where another pass would better the rate
 * factor by no more than that, and whatever that would be after so many passes that ran to their
 * end; and after how many anything that fits is taken. */
#define FAIR_PART 0.6
#define LEAST_GAIN 1
/* Close to the best quality a little more is not worth another pass. */
#define CLOSE_TO_BEST 3
#define CLOSE_PART 0.65
#define ENOUGH_PASSES 2
#define MOST_PASSES 4
/* From one rate factor to the next. */
#define LEAST_STEP 0.4
#define MOST_STEP 8
/* Each 5 more halve the bytes, until two passes have told better: close to BEST, and the further
 * from it the more it takes, since what is left is less and less noise. Seven clips, films and
 * drawn ones, bent between −3 and 11 % for each 1, most of them 5 to 8 %. */
#define HALVES 5
#define BEND 0.08
/* Two passes may tell of 10 (drawings) down to 2 (noise, which a better quality begins to show). */
#define LEAST_HALVES 2
#define MOST_HALVES 10
/* No clip of this size looks better for more bits a second: the highest of level 3.1. */
#define MOST_BITS 14000000
/* An encoder that misses its bit rate by more than that will not meet it. */
#define LEAST_PART 0.4
/* The part of a clip that has to be encoded before a pass is judged by it: by that little only
 * where it is off by so many times more than later. */
#define LEAST_FRACTION 0.1
#define EARLY_FRACTION 0.035
#define EARLY_MARGIN 1.3
#define LEAST_FRAMES 6
/* Once so much of a clip was encoded in vain, the next pass runs to its end: then it is known where
 * the bytes go, and no pass is misled by a start that is unlike the rest. */
#define MOST_WASTED 0.5
/* With another rate factor they go elsewhere: noise drowns, and drawings stay. */
#define ALIKE 4
/* What half of the frames save: the other half is predicted from further away. */
#define HALF_RATE 0.65

/**
 * lk_rate_search_init:
 * @budget: the most bytes that the file may take
 * @size: px of the side that the clip has at best
 * @frame_rate: frames a second that it has at best
 * @duration: of the clip in µs, about
 * @has_rate_factor: whether the encoder holds a quality; otherwise it gets bit rates
 */
void
lk_rate_search_init (LkRateSearch *self,
                     gsize budget,
                     guint size,
                     double frame_rate,
                     gint64 duration,
                     gboolean has_rate_factor)
{
  double seconds = (double)MAX (duration, G_USEC_PER_SEC / 10) / G_USEC_PER_SEC;

  memset (self, 0, sizeof *self);
  self->budget = budget;
  self->frame_rate = frame_rate;
  self->aimed = (guint)MIN ((double)budget * 8 * AIM / seconds, MOST_BITS);
  self->choice = (LkRateChoice){
    .rate_factor = has_rate_factor ? BEST : -1, .bit_rate = self->aimed, .divisor = 1, .size = size
  };
  self->too_low = BEST - LEAST_STEP;
  self->known.sums = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->current.sums = g_array_new (FALSE, FALSE, sizeof (gsize));
}

void
lk_rate_search_clear (LkRateSearch *self)
{
  g_clear_pointer (&self->known.sums, g_array_unref);
  g_clear_pointer (&self->current.sums, g_array_unref);
}

/* On this scale the bytes halve in even steps. */
static double
to_even (double rate_factor)
{
  return log1p (BEND * (rate_factor - BEST)) / BEND;
}

static double
from_even (double even)
{
  return BEST + expm1 (BEND * even) / BEND;
}

static double
sum_at (const LkRateProfile *profile, guint frames)
{
  return (double)g_array_index (profile->sums, gsize, frames - 1);
}

/* What the whole of the current pass will take. As far as an earlier pass came it knows which part
 * of the bytes the frames until here are; behind that the rest is taken to be like what there was,
 * but for the first frame, which is a key frame and no measure for others. */
static double
project (const LkRateSearch *self)
{
  const LkRateProfile *current = &self->current;
  const LkRateProfile *known = &self->known;
  guint frames = current->sums->len;
  double bytes = sum_at (current, frames);
  double first = sum_at (current, 1);
  guint there = 0;

  if (frames >= current->expected)
    return bytes;
  if (known->expected > 0)
    there = (guint)((guint64)frames * known->expected / current->expected);
  if (there > 1 && there <= known->sums->len)
    return bytes * known->total / sum_at (known, there);
  if (frames < 2)
    return bytes;

  return first + (bytes - first) * (current->expected - 1) / (frames - 1);
}

/* The rate factor that should take the bytes that are aimed at. */
static double
predict (const LkRateSearch *self, double bytes)
{
  double here = to_even (self->choice.rate_factor);
  double halves = HALVES;

  if (self->last_bytes > 0 && fabs (self->last_factor - self->choice.rate_factor) > 0.5)
    {
      double slope = log2 (self->last_bytes / bytes);

      if (fabs (slope) > 0.01)
        halves = (here - to_even (self->last_factor)) / slope;
      halves = CLAMP (halves, LEAST_HALVES, MOST_HALVES);
    }

  return from_even (here + log2 (bytes / ((double)self->budget * AIM)) * halves);
}

/* Whether a pass that took @bytes will do, where @next would fill the budget. */
static gboolean
will_do (const LkRateSearch *self, double rate_factor, double bytes, double next)
{
  double part = bytes / (double)self->budget;

  return rate_factor <= BEST || (rate_factor - next <= LEAST_GAIN && part >= FAIR_PART)
         || (rate_factor - BEST <= CLOSE_TO_BEST && part >= CLOSE_PART);
}

/* Whether a pass that will take @bytes will leave so much room that it is worth no more time
 * either: what it has told says how much better the next may be. Once, or they might never end. */
static gboolean
falls_short (const LkRateSearch *self, double bytes)
{
  return self->fit_bytes <= 0 && !self->fell_short && self->last_bytes > 0
         && self->choice.rate_factor > self->too_low + 2 * LEAST_STEP
         && bytes < (double)self->budget
         && !will_do (self, self->choice.rate_factor, bytes, predict (self, bytes));
}

/* Whether a pass much like the current one ran to its end. */
static gboolean
knows_all (const LkRateSearch *self)
{
  const LkRateProfile *known = &self->known;

  return known->expected > 0 && known->sums->len >= known->expected
         && fabs (known->rate_factor - self->choice.rate_factor) <= ALIKE;
}

/**
 * lk_rate_search_watch:
 * @frames: how many are encoded, at least 1
 * @expected: how many there will be, about
 * @bytes: what they take
 *
 * To be called as a pass goes on.
 *
 * Returns: whether the pass is worth no more time. The rest may be unlike the start, so the less is
 * known the more it has to be over the budget
 */
gboolean
lk_rate_search_watch (LkRateSearch *self, guint frames, guint expected, gsize bytes)
{
  GArray *sums = self->current.sums;
  double fraction = MIN ((double)frames / expected, 1);
  double unknown = 1 - fraction;
  double margin = fraction < LEAST_FRACTION ? EARLY_MARGIN : 1;
  double whole;

  while (sums->len < frames)
    g_array_append_val (sums, bytes);
  self->current.expected = MAX (expected, frames);
  if (fraction < EARLY_FRACTION || frames < MIN (LEAST_FRAMES, expected))
    return FALSE;

  /* Frames and px are not given up for what is only expected. */
  if (self->choice.rate_factor >= WORST - 0.1)
    return bytes > self->budget;
  if (self->wasted >= MOST_WASTED && !knows_all (self))
    return FALSE;

  whole = project (self);

  return whole > (double)self->budget * (1 + 0.3 * unknown * unknown) * margin
         || (unknown > 0.5 && falls_short (self, whole * margin));
}

/* Starts over at another rate and size, where as many bytes would be taken as @bytes. */
static void
start_over (LkRateSearch *self, double bytes)
{
  double over = log2 (bytes / ((double)self->budget * AIM)) * HALVES;

  if (self->choice.rate_factor >= 0)
    self->choice.rate_factor = CLAMP (from_even (to_even (WORST) + over), BEST, WORST - 1);
  self->too_low = BEST - LEAST_STEP;
  self->choice.bit_rate = self->aimed;
  self->last_bytes = 0;
  self->fell_short = FALSE;
  self->wasted = 0;
}

/* At the worst quality the frames take @bytes. */
static LkRateAnswer
give_way (LkRateSearch *self, double bytes)
{
  LkRateChoice *choice = &self->choice;

  if (self->frame_rate / (choice->divisor * 2) >= LEAST_RATE)
    {
      choice->divisor *= 2;
      start_over (self, bytes * HALF_RATE);
      return LK_RATE_AGAIN;
    }
  if (choice->size * SHRINK >= LEAST_SIZE)
    {
      choice->size = (guint)(choice->size * SHRINK) / 2 * 2;
      start_over (self, bytes * SHRINK * SHRINK);
      return LK_RATE_AGAIN;
    }

  return LK_RATE_GIVE_UP;
}

static LkRateAnswer
note_bit_rate (LkRateSearch *self, double bytes, gboolean fits)
{
  double next = self->choice.bit_rate * (double)self->budget * AIM / bytes;

  if (fits)
    return LK_RATE_TAKE;
  if (next < self->aimed * LEAST_PART)
    return give_way (self, bytes);

  self->choice.bit_rate = (guint)next;
  return LK_RATE_AGAIN;
}

/* Whether the best that has fitted is taken, where @next would fill the budget. */
static gboolean
is_enough (const LkRateSearch *self, double next)
{
  guint most = self->fit_bytes >= (double)self->budget * FAIR_PART ? ENOUGH_PASSES : MOST_PASSES;

  return self->fit_bytes > 0
         && (will_do (self, self->too_high, self->fit_bytes, next) || self->passes >= most
             || self->too_high - self->too_low < LEAST_STEP);
}

static LkRateAnswer
note_rate_factor (LkRateSearch *self, double bytes, gboolean fits)
{
  LkRateChoice *choice = &self->choice;
  gboolean is_short = !fits && bytes < (double)self->budget;
  double next = predict (self, bytes);
  double width;

  if (fits)
    {
      self->too_high = choice->rate_factor;
      self->fit_bytes = bytes;
    }
  else if (is_short)
    {
      self->fell_short = TRUE;
      next = MIN (next, choice->rate_factor - LEAST_STEP);
    }
  else
    self->too_low = choice->rate_factor;

  if (is_enough (self, next))
    return LK_RATE_TAKE;
  if (!fits && !is_short && choice->rate_factor >= WORST - 0.1)
    return give_way (self, bytes);

  /* A prediction may be far off, where noise drowns all at once: each step is a real one and goes
   * neither past what is known nor up to it. */
  next
      = CLAMP (next, self->too_low + LEAST_STEP * MAX (self->broken, 1), self->too_low + MOST_STEP);
  if (self->fit_bytes > 0)
    {
      width = self->too_high - self->too_low;
      next = CLAMP (next, self->too_low + 0.3 * width, self->too_high - 0.15 * width);
    }

  self->last_factor = choice->rate_factor;
  self->last_bytes = bytes;
  choice->rate_factor = CLAMP (next, BEST, WORST);

  return LK_RATE_AGAIN;
}

/* The pass that came furthest tells most of where the bytes go. */
static void
keep_profile (LkRateSearch *self, double total)
{
  LkRateProfile *known = &self->known;
  LkRateProfile *current = &self->current;

  current->total = total;
  current->rate_factor = self->choice.rate_factor;
  if (known->expected == 0
      || (guint64)current->sums->len * known->expected
             >= (guint64)known->sums->len * current->expected)
    {
      LkRateProfile other = *known;

      *known = *current;
      *current = other;
    }
  g_array_set_size (current->sums, 0);
}

/* What the pass before would have taken, now that more is known of the clip. */
static void
revise_last (LkRateSearch *self)
{
  const LkRateProfile *known = &self->known;
  guint there = (guint)((guint64)self->last_frames * known->expected / self->last_expected);

  if (self->last_bytes > 0 && there > 1 && there <= known->sums->len)
    self->last_bytes = self->last_sum * known->total / sum_at (known, there);
}

/**
 * lk_rate_search_note:
 * @whole: bytes of the file that the pass with the last choice made; 0 where it was broken off
 *
 * Returns: what to do next
 */
LkRateAnswer
lk_rate_search_note (LkRateSearch *self, gsize whole)
{
  gboolean fits = whole > 0 && whole <= self->budget;
  double bytes = whole > 0 ? (double)whole : project (self);
  LkRateAnswer answer;
  guint frames;
  guint expected;
  double sum;

  self->broken = whole > 0 ? 0 : self->broken + 1;
  if (whole > 0)
    self->passes++;
  frames = self->current.sums->len;
  expected = self->current.expected;
  if (whole == 0)
    self->wasted += (double)frames / expected;
  sum = frames > 0 ? sum_at (&self->current, frames) : 0;
  keep_profile (self, bytes);
  if (self->last_frames > 0)
    revise_last (self);
  answer = self->choice.rate_factor < 0 ? note_bit_rate (self, bytes, fits)
                                        : note_rate_factor (self, bytes, fits);
  self->last_frames = whole > 0 ? 0 : frames;
  self->last_expected = expected;
  self->last_sum = sum;

  return answer;
}
