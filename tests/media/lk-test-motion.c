/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-test-motion.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lk-test-picture.h"

void
lk_test_opened_clear (LkTestOpened *self)
{
  g_clear_pointer (&self->motion, lk_motion_close);
  g_clear_pointer (&self->header, lk_header_free);
  g_clear_pointer (&self->source, lk_source_close);
  g_clear_error (&self->error);
  if (self->file != NULL)
    close (self->fd);
  g_clear_object (&self->file);
}

/* (transfer full): the path of a copy on disk, for other programs */
char *
lk_test_opened_save (const LkTestOpened *self)
{
  g_autoptr (GError) error = NULL;
  char *path = lk_test_path ("animation");
  gsize length = (gsize)lk_source_get_size (self->source);
  g_autofree char *data = g_malloc (length);

  g_assert_true (lk_source_read_exactly (self->source, 0, data, length, NULL, &error));
  g_file_set_contents (path, data, (gssize)length, &error);
  g_assert_no_error (error);

  return path;
}

/* As far as it goes; whether it goes on is in header, motion and error. In memory, since thousands
 * are written, and a disk takes its time to cut a file to a new length. */
LkTestOpened
lk_test_open (const void *data, gsize length)
{
  LkTestOpened self = { .fd = memfd_create ("animation", MFD_CLOEXEC) };
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self.fd);

  g_assert_cmpint (self.fd, >=, 0);
  g_assert_cmpint (write (self.fd, data, length), ==, (gssize)length);
  self.file = g_file_new_for_path (path);
  self.source = lk_source_open (self.file, NULL, &self.error);
  g_assert_no_error (self.error);
  self.header = lk_header_read (self.source, NULL, &self.error);
  if (self.header != NULL && self.header->kind == LK_PICTURE_ANIMATION)
    self.motion = lk_motion_open (self.source, self.header, 0, NULL, &self.error);

  return self;
}

LkTestOpened
lk_test_open_bytes (GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  return lk_test_open (data, length);
}

LkMotionFrame *
lk_test_next (LkMotion *motion)
{
  g_autoptr (GError) error = NULL;
  LkMotionFrame *frame = lk_motion_next (motion, NULL, &error);

  g_assert_no_error (error);
  return frame;
}

GPtrArray *
lk_test_read_all (LkMotion *motion)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify)lk_motion_frame_free);
  LkMotionFrame *frame;

  while ((frame = lk_test_next (motion)) != NULL)
    g_ptr_array_add (frames, frame);
  g_assert_null (lk_test_next (motion));

  return frames;
}

/* A colour counts as far as it can be seen. */
static int
difference (const guint8 *one, const guint8 *other)
{
  int most = abs (one[3] - other[3]) * 255;

  for (guint c = 0; c < 3; c++)
    most = MAX (most, abs (one[c] * one[3] - other[c] * other[3]));

  return most;
}

void
lk_test_assert_pixels (LkFrame *frame, const guint8 *expected, int tolerance)
{
  const guint8 *pixel = g_bytes_get_data (lk_frame_get_pixels (frame), NULL);
  guint width = lk_frame_get_width (frame);

  g_assert_cmpuint (lk_frame_get_stride (frame), ==, width * 4);
  for (guint i = 0; i < width * lk_frame_get_height (frame); i++, pixel += 4, expected += 4)
    {
      if (!lk_frame_has_alpha (frame))
        g_assert_cmpint (pixel[3], ==, 255);
      if (difference (pixel, expected) > tolerance * 255)
        g_error ("At %u, %u: %d %d %d %d, not %d %d %d %d", i % width, i / width, pixel[0],
                 pixel[1], pixel[2], pixel[3], expected[0], expected[1], expected[2], expected[3]);
    }
}

void
lk_test_assert_same_frame (const LkMotionFrame *frame, const LkMotionFrame *expected)
{
  g_assert_cmpint (frame->time, ==, expected->time);
  g_assert_cmpint (frame->duration, ==, expected->duration);
  lk_test_assert_pixels (frame->frame,
                         g_bytes_get_data (lk_frame_get_pixels (expected->frame), NULL), 0);
}

void
lk_test_cancel_third (guint index, const LkMotionFrame *frame, gpointer cancellable)
{
  g_assert_cmpuint (index, <, 3);
  if (index == 2)
    g_cancellable_cancel (cancellable);
}
