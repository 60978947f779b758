/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-fuzz.h"

#include <sanitizer/asan_interface.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "lk-limits.h"
#include "lk-loader-remarks.h"
#include "lk-media-error.h"

/* GLib ends the program by SIGTRAP after a warning, of which libFuzzer would keep no input. */
static void
on_trap (int number)
{
  abort ();
}

/**
 * LLVMFuzzerInitialize:
 *
 * Called by libFuzzer before the first input.
 */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  lk_loader_remarks_hide ();
  signal (SIGTRAP, on_trap);

  return 0;
}

/* One file in memory for all inputs, and its path. */
static const char *
write_input (const guint8 *data, gsize size)
{
  static char path[32];
  static int fd = -1;

  if (fd < 0)
    {
      fd = memfd_create ("fuzz", MFD_CLOEXEC);
      g_assert (fd >= 0);
      g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    }

  g_assert (ftruncate (fd, 0) == 0);
  g_assert (pwrite (fd, data, size, 0) == (gssize)size);

  return path;
}

/**
 * lk_fuzz_file:
 *
 * Returns: (transfer full): a file that holds the input until the next call
 */
GFile *
lk_fuzz_file (const guint8 *data, gsize size)
{
  return g_file_new_for_path (write_input (data, size));
}

/**
 * lk_fuzz_source:
 *
 * Returns: (transfer full) (nullable): the input as the media library sees it, NULL where it is
 * empty
 */
LkSource *
lk_fuzz_source (const guint8 *data, gsize size)
{
  g_autoptr (GFile) file = lk_fuzz_file (data, size);
  g_autoptr (GError) error = NULL;
  LkSource *source = lk_source_open (file, NULL, &error);

  if (source == NULL)
    lk_fuzz_check_refusal (error);

  return source;
}

/**
 * lk_fuzz_is_video:
 *
 * Returns: whether the input may be a video's, which GStreamer reads; HEIC and AVIF start like MP4
 */
gboolean
lk_fuzz_is_video (const guint8 *data, gsize size)
{
  return lk_header_sniff (data, MIN (size, LK_HEADER_SNIFF_BYTES)) == LK_FORMAT_VIDEO;
}

/**
 * lk_fuzz_header:
 *
 * Returns: (transfer full) (nullable): the header, whose promises were checked, or NULL where the
 * input was refused
 */
LkHeader *
lk_fuzz_header (LkSource *source)
{
  g_autoptr (GError) error = NULL;
  LkHeader *header = lk_header_read (source, NULL, &error);

  if (header == NULL)
    {
      lk_fuzz_check_refusal (error);
      return NULL;
    }

  g_assert_no_error (error);
  g_assert_nonnull (header->type);
  g_assert_cmpuint (header->width, >, 0);
  g_assert_cmpuint (header->height, >, 0);
  g_assert_cmpuint ((guint64)header->width * header->height, <=, LK_STILL_MAX_PIXELS);
  g_assert_cmpint (header->orientation, >=, 1);
  g_assert_cmpint (header->orientation, <=, 8);
  g_assert_cmpint (header->duration, >=, 0);
  if (header->kind == LK_PICTURE_STILL)
    g_assert_cmpuint (header->frames, ==, 1);

  return header;
}

/**
 * lk_fuzz_check_refusal:
 *
 * Ends the program unless @error is one that has a code.
 */
void
lk_fuzz_check_refusal (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == LK_MEDIA_ERROR);
  g_assert_nonnull (lk_media_error_to_code (error->code));
  /* It goes into JSON. */
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/**
 * lk_fuzz_check_frame:
 *
 * Ends the program where a byte of a frame is not there.
 */
void
lk_fuzz_check_frame (LkFrame *frame)
{
  GBytes *bytes = lk_frame_get_pixels (frame);
  gsize length = g_bytes_get_size (bytes);
  gsize last_row = lk_frame_get_stride (frame) * (lk_frame_get_height (frame) - 1);

  g_assert_cmpuint (length, >=, last_row + (gsize)lk_frame_get_width (frame) * 4);
#if __has_feature(address_sanitizer)
  g_assert_null (__asan_region_is_poisoned ((void *)g_bytes_get_data (bytes, NULL), length));
#endif
}
