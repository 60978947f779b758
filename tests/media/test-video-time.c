/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-filmstrip.h"
#include "lk-scrubber.h"
#include "lk-test-motion.h"
#include "lk-test-video.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* When a frame is shown: jumps, trims, odd time stamps, long films, the filmstrip. */

#define SECOND ((gint64)G_USEC_PER_SEC)
/* Of a time stamp, in µs: Matroska counts in milliseconds. */
#define NEAR_TIME 1000

static const LkMotionFrame *
frame_at (GPtrArray *frames, gint64 time)
{
  const LkMotionFrame *found = frames->pdata[0];

  for (guint i = 0; i < frames->len; i++)
    if (((const LkMotionFrame *)frames->pdata[i])->time <= time)
      found = frames->pdata[i];

  return found;
}

static gboolean
is_same (const LkMotionFrame *frame, const LkMotionFrame *other)
{
  return frame->time == other->time
         && g_bytes_equal (lk_frame_get_pixels (frame->frame), lk_frame_get_pixels (other->frame));
}

static void
assert_same (const LkMotionFrame *frame, const LkMotionFrame *other, gint64 time)
{
  if (!is_same (frame, other))
    g_error ("At %" G_GINT64_FORMAT " came the frame of %" G_GINT64_FORMAT
             ", or another one, not that of %" G_GINT64_FORMAT,
             time, frame->time, other->time);
}

static void
assert_times (const char *path, GPtrArray *frames)
{
  g_autoptr (GArray) times = lk_test_video_times (path);

  g_assert_cmpuint (frames->len, ==, times->len);
  for (guint i = 0; i < frames->len; i++)
    {
      const LkMotionFrame *frame = frames->pdata[i];

      g_assert_cmpint (llabs (frame->time - g_array_index (times, gint64, i)), <=, NEAR_TIME);
      if (i + 1 < frames->len)
        g_assert_cmpint (
            llabs (frame->time + frame->duration - g_array_index (times, gint64, i + 1)), <=,
            NEAR_TIME);
      g_assert_cmpint (frame->duration, >, 0);
    }
}

typedef struct
{
  const char *name;
  const char *arguments;
} Stream;

static const Stream streams[] = {
  { "long-gop.mp4", "-c:v libx264 -g 250 -bf 3 -pix_fmt yuv420p" },
  { "open-gop.mkv", "-c:v libx264 -g 12 -x264-params open-gop=1 -bf 3 -pix_fmt yuv420p" },
  { "h265.mp4", "-c:v libx265 -x265-params log-level=none:keyint=40 -pix_fmt yuv420p" },
  { "vp8.webm", "-c:v libvpx -deadline realtime -g 30 -pix_fmt yuv420p" },
  { "vp9.webm", "-c:v libvpx-vp9 -deadline realtime -g 60 -pix_fmt yuv420p" },
  { "av1.mp4", "-c:v libsvtav1 -preset 10 -g 50 -pix_fmt yuv420p" },
  { "mjpeg.avi", "-c:v mjpeg -pix_fmt yuvj420p" },
  /* with frames out of order GStreamer 1.22 gives what comes after a jump late by their distance */
  { "fragmented.mp4",
    "-c:v libx264 -bf 0 -g 25 -movflags frag_keyframe+empty_moov -pix_fmt yuv420p" },
};

/* Of a file that was written as it came, and does not say how long it is, that is found out, and
 * its last part is reached. */
static void
test_unsaid (void)
{
  const Stream files[] = {
    { "live.webm", "-c:v libvpx -deadline realtime -g 25 -live 1" },
    { "one-cluster.mkv", "-c:v libx264 -pix_fmt yuv420p -g 250 -f matroska -live 1" },
    { "pieces.mp4",
      "-c:v libx264 -bf 0 -g 25 -pix_fmt yuv420p -movflags frag_keyframe+empty_moov" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *arguments
          = g_strdup_printf ("-f lavfi -i testsrc2=s=160x90:r=25:d=4 %s", files[i].arguments);
      g_autofree char *path = lk_test_video_make (files[i].name, arguments);
      g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
      const LkMotionInfo *info = lk_motion_get_info (video->motion);
      g_autoptr (GPtrArray) frames = NULL;

      g_test_message ("%s", files[i].name);
      g_assert_cmpint (ABS (info->duration - 4 * SECOND), <=, 1000);
      g_assert_cmpuint (info->frames, ==, 100);
      frames = lk_test_video_read (video);
      g_assert_cmpuint (frames->len, ==, 100);
      for (gint64 time = 0; time < 4 * SECOND; time += 370000)
        {
          g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, time);

          assert_same (frame, frame_at (frames, time), time);
        }
    }
}

