/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-scrubber.h"

#include "lk-media-error.h"

/* A source of which every frame costs all frames since its key frame, and that counts them; what
 * real ones give is in test-video-time.c. */

#define FRAME 40000
#define N_FRAMES 500
#define GROUP 250
#define SIDE 400
#define FRAME_BYTES (SIDE * SIDE * 4)

typedef struct
{
  LkMotion parent;
  gint64 next; /* number of the frame */
  guint seeks;
  guint decoded;    /* frames, those on the way to what was asked for among them */
  guint alive;      /* frames that somebody holds */
  gint64 fails_at;  /* number of the frame that is broken, or -1 */
  gboolean *closed; /* (nullable) */
} Counter;

static gboolean
counter_seek (LkMotion *motion,
              gint64 start,
              gint64 stop,
              GCancellable *cancellable,
              GError **error)
{
  Counter *self = (Counter *)motion;

  self->next = MIN (start / FRAME, N_FRAMES - 1);
  self->seeks++;
  self->decoded += (guint)(self->next % GROUP);

  return TRUE;
}

static gboolean
counter_seek_near (LkMotion *motion, gint64 time, GCancellable *cancellable, GError **error)
{
  Counter *self = (Counter *)motion;

  self->next = MIN (time / FRAME, N_FRAMES - 1) / GROUP * GROUP;
  self->seeks++;

  return TRUE;
}

typedef struct
{
  Counter *counter;
  guint8 *pixels;
} Held;

static void
release (gpointer data)
{
  Held *held = data;

  held->counter->alive--;
  g_free (held->pixels);
  g_free (held);
}

static LkMotionFrame *
counter_next (LkMotion *motion, GCancellable *cancellable, GError **error)
{
  Counter *self = (Counter *)motion;
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (LkFrame) frame = NULL;
  Held *held;

  if (self->next == self->fails_at)
    {
      g_set_error_literal (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED, "Broken");
      return NULL;
    }
  if (self->next >= N_FRAMES)
    return NULL;

  held = g_new (Held, 1);
  held->counter = self;
  held->pixels = g_malloc0 (FRAME_BYTES);
  self->alive++;
  self->decoded++;
  pixels = g_bytes_new_with_free_func (held->pixels, FRAME_BYTES, release, held);
  frame = lk_frame_new (pixels, SIDE, SIDE, SIDE * 4, FALSE);

  return lk_motion_frame_new (frame, self->next++ * FRAME, FRAME);
}

static void
counter_close (LkMotion *motion)
{
  Counter *self = (Counter *)motion;

  *self->closed = TRUE;
}

static const LkMotionClass counter_class
    = { counter_seek, counter_seek_near, counter_next, counter_close };

typedef struct
{
  Counter counter;
  LkScrubber *scrubber;
  gboolean closed;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->counter.parent.klass = &counter_class;
  self->counter.fails_at = -1;
  self->counter.closed = &self->closed;
  self->scrubber = lk_scrubber_new (&self->counter.parent);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  lk_scrubber_free (self->scrubber);
  g_assert_true (self->closed);
  g_assert_cmpuint (self->counter.alive, ==, 0);
}

