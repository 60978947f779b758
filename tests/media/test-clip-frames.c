/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-clip-frames.h"
#include "lk-test-picture.h"
#include "lk-test-video.h"

/* A clip's frames, begun with again and again as by whoever looks for a quality: each time they are
 * those of a clip that is read once. */

#define SIZE 64
#define ALL G_MAXUINT

typedef struct
{
  gint64 time;
  gint64 duration;
  guint hash;        /* of the px */
  GstMemory *memory; /* where they lie; only to be compared */
} Seen;

typedef struct
{
  LkTestVideo *video;
  LkClipFrames *frames;
} Clip;

static void
clip_clear (Clip *self)
{
  g_clear_pointer (&self->frames, lk_clip_frames_close);
  g_clear_pointer (&self->video, lk_test_video_close);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Clip, clip_clear)

/* 50 frames, each of a gray of its own. */
static void
open_clip (Clip *self, LkMotionEdits edits)
{
  g_autofree char *path = lk_test_video_make (
      "clip.mp4", "-f lavfi -i \"nullsrc=s=96x64:r=25:d=2,geq=lum=16+4*N:cb=128:cr=128,"
                  "format=yuv420p\" -c:v libx264 -qp 8 -g 12 -bf 2");
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_motion (plain, edits);
  g_autoptr (GError) error = NULL;

  self->video = lk_test_video_open (path, 0);
  self->frames
      = lk_clip_frames_open (self->video->source, self->video->header, recipe, NULL, &error);
  g_assert_no_error (error);
}

static void
start (Clip *self, guint size, guint divisor, gboolean again)
{
  g_autoptr (GError) error = NULL;

  lk_clip_frames_start (self->frames, size, divisor, TRUE, again, NULL, &error);
  g_assert_no_error (error);
}

/* The next @n frames, or what there is. */
static GArray *
take (Clip *self, guint n)
{
  GArray *seen = g_array_new (FALSE, FALSE, sizeof (Seen));

  while (seen->len < n)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkClipFrame) frame = lk_clip_frames_next (self->frames, NULL, &error);
      g_autoptr (GBytes) pixels = NULL;
      GstMapInfo map;
      Seen one;

      g_assert_no_error (error);
      if (frame == NULL)
        break;

      g_assert_true (gst_buffer_map (frame->buffer, &map, GST_MAP_READ));
      pixels = g_bytes_new (map.data, map.size);
      gst_buffer_unmap (frame->buffer, &map);
      one = (Seen){ .time = frame->time,
                    .duration = frame->duration,
                    .hash = g_bytes_hash (pixels),
                    .memory = gst_buffer_peek_memory (frame->buffer, 0) };
      g_array_append_val (seen, one);
    }

  return seen;
}

static GArray *
read_once (LkMotionEdits edits, guint size, guint divisor)
{
  g_auto (Clip) clip = { NULL };

  open_clip (&clip, edits);
  start (&clip, size, divisor, FALSE);

  return take (&clip, ALL);
}

static void
assert_begins (const GArray *seen, const GArray *whole, guint n)
{
  g_assert_cmpuint (seen->len, ==, MIN (n, whole->len));
  for (guint i = 0; i < seen->len; i++)
    {
      const Seen *one = &g_array_index (seen, Seen, i);
      const Seen *other = &g_array_index (whole, Seen, i);

      g_assert_cmpint (one->time, ==, other->time);
      g_assert_cmpint (one->duration, ==, other->duration);
      g_assert_cmpuint (one->hash, ==, other->hash);
    }
}