/* Wherever one jumps from, the frame is the one that is shown there. */
static void
test_seek (gconstpointer data)
{
  const Stream *stream = data;
  g_autofree char *arguments
      = g_strdup_printf ("-f lavfi -i testsrc2=s=160x90:r=25:d=4 %s", stream->arguments);
  g_autofree char *path = lk_test_video_make (stream->name, arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  const LkMotionFrame *last = frames->pdata[frames->len - 1];
  g_autoptr (LkMotionFrame) end = lk_test_video_at (video, 60 * SECOND);

  g_assert_cmpuint (frames->len, ==, 100);
  assert_times (path, frames);
  assert_same (end, last, 60 * SECOND);
  for (guint i = 0; i < 24; i++)
    {
      /* some between two frames, some at the very time of one */
      gint64 time = g_test_rand_int_range (0, 4 * SECOND);
      g_autoptr (LkMotionFrame) frame = NULL;

      if (i % 3 == 0)
        time = frame_at (frames, time)->time;
      frame = lk_test_video_at (video, time);
      assert_same (frame, frame_at (frames, time), time);
    }

  /* forward, by less than a jump */
  for (gint64 time = 0; time < 5 * SECOND; time += g_test_rand_int_range (1, SECOND))
    {
      g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, time);

      assert_same (frame, frame_at (frames, time), time);
    }
}

/* A hand that goes back, by less and by more than a frame, forth again, and jumps. */
static void
test_back (gconstpointer data)
{
  const gint64 steps[] = { 40000, 13000, 100000, 240000, 700000, -300000, -40000 };
  const Stream *stream = data;
  g_autofree char *arguments
      = g_strdup_printf ("-f lavfi -i testsrc2=s=160x90:r=25:d=4 %s", stream->arguments);
  g_autofree char *path = lk_test_video_make (stream->name, arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (LkTestVideo) other = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  g_autoptr (LkScrubber) scrubber = lk_scrubber_new (g_steal_pointer (&other->motion));
  gint64 time = 5 * SECOND;

  for (guint i = 0; i < 120; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkMotionFrame) frame = lk_scrubber_get_frame (scrubber, time, NULL, &error);

      g_assert_no_error (error);
      assert_same (frame, frame_at (frames, time), time);
      time -= steps[g_test_rand_int_range (0, G_N_ELEMENTS (steps))];
      if (time < 0 || i % 40 == 39)
        time = g_test_rand_int_range (0, 5 * SECOND);
    }
}

