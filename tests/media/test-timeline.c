/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-timeline.h"

#include <math.h>

#define MS G_GINT64_CONSTANT (1000)

static const LkMotionEdits none = { .poster = -1, .speed = 1, .loops = -1 };

static void
assert_span (const LkTimeline *timeline, gint64 time, gint64 duration, gint64 start, gint64 end)
{
  LkSpan span;

  g_assert_true (lk_timeline_map (timeline, time * MS, duration * MS, &span));
  g_assert_cmpint (span.start, ==, start * MS);
  g_assert_cmpint (span.end, ==, end * MS);
}

static void
assert_dropped (const LkTimeline *timeline, gint64 time, gint64 duration)
{
  LkSpan span;

  g_assert_false (lk_timeline_map (timeline, time * MS, duration * MS, &span));
}

static void
test_whole (void)
{
  LkTimeline timeline;

  lk_timeline_init (&timeline, &none, 1000 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 1000 * MS);
  assert_span (&timeline, 0, 40, 0, 40);
  assert_span (&timeline, 960, 40, 960, 1000);
}

static void
test_unknown_end (void)
{
  LkMotionEdits edits = none;
  LkTimeline timeline;

  lk_timeline_init (&timeline, &edits, 0);
  g_assert_cmpint (timeline.stop, ==, -1);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 0);
  assert_span (&timeline, 123456, 40, 123456, 123496);

  edits.duration = 500 * MS;
  lk_timeline_init (&timeline, &edits, 0);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 500 * MS);
}

static void
test_trim (void)
{
  LkMotionEdits edits = none;
  LkTimeline timeline;

  edits.start = 250 * MS;
  edits.duration = 500 * MS;
  lk_timeline_init (&timeline, &edits, 1000 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 500 * MS);
  assert_dropped (&timeline, 100, 100);
  assert_dropped (&timeline, 150, 100);
  assert_span (&timeline, 200, 100, 0, 50);
  assert_span (&timeline, 300, 100, 50, 150);
  assert_span (&timeline, 700, 100, 450, 500);
  assert_dropped (&timeline, 750, 100);
  assert_dropped (&timeline, 900, 100);
}

/* The last moment is all that there is behind the end. */
static void
test_trim_outside (void)
{
  LkMotionEdits edits = none;
  LkTimeline timeline;
  LkSpan span;

  edits.start = 5000 * MS;
  edits.duration = 500 * MS;
  lk_timeline_init (&timeline, &edits, 1000 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 1);
  g_assert_false (lk_timeline_map (&timeline, 800 * MS, 100 * MS, &span));
  g_assert_true (lk_timeline_map (&timeline, 900 * MS, 100 * MS, &span));
  g_assert_cmpint (span.end, ==, 1);

  edits.start = 900 * MS;
  edits.duration = G_MAXINT64;
  lk_timeline_init (&timeline, &edits, 1000 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 100 * MS);
}

static void
test_speed (void)
{
  LkMotionEdits edits = none;
  LkTimeline timeline;

  edits.start = 100 * MS;
  edits.speed = 2;
  lk_timeline_init (&timeline, &edits, 1100 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 500 * MS);
  assert_span (&timeline, 100, 40, 0, 20);
  assert_span (&timeline, 140, 40, 20, 40);

  edits.speed = 0.5;
  lk_timeline_init (&timeline, &edits, 1100 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 2000 * MS);
  assert_span (&timeline, 140, 40, 80, 160);
}

/* Whatever the speed and the rate: no gap, no overlap, from 0 to the end; never more frames than
 * asked for; and each slot shows what is shown when it begins. */
