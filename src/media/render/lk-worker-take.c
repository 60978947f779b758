/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-worker-values.h"

#include "lk-confine.h"
#include "lk-error.h"
#include "lk-json.h"
#include "lk-limits.h"
#include "lk-media-error.h"
#include "lk-sealed.h"

#define MAX_TYPE_LENGTH 100

/* What a worker says wrongly is its own failure, whatever the reader of JSON calls it. Takes
 * @cause. */
static void
propagate (GError **error, GError *cause)
{
  if (cause->domain == LK_MEDIA_ERROR)
    {
      g_propagate_error (error, cause);
      return;
    }

  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, "The decoder told nonsense: %s",
               cause->message);
  g_error_free (cause);
}

static void
refuse (GError **error, const char *message)
{
  g_set_error (error, LK_MEDIA_ERROR, LK_MEDIA_ERROR_CRASHED, "The decoder told nonsense: %s",
               message);
}

/* (nullable): NULL with an error. */
static GArray *
read_spans (JsonObject *object, GError **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (LkSpan));
  JsonArray *array;

  if (!json_object_has_member (object, "spans"))
    return g_steal_pointer (&spans);
  if (!lk_json_get_array (object, "spans", LK_WORKER_MAX_SPANS, &array, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      LkSpan span;

      if (item == NULL)
        {
          g_set_error_literal (error, LK_ERROR, LK_ERROR_INVALID_JSON, "A span is no object");
          return NULL;
        }
      if (!lk_json_get_int (item, "start", 0, G_MAXINT64, &span.start, error)
          || !lk_json_get_int (item, "end", span.start, G_MAXINT64, &span.end, error))
        return NULL;
      g_array_append_val (spans, span);
    }

  return g_steal_pointer (&spans);
}

/**
 * lk_worker_take_error:
 *
 * Returns: (transfer full) (nullable): why the worker refused, as an LkMediaError; NULL where it
 * did not
 */
GError *
lk_worker_take_error (const LkWorkerMessage *self)
{
  GError *cause = NULL;
  GError *error = NULL;
  JsonObject *object;
  const char *text;
  const char *message;
  LkMediaError code;
  g_autoptr (GArray) spans = NULL;

  if (!json_object_has_member (self->object, "error"))
    return NULL;

  if (!lk_json_get_object (self->object, "error", &object, &cause)
      || !lk_json_get_string (object, "code", 32, &text, &cause)
      || !lk_json_get_string (object, "message", LK_WORKER_MAX_ERROR, &message, &cause)
      || (spans = read_spans (object, &cause)) == NULL)
    propagate (&error, cause);
  else if (!lk_media_error_from_code (text, &code))
    refuse (&error, "an error that nobody knows");
  else
    {
      g_set_error_literal (&error, LK_MEDIA_ERROR, (int)code, message);
      lk_media_error_set_spans (error, (const LkSpan *)(gpointer)spans->data, spans->len);
    }

  return error;
}

static LkProbe *
read_probe (JsonObject *object, GError **error)
{
  g_autoptr (LkProbe) self = g_new0 (LkProbe, 1);
  const char *kind;
  const char *type;
  gint64 width, height, frames, orientation, size;

  if (!lk_json_get_string (object, "kind", 16, &kind, error)
      || !lk_json_get_string (object, "type", MAX_TYPE_LENGTH, &type, error)
      || !lk_json_get_int (object, "width", 1, G_MAXINT32, &width, error)
      || !lk_json_get_int (object, "height", 1, G_MAXINT32, &height, error)
      || !lk_json_get_int (object, "frames", 0, G_MAXUINT32, &frames, error)
      || !lk_json_get_int (object, "duration", 0, G_MAXINT64, &self->duration, error)
      || !lk_json_get_int (object, "orientation", 1, 8, &orientation, error)
      || !lk_json_get_boolean (object, "has_profile", &self->has_profile, error)
      || !lk_json_get_boolean (object, "has_alpha", &self->has_alpha, error)
      || !lk_json_get_int (object, "bytes", 1, G_MAXINT64, &size, error))
    return NULL;

  if (!lk_picture_kind_from_string (kind, &self->kind)
      || (guint64)width * (guint64)height > LK_STILL_MAX_PIXELS)
    {
      refuse (error, "a source that there cannot be");
      return NULL;
    }

  self->type = g_strdup (type);
  self->width = (guint)width;
  self->height = (guint)height;
  self->frames = (guint)frames;
  self->orientation = (int)orientation;
  self->size = (guint64)size;

  return g_steal_pointer (&self);
}

LkProbe *
lk_worker_take_probe (const LkWorkerMessage *self, GError **error)
{
  GError *cause = NULL;
  JsonObject *object;
  LkProbe *probe = NULL;

  if (lk_json_get_object (self->object, "probe", &object, &cause))
    probe = read_probe (object, &cause);
  if (probe == NULL)
    propagate (error, cause);

  return probe;
}

/* (transfer none) (nullable) */
static JsonObject *
get_frame (const LkWorkerMessage *self, GError **error)
{
  GError *cause = NULL;
  JsonObject *object;

  if (lk_json_get_object (self->object, "frame", &object, &cause))
    return object;

  propagate (error, cause);
  return NULL;
}

