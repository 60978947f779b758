/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-media-error.h"
#include "lk-probe-file.h"
#include "lk-still.h"
#include "lk-test-async.h"
#include "lk-test-children.h"
#include "lk-test-motion.h"
#include "lk-test-picture.h"
#include "lk-test-program.h"
#include "lk-worker.h"

#include <signal.h>
#include <string.h>

/* What LkWorker gives is what the same functions give in this process, for every format; and what
 * becomes of requests that succeed. */

static GFile *
file_new (const char *name)
{
  g_autofree char *path = lk_test_path (name);

  return g_file_new_for_path (path);
}

static GFile *
file_of_picture (const char *type, guint width, guint height)
{
  g_autoptr (LkFrame) frame = lk_test_frame_new (width, height, FALSE);
  GFile *file = file_new (type);

  lk_test_frame_save (frame, g_file_peek_path (file), type);

  return file;
}

static void
assert_frames_equal (LkFrame *one, LkFrame *other)
{
  gsize stride = lk_frame_get_stride (one);
  gsize row = (gsize)lk_frame_get_width (one) * 4;

  g_assert_cmpuint (lk_frame_get_width (one), ==, lk_frame_get_width (other));
  g_assert_cmpuint (lk_frame_get_height (one), ==, lk_frame_get_height (other));
  g_assert_cmpuint (stride, ==, lk_frame_get_stride (other));
  g_assert_cmpint (lk_frame_has_alpha (one), ==, lk_frame_has_alpha (other));
  for (guint y = 0; y < lk_frame_get_height (one); y++)
    g_assert_cmpmem (lk_test_frame_at (one, 0, y), row, lk_test_frame_at (other, 0, y), row);
}

static void
assert_probes_equal (const LkProbe *one, const LkProbe *other)
{
  g_assert_cmpint (one->kind, ==, other->kind);
  g_assert_cmpstr (one->type, ==, other->type);
  g_assert_cmpuint (one->width, ==, other->width);
  g_assert_cmpuint (one->height, ==, other->height);
  g_assert_cmpuint (one->frames, ==, other->frames);
  g_assert_cmpint (one->duration, ==, other->duration);
  g_assert_cmpint (one->orientation, ==, other->orientation);
  g_assert_cmpint (one->has_profile, ==, other->has_profile);
  g_assert_cmpint (one->has_alpha, ==, other->has_alpha);
  g_assert_cmpuint (one->size, ==, other->size);
}

/* Both succeeded, or failed with the same code. Returns: whether they succeeded. */
static gboolean
assert_same_outcome (const GError *here, const GError *there)
{
  if (here == NULL)
    {
      g_assert_no_error (there);
      return TRUE;
    }

  g_assert_nonnull (there);
  g_assert_error (there, here->domain, here->code);
  return FALSE;
}

static void
assert_probe_agrees (LkWorker *worker, GFile *file)
{
  g_autoptr (GError) here = NULL;
  g_autoptr (GError) there = NULL;
  g_autoptr (LkProbe) expected = lk_probe_file (file, NULL, &here);
  g_autoptr (LkProbe) found = lk_worker_probe (worker, NULL, &there);

  if (assert_same_outcome (here, there))
    assert_probes_equal (found, expected);
}

static void
assert_load_agrees (LkWorker *worker, GFile *file)
{
  g_autoptr (GError) here = NULL;
  g_autoptr (GError) there = NULL;
  g_autoptr (LkProbe) expected_probe = NULL;
  g_autoptr (LkProbe) probe = NULL;
  g_autoptr (LkFrame) expected = lk_still_load_probed (file, 64, &expected_probe, NULL, &here);
  g_autoptr (LkFrame) found = lk_worker_load (worker, 64, &probe, NULL, &there);

  if (!assert_same_outcome (here, there))
    return;

  assert_frames_equal (found, expected);
  assert_probes_equal (probe, expected_probe);
}