static void
test_frames_follow_each_other (void)
{
  const double rates[] = { 0, 1, 5, 7.5, 10, 12.5, 15, 23.976, 25, 30, 50, 1000 };
  const double speeds[] = { 0.5, 0.77, 1, 1.5, 3 };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (rates) * G_N_ELEMENTS (speeds); i++)
    {
      double rate = rates[i % G_N_ELEMENTS (rates)];
      LkMotionEdits edits = none;
      LkTimeline timeline;
      gint64 time = 0;
      gint64 end = 0;
      guint n = 0;

      edits.start = 77 * MS;
      edits.speed = speeds[i / G_N_ELEMENTS (rates)];
      lk_timeline_init (&timeline, &edits, 4321 * MS);
      timeline.frame_rate = rate;
      while (time < 4321 * MS)
        {
          gint64 duration = MIN (g_rand_int_range (random, 1, 90000), 4321 * MS - time);
          LkSpan span;

          if (lk_timeline_map (&timeline, time, duration, &span))
            {
              g_assert_cmpint (span.start, ==, end);
              end = span.end;
              n++;
            }
          time += duration;
        }
      g_assert_cmpint (end, ==, lk_timeline_get_duration (&timeline));
      if (rate > 0)
        g_assert_cmpuint (n, <=, (guint)ceil ((double)end * rate / G_USEC_PER_SEC));
    }
}

static void
test_half_rate (void)
{
  LkTimeline timeline;

  lk_timeline_init (&timeline, &none, 1000 * MS);
  timeline.frame_rate = 12.5;
  assert_span (&timeline, 0, 40, 0, 80);
  assert_dropped (&timeline, 40, 40);
  assert_span (&timeline, 80, 40, 80, 160);
  /* a frame that stands still for long stays one frame */
  assert_span (&timeline, 160, 640, 160, 800);
}

/* Times in whole µs are never those of a slot: 30 a second of 30 a second are all of them. */
static void
test_same_rate (void)
{
  LkTimeline timeline;
  guint n = 0;

  lk_timeline_init (&timeline, &none, 10 * G_USEC_PER_SEC);
  timeline.frame_rate = 30;
  for (guint i = 0; i < 300; i++)
    {
      gint64 time = (gint64)i * G_USEC_PER_SEC / 30;
      gint64 next = (gint64)(i + 1) * G_USEC_PER_SEC / 30;
      LkSpan span;

      n += lk_timeline_map (&timeline, time, next - time, &span);
    }
  g_assert_cmpuint (n, ==, 300);
}

static void
test_boomerang (void)
{
  LkMotionEdits edits = none;
  LkTimeline timeline;
  LkSpan span;
  LkSpan back;

  edits.boomerang = TRUE;
  edits.speed = 2;
  lk_timeline_init (&timeline, &edits, 1000 * MS);
  g_assert_cmpint (lk_timeline_get_length (&timeline), ==, 500 * MS);
  g_assert_cmpint (lk_timeline_get_duration (&timeline), ==, 1000 * MS);

  g_assert_true (lk_timeline_map (&timeline, 900 * MS, 100 * MS, &span));
  back = lk_timeline_mirror (&span, lk_timeline_get_length (&timeline));
  g_assert_cmpint (back.start, ==, span.end);
  g_assert_cmpint (back.end, ==, 550 * MS);

  g_assert_true (lk_timeline_map (&timeline, 0, 100 * MS, &span));
  back = lk_timeline_mirror (&span, lk_timeline_get_length (&timeline));
  g_assert_cmpint (back.start, ==, 950 * MS);
  g_assert_cmpint (back.end, ==, 1000 * MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/timeline/whole", test_whole);
  g_test_add_func ("/timeline/unknown-end", test_unknown_end);
  g_test_add_func ("/timeline/trim", test_trim);
  g_test_add_func ("/timeline/trim-outside", test_trim_outside);
  g_test_add_func ("/timeline/speed", test_speed);
  g_test_add_func ("/timeline/frames-follow-each-other", test_frames_follow_each_other);
  g_test_add_func ("/timeline/half-rate", test_half_rate);
  g_test_add_func ("/timeline/same-rate", test_same_rate);
  g_test_add_func ("/timeline/boomerang", test_boomerang);

  return g_test_run ();
}
