/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-probe.h"
#include "lk-sealed.h"
#include "lk-worker-values.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* A worker that a file has taken over: it answers as LK_TEST_LIE of the environment says. */

/* Without the sanitizer's check for leaks, which would be killed halfway. */
G_NORETURN static void
leave (int status)
{
  _exit (status);
}

/* Past the sanitizer's handler. */
static void
crash (void)
{
  signal (SIGSEGV, SIG_DFL);
  raise (SIGSEGV);
}

static int
memory_of (gsize length, gboolean sealed)
{
  g_autofree char *zeros = g_malloc0 (length);
  g_autoptr (GBytes) bytes = g_bytes_new (zeros, length);
  int fd;

  if (sealed)
    return lk_sealed_new (bytes, NULL);

  fd = memfd_create ("unsealed", MFD_ALLOW_SEALING);
  if (write (fd, zeros, length) != (gssize)length)
    abort ();

  return fd;
}

static void
put_probe (LkWorkerMessage *answer, gint64 width, const char *kind)
{
  JsonObject *probe = json_object_new ();

  json_object_set_string_member (probe, "kind", kind);
  json_object_set_string_member (probe, "type", "image/png");
  json_object_set_int_member (probe, "width", width);
  json_object_set_int_member (probe, "height", 10);
  json_object_set_int_member (probe, "frames", 1);
  json_object_set_int_member (probe, "duration", 0);
  json_object_set_int_member (probe, "orientation", 1);
  json_object_set_boolean_member (probe, "has_profile", FALSE);
  json_object_set_boolean_member (probe, "has_alpha", FALSE);
  json_object_set_int_member (probe, "bytes", 100);
  json_object_set_object_member (answer->object, "probe", probe);
}

static void
put_frame (LkWorkerMessage *answer, gint64 width, gint64 height, gint64 stride)
{
  JsonObject *frame = json_object_new ();

  json_object_set_int_member (frame, "width", width);
  json_object_set_int_member (frame, "height", height);
  json_object_set_int_member (frame, "stride", stride);
  json_object_set_boolean_member (frame, "has_alpha", FALSE);
  json_object_set_object_member (answer->object, "frame", frame);
}

typedef struct
{
  const char *lie;
  gint64 width;
  gint64 height;
  gint64 stride;
  gsize bytes;
  guint n_fds;
  gboolean sealed;
} FrameLie;

static const FrameLie frame_lies[] = {
  { "nothing", 10, 10, 40, 400, 1, TRUE },
  { "no-pixels", 10, 10, 40, 400, 0, TRUE },
  { "two-pixels", 10, 10, 40, 400, 2, TRUE },
  { "short", 10, 10, 40, 399, 1, TRUE },
  { "unsealed", 10, 10, 40, 400, 1, FALSE },
  { "narrow-stride", 10, 10, 39, 400, 1, TRUE },
  { "overflow", G_MAXINT32, G_MAXINT32, G_MAXINT32, 400, 1, TRUE },
  { "overflow-4", 0x40000000, 4, 4, 400, 1, TRUE },
  { "negative", -10, 10, 40, 400, 1, TRUE },
  { "no-width", 0, 10, 40, 400, 1, TRUE },
  { "beyond-int", G_MAXINT64, 10, 40, 400, 1, TRUE },
};

static gboolean
lie_about_frame (LkWorkerMessage *answer, const char *lie)
{
  for (guint i = 0; i < G_N_ELEMENTS (frame_lies); i++)
    if (g_str_equal (frame_lies[i].lie, lie))
      {
        put_probe (answer, 10, "still");
        put_frame (answer, frame_lies[i].width, frame_lies[i].height, frame_lies[i].stride);
        for (guint j = 0; j < frame_lies[i].n_fds; j++)
          lk_worker_message_take_fd (answer, memory_of (frame_lies[i].bytes, frame_lies[i].sealed));
        return TRUE;
      }

  return FALSE;
}