static void
assert_render_agrees (LkWorker *worker, GFile *file)
{
  g_autoptr (LkRecipe) plain = lk_recipe_new ();
  g_autoptr (LkRecipe) recipe = lk_recipe_with_rotation (plain, 90);
  g_autoptr (GError) here = NULL;
  g_autoptr (GError) there = NULL;
  g_autoptr (LkRendered) expected = lk_render (file, recipe, NULL, NULL, NULL, &here);
  g_autoptr (LkRendered) found = lk_worker_render (worker, recipe, NULL, NULL, NULL, &there);

  if (!assert_same_outcome (here, there))
    return;

  assert_probes_equal (found->probe, expected->probe);
  g_assert_cmpint (found->kind, ==, expected->kind);
  g_assert_cmpuint (found->encoded->len, ==, expected->encoded->len);
  for (guint i = 0; i < found->encoded->len; i++)
    {
      const LkEncoded *one = g_ptr_array_index (found->encoded, i);
      const LkEncoded *other = g_ptr_array_index (expected->encoded, i);

      g_assert_cmpstr (one->rendition->name, ==, other->rendition->name);
      g_assert_cmpuint (one->rendition->width, ==, other->rendition->width);
      g_assert_cmpfloat (one->quality, ==, other->quality);
      g_assert_cmpfloat (one->frame_rate, ==, other->frame_rate);
      /* a video's encoder may share the work out differently each time */
      if (g_str_equal (one->rendition->type, "image/jpeg"))
        g_assert_true (g_bytes_equal (one->bytes, other->bytes));
    }
}

/* One frame in the middle, as the decoder in this process gives it. */
static LkMotionFrame *
get_frame_here (GFile *file, gint64 time, GError **error)
{
  g_autoptr (LkSource) source = lk_source_open (file, NULL, error);
  g_autoptr (LkHeader) header = lk_header_read (source, NULL, error);
  g_autoptr (LkMotion) motion = NULL;

  g_assert_nonnull (header);
  motion = lk_motion_open (source, header, 64, NULL, error);
  if (motion == NULL || !lk_motion_seek (motion, time, -1, NULL, error))
    return NULL;

  return lk_motion_next (motion, NULL, error);
}

static void
assert_motion_frames_equal (const LkMotionFrame *one, const LkMotionFrame *other)
{
  g_assert_cmpint (one->time, ==, other->time);
  g_assert_cmpint (one->duration, ==, other->duration);
  assert_frames_equal (one->frame, other->frame);
}

static void
assert_frame_agrees (LkWorker *worker, GFile *file, gint64 time)
{
  g_autoptr (GError) here = NULL;
  g_autoptr (GError) there = NULL;
  g_autoptr (LkMotionFrame) expected = get_frame_here (file, time, &here);
  g_autoptr (LkMotionFrame) found = lk_worker_frame (worker, time, 64, NULL, &there);

  if (assert_same_outcome (here, there))
    assert_motion_frames_equal (found, expected);
}

typedef struct
{
  GPtrArray *frames; /* (element-type LkMotionFrame) */
  GThread *thread;
} Strip;

static void
on_strip_frame (guint index, const LkMotionFrame *frame, gpointer data)
{
  Strip *strip = data;

  g_assert_true (g_thread_self () == strip->thread);
  g_assert_cmpuint (index, ==, strip->frames->len);
  g_ptr_array_add (strip->frames, lk_motion_frame_new (frame->frame, frame->time, frame->duration));
}

static GPtrArray *
strip_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)lk_motion_frame_free);
}

