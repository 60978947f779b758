/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-video.h"

#include <stdlib.h>
#include <string.h>
#include "lk-test-picture.h"

/**
 * lk_test_video_run:
 * @command: a program and its arguments, as a shell reads them
 *
 * Runs a program to its end, and fails the test unless it succeeds.
 *
 * Returns: (transfer full): what it printed
 */
GBytes *
lk_test_video_run (const char *command, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) argv = NULL;
  GBytes *output = NULL;
  va_list arguments;

  va_start (arguments, command);
  line = g_strdup_vprintf (command, arguments);
  va_end (arguments);
  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);

  process = g_subprocess_newv ((const char *const *)argv,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_error ("This failed: %s", line);

  return output;
}

/**
 * lk_test_video_make:
 * @name: of the file
 * @arguments: of ffmpeg, but for the output
 *
 * Returns: (transfer full): the path of the new file
 */
char *
lk_test_video_make (const char *name, const char *arguments)
{
  char *path = lk_test_path (name);
  g_autoptr (GBytes) output = NULL;

  output = lk_test_video_run ("ffmpeg -nostdin -v error -y %s '%s'", arguments, path);

  return path;
}

/* (transfer full): when ffmpeg shows each frame, in µs from the first. */
GArray *
lk_test_video_times (const char *path)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GBytes) output = NULL;
  gint64 first = -1;

  output = lk_test_video_run ("ffprobe -v error -select_streams v:0 -show_entries "
                              "frame=best_effort_timestamp_time -of csv=p=0 '%s'",
                              path);
  text = g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gint64 time = (gint64)(g_ascii_strtod (lines[i], NULL) * G_USEC_PER_SEC + 0.5);

      if (!g_ascii_isdigit (lines[i][0]) && lines[i][0] != '-')
        continue;
      if (times->len == 0)
        first = time;
      time -= first;
      g_array_append_val (times, time);
    }

  return times;
}

/**
 * lk_test_video_frames:
 * @filter: of ffmpeg
 * @width: of what the filter gives, in px
 * @height: in px
 *
 * Returns: (transfer full) (element-type LkFrame): all frames, as ffmpeg decodes them
 */
GPtrArray *
lk_test_video_frames (const char *path, const char *filter, guint width, guint height)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_frame_unref);
  gsize size = (gsize)width * height * 4;
  g_autoptr (GBytes) output = NULL;

  output = lk_test_video_run (
      "ffmpeg -nostdin -v error -i '%s' -vf %s -vsync passthrough -f rawvideo -pix_fmt rgba -",
      path, filter);
  g_assert_cmpuint (g_bytes_get_size (output) % size, ==, 0);
  for (gsize at = 0; at < g_bytes_get_size (output); at += size)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (output, at, size);

      g_ptr_array_add (frames, lk_frame_new (bytes, width, height, (gsize)width * 4, FALSE));
    }

  return frames;
}

static LkTestVideo *
open_video (const char *path, guint min_side, GError **error)
{
  g_autoptr (LkTestVideo) self = g_new0 (LkTestVideo, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->source = lk_source_open (file, NULL, error);
  if (self->source != NULL)
    self->header = lk_header_read (self->source, NULL, error);
  if (self->header != NULL && self->header->kind == LK_PICTURE_STILL)
    g_error ("%s is a still", path);
  if (self->header != NULL)
    self->motion = lk_motion_open (self->source, self->header, min_side, NULL, error);

  return self->motion != NULL ? g_steal_pointer (&self) : NULL;
}

/* (nullable): NULL with the error of whichever step refused the file. */
LkTestVideo *
lk_test_video_try (const char *path, GError **error)
{
  return open_video (path, 0, error);
}

LkTestVideo *
lk_test_video_open (const char *path, guint min_side)
{
  g_autoptr (GError) error = NULL;
  LkTestVideo *self = open_video (path, min_side, &error);

  g_assert_no_error (error);
  g_assert_nonnull (self);

  return self;
}

void
lk_test_video_close (LkTestVideo *self)
{
  g_clear_pointer (&self->motion, lk_motion_close);
  g_clear_pointer (&self->header, lk_header_free);
  g_clear_pointer (&self->source, lk_source_close);
  g_free (self);
}

/* (transfer full) (element-type LkMotionFrame): from where it is to the end. */
GPtrArray *
lk_test_video_read (LkTestVideo *self)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_motion_frame_free);
  g_autoptr (GError) error = NULL;
  LkMotionFrame *frame;

  while ((frame = lk_motion_next (self->motion, NULL, &error)) != NULL)
    g_ptr_array_add (frames, frame);
  g_assert_no_error (error);

  return frames;
}

/* (transfer full): what is shown at @time. */
LkMotionFrame *
lk_test_video_at (LkTestVideo *self, gint64 time)
{
  g_autoptr (GError) error = NULL;
  LkMotionFrame *frame;

  lk_motion_seek (self->motion, time, -1, NULL, &error);
  g_assert_no_error (error);
  frame = lk_motion_next (self->motion, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (frame);

  return frame;
}

/* The mean difference of the channels R, G and B, 0 to 255. */
double
lk_test_frame_difference (LkFrame *frame, LkFrame *other)
{
  guint width = lk_frame_get_width (frame);
  guint height = lk_frame_get_height (frame);
  guint64 sum = 0;

  g_assert_cmpuint (width, ==, lk_frame_get_width (other));
  g_assert_cmpuint (height, ==, lk_frame_get_height (other));
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      for (guint c = 0; c < 3; c++)
        sum += (guint)abs (lk_test_frame_at (frame, x, y)[c] - lk_test_frame_at (other, x, y)[c]);

  return (double)sum / ((double)width * height * 3);
}