/* Renditions that are true but for what @lie says. */
static gboolean
lie_about_renditions (LkWorkerMessage *answer, const char *lie)
{
  g_autoptr (LkRendered) rendered = lk_rendered_new (LK_PICTURE_STILL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("not quite a JPEG", 16);
  g_autoptr (GBytes) others = g_bytes_new_static ("something else", 14);
  gboolean twice = g_str_equal (lie, "photo-twice");

  g_ptr_array_add (rendered->encoded, lk_encoded_new ("photo", "image/jpeg", 10, 10, 0, bytes, 90));
  g_ptr_array_add (rendered->encoded, lk_encoded_new (twice ? "photo" : "thumbnail", "image/jpeg",
                                                      10, 10, 0, bytes, 90));
  if (g_str_equal (lie, "no-thumbnail"))
    g_ptr_array_set_size (rendered->encoded, 1);
  if (g_str_equal (lie, "other-bytes"))
    {
      LkEncoded *encoded = g_ptr_array_index (rendered->encoded, 0);

      g_bytes_unref (encoded->bytes);
      encoded->bytes = g_bytes_ref (others);
    }
  rendered->probe = g_new0 (LkProbe, 1);
  rendered->probe->type = g_strdup ("image/png");
  rendered->probe->width = rendered->probe->height = rendered->probe->size = 10;
  rendered->probe->orientation = 1;
  if (!lk_worker_put_rendered (answer, rendered, NULL))
    abort ();
  if (g_str_equal (lie, "fewer-files"))
    close (answer->fds[--answer->n_fds]);

  return TRUE;
}

static void
send_text (const char *text, gsize length)
{
  if (send (LK_WORKER_SOCKET, text, length, 0) < 0)
    abort ();
}

static void
put_error (LkWorkerMessage *answer, const char *code)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "code", code);
  json_object_set_string_member (object, "message", "a lie");
  json_object_set_object_member (answer->object, "error", object);
}

/* Raw answers. Returns whether @lie is one of them. */
static gboolean
lie_raw (const char *lie)
{
  g_autofree char *long_text = g_strnfill (150 * 1000, ' ');
  const char deep[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";

  if (g_str_equal (lie, "garbage"))
    send_text ("\xff\xfe\0garbage", 10);
  else if (g_str_equal (lie, "array"))
    send_text ("[1]", 3);
  else if (g_str_equal (lie, "deep"))
    send_text (deep, strlen (deep));
  else if (g_str_equal (lie, "long"))
    send_text (long_text, strlen (long_text));
  else if (g_str_equal (lie, "exit"))
    leave (7);
  else if (g_str_equal (lie, "crash"))
    crash ();
  else if (g_str_equal (lie, "silence"))
    pause ();
  else
    return FALSE;

  return TRUE;
}

/* Frames without an end, or one that was not asked for. */
static void
lie_about_strip (GSocket *socket, gint64 index, int n)
{
  for (int i = 0; i < n; i++)
    {
      g_autoptr (LkWorkerMessage) message = lk_worker_message_new ();
      JsonObject *frame;

      put_frame (message, 10, 10, 40);
      frame = json_object_get_object_member (message->object, "frame");
      json_object_set_int_member (frame, "time", 0);
      json_object_set_int_member (frame, "duration", 1);
      json_object_set_int_member (message->object, "index", index);
      lk_worker_message_take_fd (message, memory_of (400, TRUE));
      if (!lk_worker_message_send (socket, message, NULL))
        leave (0);
    }
}

static void
answer (GSocket *socket, const char *lie)
{
  g_autoptr (LkWorkerMessage) message = lk_worker_message_new ();

  if (g_str_equal (lie, "strip-again") || g_str_equal (lie, "strip-beyond"))
    {
      lie_about_strip (socket, g_str_equal (lie, "strip-again") ? 0 : 3, 10);
      return;
    }

  if (lie_raw (lie))
    return;

  if (g_str_equal (lie, "empty"))
    json_object_set_boolean_member (message->object, "empty", TRUE);
  else if (g_str_equal (lie, "unknown-error"))
    put_error (message, "something-new");
  else if (g_str_equal (lie, "kind"))
    put_probe (message, 10, "hologram");
  else if (g_str_equal (lie, "too-wide"))
    put_probe (message, G_MAXINT32, "still");
  else if (!lie_about_frame (message, lie))
    lie_about_renditions (message, lie);
  if (!lk_worker_message_send (socket, message, NULL))
    abort ();
}

int
main (void)
{
  const char *lie = g_getenv ("LK_TEST_LIE");
  g_autoptr (GSocket) socket = g_socket_new_from_fd (LK_WORKER_SOCKET, NULL);
  const char ready[] = "{\"ready\": true}";

  if (g_str_equal (lie, "not-ready"))
    send_text ("{}", 2);
  else if (g_str_equal (lie, "never-ready"))
    leave (1);
  else
    send_text (ready, strlen (ready));

  while (TRUE)
    {
      g_autoptr (LkWorkerMessage) request = lk_worker_message_receive (socket, NULL);

      if (request == NULL)
        leave (0);
      if (request->n_fds == 0)
        answer (socket, lie);
    }
}