/* On the thread that asked, the same frames as in this process. */
static void
assert_filmstrip_agrees (LkWorker *worker, GFile *file, gint64 start, gint64 stop)
{
  g_autoptr (GPtrArray) here = strip_new ();
  g_autoptr (GPtrArray) there = strip_new ();
  g_autoptr (LkSource) source = lk_source_open (file, NULL, NULL);
  g_autoptr (LkHeader) header = lk_header_read (source, NULL, NULL);
  g_autoptr (LkMotion) motion = lk_motion_open (source, header, 64, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  Strip expected = { .frames = here, .thread = g_thread_self () };
  Strip found = { .frames = there, .thread = g_thread_self () };

  lk_worker_filmstrip_async (worker, start, stop, 5, 64, on_strip_frame, &found, NULL,
                             lk_test_keep_result, &slot);
  g_assert_true (
      lk_filmstrip_make (motion, start, stop, 5, on_strip_frame, &expected, NULL, &error));
  g_assert_no_error (error);
  result = lk_test_wait_result (&slot);
  g_assert_true (lk_worker_filmstrip_finish (worker, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (here->len, ==, 5);
  g_assert_cmpuint (there->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      const LkMotionFrame *one = g_ptr_array_index (here, i);
      const LkMotionFrame *other = g_ptr_array_index (there, i);

      g_assert_cmpint (one->time, ==, other->time);
      assert_frames_equal (one->frame, other->frame);
    }
}

/* One worker for all of it, as while a picture is edited. */
static void
assert_agrees (GFile *file)
{
  g_autoptr (LkWorker) worker = lk_worker_new (file);
  g_autoptr (LkProbe) probe = NULL;

  g_test_message ("%s", g_file_peek_path (file));
  assert_probe_agrees (worker, file);
  assert_load_agrees (worker, file);
  assert_render_agrees (worker, file);
  probe = lk_probe_file (file, NULL, NULL);
  if (probe != NULL && probe->kind != LK_PICTURE_STILL)
    {
      for (gint64 time = 900 * 1000; time >= 0; time -= 300 * 1000)
        assert_frame_agrees (worker, file, time);
      assert_filmstrip_agrees (worker, file, 0, 900 * 1000);
      assert_filmstrip_agrees (worker, file, 350 * 1000, 650 * 1000);
    }
  lk_test_wait_children ("likeness-render", 1);
}

/* By GdkPixbuf and by the test itself: XPM's loader wants a temporary file. */
static void
test_formats (void)
{
  const char *const types[] = { "jpeg", "png", "tiff", "bmp", "ico", "pnm", "tga", "xpm" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GFile) file = file_of_picture (types[i], 200, 150);

      assert_agrees (file);
    }
}

/* By the tools that people have. */
static void
test_other_formats (void)
{
  g_autoptr (GFile) png = file_of_picture ("png", 200, 150);
  g_autoptr (GFile) jpeg = file_of_picture ("jpeg", 200, 150);
  const char *in = g_file_peek_path (png);
  const char *const names[] = { "a.xbm", "a.gif", "a.pgm" };
  g_autoptr (GFile) webp = file_new ("a.webp");
  g_autoptr (GFile) heic = file_new ("a.heic");
  g_autoptr (GFile) avif = file_new ("a.avif");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) file = file_new (names[i]);

      lk_test_run_program ("convert", in, g_file_peek_path (file), NULL);
      assert_agrees (file);
    }

  lk_test_run_program ("cwebp", "-quiet", in, "-o", g_file_peek_path (webp), NULL);
  assert_agrees (webp);
  lk_test_run_program ("heif-enc", "-q", "90", "-o", g_file_peek_path (heic),
                       g_file_peek_path (jpeg), NULL);
  assert_agrees (heic);
  lk_test_run_program ("avifenc", "-s", "10", in, g_file_peek_path (avif), NULL);
  assert_agrees (avif);
}

/* A drawing needs fonts. */
static void
test_drawing (void)
{
  const char text[]
      = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"200\">"
        "<rect width=\"300\" height=\"200\" fill=\"#fff\"/>"
        "<text x=\"10\" y=\"120\" font-size=\"90\" font-family=\"Cantarell\">Åb</text>"
        "</svg>";
  g_autoptr (GFile) file = file_new ("a.svg");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (g_file_peek_path (file), text, -1, &error);
  g_assert_no_error (error);
  assert_agrees (file);
}

typedef struct
{
  const char *name;
  const char *encoder; /* of ffmpeg */
  const char *pixels;
} Moving;

