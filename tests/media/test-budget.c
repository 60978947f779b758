/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-budget.h"

#include <math.h>

#define BUDGET 1000000

/* What an imagined encoder makes of an imagined animation. */
typedef struct
{
  double bytes;      /* of all of it at the best that there is */
  double slope;      /* by which each point of quality multiplies */
  double rate_power; /* how fewer frames help */
  double size_power; /* how fewer px help */
  double first_half; /* how much of it is in the first half */
} Model;

static double
get_bytes (const Model *model, const LkBudgetChoice *choice, guint size)
{
  return model->bytes * pow (model->slope, choice->quality - LK_BUDGET_MAX_QUALITY)
         / pow (choice->divisor, model->rate_power)
         * pow ((double)choice->size / size, model->size_power);
}

/* Goes through the passes as an encoder does, in steps of a hundredth. What was taken is @found. */
static LkBudgetAnswer
run (const Model *model, guint size, double frame_rate, LkBudgetChoice *found, double *work)
{
  LkBudget budget;
  LkBudgetAnswer answer = LK_BUDGET_AGAIN;

  lk_budget_init (&budget, BUDGET, size, frame_rate);
  *work = 0;
  found->quality = 0;
  while (answer == LK_BUDGET_AGAIN)
    {
      LkBudgetChoice choice = budget.choice;
      double whole = get_bytes (model, &choice, size);
      double bytes = 0;
      guint part = 0;

      g_assert_cmpint (choice.quality, >=, LK_BUDGET_MIN_QUALITY);
      g_assert_cmpint (choice.quality, <=, LK_BUDGET_MAX_QUALITY);
      g_assert_cmpuint (choice.size, >=, MIN (size, LK_BUDGET_MIN_SIZE));
      g_assert_cmpuint (choice.size, <=, size);
      g_assert_true (choice.divisor == 1
                     || frame_rate / choice.divisor >= LK_BUDGET_MIN_FRAME_RATE);
      while (part < 100 && !lk_budget_is_hopeless (&budget, part / 100.0, part, (gsize)bytes))
        {
          bytes += whole / 50 * (part < 50 ? model->first_half : 1 - model->first_half);
          part++;
        }
      /* the last look is at the whole file */
      answer = lk_budget_note (&budget, part / 100.0, (gsize)(part == 100 ? whole : bytes));
      *work += part / 100.0;
      if (part == 100 && whole <= BUDGET
          && (found->quality == 0 || choice.quality > found->quality
              || choice.divisor != found->divisor || choice.size != found->size))
        *found = choice;
      g_assert_cmpuint (budget.passes, <=, 8);
    }
  g_assert_cmpint (answer == LK_BUDGET_TAKE, ==, found->quality > 0);

  return answer;
}

static void
test_fits_at_once (void)
{
  const Model model = { 900000, 1.02, 1, 2, 0.5 };
  LkBudgetChoice found;
  double work;

  g_assert_cmpint (run (&model, 480, 25, &found, &work), ==, LK_BUDGET_TAKE);
  g_assert_cmpint (found.quality, ==, LK_BUDGET_MAX_QUALITY);
  g_assert_cmpuint (found.divisor, ==, 1);
  g_assert_cmpuint (found.size, ==, 480);
  g_assert_cmpfloat (work, ==, 1);
}

/* Whatever the encoder is like, more than half of the budget is used, and not much more is done
 * than encoding it three times. */
static void
test_from_all_sides (void)
{
  const double slopes[] = { 1.01, 1.017, 1.025, 1.04 };
  const double powers[] = { 0.5, 0.85, 1 };
  const double halves[] = { 0.2, 0.5, 0.8 };
  double sum = 0;
  guint n = 0;

  for (double bytes = 1.1 * BUDGET; bytes < 40 * BUDGET; bytes *= 1.3)
    for (guint i = 0; i < G_N_ELEMENTS (slopes) * 9; i++)
      {
        const Model model = { bytes, slopes[i % 4], powers[i / 4 % 3], 1.7, halves[i / 12] };
        LkBudgetChoice found;
        double work;

        if (run (&model, 480, 25, &found, &work) != LK_BUDGET_TAKE)
          continue;

        sum += work;
        n++;
        g_assert_cmpfloat (work, <=, 5);
        if (found.quality < LK_BUDGET_MAX_QUALITY)
          g_assert_cmpfloat (get_bytes (&model, &found, 480), >=, 0.6 * BUDGET);
      }
  g_assert_cmpuint (n, >, 400);
  g_assert_cmpfloat (sum / n, <=, 2.5);
}

/* Quality goes first, then frames, then px. */
static void
test_order (void)
{
  const Model little = { 1.7 * BUDGET, 1.017, 1, 2, 0.5 };
  const Model more = { 4.5 * BUDGET, 1.017, 1, 2, 0.5 };
  const Model much = { 25.0 * BUDGET, 1.017, 1, 2, 0.5 };
  LkBudgetChoice found;
  double work;

  run (&little, 480, 25, &found, &work);
  g_assert_cmpint (found.quality, <, LK_BUDGET_MAX_QUALITY);
  g_assert_cmpuint (found.divisor, ==, 1);
  run (&more, 480, 25, &found, &work);
  g_assert_cmpuint (found.divisor, >, 1);
  g_assert_cmpuint (found.size, ==, 480);
  run (&much, 480, 25, &found, &work);
  g_assert_cmpuint (found.divisor, ==, 5);
  g_assert_cmpuint (found.size, <, 480);
}

static void
test_never_fits (void)
{
  const Model model = { 4000.0 * BUDGET, 1.017, 1, 2, 0.5 };
  LkBudgetChoice found;
  double work;

  g_assert_cmpint (run (&model, 480, 25, &found, &work), ==, LK_BUDGET_GIVE_UP);
  g_assert_cmpfloat (work, <, 0.5);
  g_assert_cmpint (run (&model, 100, 4, &found, &work), ==, LK_BUDGET_GIVE_UP);
}

/* An encoder that gets nowhere: it ends all the same. */
static void
test_no_slope (void)
{
  const Model model = { 1.05 * BUDGET, 1, 0.01, 0.05, 0.5 };
  LkBudgetChoice found;
  double work;

  run (&model, 480, 50, &found, &work);
  g_assert_cmpfloat (work, <, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/budget/fits-at-once", test_fits_at_once);
  g_test_add_func ("/budget/from-all-sides", test_from_all_sides);
  g_test_add_func ("/budget/order", test_order);
  g_test_add_func ("/budget/never-fits", test_never_fits);
  g_test_add_func ("/budget/no-slope", test_no_slope);

  return g_test_run ();
}
