/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Finds what a clip has to be encoded with to fit its budget, from how many bytes each attempt
 * took or would have taken. Knows no encoder. */

/**
 * LkRateChoice:
 * @rate_factor: the quality, as x264 counts it; -1 where a bit rate is chosen instead
 * @bit_rate: bits a second, for an encoder that holds no quality
 * @divisor: one frame of how many is kept
 * @size: px of the side, even
 */
typedef struct
{
  double rate_factor;
  guint bit_rate;
  guint divisor;
  guint size;
} LkRateChoice;

/**
 * LkRateProfile: what a pass took, frame by frame.
 * @sums: (element-type gsize): bytes after one frame, after two, and so on
 * @expected: how many frames there would have been
 * @total: bytes that they would have taken
 * @rate_factor: what they were encoded with; -1 where it had a bit rate
 */
typedef struct
{
  GArray *sums;
  guint expected;
  double total;
  double rate_factor;
} LkRateProfile;

/**
 * LkRateSearch:
 * @budget: the most bytes that the frames may take
 * @choice: what to try next, or what was found
 * The other members are its own.
 */
typedef struct
{
  gsize budget;
  LkRateChoice choice;
  double frame_rate;   /* at divisor 1 */
  guint aimed;         /* bits a second that fill the budget */
  guint passes;        /* that ran to their end */
  guint broken;        /* that were broken off since one did: the next step is longer */
  double wasted;       /* parts of the clip in all that were broken off */
  double too_low;      /* the last rate factor at this rate and size that did not fit */
  double too_high;     /* the last that fitted */
  double fit_bytes;    /* what that took; 0: none has fitted */
  gboolean fell_short; /* one was broken off since it would have left too much room */
  double last_factor;  /* of the pass before at this rate and size */
  double last_bytes;   /* what it took; 0: there was none */
  guint last_frames;   /* how far it came, where it was broken off; otherwise 0 */
  guint last_expected;
  double last_sum;
  LkRateProfile known;   /* of the pass that came furthest */
  LkRateProfile current; /* of the one that runs */
} LkRateSearch;

typedef enum
{
  LK_RATE_TAKE,    /* the last that fitted is good */
  LK_RATE_AGAIN,   /* try once more, with the new choice */
  LK_RATE_GIVE_UP, /* nothing fits */
} LkRateAnswer;

void lk_rate_search_init (LkRateSearch *self,
                          gsize budget,
                          guint size,
                          double frame_rate,
                          gint64 duration,
                          gboolean has_rate_factor);
void lk_rate_search_clear (LkRateSearch *self);
gboolean lk_rate_search_watch (LkRateSearch *self, guint frames, guint expected, gsize bytes);
LkRateAnswer lk_rate_search_note (LkRateSearch *self, gsize whole);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LkRateSearch, lk_rate_search_clear)