/* The animations first. */
#define N_ANIMATIONS 3
static const Moving movings[] = {
  { "a.gif", "gif", "bgr8" },
  { "a.apng", "apng", "rgba" },
  { "m.webp", "libwebp_anim", "yuv420p" },
  { "a.mp4", "libx264", "yuv420p" },
  { "a.webm", "libvpx-vp9", "yuv420p" },
  { "8.webm", "libvpx", "yuv420p" },
  { "5.mp4", "libx265", "yuv420p" },
  { "j.mov", "mjpeg", "yuvj420p" },
};

static GFile *
make_moving (const Moving *kind)
{
  GFile *file = file_new (kind->name);

  lk_test_run_program ("ffmpeg", "-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=10",
                       "-c:v", kind->encoder, "-pix_fmt", kind->pixels, g_file_peek_path (file),
                       NULL);

  return file;
}

/* Each decoder that ffmpeg has an encoder for, and frames back and forth. */
static void
test_moving (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (movings); i++)
    {
      g_autoptr (GFile) file = make_moving (&movings[i]);

      assert_agrees (file);
    }
}

/* Of an animation: no frame comes after it, its process ends, and the next request has another. */
static void
test_strip_cancelled (void)
{
  for (guint i = 0; i < N_ANIMATIONS; i++)
    {
      g_autoptr (GFile) file = make_moving (&movings[i]);
      g_autoptr (LkWorker) worker = lk_worker_new (file);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (lk_worker_filmstrip (worker, 0, 900 * 1000, 8, 64, lk_test_cancel_third,
                                           cancellable, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      lk_test_wait_children ("likeness-render", 0);
      assert_filmstrip_agrees (worker, file, 0, 900 * 1000);
      lk_test_wait_children ("likeness-render", 1);
    }
}

/* With a key frame each second, three of them. */
static GFile *
make_with_keys (const Moving *kind)
{
  GFile *file = file_new (kind->name);

  lk_test_run_program ("ffmpeg", "-f", "lavfi", "-i", "testsrc=duration=3:size=320x240:rate=10",
                       "-c:v", kind->encoder, "-pix_fmt", kind->pixels, "-force_key_frames",
                       "expr:gte(t,n_forced)", g_file_peek_path (file), NULL);

  return file;
}

static LkMotionFrame *
get_near_frame (LkWorker *worker, gint64 time)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  LkMotionFrame *frame;

  lk_worker_frame_near_async (worker, time, 64, NULL, lk_test_keep_result, &slot);
  result = lk_test_wait_result (&slot);
  frame = lk_worker_frame_finish (worker, result, &error);
  g_assert_no_error (error);

  return frame;
}

/* The key frame at or before a time, forth and back, and behind it the frame of that time. */
static void
test_near (void)
{
  const gint64 times[] = { 0, 1950, 1000, 999, 2500, 400, 2000, 60000, 1234 };

  for (guint i = N_ANIMATIONS; i < G_N_ELEMENTS (movings); i++)
    {
      g_autoptr (GFile) file = make_with_keys (&movings[i]);
      g_autoptr (LkWorker) worker = lk_worker_new (file);
      gint64 distance = g_str_equal (movings[i].encoder, "mjpeg") ? 100 : 1000;

      g_test_message ("%s", movings[i].name);
      for (guint j = 0; j < G_N_ELEMENTS (times); j++)
        {
          gint64 key = MIN (times[j], 2999) / distance * distance;
          g_autoptr (LkMotionFrame) expected = get_frame_here (file, key * 1000, NULL);
          g_autoptr (LkMotionFrame) near = get_near_frame (worker, times[j] * 1000);

          g_assert_cmpint (near->time, ==, key * 1000);
          assert_frames_equal (near->frame, expected->frame);
          assert_frame_agrees (worker, file, times[j] * 1000);
        }
      lk_test_wait_children ("likeness-render", 1);
    }
}

/* An animation has no frame that is quicker than the others. */
static void
test_near_animation (void)
{
  for (guint i = 0; i < N_ANIMATIONS; i++)
    {
      g_autoptr (GFile) file = make_moving (&movings[i]);
      g_autoptr (LkWorker) worker = lk_worker_new (file);

      for (gint64 time = 950 * 1000; time >= 0; time -= 300 * 1000)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (LkMotionFrame) expected = get_frame_here (file, time, NULL);
          g_autoptr (LkMotionFrame) near = lk_worker_frame_near (worker, time, 64, NULL, &error);

          g_assert_no_error (error);
          assert_motion_frames_equal (near, expected);
        }
    }
}