/* Of a video with few frames a second, too, none is left out that is wanted. */
static void
test_slow (void)
{
  g_autofree char *path
      = lk_test_video_make ("slow.mp4", "-f lavfi -i testsrc2=s=160x90:r=10:d=1 -c:v libx264 "
                                        "-bf 3 -pix_fmt yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);

  for (gint64 time = 0; time < SECOND; time += SECOND / 50)
    {
      g_autoptr (LkTestVideo) other = lk_test_video_open (path, 45);
      g_autoptr (LkMotionFrame) frame = lk_test_video_at (other, time);

      assert_same (frame, frame_at (frames, time), time);
    }
}

/* Frames are left out for one that nobody takes then, but not for the one that is taken. */
static void
test_not_taken (void)
{
  g_autofree char *path
      = lk_test_video_make ("fast.mp4", "-f lavfi -i testsrc2=s=160x90:r=100:d=2 -c:v libx264 "
                                        "-g 250 -bf 3 -pix_fmt yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  /* from here on it is known that decoding on costs less than a jump */
  g_autoptr (LkMotionFrame) last = lk_test_video_at (video, 199 * SECOND / 100);

  for (gint64 time = SECOND / 5; time < SECOND / 4; time += SECOND / 100)
    {
      g_autoptr (LkMotionFrame) first = lk_test_video_at (video, 0);
      g_autoptr (LkMotionFrame) frame = NULL;

      g_assert_true (lk_motion_seek (video->motion, SECOND, -1, NULL, NULL));
      frame = lk_test_video_at (video, time);
      assert_same (frame, frame_at (frames, time), time);
    }
}

/* Of a video that was just opened the last frame is not left out on the way to its end. */
static void
test_past_short (void)
{
  g_autofree char *path
      = lk_test_video_make ("short.webm", "-f lavfi -i testsrc2=s=160x90:r=25:d=0.6 -c:v libvpx "
                                          "-deadline realtime");
  g_autoptr (LkTestVideo) other = lk_test_video_open (path, 45);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (other);
  g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, SECOND);

  assert_same (frame, frames->pdata[frames->len - 1], SECOND);
}

/* From @start to @stop, no frame more and none less; their own times; more than once. */
static void
test_trim (void)
{
  g_autofree char *path
      = lk_test_video_make ("trim.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 "
                                        "-g 250 -pix_fmt yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) all = lk_test_video_read (video);
  const gint64 trims[][4] = {
    /* from, to, the first frame and the one after the last */
    { 1 * SECOND, 2 * SECOND, 25, 50 },  { 1 * SECOND + 1, 2 * SECOND + 1, 25, 51 },
    { 3 * SECOND, 9 * SECOND, 75, 100 }, { 0, 1, 0, 1 },
    { 500000, 540000, 12, 14 },          { 3 * SECOND, -1, 75, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (trims); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) frames = NULL;

      g_assert_true (lk_motion_seek (video->motion, trims[i][0], trims[i][1], NULL, &error));
      g_assert_no_error (error);
      frames = lk_test_video_read (video);
      g_assert_cmpint (frames->len, ==, trims[i][3] - trims[i][2]);
      for (guint j = 0; j < frames->len; j++)
        assert_same (frames->pdata[j], all->pdata[trims[i][2] + j], trims[i][0]);
      g_assert_null (lk_motion_next (video->motion, NULL, &error));
      g_assert_no_error (error);
    }
}

/* Durations come from the time stamps, whatever rate the file claims. */
static void
test_variable_rate (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = lk_test_video_make (
      name,
      "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -vf "
      "\"select='not(mod(n,7))+not(mod(n,11))+lt(n,5)'\" -vsync vfr -c:v libx264 -bf 2 -pix_fmt "
      "yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  gint64 shortest = G_MAXINT64;
  gint64 longest = 0;

  assert_times (path, frames);
  for (guint i = 0; i < frames->len; i++)
    {
      const LkMotionFrame *frame = frames->pdata[i];
      gint64 middle = frame->time + frame->duration / 2;
      g_autoptr (LkMotionFrame) again = lk_test_video_at (video, middle);

      assert_same (again, frame, middle);
      shortest = MIN (shortest, frame->duration);
      longest = MAX (longest, frame->duration);
    }
  g_assert_cmpint (shortest, <, 50000);
  g_assert_cmpint (longest, >, 200000);
}

typedef struct
{
  const char *name;
  const char *arguments; /* with the input's path */
  guint frames;          /* that a player shows */
} Start;

static const Start starts[] = {
  { "late.mkv", "-i '%s' -c copy -output_ts_offset 5", 50 },
  { "late.mp4", "-i '%s' -c copy -output_ts_offset 5", 50 },
  { "late.webm", "-i '%s' -c:v libvpx -deadline realtime -output_ts_offset 3.3", 50 },
  /* an edit list that begins within a group of frames */
  { "edited.mp4", "-ss 0.52 -i '%s' -c copy", 37 },
  { "with-sound.mp4",
    "-itsoffset 0.4 -i '%s' -f lavfi -i sine=d=2.4 -map 0:v -map 1:a -c:v copy -c:a aac", 50 },
};

/* Time begins with the first frame that a player shows. */
static void
test_start (gconstpointer data)
{
  const Start *start = data;
  g_autofree char *plain
      = lk_test_video_make ("plain.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=2 -c:v libx264 "
                                         "-g 250 -bf 2 -pix_fmt yuv420p");
  g_auto (GStrv) parts = g_strsplit (start->arguments, "%s", 2);
  g_autofree char *arguments = g_strjoinv (plain, parts);
  g_autofree char *path = lk_test_video_make (start->name, arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 0);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  const LkMotionFrame *first = frames->pdata[0];
  gint64 end = (gint64)start->frames * SECOND / 25;

  g_assert_cmpuint (frames->len, ==, start->frames);
  g_assert_cmpint (first->time, ==, 0);
  g_assert_cmpint (llabs (lk_motion_get_info (video->motion)->duration - end), <=, SECOND / 20);
  for (gint64 time = end - 1; time >= 0; time -= SECOND / 5)
    {
      g_autoptr (LkMotionFrame) frame = lk_test_video_at (video, time);

      assert_same (frame, frame_at (frames, time), time);
    }
}

/* Bytes that this process has read so far. */
static guint64
get_bytes_read (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents ("/proc/self/io", &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "rchar: "));

  return g_ascii_strtoull (text + strlen ("rchar: "), NULL, 10);
}

/* Two hours: one minute, over and over. */
static char *
make_film (void)
{
  g_autofree char *part = lk_test_video_make (
      "part.mp4", "-f lavfi -i testsrc2=s=160x90:r=5:d=60,noise=c0s=10:c0f=t -c:v libx264 -preset "
                  "ultrafast -g 50 -pix_fmt yuv420p");
  g_autofree char *arguments = g_strdup_printf ("-stream_loop 119 -i '%s' -c copy", part);

  return lk_test_video_make ("film.mp4", arguments);
}

static void
count_frame (guint index, const LkMotionFrame *frame, gpointer user_data)
{
  GArray *times = user_data;

  g_assert_cmpuint (index, ==, times->len);
  g_array_append_val (times, frame->time);
}

/* Of two hours only what is wanted is read and decoded. */
static void
test_film (void)
{
  g_autofree char *path = make_film ();
  /* GStreamer itself is started, and its list of plugins made, with the first video */
  g_autoptr (LkTestVideo) other = lk_test_video_open (path, 45);
  guint64 before = get_bytes_read ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;
  guint64 size = lk_source_get_size (video->source);
  gint64 opened = g_get_monotonic_time () - start;

  g_test_message ("A film of %" G_GUINT64_FORMAT " bytes opens in %" G_GINT64_FORMAT " ms", size,
                  opened / 1000);
  g_assert_cmpint (llabs (lk_motion_get_info (video->motion)->duration - 7200 * SECOND), <, SECOND);
  g_assert_cmpint (opened, <, SECOND);

  g_assert_true (lk_motion_seek (video->motion, 5400 * SECOND, 5402 * SECOND, NULL, &error));
  frames = lk_test_video_read (video);
  g_assert_cmpuint (frames->len, ==, 10);
  g_assert_cmpint (((LkMotionFrame *)frames->pdata[0])->time, ==, 5400 * SECOND);

  g_assert_true (
      lk_filmstrip_make (video->motion, 0, 7200 * SECOND, 12, count_frame, times, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (times->len, ==, 12);
  for (guint i = 0; i < times->len; i++)
    {
      gint64 wanted = (600 * i + 300) * SECOND;

      g_assert_cmpint (g_array_index (times, gint64, i), <=, wanted);
      g_assert_cmpint (g_array_index (times, gint64, i), >, wanted - 11 * SECOND);
    }
  g_test_message ("%" G_GUINT64_FORMAT " bytes of it were read", get_bytes_read () - before);
  g_assert_cmpuint (get_bytes_read () - before, <, size / 8);
}

/* Close frames are those of their moments, to the frame. */
static void
test_filmstrip_exact (void)
{
  g_autofree char *path
      = lk_test_video_make ("strip.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 "
                                         "-g 250 -pix_fmt yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GPtrArray) frames = lk_test_video_read (video);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  g_assert_true (
      lk_filmstrip_make (video->motion, SECOND, 3 * SECOND, 8, count_frame, times, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (times->len, ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (g_array_index (times, gint64, i), ==,
                     frame_at (frames, SECOND + i * SECOND / 4 + SECOND / 8)->time);
}

static void
test_filmstrip_cancelled (void)
{
  g_autofree char *path
      = lk_test_video_make ("strip.mp4", "-f lavfi -i testsrc2=s=160x90:r=25:d=4 -c:v libx264 "
                                         "-g 25 -pix_fmt yuv420p");
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 45);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (LkMotionFrame) frame = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (lk_filmstrip_make (video->motion, 0, 4 * SECOND, 8, lk_test_cancel_third,
                                     cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* and what was cancelled can be used again */
  frame = lk_test_video_at (video, 2 * SECOND);
  g_assert_cmpint (frame->time, ==, 2 * SECOND);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 *first = a;
  const gint64 *second = b;

  return (*first > *second) - (*first < *second);
}

static void
report (const char *what, GArray *times)
{
  g_array_sort (times, compare_times);
  g_test_message ("%s: median %.1f ms, worst %.1f ms of %u", what,
                  g_array_index (times, gint64, times->len / 2) / 1000.,
                  g_array_index (times, gint64, times->len - 1) / 1000., times->len);
}

/* As phones make them, and as programs do. */
static const Stream scrubbed[] = {
  { "key-each-second.mp4", "-g 30 -bf 0 -b:v 17M" },
  { "key-in-eight-seconds.mp4", "-g 250 -bf 3" },
};

/* Back by one frame, and by what a quick hand goes. */
static void
measure_back (const char *path)
{
  const gint64 steps[] = { SECOND / 30, SECOND / 10, SECOND / 5 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (LkTestVideo) video = lk_test_video_open (path, 480);
      g_autoptr (LkScrubber) scrubber = lk_scrubber_new (g_steal_pointer (&video->motion));
      g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autofree char *what
          = g_strdup_printf ("exact, %" G_GINT64_FORMAT " ms back", steps[i] / 1000);
      gint64 first = g_get_monotonic_time ();

      for (gint64 time = 16 * SECOND; back->len < 60; time -= steps[i])
        {
          gint64 start = g_get_monotonic_time ();
          gint64 took;

          lk_motion_frame_free (lk_scrubber_get_frame (scrubber, time, NULL, NULL));
          took = g_get_monotonic_time () - start;
          g_array_append_val (back, took);
        }
      g_test_message ("%s: mean %.1f ms", what, (g_get_monotonic_time () - first) / 60000.);
      report (what, back);
    }
}

/* With -m perf: what scrubbing costs. */
static void
measure_scrubbing (gconstpointer data)
{
  const gint64 steps[] = { 40000, 200000, 500000, 1000000 };
  const Stream *stream = data;
  g_autofree char *arguments = g_strdup_printf (
      "-f lavfi -i testsrc2=s=1920x1080:r=30:d=20,noise=c0s=8:c0f=t -c:v libx264 "
      "-preset veryfast -pix_fmt yuv420p %s",
      stream->arguments);
  g_autofree char *path = lk_test_video_make (stream->name, arguments);
  g_autoptr (LkTestVideo) video = lk_test_video_open (path, 480);
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) exact = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 20; i++)
    {
      gint64 time = g_test_rand_int_range (0, 20 * SECOND);
      gint64 start = g_get_monotonic_time ();
      gint64 took;
      g_autoptr (LkMotionFrame) first = NULL;
      g_autoptr (LkMotionFrame) frame = NULL;

      g_assert_true (lk_motion_seek_near (video->motion, time, NULL, &error));
      first = lk_motion_next (video->motion, NULL, &error);
      g_assert_no_error (error);
      took = g_get_monotonic_time () - start;
      g_array_append_val (near, took);

      start = g_get_monotonic_time ();
      frame = lk_test_video_at (video, time);
      took = g_get_monotonic_time () - start;
      g_array_append_val (exact, took);
    }
  report ("key frame first", near);
  report ("exact, anywhere", exact);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GArray) forward = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autofree char *what
          = g_strdup_printf ("exact, %" G_GINT64_FORMAT " ms on", steps[i] / 1000);
      gint64 time = 2 * SECOND;

      lk_motion_frame_free (lk_test_video_at (video, time));
      for (guint j = 0; j < 15; j++)
        {
          gint64 start = g_get_monotonic_time ();
          gint64 took;

          time += steps[i];
          lk_motion_frame_free (lk_test_video_at (video, time));
          took = g_get_monotonic_time () - start;
          g_array_append_val (forward, took);
        }
      report (what, forward);
    }
  measure_back (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autofree char *path = g_strconcat ("/video-time/seek/", streams[i].name, NULL);

      g_test_add_data_func (path, &streams[i], test_seek);
      g_clear_pointer (&path, g_free);
      path = g_strconcat ("/video-time/back/", streams[i].name, NULL);
      g_test_add_data_func (path, &streams[i], test_back);
    }
  g_test_add_func ("/video-time/slow", test_slow);
  g_test_add_func ("/video-time/not-taken", test_not_taken);
  g_test_add_func ("/video-time/past-short", test_past_short);
  g_test_add_func ("/video-time/trim", test_trim);
  g_test_add_data_func ("/video-time/variable-rate/mp4", "variable.mp4", test_variable_rate);
  g_test_add_data_func ("/video-time/variable-rate/mkv", "variable.mkv", test_variable_rate);
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autofree char *path = g_strconcat ("/video-time/start/", starts[i].name, NULL);

      g_test_add_data_func (path, &starts[i], test_start);
    }
  g_test_add_func ("/video-time/unsaid", test_unsaid);
  g_test_add_func ("/video-time/film", test_film);
  g_test_add_func ("/video-time/filmstrip/exact", test_filmstrip_exact);
  g_test_add_func ("/video-time/filmstrip/cancelled", test_filmstrip_cancelled);
  if (g_test_perf ())
    for (guint i = 0; i < G_N_ELEMENTS (scrubbed); i++)
      {
        g_autofree char *path = g_strconcat ("/video-time/scrubbing/", scrubbed[i].name, NULL);

        g_test_add_data_func (path, &scrubbed[i], measure_scrubbing);
      }

  return g_test_run ();
}