static LkFrame *
read_frame (JsonObject *object, GBytes *pixels, GError **error)
{
  gsize length = g_bytes_get_size (pixels);
  gint64 width, height, stride;
  gboolean has_alpha;

  /* None of the three is larger than an int, so that no product is larger than 64 bits. */
  if (!lk_json_get_int (object, "width", 1, G_MAXINT32, &width, error)
      || !lk_json_get_int (object, "height", 1, G_MAXINT32, &height, error)
      || !lk_json_get_int (object, "stride", 4, G_MAXINT32, &stride, error)
      || !lk_json_get_boolean (object, "has_alpha", &has_alpha, error))
    return NULL;

  if (stride / 4 < width || (guint64)((height - 1) * stride + width * 4) > length)
    {
      refuse (error, "a picture of more pixels than came");
      return NULL;
    }

  return lk_frame_new (pixels, (guint)width, (guint)height, (gsize)stride, has_alpha);
}

/**
 * lk_worker_take_frame:
 *
 * Returns: (transfer full) (nullable): the picture, whose pixels are those that the worker wrote,
 * mapped; NULL with LK_MEDIA_ERROR_CRASHED where they are fewer than it says or could still change
 */
LkFrame *
lk_worker_take_frame (const LkWorkerMessage *self, GError **error)
{
  JsonObject *object = get_frame (self, error);
  g_autoptr (GBytes) pixels = NULL;
  GError *cause = NULL;
  LkFrame *frame;

  if (object == NULL)
    return NULL;

  if (self->n_fds != 1)
    {
      refuse (error, "a picture without pixels");
      return NULL;
    }

  pixels = lk_sealed_map (self->fds[0], LK_CONFINED_FILE_SIZE, error);
  if (pixels == NULL)
    return NULL;

  frame = read_frame (object, pixels, &cause);
  if (frame == NULL)
    propagate (error, cause);

  return frame;
}

LkMotionFrame *
lk_worker_take_motion_frame (const LkWorkerMessage *self, GError **error)
{
  g_autoptr (LkFrame) frame = lk_worker_take_frame (self, error);
  GError *cause = NULL;
  JsonObject *object;
  gint64 time, duration;

  if (frame == NULL)
    return NULL;

  object = get_frame (self, NULL);
  if (!lk_json_get_int (object, "time", 0, G_MAXINT64 / 2, &time, &cause)
      || !lk_json_get_int (object, "duration", 1, G_MAXINT64 / 2, &duration, &cause))
    {
      propagate (error, cause);
      return NULL;
    }

  return lk_motion_frame_new (frame, time, duration);
}

static LkEncoded *
read_encoded (JsonNode *node, int fd, GError **error)
{
  g_autoptr (LkRendition) rendition = NULL;
  g_autoptr (LkEncoded) encoded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  JsonObject *object;
  double quality, frame_rate;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      refuse (error, "a rendition that is none");
      return NULL;
    }

  object = json_node_get_object (node);
  if (!lk_json_get_double (object, "quality", -1, 100, &quality, error)
      || !lk_json_get_double (object, "frame_rate", 0, LK_MAX_FRAME_RATE, &frame_rate, error)
      || !lk_json_get_object (object, "rendition", &object, error))
    return NULL;

  rendition = lk_rendition_from_json (object, error);
  bytes = rendition != NULL ? lk_sealed_map (fd, LK_RENDITION_MAX_BYTES, error) : NULL;
  if (bytes == NULL)
    return NULL;

  encoded = lk_encoded_new (rendition->name, rendition->type, rendition->width, rendition->height,
                            rendition->duration, bytes, quality);
  encoded->frame_rate = frame_rate;
  if (!g_str_equal (encoded->rendition->sha256, rendition->sha256))
    {
      refuse (error, "a rendition that is not what came");
      return NULL;
    }

  return g_steal_pointer (&encoded);
}

static gboolean
read_rendered (LkRendered *self, const LkWorkerMessage *message, GError **error)
{
  JsonObject *object;
  JsonArray *renditions;
  const char *kind;

  if (!lk_json_get_object (message->object, "rendered", &object, error)
      || !lk_json_get_string (object, "kind", 16, &kind, error)
      || !lk_json_get_array (object, "renditions", LK_MAX_RENDITIONS, &renditions, error))
    return FALSE;

  if (!lk_picture_kind_from_string (kind, &self->kind)
      || json_array_get_length (renditions) != message->n_fds)
    {
      refuse (error, "renditions that did not come");
      return FALSE;
    }

  for (guint i = 0; i < message->n_fds; i++)
    {
      LkEncoded *encoded
          = read_encoded (json_array_get_element (renditions, i), message->fds[i], error);

      if (encoded == NULL)
        return FALSE;
      g_ptr_array_add (self->encoded, encoded);
    }

  return TRUE;
}

/* The renditions that every picture of that kind has, in their order. */
static gboolean
is_complete (const LkRendered *self)
{
  static const char *const names[] = { "photo", "thumbnail", "motion" };
  guint n = self->kind == LK_PICTURE_STILL ? 2 : 3;

  if (self->encoded->len != n)
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      const LkEncoded *encoded = g_ptr_array_index (self->encoded, i);

      if (!g_str_equal (encoded->rendition->name, names[i]))
        return FALSE;
    }

  return TRUE;
}

/**
 * lk_worker_take_rendered:
 *
 * Returns: (transfer full) (nullable): what was made, each file held against its size and hash;
 * NULL with LK_MEDIA_ERROR_CRASHED
 */
LkRendered *
lk_worker_take_rendered (const LkWorkerMessage *self, GError **error)
{
  g_autoptr (LkRendered) rendered = lk_rendered_new (LK_PICTURE_STILL);
  GError *cause = NULL;

  rendered->probe = lk_worker_take_probe (self, error);
  if (rendered->probe == NULL)
    return NULL;

  if (!read_rendered (rendered, self, &cause))
    {
      propagate (error, cause);
      return NULL;
    }

  if (!is_complete (rendered))
    {
      refuse (error, "a picture that lacks a rendition");
      return NULL;
    }

  return g_steal_pointer (&rendered);
}
