/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker-values.h"

#include "lk-media-error.h"
#include "lk-sealed.h"

/**
 * lk_probe_to_json:
 *
 * Returns: (transfer full): what a source is, as likeness-render prints it
 */
JsonObject *
lk_probe_to_json (const LkProbe *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kind", lk_picture_kind_to_string (self->kind));
  json_object_set_string_member (object, "type", self->type);
  json_object_set_int_member (object, "width", self->width);
  json_object_set_int_member (object, "height", self->height);
  json_object_set_int_member (object, "frames", self->frames);
  json_object_set_int_member (object, "duration", self->duration);
  json_object_set_int_member (object, "orientation", self->orientation);
  json_object_set_boolean_member (object, "has_profile", self->has_profile);
  json_object_set_boolean_member (object, "has_alpha", self->has_alpha);
  json_object_set_int_member (object, "bytes", (gint64)self->size);

  return object;
}

static JsonArray *
spans_to_json (const LkSpan *spans, guint n)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    {
      JsonObject *span = json_object_new ();

      json_object_set_int_member (span, "start", spans[i].start);
      json_object_set_int_member (span, "end", spans[i].end);
      json_array_add_object_element (array, span);
    }

  return array;
}

void
lk_worker_put_error (LkWorkerMessage *self, const GError *error)
{
  JsonObject *object = json_object_new ();
  g_autofree char *valid = g_utf8_make_valid (error->message, -1);
  g_autofree char *message = g_strndup (valid, LK_WORKER_MAX_ERROR);
  const char *cut;
  LkMediaError code
      = error->domain == LK_MEDIA_ERROR ? (LkMediaError)error->code : LK_MEDIA_ERROR_UNREADABLE;
  guint n_spans;
  const LkSpan *spans = lk_media_error_get_spans (error, &n_spans);

  /* Not in the middle of a character. */
  if (!g_utf8_validate (message, -1, &cut))
    message[cut - message] = '\0';
  json_object_set_string_member (object, "code", lk_media_error_to_code (code));
  json_object_set_string_member (object, "message", message);
  json_object_set_array_member (object, "spans",
                                spans_to_json (spans, MIN (n_spans, LK_WORKER_MAX_SPANS)));
  json_object_set_object_member (self->object, "error", object);
}

void
lk_worker_put_probe (LkWorkerMessage *self, const LkProbe *probe)
{
  json_object_set_object_member (self->object, "probe", lk_probe_to_json (probe));
}

static gboolean
put_bytes (LkWorkerMessage *self, GBytes *bytes, GError **error)
{
  int fd = lk_sealed_new (bytes, error);

  if (fd < 0)
    return FALSE;

  lk_worker_message_take_fd (self, fd);
  return TRUE;
}

/**
 * lk_worker_put_frame:
 *
 * Returns: TRUE, or FALSE with LK_MEDIA_ERROR_NO_MEMORY
 */
gboolean
lk_worker_put_frame (LkWorkerMessage *self, LkFrame *frame, GError **error)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "width", lk_frame_get_width (frame));
  json_object_set_int_member (object, "height", lk_frame_get_height (frame));
  json_object_set_int_member (object, "stride", (gint64)lk_frame_get_stride (frame));
  json_object_set_boolean_member (object, "has_alpha", lk_frame_has_alpha (frame));
  json_object_set_object_member (self->object, "frame", object);

  return put_bytes (self, lk_frame_get_pixels (frame), error);
}

gboolean
lk_worker_put_motion_frame (LkWorkerMessage *self, const LkMotionFrame *frame, GError **error)
{
  JsonObject *object;

  if (!lk_worker_put_frame (self, frame->frame, error))
    return FALSE;

  object = json_object_get_object_member (self->object, "frame");
  json_object_set_int_member (object, "time", frame->time);
  json_object_set_int_member (object, "duration", frame->duration);

  return TRUE;
}

gboolean
lk_worker_put_rendered (LkWorkerMessage *self, const LkRendered *rendered, GError **error)
{
  JsonObject *object = json_object_new ();
  JsonArray *renditions = json_array_new ();

  json_object_set_string_member (object, "kind", lk_picture_kind_to_string (rendered->kind));
  json_object_set_array_member (object, "renditions", renditions);
  json_object_set_object_member (self->object, "rendered", object);
  lk_worker_put_probe (self, rendered->probe);

  for (guint i = 0; i < rendered->encoded->len; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (rendered->encoded, i);
      JsonObject *item = json_object_new ();

      json_object_set_object_member (item, "rendition", lk_rendition_to_json (encoded->rendition));
      json_object_set_double_member (item, "quality", encoded->quality);
      json_object_set_double_member (item, "frame_rate", encoded->frame_rate);
      json_array_add_object_element (renditions, item);
      if (!put_bytes (self, encoded->bytes, error))
        return FALSE;
    }

  return TRUE;
}