/* Asks for a frame; how many were decoded for it. */
static guint
ask (Fixture *self, gint64 number)
{
  g_autoptr (GError) error = NULL;
  guint before = self->counter.decoded;
  g_autoptr (LkMotionFrame) frame
      = lk_scrubber_get_frame (self->scrubber, number * FRAME + FRAME / 2, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (frame->time, ==, MIN (number, N_FRAMES - 1) * FRAME);

  return self->counter.decoded - before;
}

/* One frame back at a time, from the middle of a group to its start and into the one before: what a
 * frame costs in the mean is less than a seventh of a jump. */
static void
test_back (Fixture *self, gconstpointer data)
{
  guint whole = ask (self, 400);
  guint most = 0;
  guint n = 0;
  guint idle = 0;

  g_assert_cmpuint (whole, ==, 151);
  for (gint64 number = 399; number >= 200; number--, n++)
    {
      guint decoded = ask (self, number);

      most = MAX (most, decoded);
      idle += decoded == 0;
    }

  g_test_message ("%u decoded for %u frames, %u for one of them at most", self->counter.decoded, n,
                  most);
  g_assert_cmpuint (idle, >=, n * 6 / 8);
  g_assert_cmpuint (self->counter.seeks, <=, 1 + n / 7);
  g_assert_cmpuint (most, <=, GROUP + 8);
}

/* In longer steps, as many frames as it will need, and no more. */
static void
test_back_faster (Fixture *self, gconstpointer data)
{
  guint most = 0;

  ask (self, 249);
  for (gint64 number = 244; number >= 100; number -= 5)
    {
      guint decoded = ask (self, number);

      most = MAX (most, decoded);
    }

  g_test_message ("%u seeks for 29 frames, %u decoded at once at most", self->counter.seeks, most);
  g_assert_cmpuint (self->counter.seeks, <=, 1 + 29 / 3 + 1);
  g_assert_cmpuint (most, <=, 245);
}

/* A jump makes nothing but the frame that it goes to. */
static void
test_jump (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (ask (self, 240), ==, 241);
  g_assert_cmpuint (ask (self, 100), ==, 101);
  g_assert_cmpuint (ask (self, 0), ==, 1);
  g_assert_cmpuint (self->counter.alive, ==, 3);
}

/* Back and forth where it has been costs nothing. */
static void
test_back_and_forth (Fixture *self, gconstpointer data)
{
  guint decoded;

  for (gint64 number = 300; number < 320; number++)
    ask (self, number);
  decoded = self->counter.decoded;
  for (guint i = 0; i < 200; i++)
    ask (self, g_test_rand_int_range (300, 320));

  g_assert_cmpuint (self->counter.decoded, ==, decoded);
}

/* What is kept is bounded, and what is closest stays. */
static void
test_bounded (Fixture *self, gconstpointer data)
{
  guint most = 0;

  for (gint64 number = 0; number < N_FRAMES; number++)
    {
      ask (self, number);
      most = MAX (most, self->counter.alive);
    }

  g_assert_cmpuint (most, >, 100);
  g_assert_cmpuint (most * FRAME_BYTES, <=, 80 * 1024 * 1024);
  for (gint64 number = N_FRAMES - 1; number > N_FRAMES - 100; number--)
    g_assert_cmpuint (ask (self, number), ==, 0);
  g_assert_cmpuint (ask (self, 0), ==, 1);
}

/* Past the end is the last frame, whichever way one comes. */
static void
test_past_end (Fixture *self, gconstpointer data)
{
  ask (self, N_FRAMES + 100);
  ask (self, N_FRAMES + 3);
  ask (self, N_FRAMES + 1);
  ask (self, N_FRAMES - 1);
  ask (self, N_FRAMES);
}

/* For a look there is what is kept, or else the key frame, which is kept for nobody: it is quick.
 */
static void
test_near (Fixture *self, gconstpointer data)
{
  const struct
  {
    gint64 number;
    gint64 given;
  } cases[] = { { 260, 250 }, { 240, 0 }, { 300, 300 }, { 301, 250 } };

  ask (self, 300);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkMotionFrame) frame
          = lk_scrubber_get_near (self->scrubber, cases[i].number * FRAME, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (frame->time, ==, cases[i].given * FRAME);
    }
  g_assert_cmpuint (self->counter.alive, ==, 1);
}

/* A frame that is broken is told of to who asks for it, and stands in nobody's way. */
static void
test_broken (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->counter.fails_at = 199;
  ask (self, 202);
  ask (self, 201);
  g_assert_null (lk_scrubber_get_frame (self->scrubber, 199 * FRAME, NULL, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_MALFORMED);
  ask (self, 198);
}

static void
add (const char *path, void (*test) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/scrubber/back", test_back);
  add ("/scrubber/back-faster", test_back_faster);
  add ("/scrubber/jump", test_jump);
  add ("/scrubber/back-and-forth", test_back_and_forth);
  add ("/scrubber/bounded", test_bounded);
  add ("/scrubber/past-end", test_past_end);
  add ("/scrubber/near", test_near);
  add ("/scrubber/broken", test_broken);

  return g_test_run ();
}