/* What is refused here is refused there, with the same code; and what was refused ends no worker.
 */
static void
test_refusals (void)
{
  const char *const texts[] = { "not a picture", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0" };
  g_autoptr (GFile) missing = file_new ("missing");
  g_autoptr (LkWorker) worker = lk_worker_new (missing);
  g_autoptr (GError) error = NULL;

  g_assert_null (lk_worker_probe (worker, NULL, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNREADABLE);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GFile) file = file_new ("refused");
      g_autoptr (GError) write_error = NULL;

      g_file_set_contents (g_file_peek_path (file), texts[i], -1, &write_error);
      g_assert_no_error (write_error);
      assert_agrees (file);
    }
}

/* A still has no frames. */
static void
test_frame_of_still (void)
{
  g_autoptr (GFile) file = file_of_picture ("png", 20, 20);
  g_autoptr (LkWorker) worker = lk_worker_new (file);
  g_autoptr (GError) error = NULL;

  g_assert_null (lk_worker_frame (worker, 0, 0, NULL, &error));
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED);
}

/* The file is the one that was there at first, whatever the path names now. */
static void
test_path_once (void)
{
  g_autoptr (GFile) file = file_of_picture ("png", 20, 30);
  g_autoptr (LkWorker) worker = lk_worker_new (file);
  g_autoptr (LkProbe) probe = lk_worker_probe (worker, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_delete (file, NULL, &error));
  g_assert_no_error (error);
  lk_test_wait_children ("likeness-render", 1);
  g_assert_true (lk_test_signal_child ("likeness-render", SIGKILL));
  lk_test_wait_children ("likeness-render", 0);
  g_clear_pointer (&probe, lk_probe_free);
  probe = lk_worker_probe (worker, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (probe->height, ==, 30);
}

/* Pictures in memory, one after the other, by a worker without a file and by one with another. */
static void
test_bytes (void)
{
  g_autoptr (GFile) other = file_of_picture ("jpeg", 300, 200);
  g_autoptr (LkWorker) without = lk_worker_new (NULL);
  g_autoptr (LkWorker) with = lk_worker_new (other);

  for (guint width = 100; width < 103; width++)
    {
      g_autoptr (GFile) file = file_of_picture ("png", width, 90);
      g_autoptr (LkFrame) expected = lk_still_load (file, 64, NULL, NULL);
      g_autoptr (GBytes) bytes = g_file_load_bytes (file, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFrame) found = lk_worker_load_bytes (without, bytes, 64, NULL, &error);
      g_autoptr (LkFrame) again = lk_worker_load_bytes (with, bytes, 64, NULL, &error);

      g_assert_no_error (error);
      assert_frames_equal (found, expected);
      assert_frames_equal (again, expected);
      assert_load_agrees (with, other);
    }
}

typedef struct
{
  GThread *thread;
  double last;
  guint n;
  GAsyncResult *result;
} Told;

static void
on_progress (double fraction, gpointer data)
{
  Told *told = data;

  g_assert_true (g_thread_self () == told->thread);
  g_assert_null (told->result);
  g_assert_cmpfloat (fraction, >=, told->last);
  told->last = fraction;
  told->n++;
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer data)
{
  Told *told = data;

  told->result = g_object_ref (result);
}

/* Each on a thread of its own, the answers and the progress where they were asked for. */
static void
test_async (void)
{
  g_autoptr (GFile) file = file_of_picture ("png", 1500, 1000);
  g_autoptr (LkWorker) worker = lk_worker_new (file);
  g_autoptr (LkRecipe) recipe = lk_recipe_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LkProbe) probe = NULL;
  g_autoptr (LkProbe) loaded_probe = NULL;
  g_autoptr (LkFrame) frame = NULL;
  g_autoptr (LkMotionFrame) moving = NULL;
  g_autoptr (LkRendered) rendered = NULL;
  g_autoptr (GAsyncResult) probed = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) moved = NULL;
  GAsyncResult *slots[3] = { NULL };
  Told told = { .thread = g_thread_self () };

  /* all at once: they wait for each other */
  lk_worker_render_async (worker, recipe, on_progress, &told, NULL, on_rendered, &told);
  lk_worker_probe_async (worker, NULL, lk_test_keep_result, &slots[0]);
  lk_worker_load_async (worker, 100, NULL, lk_test_keep_result, &slots[1]);
  lk_worker_frame_async (worker, 0, 100, NULL, lk_test_keep_result, &slots[2]);
  probed = lk_test_wait_result (&slots[0]);
  loaded = lk_test_wait_result (&slots[1]);
  moved = lk_test_wait_result (&slots[2]);
  probe = lk_worker_probe_finish (worker, probed, &error);
  g_assert_no_error (error);
  frame = lk_worker_load_finish (worker, loaded, &loaded_probe, &error);
  g_assert_no_error (error);
  assert_probes_equal (probe, loaded_probe);
  g_assert_cmpuint (lk_frame_get_height (frame), >=, 100);
  moving = lk_worker_frame_finish (worker, moved, &error);
  g_assert_null (moving);
  g_assert_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  g_object_unref (lk_test_wait_result (&told.result));
  g_assert_cmpuint (told.n, >, 0);
  lk_test_wait_children ("likeness-render", 1);
}