static const struct
{
  const char *name;
  LkMotionEdits edits;
  guint first; /* frames of a pass that is broken off */
  guint second;
  gboolean is_kept; /* the first pass's frames are given again */
} cases[] = {
  { "few", { .speed = 1 }, 9, 20, TRUE },
  { "fewer", { .speed = 1 }, 20, 9, TRUE },
  { "none", { .speed = 1 }, 0, 5, FALSE },
  { "as-many-as-are-kept", { .speed = 1 }, 32, 32, TRUE },
  { "one-more", { .speed = 1 }, 33, 33, FALSE },
  { "all", { .speed = 1 }, ALL, ALL, FALSE },
  { "short", { .start = 400000, .duration = 800000, .speed = 1 }, ALL, ALL, TRUE },
  { "part", { .start = 400000, .duration = 1000000, .speed = 1 }, 12, 24, TRUE },
  { "fast", { .speed = 2.5 }, 7, 15, TRUE },
  { "forth-and-back", { .duration = 1000000, .speed = 1, .boomerang = TRUE }, 40, 45, TRUE },
  { "forth", { .speed = 1, .boomerang = TRUE }, 45, ALL, TRUE },
};

static void
test_begun_anew (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GArray) whole = read_once (cases[i].edits, SIZE, 1);
  g_autoptr (GArray) first = NULL;
  g_autoptr (GArray) second = NULL;
  g_autoptr (GArray) third = NULL;
  g_autoptr (GArray) fourth = NULL;
  g_auto (Clip) clip = { NULL };

  open_clip (&clip, cases[i].edits);
  start (&clip, SIZE, 1, TRUE);
  first = take (&clip, cases[i].first);
  assert_begins (first, whole, cases[i].first);
  start (&clip, SIZE, 1, TRUE);
  second = take (&clip, cases[i].second);
  assert_begins (second, whole, cases[i].second);
  for (guint n = 0; n < MIN (first->len, second->len) && cases[i].is_kept; n++)
    g_assert_true (g_array_index (first, Seen, n).memory == g_array_index (second, Seen, n).memory);

  /* The one that is likely to be the last. */
  start (&clip, SIZE, 1, FALSE);
  third = take (&clip, ALL);
  assert_begins (third, whole, ALL);

  /* And is not. */
  start (&clip, SIZE, 1, FALSE);
  fourth = take (&clip, ALL);
  assert_begins (fourth, whole, ALL);
}

/* The last was broken off, too, while it gave what had been kept. */
static void
test_likely_last (void)
{
  LkMotionEdits edits = { .speed = 1 };
  g_autoptr (GArray) whole = read_once (edits, SIZE, 1);
  g_auto (Clip) clip = { NULL };
  const gboolean again[] = { TRUE, FALSE, FALSE, TRUE, TRUE };

  open_clip (&clip, edits);
  for (guint i = 0; i < G_N_ELEMENTS (again); i++)
    {
      g_autoptr (GArray) seen = NULL;

      start (&clip, SIZE, 1, again[i]);
      seen = take (&clip, 20 - i * 2);
      assert_begins (seen, whole, 20 - i * 2);
    }
}

/* What was kept is of another size, or has frames that are left out now. */
static void
test_changed (void)
{
  LkMotionEdits edits = { .speed = 1 };
  g_autoptr (GArray) smaller = read_once (edits, SIZE / 2, 1);
  g_autoptr (GArray) fewer = read_once (edits, SIZE / 2, 2);
  g_autoptr (GArray) first = NULL;
  g_autoptr (GArray) second = NULL;
  g_autoptr (GArray) third = NULL;
  g_auto (Clip) clip = { NULL };

  g_assert_cmpuint (fewer->len, ==, 25);
  open_clip (&clip, edits);
  start (&clip, SIZE, 1, TRUE);
  first = take (&clip, 10);
  start (&clip, SIZE / 2, 1, TRUE);
  second = take (&clip, 10);
  assert_begins (second, smaller, 10);
  start (&clip, SIZE / 2, 2, TRUE);
  third = take (&clip, ALL);
  assert_begins (third, fewer, ALL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/clip-frames/begun-anew/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_begun_anew);
    }
  g_test_add_func ("/clip-frames/likely-last", test_likely_last);
  g_test_add_func ("/clip-frames/changed", test_changed);

  return g_test_run ();
}
