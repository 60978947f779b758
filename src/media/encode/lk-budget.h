/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Finds with what an animation fits its budget, from how many bytes each attempt took or would have
 * taken: first quality, then frame rate, then size. Knows no encoder. */

/** No animation is made worse than that: libwebp's quality, frames a second, px of the side. */
#define LK_BUDGET_MIN_QUALITY 35
#define LK_BUDGET_MIN_FRAME_RATE 5.0
#define LK_BUDGET_MIN_SIZE 160
/** Above this, bytes double and nobody sees a difference in what moves. */
#define LK_BUDGET_MAX_QUALITY 80

/**
 * LkBudgetChoice:
 * @quality: as libwebp counts it
 * @divisor: one frame of how many is kept
 * @size: px of the side
 */
typedef struct
{
  int quality;
  guint divisor;
  guint size;
} LkBudgetChoice;

/**
 * LkBudget:
 * @budget: the most bytes
 * @choice: what to try next
 * The other members are its own.
 */
typedef struct
{
  gsize budget;
  LkBudgetChoice choice;
  guint max_divisor;
  guint passes;
  guint misses;         /* passes that did not fit */
  gsize mark_bytes[11]; /* of this pass: by each tenth of it */
  gboolean measured;    /* some pass at this divisor and size was a whole one */
  int highest_fit;      /* of the qualities at this divisor and size; 0: none fitted */
  int lowest_unfit;     /* likewise; above all: each fitted */
  int last_quality;     /* of the pass before at this divisor and size; 0: there was none */
  double last_bytes;    /* what it took */
} LkBudget;

typedef enum
{
  LK_BUDGET_TAKE,    /* the best that fitted is good */
  LK_BUDGET_AGAIN,   /* try once more, with the new choice */
  LK_BUDGET_GIVE_UP, /* nothing fits */
} LkBudgetAnswer;

void lk_budget_init (LkBudget *self, gsize budget, guint size, double frame_rate);
gboolean lk_budget_is_hopeless (LkBudget *self, double part, guint frames, gsize bytes);
LkBudgetAnswer lk_budget_note (LkBudget *self, double part, gsize bytes);