/* Let go of in flight, it ends by itself, and its process with it. */
static void
test_disposed (void)
{
  g_autoptr (GFile) file = file_of_picture ("png", 1500, 1000);
  LkWorker *worker = lk_worker_new (file);

  lk_worker_load_async (worker, 100, NULL, NULL, NULL);
  lk_test_wait_children ("likeness-render", 1);
  g_object_unref (worker);
  lk_test_wait_children ("likeness-render", 0);
}

static gpointer
load_in_thread (gpointer data)
{
  g_autoptr (LkWorker) worker = lk_worker_new (data);
  g_autoptr (GError) error = NULL;
  LkFrame *frame = lk_worker_load (worker, 64, NULL, NULL, &error);

  g_assert_no_error (error);

  return frame;
}

/* Two workers do not know of each other. */
static void
test_two (void)
{
  g_autoptr (GFile) one = file_of_picture ("png", 1500, 1000);
  g_autoptr (GFile) other = file_of_picture ("jpeg", 1500, 1000);
  g_autoptr (LkFrame) expected_one = lk_still_load (one, 64, NULL, NULL);
  g_autoptr (LkFrame) expected_other = lk_still_load (other, 64, NULL, NULL);
  GThread *first = g_thread_new ("one", load_in_thread, one);
  GThread *second = g_thread_new ("other", load_in_thread, other);
  g_autoptr (LkFrame) found_one = g_thread_join (first);
  g_autoptr (LkFrame) found_other = g_thread_join (second);

  assert_frames_equal (found_one, expected_one);
  assert_frames_equal (found_other, expected_other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/media/worker/formats", test_formats);
  g_test_add_func ("/media/worker/other-formats", test_other_formats);
  g_test_add_func ("/media/worker/drawing", test_drawing);
  g_test_add_func ("/media/worker/moving", test_moving);
  g_test_add_func ("/media/worker/strip-cancelled", test_strip_cancelled);
  g_test_add_func ("/media/worker/near", test_near);
  g_test_add_func ("/media/worker/near-animation", test_near_animation);
  g_test_add_func ("/media/worker/refusals", test_refusals);
  g_test_add_func ("/media/worker/frame-of-still", test_frame_of_still);
  g_test_add_func ("/media/worker/path-once", test_path_once);
  g_test_add_func ("/media/worker/bytes", test_bytes);
  g_test_add_func ("/media/worker/async", test_async);
  g_test_add_func ("/media/worker/disposed", test_disposed);
  g_test_add_func ("/media/worker/two", test_two);

  return g_test_run ();
}
